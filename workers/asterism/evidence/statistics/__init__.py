"""Statistics of suites on the reference sets: pure functions of numbers, no files."""
