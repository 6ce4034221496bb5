"""The proxy before every HTTP server of ours, with the configuration that ships, and peers with bad manners."""
