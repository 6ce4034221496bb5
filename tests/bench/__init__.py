"""Benchmarks of two commits by turns, so that a machine whose speed drifts slows both alike: `make bench-pair`."""
