"""Puts the test terminal, Wine and the test broker in place for tests."""
