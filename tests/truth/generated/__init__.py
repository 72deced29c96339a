"""Random schemas with rows, and migrations with the mistakes that people make, all from one seed."""
