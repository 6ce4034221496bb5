"""The acting program of the bridge, step by step as in `bridge_ea/mql5/Executor.mq5` and `Act.mqh`."""

from typing import TYPE_CHECKING

from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import Action, Command, Result, Stage
from tests.simulation.agenda import SECOND
from tests.simulation.claims import Matter, matter_of
from tests.simulation.market import CONNECTION, Ask, Held, Request, Waiting

if TYPE_CHECKING:
    from tests.simulation.terminal import Terminal

SAME_PRICE = 1e-6
PATIENCE_NS = 60 * SECOND


class Executor:
    """Carries out commands one by one; each names a wished state, and nothing is sent where it already holds."""

    def __init__(self, terminal: "Terminal") -> None:
        self._terminal = terminal

    def on_command(self, command: Command) -> None:
        """One command."""
        if not self._terminal.ready or not self._terminal.connected:
            self._answer(command, Stage.REJECTED, retcode=CONNECTION)
            return
        match command.action:
            case Action.QUERY:
                self._query(command)
            case Action.SET_NET:
                self._set_net(command)
            case Action.PLACE:
                self._place(command)
            case Action.SET_ORDER | Action.DELETE:
                self._set_order(command)
            case Action.OPEN:
                self._open(command)
            case Action.SET_VOLUME:
                self._reduce(command, command.volume)
            case Action.CLOSE:
                self._reduce(command, 0)
            case Action.SET_STOPS:
                self._set_stops(command)

    def _known(self, command: Command) -> bool:
        """Answers where the link has or had a position, or has an order on its way."""
        terminal, link = self._terminal, command.link
        held = terminal.find(link, command.position)
        if held is not None:
            self._answer(command, Stage.ALREADY_OPEN, held)
        elif terminal.order_of(link) is not None:
            self._answer(command, Stage.ALREADY_OPEN)
        elif self._is_pending(command) or link in terminal.working:
            self._barred(command)
        elif link in terminal.dealt or (link in terminal.ordered and command.action == Action.PLACE):
            self._answer(command, Stage.ALREADY_CLOSED, volume=0)
        else:
            return False
        return True

    def _is_pending(self, command: Command) -> bool:
        claims = self._terminal.claims
        if not claims.pending(command.link, Matter.VOLUME):
            return False
        age_ns = self._terminal.now_ns() - claims.claimed_ns(command.link)
        return command.action != Action.QUERY or age_ns < PATIENCE_NS

    def _query(self, command: Command) -> None:
        if not self._known(command):
            self._answer(command, Stage.NOTHING, volume=0)

    def _open(self, command: Command) -> None:
        if self._known(command):
            return
        if not self._claim(command):
            self._barred(command)
            return
        stops = (command.sl, command.tp)
        number = self._terminal.next_request()
        name = (command.symbol, command.side, command.volume, 0, command.link)
        self._send(command, Request(number, Ask.OPEN, *name, *stops, command.comment))

    def _place(self, command: Command) -> None:
        """Only a link that never had anything gets a pending order."""
        if self._known(command):
            return
        if not self._claim(command):
            self._barred(command)
            return
        self._ask_order(command, Ask.PLACE, 0, command.volume)

    def _set_order(self, command: Command) -> None:
        mine = self._terminal.order_of(command.link)
        if mine is None:
            self._gone(command)
        elif not self._claim(command):
            self._answer(command, Stage.IN_FLIGHT)
        elif command.action == Action.SET_ORDER and self._is_so(command, mine):
            self._terminal.claims.release(command.link, Matter.ORDER)
            self._answer(command, Stage.DONE)
        else:
            self._ask_order(command, Ask.DELETE if command.action == Action.DELETE else Ask.CHANGE, mine.ticket, mine.volume)

    def _is_so(self, command: Command, mine: Waiting) -> bool:
        wished = (command.price, command.sl, command.tp)
        same = all(abs(a - b) < SAME_PRICE for a, b in zip(wished, (mine.price, mine.sl, mine.tp), strict=True))
        return same and self._terminal.world_ms(command.expires_msc) == mine.expires_ms

    def _ask_order(self, command: Command, ask: Ask, ticket: int, volume: int) -> None:
        number, stops = self._terminal.next_request(), (command.sl, command.tp)
        expires_ms = self._terminal.world_ms(command.expires_msc)
        wished = (command.symbol, command.side, volume, volume, command.price, *stops, expires_ms, command.link)
        order = Waiting(ticket, *wished, command.comment)
        head = (command.symbol, command.side % 2, volume, ticket, command.link, *stops, command.comment)
        self._send(command, Request(number, ask, *head, order))

    def _set_net(self, command: Command) -> None:
        """A beginning is claimed as an opening is: whatever the net position, a link has a share but once."""
        begins = command.comment != ""
        if begins and self._known(command):
            return
        claims, action = self._terminal.claims, Action.OPEN if begins else command.action
        now_ns = self._terminal.now_ns()
        if command.link in self._terminal.working or not claims.claim(command.link, action, now_ns, command.target_id):
            self._barred(command)
        elif self._is_at(command):
            claims.release(command.link, Matter.VOLUME)
        else:
            self._send_net(command, begins)

    def _send_net(self, command: Command, begins: bool) -> None:
        change = command.volume - command.expected
        ask, net = Ask.OPEN if begins else Ask.NET, self._terminal.net(command.symbol)
        stops = (net.sl, net.tp) if net is not None and net.signed * change > 0 else (0.0, 0.0)
        if begins:
            stops = (command.sl or stops[0], command.tp or stops[1])
        head = (self._terminal.next_request(), ask, command.symbol, int(change < 0), abs(change), 0, command.link)
        self._send(command, Request(*head, *stops, command.comment))

    def _is_at(self, command: Command) -> bool:
        """Answers where the net position is as wished already, or is not what the wish was made for."""
        net = self._terminal.net(command.symbol)
        now = 0 if net is None else net.signed
        if now == command.volume:
            self._answer(command, Stage.DONE, net)
        elif now != command.expected:
            self._answer(command, Stage.NOTHING, net)
        else:
            return False
        return True

    def _reduce(self, command: Command, left: int) -> None:
        held = self._terminal.find(command.link, command.position)
        if held is None:
            self._gone(command)
        elif command.link in self._terminal.working or not self._claim(command):
            self._answer(command, Stage.IN_FLIGHT, held)
        elif held.volume <= left:
            self._terminal.claims.release(command.link, Matter.VOLUME)
            self._answer(command, Stage.DONE, held)
        else:
            head = (held.symbol, 1 - held.side, held.volume - left, held.ticket, command.link)
            self._send(command, Request(self._terminal.next_request(), Ask.REDUCE, *head, 0.0, 0.0, command.comment))

    def _set_stops(self, command: Command) -> None:
        held = self._terminal.find(command.link, command.position)
        if held is None:
            self._gone(command)
        elif abs(held.sl - command.sl) < SAME_PRICE and abs(held.tp - command.tp) < SAME_PRICE:
            self._answer(command, Stage.DONE, held)
        elif not self._claim(command):
            self._answer(command, Stage.IN_FLIGHT, held)
        else:
            head = (held.symbol, held.side, 0, held.ticket, command.link, command.sl, command.tp)
            self._send(command, Request(self._terminal.next_request(), Ask.STOPS, *head, ""))

    def _claim(self, command: Command) -> bool:
        return self._terminal.claims.claim(command.link, command.action, self._terminal.now_ns())

    def _send(self, command: Command, request: Request) -> None:
        if self._terminal.send(request):
            self._answer(command, Stage.PLACED)
            return
        self._terminal.claims.release(command.link, matter_of(request.ask))
        self._answer(command, Stage.REJECTED, retcode=CONNECTION)

    def _gone(self, command: Command) -> None:
        closed = command.link in self._terminal.dealt or command.link in self._terminal.ordered
        self._answer(command, Stage.ALREADY_CLOSED if closed else Stage.NOTHING, volume=0)

    def _barred(self, command: Command) -> None:
        """Something of the link is under way: says what."""
        works = command.link in self._terminal.working
        action = 0 if works else self._terminal.claims.barring(command.link)
        self._answer(command, Stage.IN_FLIGHT, action=action)

    def _answer(
        self,
        command: Command,
        stage: Stage,
        held: Held | None = None,
        volume: int = -1,
        retcode: int = 0,
        action: int = 0,
    ) -> None:
        position, known = (0, volume) if held is None else (held.ticket, held.volume)
        now_ns = self._terminal.now_ns()
        head = (command.command, command.link, 0, 0, 0, position, known, 1.0, now_ns, now_ns, now_ns)
        result = Result(*head, stage, action or command.action, retcode, 0, "")
        self._terminal.pod.push_results(self._terminal, encode(result))
