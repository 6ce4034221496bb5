"""The settings of a router, read from its environment once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import zmq
from zmq.utils import z85

from lockstep_core.accounts import Environment
from lockstep_router.engine.canary import CanaryPair
from lockstep_router.errors import BadKeyFile
from lockstep_service.errors import InvalidSettings
from lockstep_service.variables import Variables, matching, not_empty, port, positive

DATABASE_URL = "LOCKSTEP_DATABASE_URL"


@dataclass(frozen=True)
class Settings:
    """What a router needs to know."""

    database_url: str
    """The URL of Postgres, with the router's own role."""
    shard: str
    """Only accounts of this shard are served. Its name begins with the environment."""
    environment: Environment
    """Terminals of the other environment's accounts are not served."""
    secret_key_path: Path
    ticket_keys_path: Path
    runtime_dir: Path
    """Where the processes of one router keep their sockets to each other."""
    state_dir: Path | None = None
    """The shard's volume, for what the next router must know while the database is away; None if there is none."""
    canary: CanaryPair | None = None
    """The account that trades every minute; None without a canary."""
    bind_host: str = "0.0.0.0"  # noqa: S104 - terminals come from other nodes
    trades_port: int = 7400
    ticks_port: int = 7401
    http_port: int = 9100
    capacity: int | None = None
    """How many accounts the shard may have; None for any number. The database assigns no more to it."""
    connections_per_address: int = 8
    """How many connections one address may have with the router's two public sockets together."""


def from_environment(env: Mapping[str, str], *, with_database: bool = True) -> Settings:
    """Settings out of environment variables. Raises `InvalidSettings`.

    The process that copies neither needs nor gets the database's URL, which holds a password.
    """
    variables = Variables(env)
    environment = Environment(variables.take("ENVIRONMENT", matching("demo|live", "must be demo or live"), "demo"))
    mounts = "/var/run/lockstep"
    return Settings(
        database_url=variables.take("DATABASE_URL", not_empty) if with_database else "",
        shard=variables.take("SHARD", matching(f"{environment}-.+", f"must begin with {environment}-"), f"{environment}-1"),
        environment=environment,
        secret_key_path=variables.take("ROUTER_SECRET_KEY", Path, f"{mounts}/router/secret.key"),
        ticket_keys_path=variables.take("PUBLIC_KEYS", Path, f"{mounts}/public-keys/keys.json"),
        runtime_dir=variables.take("RUNTIME_DIR", Path, "/tmp/lockstep-router"),  # noqa: S108 - made with mode 0700
        state_dir=variables.take("STATE_DIR", lambda text: Path(text) if text else None, ""),
        canary=_canary(variables, environment),
        bind_host=variables.take("BIND_HOST", str, Settings.bind_host),
        trades_port=variables.take("TRADES_PORT", port, str(Settings.trades_port)),
        ticks_port=variables.take("TICKS_PORT", port, str(Settings.ticks_port)),
        http_port=variables.take("METRICS_PORT", port, str(Settings.http_port)),
        capacity=variables.take("SHARD_CAPACITY", _number_or_none, ""),
        connections_per_address=variables.take("CONNECTIONS_PER_ADDRESS", positive, str(Settings.connections_per_address)),
    )


def _canary(variables: Variables, environment: Environment) -> CanaryPair | None:
    master = variables.take("CANARY_MASTER", _account_or_none, "")
    symbol = variables.take("CANARY_SYMBOL", not_empty, "EURUSD")
    if master is not None and environment is Environment.LIVE:
        raise InvalidSettings("Environment variable LOCKSTEP_CANARY_MASTER must be empty for live accounts: it trades.")
    return None if master is None else CanaryPair(master, symbol)


def _account_or_none(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise ValueError("must be the id of an account") from None


def _number_or_none(text: str) -> int | None:
    return positive(text) if text else None


def read_secret_key(path: Path) -> tuple[bytes, bytes]:
    """(public, secret) of the router's CURVE key as Z85. Raises `BadKeyFile`; its text never holds the key."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise BadKeyFile(path, f"cannot be read ({error.strerror})") from None
    if len(raw) != 32:
        raise BadKeyFile(path, f"has {len(raw)} bytes instead of 32")
    secret = z85.encode(raw)
    return zmq.curve_public(secret), secret
