"""What the service promises, and the rules by which Prometheus watches it."""
