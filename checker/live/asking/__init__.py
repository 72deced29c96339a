"""Questions about rows in the SQL of their server, and how they are put to it."""
