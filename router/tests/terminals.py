"""A terminal and its relay as far as a router can see them: keeps what is not acknowledged, carries out wished states."""

from dataclasses import dataclass, field
from uuid import UUID

from lockstep_core.wire.codec import decode_all, encode
from lockstep_core.wire.envelope import (
    ENVELOPE,
    SNAPSHOT_WANTED,
    Envelope,
    Hello,
    Kind,
    decode_envelope,
    encode_envelope,
    encode_hello,
)
from lockstep_core.wire.frames import (
    AccountFrame,
    Action,
    Command,
    DealEntry,
    Frame,
    PositionFrame,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    SnapshotRequest,
    Stage,
    StopsFrame,
    Symbol,
    Trade,
)

LOT = 10**8


def symbol(name: str = "EURUSD", step: int = LOT // 100, smallest: int = LOT // 100, mode: int = 4) -> Symbol:
    return Symbol(1e5, 1e-5, 1e-5, 1.0, smallest, 100 * LOT, step, 5, 0, 0, mode, 1, 0, name, "EUR", "USD", "EUR")


@dataclass
class Held:
    """An open position at the broker."""

    ticket: int
    symbol: str
    side: int
    volume: int
    sl: float
    tp: float
    magic: int
    comment: str
    opened_ns: int


@dataclass
class Terminal:
    """One account with its terminal, broker and relay. `say` collects messages for the router."""

    account: UUID
    login: int
    first_ticket: int
    incarnation: int = 1
    symbols: list[Symbol] = field(default_factory=lambda: [symbol()])
    held: dict[int, Held] = field(default_factory=dict)
    history: set[int] = field(default_factory=set)
    orders: list[Command] = field(default_factory=list)
    commands: list[Command] = field(default_factory=list)
    heard: list[int] = field(default_factory=list)
    kept: list[bytes] = field(default_factory=list)
    acked: int = 0
    up: bool = False
    holding: bool = False
    refused: int = 0
    resets: int = 0
    reject: list[int] = field(default_factory=list)
    mute: bool = False
    outbox: list[bytes] = field(default_factory=list)
    now_ns: int = 0
    margin_mode: int = 2
    capabilities: int = 0
    equity: float = 1e4
    connected: int = 1
    deals: int = 0

    def hello(self, ticket: bytes) -> None:
        self.up = False
        hello = Hello(self.incarnation, self.acked + 1, ticket)
        self._send(Kind.HELLO, 0, encode_hello(hello))

    def receive(self, message: bytes) -> None:
        envelope = decode_envelope(message)
        self._acknowledge(envelope.ack)
        match envelope.kind:
            case Kind.WELCOME:
                self._on_welcome(envelope)
            case Kind.RESET:
                self.up, self.resets = False, self.resets + 1
            case Kind.REFUSED:
                self.up, self.refused = False, envelope.flags
            case Kind.COMMANDS:
                for frame in decode_all(message, ENVELOPE.size):
                    if isinstance(frame, SnapshotRequest):
                        self.snapshot()
                    elif isinstance(frame, Command):
                        self.commands.append(frame)
                        self.heard.append(frame.action)

    def work(self) -> None:
        """Carries out what has come in."""
        commands, self.commands = self.commands, []
        for command in commands:
            self._carry_out(command)

    def open(self, lots: int, side: int = 0, name: str = "EURUSD", magic: int = 0, tag: str = "", sl: float = 0.0) -> int:
        self.first_ticket += 1
        ticket = self.first_ticket
        self.held[ticket] = Held(ticket, name, side, lots, sl, 0.0, magic, tag, self.now_ns)
        self.tell(self._deal(self.held[ticket], DealEntry.IN, lots))
        return ticket

    def close(self, ticket: int, lots: int | None = None) -> None:
        held = self.held[ticket]
        lots = held.volume if lots is None else lots
        held.volume -= lots
        if held.volume == 0:
            del self.held[ticket]
            self.history.add(held.magic)
        self.tell(self._deal(held, DealEntry.OUT, lots))

    def set_stops(self, ticket: int, sl: float, tp: float) -> None:
        held = self.held[ticket]
        held.sl, held.tp = sl, tp
        self.tell(StopsFrame(ticket, held.magic, sl, tp, 0, self.now_ns, held.symbol))

    def snapshot(self) -> None:
        self.holding = False
        counts = (self.now_ns, len(self.held), len(self.symbols))
        positions = [
            PositionFrame(h.ticket, h.magic, h.volume, 1.1, h.sl, h.tp, 0, self._age_ms(h), h.side, 0, h.symbol, h.comment)
            for h in self.held.values()
        ]
        self.tell(SnapshotBegin(*counts), self.figures(), *self.symbols, *positions, *self.pending(), SnapshotEnd(*counts))

    def pending(self) -> list[Frame]:
        """The pending orders of a snapshot."""
        return []

    def figures(self) -> AccountFrame:
        modes = (100, self.margin_mode, self.connected, 1, 5000, 5, 2, self.capabilities)
        money = (1e4, self.equity, self.equity, 0, self.now_ns)
        return AccountFrame(self.login, *money, *modes, "USD", "Test-Demo", "Test")

    def add(self, ticket: int, lots: int) -> None:
        """More of a position, by another order."""
        held = self.held[ticket]
        held.volume += lots
        self.tell(self._deal(held, DealEntry.IN, lots))

    def tell(self, *frames: Frame) -> None:
        if self.holding:
            return
        first = self.acked + len(self.kept) + 1
        data = [encode(frame) for frame in frames]
        self.kept.extend(data)
        if self.up:
            self._send(Kind.EVENTS, first, b"".join(data))

    def repeat(self) -> None:
        """Says everything again that is not acknowledged."""
        if self.up and self.kept:
            self._send(Kind.EVENTS, self.acked + 1, b"".join(self.kept))

    def beat(self) -> None:
        if self.up:
            self._send(Kind.BEAT, 0, b"")

    def _on_welcome(self, envelope: Envelope) -> None:
        self.up = True
        if envelope.flags & SNAPSHOT_WANTED:
            self.kept, self.acked, self.holding = [], envelope.ack, True
            self.snapshot()
        else:
            self.repeat()

    def _acknowledge(self, number: int) -> None:
        if self.acked < number <= self.acked + len(self.kept):
            del self.kept[: number - self.acked]
            self.acked = number

    def _send(self, kind: Kind, seq: int, body: bytes) -> None:
        self.outbox.append(encode_envelope(Envelope(kind, 0, seq, 0, self.now_ns), body))

    def _carry_out(self, command: Command) -> None:
        mine = next((h for h in self.held.values() if h.magic == command.link), None)
        if command.action == Action.OPEN:
            self._open_order(command, mine)
        elif mine is None:
            self._answer(command, Stage.ALREADY_CLOSED if command.link in self.history else Stage.NOTHING)
        elif command.action == Action.QUERY:
            self._answer(command, Stage.ALREADY_OPEN, mine)
        elif self.reject:
            self._answer(command, Stage.REJECTED, mine, self.reject.pop(0))
        else:
            self._change(command, mine)

    def _open_order(self, command: Command, mine: Held | None) -> None:
        if mine is not None or command.link in self.history:
            self._answer(command, Stage.ALREADY_OPEN if mine else Stage.ALREADY_CLOSED, mine)
            return
        self.orders.append(command)
        if self.reject:
            self._answer(command, Stage.REJECTED, None, self.reject.pop(0))
            return
        self._answer(command, Stage.PLACED)
        ticket = self.open(command.volume, command.side, command.symbol, command.link, command.comment, command.sl)
        self._answer(command, Stage.DONE, self.held[ticket])

    def _change(self, command: Command, mine: Held) -> None:
        match command.action:
            case Action.CLOSE:
                self.orders.append(command)
                self.close(mine.ticket)
            case Action.SET_VOLUME:
                if mine.volume > command.volume:
                    self.orders.append(command)
                    self.close(mine.ticket, mine.volume - command.volume)
            case Action.SET_STOPS:
                self.set_stops(mine.ticket, command.sl, command.tp)
        self._answer(command, Stage.DONE, mine)

    def _answer(self, command: Command, stage: Stage, mine: Held | None = None, retcode: int = 10009) -> None:
        if self.mute:
            return
        position, volume = (mine.ticket, mine.volume) if mine else (0, -1)
        now = self.now_ns
        self.tell(
            Result(
                command.command,
                command.link,
                command.command,
                0,
                0,
                position,
                volume,
                0.0,
                now,
                now,
                now,
                stage,
                command.action,
                retcode,
                0,
                "",
            )
        )

    def _deal(self, held: Held, entry: DealEntry, lots: int, order: int = 0) -> Trade:
        side = held.side if entry == DealEntry.IN else 1 - held.side
        self.deals += 1
        return Trade(
            self.deals,
            order,
            held.ticket,
            held.magic,
            lots,
            1.1,
            held.sl,
            held.tp,
            0,
            self.now_ns,
            side,
            entry,
            held.symbol,
            held.comment,
        )

    def _age_ms(self, held: Held) -> int:
        return (self.now_ns - held.opened_ns) // 1_000_000
