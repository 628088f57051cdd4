"""What a build costs, in bare scans of the order table: see `scripts/benchmark.py --help`."""
