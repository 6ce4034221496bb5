"""Accounts as they are now, for people who watch them."""
