"""Lists of customers, out of the served version into files other programs read."""
