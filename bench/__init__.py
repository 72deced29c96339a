"""How fast it is, as medians of five with ratios: `make bench`. Never part of the tests."""
