"""Checks at the wire of what the bridge must do in any terminal on a demo account."""
