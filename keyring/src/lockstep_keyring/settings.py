"""Settings of the keyring, read once from the environment. Secrets are in files, never in variables."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Json

from lockstep_core.brokers.catalogue import Logins
from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_service.brokers_file import BROKERS_FILE
from lockstep_service.proxies_file import PROXIES_DIR

LOGINS = """{
  "Demo": {"perMinute": 60, "burst": 10, "refusals": 5},
  "Live": {"perMinute": 30, "burst": 5, "refusals": 5}
}"""
"""How often terminals log in at one server: a hundred accounts of one broker are in within two and four minutes."""


def _for_both(logins: dict[SpecEnvironment, Logins]) -> dict[SpecEnvironment, Logins]:
    if len(logins) < len(SpecEnvironment):
        raise ValueError("must name demo and live logins")
    return logins


class KeyringSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)
    metrics_port: int = Field(9100, ge=0, le=65535)
    namespace: str = "lockstep"
    terminals_namespace: str = "lockstep-terminals"
    keys_dir: Path = Path("/var/run/lockstep/keys")
    ca_file: Path = Path("/var/run/lockstep/ca/ca.crt")
    routers_file: Path = Path("/var/run/lockstep/routers/routers.json")
    brokers_file: Path = BROKERS_FILE
    proxies_dir: Path = PROXIES_DIR
    logins: Annotated[Json[dict[SpecEnvironment, Logins]], AfterValidator(_for_both)] = Field(
        default=LOGINS, validate_default=True
    )
    kube_api_url: str = "https://kubernetes.default.svc"
    kube_credentials_dir: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount")
    keys_reload_s: float = Field(5, gt=0)
