"""A broker for tests: hedging and netting accounts, recorded quotes, pending orders, and faults on demand."""
