"""Settings of the operator, read once from the environment."""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, Json, SecretStr

from lockstep_core import json_object
from lockstep_core.accounts import Platform
from lockstep_core.brokers.catalogue import Catalogue
from lockstep_core.resources.copier_account import SpecEnvironment, SpecRole
from lockstep_core.resources.offered_proxies import OfferedProxies
from lockstep_operator.egress import Egress
from lockstep_operator.placement import Placement
from lockstep_operator.podspec import PodTemplate
from lockstep_service.brokers_file import BROKERS_FILE
from lockstep_service.proxies_file import PROXIES_FILE


class OperatorSettings(BaseModel):
    """Each field is read from the variable `LOCKSTEP_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    database_url: SecretStr
    terminals_namespace: str = "lockstep-terminals"
    keyring_url: str = "https://lockstep-keyring.lockstep:8443"
    keyring_ca_config_map: str = "lockstep-keyring-ca"
    terminal_image_mt4: str = ""
    terminal_image_mt5: str = ""
    terminal_image_pull_policy: str = Field("IfNotPresent", pattern="^(Always|IfNotPresent|Never)$")
    terminal_cpu_request: str = "70m"
    terminal_memory_request: str = "280Mi"
    terminal_memory_limit: str = "1Gi"
    terminal_priority_classes: Json[dict[SpecRole, str]] = Field(default="{}", validate_default=True)
    terminal_node_selectors: Json[dict[SpecEnvironment, dict[str, str]]] = Field(default="{}", validate_default=True)
    terminal_tolerations: Json[list[json_object.Json]] = Field(default="[]", validate_default=True)
    terminal_affinity: Json[json_object.Json] = Field(default="{}", validate_default=True)
    terminal_runtime_class: str = ""
    terminal_host_users: bool | None = None
    terminal_network_policies: bool = True
    terminal_proxies: bool = True
    terminal_cluster_cidrs: Json[list[IPv4Network | IPv6Network]] = Field(default="[]", validate_default=True)
    login_timeout_s: int = Field(240, ge=10, le=3600)
    chart_symbol: str = "EURUSD"
    brokers_file: Path = BROKERS_FILE
    proxies_file: Path = PROXIES_FILE
    workers: int = Field(16, ge=1, le=64)
    starts_at_once: int = Field(4, ge=1, le=1000)
    relist_s: float = Field(300, gt=0)
    rows_relist_s: float = Field(180, gt=0)
    shards_refresh_s: float = Field(10, gt=0)
    max_relist_deletions: int = Field(10, ge=0)
    rollout_pause_s: float = Field(2, ge=0)
    metrics_port: int = Field(9100, ge=0, le=65535)
    kube_api_url: str = "https://kubernetes.default.svc"
    kube_credentials_dir: Path = Path("/var/run/secrets/kubernetes.io/serviceaccount")

    def pod_template(
        self, catalogue: Callable[[], Catalogue] = Catalogue, proxies: Callable[[], OfferedProxies] = OfferedProxies
    ) -> PodTemplate:
        """What all terminal pods have in common. `catalogue` and `proxies`: what is known of brokers, and which proxies the
        service offers, at the time they are called.
        """
        images = {Platform.MT4: self.terminal_image_mt4, Platform.MT5: self.terminal_image_mt5}
        return PodTemplate(
            images={platform: image for platform, image in images.items() if image},
            keyring_url=self.keyring_url,
            image_pull_policy=self.terminal_image_pull_policy,
            keyring_ca_config_map=self.keyring_ca_config_map,
            login_timeout_s=self.login_timeout_s,
            chart_symbol=self.chart_symbol,
            cpu_request=self.terminal_cpu_request,
            memory_request=self.terminal_memory_request,
            memory_limit=self.terminal_memory_limit,
            priority_classes=self.terminal_priority_classes,
            node_selectors=self.terminal_node_selectors,
            placement=Placement(
                runtime_class=self.terminal_runtime_class,
                host_users=self.terminal_host_users,
                tolerations=self.terminal_tolerations,
                affinity=self.terminal_affinity,
            ),
            catalogue=catalogue,
            proxies=proxies,
            egress=Egress(
                enforced=self.terminal_network_policies,
                allowed=self.terminal_proxies,
                cluster=tuple(each for each in self.terminal_cluster_cidrs if isinstance(each, IPv4Network)),
            ),
        )
