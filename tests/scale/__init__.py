"""What the service does at scale: routers over real sockets, the operator with fake nodes."""
