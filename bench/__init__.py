"""Benchmarks: what the service costs beside the least that could be done with the same bytes."""
