"""The operator of an installed product, seen from outside."""
