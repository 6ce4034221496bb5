"""An engine with an ordinary pair of accounts, and beside it the accounts of a user who tries everything."""

from random import Random
from typing import Any
from uuid import UUID

from lockstep_core.accounts import Role, TradingAccount
from lockstep_core.books.links import CopyRatio, order_comment
from lockstep_core.copiers import CopierMode, parse_settings
from lockstep_core.decision.plan import Copier, Plan
from lockstep_core.market.money import Prices
from lockstep_core.units import Lots
from lockstep_core.wire.codec import decode_all
from lockstep_core.wire.envelope import ENVELOPE, Envelope, Hello, Kind, decode_envelope, encode_envelope, encode_hello
from lockstep_core.wire.frames import Command, Frame
from lockstep_router.accounts.believable import is_believable
from router.tests.engine_harness import MS, EngineHarness, copier, curve_key
from router.tests.terminals import LOT
from tests.hostile.frames import SETTINGS, HostileFrames

HOSTILE_USER = UUID(int=666)
HOSTILE_MASTER, HOSTILE_SLAVES = UUID(int=3), (UUID(int=4), UUID(int=5))
HOSTILE_ACCOUNTS = (HOSTILE_MASTER, *HOSTILE_SLAVES)
MOST_BATCH = 40


def hostile_copiers() -> list[Copier]:
    """One copier for each settings, on both slaves in turn."""
    return [
        Copier(
            UUID(int=0xBAD + number),
            HOSTILE_USER,
            HOSTILE_MASTER,
            HOSTILE_SLAVES[number % 2],
            CopierMode.ON,
            parse_settings(one),
        )
        for number, one in enumerate(SETTINGS)
    ]


class HostileRelay:
    """Has a good ticket and keeps the envelope's rules, so that its frames are read."""

    def __init__(self, account: UUID) -> None:
        self.account = account
        self.seq = 0
        self.up = False
        self.commands: list[Command] = []

    def receive(self, message: bytes) -> None:
        """A message of the router."""
        envelope = decode_envelope(message)
        match envelope.kind:
            case Kind.WELCOME:
                self.up, self.seq = True, envelope.ack
            case Kind.RESET | Kind.REFUSED:
                self.up = False
            case Kind.COMMANDS:
                self.commands += [frame for frame in decode_all(message, ENVELOPE.size) if isinstance(frame, Command)]


class HostileWorld(EngineHarness):
    """`hostile_frames`: how many were sent."""

    def __init__(self, seed: int) -> None:
        self.hostile_frames = 0
        self.rng = Random(seed)  # noqa: S311 - a seed must make the same run again
        super().__init__(copier({"sizing": {"mode": "none"}}))
        bad = hostile_copiers()
        accounts = {number: TradingAccount(number, HOSTILE_USER, number.int, Role.BOTH) for number in HOSTILE_ACCOUNTS}
        self.plan = Plan({**self.plan.accounts, **accounts}, {**self.plan.copiers, **{c.id: c for c in bad}})
        self.act(self.engine.on_plan(self.plan, (), self.now_ns))
        comments = [order_comment(c.id, CopyRatio(Lots(LOT), Lots(LOT // 2))) for c in bad]
        self.frames = HostileFrames(self.rng, comments)
        self.relays = {account: HostileRelay(account) for account in HOSTILE_ACCOUNTS}
        self.hostile_peers: dict[bytes, HostileRelay] = {}

    def attack(self) -> None:
        """One hostile message, and all that it causes."""
        relay = self.relays[self.rng.choice(HOSTILE_ACCOUNTS)]
        if not relay.up:
            self._greet(relay)
        self.frames.login, self.frames.now_ns = relay.account.int, self.now_ns
        said = self.frames.snapshot() if self.rng.random() < 0.15 else [self.frames.any() for _ in range(self._batch())]
        parts = [part for frame in said for part in self.frames.encoded(frame)]
        self.hostile_frames += len(parts)
        tick = self.frames.tick()
        if is_believable(tick):
            self.quotes.setdefault(relay.account, {})[tick.symbol] = Prices(tick.bid, tick.ask)
        sent_ns = self.now_ns if self.rng.random() < 0.95 else self.rng.choice((0, 2**62))
        envelope = Envelope(Kind.EVENTS, 0, relay.seq + 1, 0, sent_ns)
        relay.seq += len(parts)
        self._say(relay, encode_envelope(envelope, b"".join(parts)))
        for command in (c for r in self.relays.values() for c in r.commands):
            self.frames.note_command(command.link, command.command)
        for other in self.relays.values():
            other.commands.clear()

    def act(self, out: Any) -> None:
        """Sends what the engine says; the hostile relays are no terminals."""
        for peer, message, _ in out.sends:
            relay = getattr(self, "hostile_peers", {}).get(peer)
            if relay is not None:
                relay.receive(message)
        out.sends = [send for send in out.sends if send.peer not in getattr(self, "hostile_peers", {})]
        super().act(out)

    def beat(self) -> None:
        """The hostile relays are not silent."""
        for relay in self.relays.values():
            if relay.up:
                self._say(relay, encode_envelope(Envelope(Kind.BEAT, 0, 0, 0, self.now_ns)))

    def _batch(self) -> int:
        return self.rng.choice((1, 1, 2, 5, MOST_BATCH))

    def _greet(self, relay: HostileRelay) -> None:
        body = encode_hello(Hello(self.rng.choice((1, 1, 2)), relay.seq + 1, self.ticket(relay.account)))
        self._say(relay, encode_envelope(Envelope(Kind.HELLO, 0, 0, 0, self.now_ns), body))

    def _say(self, relay: HostileRelay, message: bytes) -> None:
        peer = relay.account.bytes[-5:]
        self.hostile_peers[peer] = relay
        self.act(self.engine.on_message(peer, message, curve_key(relay.account), self.now_ns))
        self.work_off()


def trade_a_little(world: EngineHarness, number: int) -> None:
    """What the ordinary master does in one step of a run: the same, whatever others do."""
    if number % 3 == 0:
        world.master.open(LOT * (1 + number % 4))
    elif number % 3 == 1:
        world.master.close(next(iter(world.master.positions)), LOT // 2)
    else:
        world.master.close(next(iter(world.master.positions)))
    world.run()


def pass_time(world: EngineHarness, duration_ms: int) -> None:
    """Time passes, in steps shorter than a session may be silent."""
    for _ in range(max(1, duration_ms // 500)):
        if isinstance(world, HostileWorld):
            world.beat()
        world.pass_ms(min(500, duration_ms), min(500, duration_ms))


def ordinary_commands(world: EngineHarness) -> list[tuple[int, int, int, str]]:
    """What the ordinary slave was commanded, as far as it does not depend on the hour."""
    return [(c.action, c.link, c.volume, c.symbol) for c in world.slave.received]


__all__ = ["MS", "Frame", "HostileWorld", "ordinary_commands", "pass_time", "trade_a_little"]
