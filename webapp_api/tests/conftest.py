"""What the tests of the API share."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from webapp_api.tests.keys import KEY_ID


@pytest.fixture(scope="session")
def keys_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published keys, as the keyring writes them."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    sealing = [{"key_id": KEY_ID, "public_key": base64.b64encode(bytes(32)).decode()}]
    path.write_text(json.dumps({"sealing": sealing, "tickets": []}))
    return path


@pytest.fixture(scope="session")
def sealed() -> dict[str, Any]:
    """Something with the form of a sealed password."""
    return {"key_id": KEY_ID, "ciphertext": base64.b64encode(bytes(range(60))).decode()}
