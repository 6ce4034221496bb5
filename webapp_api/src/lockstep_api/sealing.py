"""Reads the keyring's public keys from the mounted file in which it publishes them."""

from pathlib import Path
from typing import Annotated

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from lockstep_api.errors import InvalidRequest, SealingKeyUnavailable

KEY_ID = r"^[0-9a-f]{16}$"
# The field's length is that of the bytes. In a schema it would wrongly be the length of the base64 text.
_BASE64 = {"type": "string", "contentEncoding": "base64", "minLength": 44, "maxLength": 44}


class SealingKey(BaseModel):
    """A public key to seal passwords to: the raw 32 bytes of an X25519 key in base64."""

    model_config = ConfigDict(frozen=True)

    key_id: Annotated[str, Field(pattern=KEY_ID)]
    public_key: Annotated[Base64Bytes, Field(min_length=32, max_length=32), WithJsonSchema(_BASE64)]


class PublishedKeys(BaseModel):
    """The content of `keys.json`. The newest sealing key is the first."""

    model_config = ConfigDict(frozen=True)

    sealing: Annotated[tuple[SealingKey, ...], Field(min_length=1)]


def read_keys(path: Path) -> PublishedKeys:
    """The published keys. They are read at each call, because the file changes when keys rotate. Raises
    SealingKeyUnavailable.
    """
    try:
        return PublishedKeys.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SealingKeyUnavailable from error


def require_known_key(keys: PublishedKeys, key_id: str) -> None:
    """Raises InvalidRequest if the keyring no longer has the private key to open what was sealed to this key."""
    if all(key.key_id != key_id for key in keys.sealing):
        raise InvalidRequest("unknown_key")
