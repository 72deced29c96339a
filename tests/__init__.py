"""The tests; `servers` and the fixtures in `conftest` are what they share."""
