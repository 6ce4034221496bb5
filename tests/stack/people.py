"""A person with two trading accounts and a copier between them, made through the public doors."""

import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from lockstep_core.json_object import Json
from tests.stack.broker import HEDGING, Broker
from tests.stack.doors import BrokerLogin, Doors
from tests.stack.kube import BROKER, DEVSTACK, SYSTEM, TERMINALS, condition, get, reach
from tests.stack.mailbox import mailbox_door
from tests.stack.secrets import publishable_key
from tests.stack.shell import wait_for

SERVER = "LockstepTest-Demo"
READY_S = 180


@dataclass(frozen=True)
class Account:
    """A trading account with its names for its owner, the broker and support."""

    id: str
    login: BrokerLogin

    @property
    def resource(self) -> str:
        """The name of its CopierAccount."""
        return f"account-{self.id}"


@contextmanager
def doors_and_broker() -> Iterator[tuple[Doors, Broker]]:
    """The public doors for one person, and the test broker's control."""
    with ExitStack() as stack:
        supabase = stack.enter_context(reach("lockstep-supabase", DEVSTACK, 54321))
        api = stack.enter_context(reach("lockstep-webapp-api", SYSTEM, 8000))
        mailbox = stack.enter_context(mailbox_door())
        control = stack.enter_context(reach("test-broker", BROKER, 8080))
        doors = Doors(supabase, publishable_key(), api, mailbox)
        stack.callback(doors.close)
        broker = Broker(control)
        stack.callback(broker.close_connections)
        yield doors, broker


def broker_account(broker: Broker, balance: int = 10_000, margin_mode: int = HEDGING, platform: str = "MT5") -> BrokerLogin:
    """A new account at the test broker, with a random login and password."""
    login = BrokerLogin(10_000_000 + secrets.randbelow(80_000_000), secrets.token_urlsafe(18), SERVER)
    broker.create(login.login, login.password, balance, margin_mode, platform)
    return login


def register(
    doors: Doors, login: BrokerLogin, role: str, label: str, platform: str = "MT5", offered_proxy: str | None = None
) -> Account:
    """Registers the account with its sealed password, behind a proxy of the service if one is named."""
    return Account(doors.register(login, role, label, platform, offered_proxy)["id"], login)


def wait_until_ready(account: Account, seconds: float = READY_S) -> Json:
    """Waits until the CopierAccount is Ready, and returns it."""
    return wait_for(f"{account.resource} Ready", lambda: _ready(account), seconds)


def _ready(account: Account) -> Json | None:
    found = get("copieraccount", account.resource, TERMINALS)
    ready = condition(found)
    return found if ready and ready["status"] == "True" else None
