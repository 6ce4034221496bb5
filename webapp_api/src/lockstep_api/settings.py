"""Settings of the API, read once from the environment."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lockstep_api.errors import InvalidSettings

PREFIX = "LOCKSTEP_"


class Settings(BaseModel):
    """Each field is the variable of the same name in capitals after `LOCKSTEP_`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    supabase_url: str = Field(pattern="^https?://.+")
    supabase_publishable_key: str = Field(min_length=1)
    public_keys_file: Path = Path("/var/run/lockstep/public-keys/keys.json")
    host: str = "0.0.0.0"  # noqa: S104 (a pod is reached by its address)
    port: int = Field(8000, ge=0, le=65535)
    metrics_port: int = Field(9100, ge=0, le=65535)
    store_timeout_s: float = Field(10, gt=0)
    max_body_bytes: int = Field(65536, gt=0)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment. Raises InvalidSettings that names the variables at fault."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = "; ".join(f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        raise InvalidSettings(f"Settings that cannot be used: {wrong}") from None
