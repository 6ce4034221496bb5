"""Tests of the operator. A package with a name of its own: `operator` is also a module of the standard library."""
