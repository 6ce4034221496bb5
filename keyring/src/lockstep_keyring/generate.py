"""`python -m lockstep_keyring.generate` prints one new private key as a line for one of the files of keys."""

import base64
import secrets
import sys

from lockstep_keyring.keys import KEY_SIZE


def new_key() -> str:
    """A private key of 32 random bytes in base64; good for X25519 and Ed25519 alike."""
    return base64.b64encode(secrets.token_bytes(KEY_SIZE)).decode("ascii")


if __name__ == "__main__":
    sys.stdout.write(new_key() + "\n")
