"""How many terminal pods one node carries, and what each of them costs: `make bench-farm`."""
