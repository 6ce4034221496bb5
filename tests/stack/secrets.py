"""Reads the publishable key, which every browser gets. Nothing else is read from Secrets here."""

import base64

from tests.stack.errors import StackError
from tests.stack.kube import DEVSTACK, get


def publishable_key() -> str:
    """Supabase's publishable key, as the website's configuration has it."""
    secret = get("secret", "lockstep-supabase", DEVSTACK)
    if secret is None:
        raise StackError("Supabase is not installed. Run `make up`.")
    return base64.b64decode(secret["data"]["publishable-key"]).decode()
