"""Settings of the API, read once from the environment."""

import base64
import binascii
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr

from lockstep_api.models import Platform
from lockstep_service.brokers_file import BROKERS_FILE


def _is_key(key: SecretStr) -> SecretStr:
    try:
        raw = base64.b64decode(key.get_secret_value(), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("must be base64") from None
    if len(raw) != 32:
        raise ValueError("must be 32 bytes in base64")
    return key


def _words(value: object) -> object:
    return tuple(word for word in value.split(",") if word) if isinstance(value, str) else value


class ApiSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals.

    `database_url` (role `lockstep_api`) is for the stream, second factors and API tokens. `second_factor_key`, 32 bytes in
    base64, encrypts the secrets of second factors. A feature without its setting is off. `visitor_key`, 32 bytes in base64,
    is shared with the website, which signs for whom it asks. `trusted_proxies` is the number of proxies before the door.
    `platforms`: those for which there is a terminal, with commas between them.
    `requests_…` limit one user, `address_requests_…` one address, `guesses_…` its unknown tokens.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    supabase_url: str = Field(pattern="^https?://.+")
    supabase_publishable_key: str = Field(min_length=1)
    public_keys_file: Path = Path("/var/run/lockstep/public-keys/keys.json")
    brokers_file: Path = BROKERS_FILE
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    metrics_port: int = Field(default=9100, ge=0, le=65535)
    database_url: SecretStr | None = None
    second_factor_key: Annotated[SecretStr, AfterValidator(_is_key)] | None = None
    platforms: Annotated[tuple[Platform, ...], BeforeValidator(_words)] = ("MT5",)
    visitor_key: Annotated[SecretStr, AfterValidator(_is_key)] | None = None
    trusted_proxies: int = Field(default=0, ge=0)
    requests_per_s: float = Field(default=20, gt=0)
    requests_burst: int = Field(default=120, gt=0)
    address_requests_per_s: float = Field(default=50, gt=0)
    address_requests_burst: int = Field(default=300, gt=0)
    guesses_per_s: float = Field(default=1, gt=0)
    guesses_burst: int = Field(default=60, gt=0)
    request_timeout_s: float = Field(default=30, gt=0)
    store_timeout_s: float = Field(default=10, gt=0)
    max_body_bytes: int = Field(default=65536, gt=0)
