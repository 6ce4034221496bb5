"""A copier's settings in the form that decisions read."""
