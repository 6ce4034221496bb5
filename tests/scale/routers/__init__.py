"""The router as it ships, seen from outside: a master's send to its slaves' receive, beside programs that decide nothing."""
