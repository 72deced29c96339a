"""ddlguard: what a schema change will do to a live database, said before anything runs."""

__version__ = "0.1.0"
