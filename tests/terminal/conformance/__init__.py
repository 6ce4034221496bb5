"""Checks on the wire what the bridge must do in any terminal on a demo account."""
