"""Settings of the keyring, read once from the environment. Secrets are files, never variables."""

from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lockstep_keyring.errors import InvalidSettings

PREFIX = "LOCKSTEP_"


class Settings(BaseModel):
    """Each field is the variable of the same name in capitals after `LOCKSTEP_`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: str = "0.0.0.0"  # noqa: S104 (a pod is reached by its address)
    port: int = Field(8443, ge=1, le=65535)
    metrics_port: int = Field(9100, ge=0, le=65535)
    namespace: str = "lockstep"
    terminals_namespace: str = "lockstep-terminals"
    keys_dir: Path = Path("/var/run/lockstep/keys")
    tls_dir: Path = Path("/var/run/lockstep/tls")
    kube_api_url: str = "https://kubernetes.default.svc"
    kube_credentials_dir: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount")
    keys_reload_s: float = Field(60, gt=0)


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment. Raises InvalidSettings that names the variables at fault."""
    given = {name.removeprefix(PREFIX).lower(): value for name, value in environ.items() if name.startswith(PREFIX)}
    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        wrong = ", ".join(f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors())
        raise InvalidSettings(f"Settings that cannot be used: {wrong}") from None
