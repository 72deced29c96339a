"""SQL text in, frozen nodes out; the only folder that imports sqlglot."""
