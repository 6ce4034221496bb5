"""What hostile accounts, peers and callers try, against the real parts."""
