"""A broker for tests: accounts that hedge or net, recorded quotes, pending orders, and faults on demand."""
