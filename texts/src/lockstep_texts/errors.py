"""Errors of the texts."""


class TextsError(Exception):
    """Root of the texts' errors."""


class UnknownText(TextsError):
    """A key that the catalogue of a language lacks. Never retry: whoever raises the code must add its words."""
