"""Accounts as they are now, for whoever watches."""
