"""A broker for tests: accounts, recorded quotes, hedging books, and faults on demand."""
