"""The settings of a router, read from its environment once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import zmq
from zmq.utils import z85

from lockstep_router.errors import BadConfiguration, BadKeyFile

ENVIRONMENTS = ("demo", "live")
DATABASE_URL = "LOCKSTEP_DATABASE_URL"


@dataclass(frozen=True)
class Settings:
    """What a router needs to know."""

    database_url: str
    """Postgres, as a URL with the router's own role."""
    shard: str
    """Only accounts of this shard are served. Its name begins with the environment."""
    environment: str
    """`demo` or `live`."""
    advertise_host: str
    """Under which name terminals reach this router."""
    secret_key_path: Path
    ticket_keys_path: Path
    runtime_dir: Path
    """Where the processes of one router keep their sockets to each other."""
    bind_host: str = "0.0.0.0"  # noqa: S104 - terminals come from other nodes
    trades_port: int = 7400
    ticks_port: int = 7401
    http_port: int = 9100


def from_environment(env: Mapping[str, str], *, with_database: bool = True) -> Settings:
    """Settings out of environment variables. Raises `BadConfiguration`.

    The process that copies neither needs nor gets the database's URL, which holds a password.
    """
    environment = env.get("LOCKSTEP_ENVIRONMENT", "demo").lower()
    if environment not in ENVIRONMENTS:
        raise BadConfiguration("LOCKSTEP_ENVIRONMENT", "must be demo or live")
    shard = env.get("LOCKSTEP_SHARD", f"{environment}-1")
    if not shard.startswith(f"{environment}-"):
        raise BadConfiguration("LOCKSTEP_SHARD", f"must begin with {environment}-")
    keys = Path("/var/run/lockstep")
    return Settings(
        database_url=_required(env, DATABASE_URL) if with_database else "",
        shard=shard,
        environment=environment,
        advertise_host=_required(env, "LOCKSTEP_ADVERTISE_HOST"),
        secret_key_path=Path(env.get("LOCKSTEP_ROUTER_SECRET_KEY", keys / "router" / "secret.key")),
        ticket_keys_path=Path(env.get("LOCKSTEP_PUBLIC_KEYS", keys / "public-keys" / "keys.json")),
        runtime_dir=Path(env.get("LOCKSTEP_RUNTIME_DIR", "/tmp/lockstep-router")),  # noqa: S108 - made with mode 0700
        bind_host=env.get("LOCKSTEP_BIND_HOST", Settings.bind_host),
        trades_port=_port(env, "LOCKSTEP_TRADES_PORT", Settings.trades_port),
        ticks_port=_port(env, "LOCKSTEP_TICKS_PORT", Settings.ticks_port),
        http_port=_port(env, "LOCKSTEP_METRICS_PORT", Settings.http_port),
    )


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


def _required(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "")
    if not value:
        raise BadConfiguration(name, "is not set")
    return value


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdigit() or not 0 <= int(text) < 65536:
        raise BadConfiguration(name, "must be a port number")
    return int(text)
