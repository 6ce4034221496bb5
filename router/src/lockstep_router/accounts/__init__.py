"""What the router knows of each account and of the relay that speaks for it."""
