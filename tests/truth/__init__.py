"""Claims held against real servers: the catalog after every statement, and every refusal."""
