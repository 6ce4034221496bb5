"""Installs and runs the test terminal, Wine and the test broker for tests."""
