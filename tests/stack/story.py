"""The demonstration of `make up`: one trade from opening to closing, then many, through the public doors and a phone."""

import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from lockstep_core.json_object import Json
from tests.stack.broker import Broker, Position
from tests.stack.copied import COPY_S, SYMBOL, flat, shown, warm_up
from tests.stack.doors import BrokerLogin, Doors
from tests.stack.install import SITE
from tests.stack.kube import TERMINALS, condition, get
from tests.stack.people import SERVER, Account, broker_account, doors_and_broker, register, wait_until_ready
from tests.stack.report import print_report
from tests.stack.shell import BUILD, say, wait_for
from tests.stack.site_door import open_site_door
from tests.stack.spans import in_ms

FACTOR = "0.5"
MANY = 220
MEASURED = 200
"""A copy whose event came with a snapshot has no time of the event, and so no spans. That is rare."""


@dataclass(frozen=True)
class Person:
    """The demonstration's user, kept in build/demo.json so that a second run meets the same accounts again."""

    email: str
    password: str
    master: BrokerLogin
    slave: BrokerLogin


def demonstrate() -> None:
    """Runs the story and writes build/up.json. Raises `StackError` where a copy is wrong or late."""
    with doors_and_broker() as (doors, broker):
        person = meet(broker)
        doors.sign_up(person.email, person.password)
        master, slave = both_accounts(doors, person)
        forgive(doors, master)
        forgive(doors, slave)
        wait_until_ready(master)
        wait_until_ready(slave)
        say("both accounts are Ready")
        link_them(doors, master, slave)
        warm_up(broker, master, slave)
        trades = [one_life(broker, master, slave)]
        say(f"one trade lived its whole life; now {MANY} more")
        trades += many_trades(broker, master, slave)
        copies = wait_for("every copy's row with its spans", lambda: _measured(doors, trades), 30)
        write_report(trades, copies)
    say_where(person)


def meet(broker: Broker) -> Person:
    """The person of an earlier run whose broker accounts still exist, or a new one."""
    path = BUILD / "demo.json"
    if path.exists():
        kept = json.loads(path.read_text())
        person = Person(kept["email"], kept["password"], BrokerLogin(**kept["master"]), BrokerLogin(**kept["slave"]))
        for login in (person.master, person.slave):
            broker.create(login.login, login.password)
        return person
    person = Person(
        f"demo-{secrets.token_hex(4)}@example.com", secrets.token_urlsafe(18), broker_account(broker), broker_account(broker)
    )
    _keep(path, person)
    return person


def both_accounts(doors: Doors, person: Person) -> tuple[Account, Account]:
    """Registers the accounts that are not registered yet, passwords sealed."""
    known = {int(a["login"]): a["id"] for a in doors.accounts()}

    def of(login: BrokerLogin, role: str) -> Account:
        if login.login in known:
            return Account(known[login.login], login)
        say(f"registering {role} {login.login} on {SERVER}, password sealed")
        return register(doors, login, role, f"Demo {role}")

    return of(person.master, "master"), of(person.slave, "slave")


def forgive(doors: Doors, account: Account) -> None:
    """Hands in the password again after a refusal: a replaced broker pod has no accounts, and a refused login is not
    retried.
    """
    if _reason(account) == "InvalidCredentials":
        say(f"the broker had forgotten {account.login.login}: its password is handed in again")
        doors.replace_password(account.id, account.login.password)
        wait_for("the refusal taken back", lambda: _reason(account) != "InvalidCredentials" or None, 60)


def _reason(account: Account) -> str:
    ready = condition(get("copieraccount", account.resource, TERMINALS))
    return "" if ready is None else str(ready["reason"])


def link_them(doors: Doors, master: Account, slave: Account) -> None:
    """Half the master's lots, from now on."""
    if not doors.copiers():
        doors.link(master.id, slave.id, {"mode": "multiplier", "factor": FACTOR})


def one_life(broker: Broker, master: Account, slave: Account) -> Json:
    """Open 1.00, close 0.40 of it, move the stops, close: each seen on the slave with half the lots."""
    ticket = broker.open(master.login.login, SYMBOL, "buy", "1.00")
    seen(broker, slave, "0.50 lots open", lambda p: p.volume == "0.50")
    broker.close(master.login.login, ticket, volume="0.40")
    seen(broker, slave, "0.30 lots left", lambda p: p.volume == "0.30")
    quote = broker.quote(SYMBOL)
    sl, tp = round(quote.bid * 0.98, 5), round(quote.bid * 1.02, 5)
    broker.stops(master.login.login, ticket, sl, tp)
    seen(broker, slave, "the master's stops", lambda p: (p.sl, p.tp) == (sl, tp))
    broker.close(master.login.login, ticket)
    flat(broker, slave)
    return {"master_position": ticket, "steps": ["open 1.00→0.50", "partial 0.60→0.30", "stops", "close"]}


def many_trades(broker: Broker, master: Account, slave: Account) -> list[Json]:
    """Opens and closes one after the other, both sides, small lots."""
    trades = []
    for i in range(MANY):
        ticket = broker.open(master.login.login, SYMBOL, ("buy", "sell")[i % 2], "0.10")
        seen(broker, slave, "0.05 lots open", lambda p: p.volume == "0.05")
        broker.close(master.login.login, ticket)
        flat(broker, slave)
        trades.append({"master_position": ticket, "steps": ["open 0.10→0.05", "close"]})
    return trades


def seen(broker: Broker, slave: Account, what: str, right: Callable[[Position], bool], seconds: float = COPY_S) -> Position:
    """The slave's only position, once it is as wanted. A second position at any time fails at once."""
    return shown(broker, slave, what, lambda found: bool(found) and right(found[0]), seconds)[0]


def write_report(trades: list[Json], copies: list[Json]) -> None:
    """Prints the tables and writes them to build/up.json."""
    spans = {c["master_position"]: in_ms(c["spans"]) for c in copies}
    rows = [{**t, "spans_ms": spans[t["master_position"]]} for t in trades]
    order = print_report(rows)
    result = {"copied": True, "trades": rows, "event_to_order_ms": asdict(order)}
    (BUILD / "up.json").write_text(json.dumps(result, indent=1))
    say(f"written to {(BUILD / 'up.json').relative_to(BUILD.parent)}")


def say_where(person: Person) -> None:
    """The last lines of `make up`: how to open the website, and as whom."""
    door = open_site_door()
    say(f"the website: {door}, until make down" if door else f"the website: make site, then {SITE}")
    say(f"sign in as {person.email} with {person.password}")


def _measured(doors: Doors, trades: list[Json]) -> list[Json] | None:
    wanted = {t["master_position"] for t in trades}
    copies = [c for c in doors.copies() if c["master_position"] in wanted and c["status"] == "closed"]
    timed = [c for c in copies if "event_to_order_us" in (c["spans"] or {})]
    return copies if len(copies) == len(trades) and len(timed) >= MEASURED else None


def _keep(path: Path, person: Person) -> None:
    path.touch(mode=0o600)
    path.write_text(json.dumps(asdict(person)))
