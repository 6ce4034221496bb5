"""The key that is published in tests."""

KEY_ID = "0123456789abcdef"
