"""Settings of the status page, read once from the environment."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class StatusSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals.

    `database_url` is Postgres as `lockstep_status`. `site_url` and `api_url` are asked three times a minute; an empty one is
    no part of the page. `state_dir` holds what was seen last, for a process that starts while Postgres is away.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    database_url: SecretStr
    site_url: str = Field(default="", pattern="^(https?://.+)?$")
    api_url: str = Field(default="", pattern="^(https?://.+)?$")
    state_dir: Path = Path("/var/lib/lockstep/status")
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    metrics_port: int = Field(default=9100, ge=0, le=65535)
