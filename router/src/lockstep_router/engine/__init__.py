"""Sessions and frames: what each message of a terminal changes."""
