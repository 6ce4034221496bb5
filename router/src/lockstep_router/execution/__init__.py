"""The life of a copy: decisions, orders in flight, results, status."""
