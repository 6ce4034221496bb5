"""The acting program of the bridge, step by step as `bridge_ea/mql5/Executor.mq5` and its include files."""

from typing import TYPE_CHECKING

from lockstep_core.wire.codec import encode
from lockstep_core.wire.enums import Action, Limit, LimitCode, Stage
from lockstep_core.wire.frames import Command, QuoteRequest, Result, Tick
from tests.simulation.broker_data import CONNECTION, BrokerOrder, BrokerPosition, RequestKind, TradeRequest
from tests.simulation.inflight_claims import ClaimSubject, subject_of
from tests.simulation.scheduler import SECOND

if TYPE_CHECKING:
    from tests.simulation.terminal import TerminalProcess

SAME_PRICE = 1e-6
PATIENCE_NS = 60 * SECOND


class Executor:
    """Carries out commands one by one. Each names a target; nothing is sent to the broker if the target is reached."""

    def __init__(self, terminal: "TerminalProcess") -> None:
        self._terminal = terminal

    def on_asked(self, asked: Command | QuoteRequest) -> None:
        """Handles a request of the router."""
        if isinstance(asked, Command):
            self.on_command(asked)
            return
        quote, server_ms = self._terminal.quote(asked.symbol), self._terminal.server_ms()
        prices = (0.0, 0.0, 0) if quote is None else (*quote, server_ms)
        tick = Tick(*prices, self._terminal.now_ns(), "" if quote is None else asked.symbol, server_ms, asked.request)
        self._terminal.host.push_results(self._terminal, encode(tick))

    def on_command(self, command: Command) -> None:
        """Carries out one command and answers it."""
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

    def _is_known(self, command: Command) -> bool:
        """Answers if the link has or had a position, or has a request in flight."""
        terminal, link = self._terminal, command.link
        position = terminal.position_of(link, command.position)
        if position is not None:
            self._answer(command, Stage.ALREADY_OPEN, position)
        elif terminal.pending_order_of(link) is not None:
            self._answer(command, Stage.ALREADY_OPEN)
        elif self._is_in_flight(command) or terminal.is_in_work(link):
            self._answer_blocked(command)
        elif terminal.may_have(link):
            self._answer(command, Stage.ALREADY_OPEN)
        elif terminal.had_deal(link) or (terminal.had_order(link) and command.action == Action.PLACE):
            self._answer(command, Stage.ALREADY_CLOSED, volume=0)
        else:
            return False
        return True

    def _is_in_flight(self, command: Command) -> bool:
        claims = self._terminal.claims
        if not claims.pending(command.link, ClaimSubject.VOLUME):
            return False
        age_ns = self._terminal.now_ns() - claims.claimed_ns(command.link, ClaimSubject.VOLUME)
        return command.action != Action.QUERY or age_ns < PATIENCE_NS

    def _query(self, command: Command) -> None:
        if not self._is_known(command):
            self._answer(command, Stage.NOTHING, volume=0)

    def _open(self, command: Command) -> None:
        if self._is_known(command) or self._is_held_back(command, sells=bool(command.side)):
            return
        if not self._claim(command):
            self._answer_blocked(command)
            return
        stops = (command.sl, command.tp)
        number = self._terminal.next_request()
        name = (command.symbol, command.side, command.volume, 0, command.link)
        self._send(command, TradeRequest(number, RequestKind.OPEN, *name, *stops, command.comment))

    def _is_held_back(self, command: Command, *, sells: bool) -> bool:
        """Answers if the market is beyond the limits of an opening, or if there is no quote to check them."""
        quote = self._terminal.quote(command.symbol)
        if command.limits == 0:
            return False
        if quote is None:
            self._answer(command, Stage.REJECTED, retcode=LimitCode.QUOTE)
            return True
        (bid, ask), point = quote, self._terminal.account.listed[command.symbol].point
        worse = command.reference_price - bid if sells else ask - command.reference_price
        is_wide = bool(command.limits & Limit.SPREAD) and round((ask - bid) / point) > command.max_spread
        is_worse = bool(command.limits & Limit.SLIPPAGE) and round(worse / point) > command.max_slippage
        if is_wide or is_worse:
            self._answer(command, Stage.REJECTED, retcode=LimitCode.SPREAD if is_wide else LimitCode.SLIPPAGE, quote=quote)
        return is_wide or is_worse

    def _place(self, command: Command) -> None:
        """Only a link that never had an order or position gets a pending order."""
        if self._is_known(command):
            return
        if not self._claim(command):
            self._answer_blocked(command)
            return
        self._request_order(command, RequestKind.PLACE, 0, command.volume)

    def _set_order(self, command: Command) -> None:
        self._terminal.adopt(command.link, command.position)
        order = self._terminal.pending_order_of(command.link)
        if order is None:
            self._answer_gone(command)
        elif not self._claim(command):
            self._answer(command, Stage.IN_FLIGHT)
        elif command.action == Action.SET_ORDER and self._is_reached(command, order):
            self._terminal.claims.release(command.link, ClaimSubject.ORDER)
            self._answer(command, Stage.DONE)
        else:
            self._request_order(
                command,
                RequestKind.DELETE if command.action == Action.DELETE else RequestKind.CHANGE,
                order.ticket,
                order.volume,
            )

    def _is_reached(self, command: Command, order: BrokerOrder) -> bool:
        target = (command.price, command.sl, command.tp)
        same = all(abs(a - b) < SAME_PRICE for a, b in zip(target, (order.price, order.sl, order.tp), strict=True))
        return same and self._terminal.world_ms(command.expires_msc) == order.expires_ms

    def _request_order(self, command: Command, kind: RequestKind, ticket: int, volume: int) -> None:
        number, stops = self._terminal.next_request(), (command.sl, command.tp)
        expires_ms = self._terminal.world_ms(command.expires_msc)
        target = (command.symbol, command.side, volume, volume, command.price, *stops, expires_ms, command.link)
        order = BrokerOrder(ticket, *target, command.comment)
        head = (command.symbol, command.side % 2, volume, ticket, command.link, *stops, command.comment)
        self._send(command, TradeRequest(number, kind, *head, order))

    def _set_net(self, command: Command) -> None:
        """A command that begins an allocation is claimed like an opening: a link has one allocation, ever."""
        begins = command.comment != ""
        if begins and self._is_known(command):
            return
        if self._is_held_back(command, sells=command.volume < command.expected):
            return
        claims, action = self._terminal.claims, Action.OPEN if begins else command.action
        now_ns = self._terminal.now_ns()
        if self._terminal.is_in_work(command.link) or not claims.claim(command.link, action, now_ns, command.target_id):
            self._answer_blocked(command)
        elif self._is_net_reached(command):
            claims.release(command.link, ClaimSubject.VOLUME)
        else:
            self._send_net(command, begins)

    def _send_net(self, command: Command, begins: bool) -> None:
        change = command.volume - command.expected
        kind, net = RequestKind.OPEN if begins else RequestKind.NET, self._terminal.net_position(command.symbol)
        stops = (net.sl, net.tp) if net is not None and net.signed * change > 0 else (0.0, 0.0)
        if begins:
            stops = (command.sl, command.tp)
        head = (self._terminal.next_request(), kind, command.symbol, int(change < 0), abs(change), 0, command.link)
        self._send(command, TradeRequest(*head, *stops, command.comment))

    def _is_net_reached(self, command: Command) -> bool:
        """Answers if the net position is at the target, or is not the one that the command expects."""
        net = self._terminal.net_position(command.symbol)
        now = 0 if net is None else net.signed
        if now == command.volume:
            self._answer(command, Stage.DONE, net)
        elif now != command.expected:
            self._answer(command, Stage.NOTHING, net)
        else:
            return False
        return True

    def _reduce(self, command: Command, left: int) -> None:
        position = self._position(command)
        if position is None:
            self._answer_gone(command)
        elif self._terminal.is_in_work(command.link) or not self._claim(command):
            self._answer(command, Stage.IN_FLIGHT, position)
        elif position.volume <= left:
            self._terminal.claims.release(command.link, ClaimSubject.VOLUME)
            self._answer(command, Stage.DONE, position)
        else:
            head = (position.symbol, 1 - position.side, position.volume - left, position.ticket, command.link)
            self._send(
                command, TradeRequest(self._terminal.next_request(), RequestKind.REDUCE, *head, 0.0, 0.0, command.comment)
            )

    def _set_stops(self, command: Command) -> None:
        position = self._position(command)
        if position is None:
            self._answer_gone(command)
        elif abs(position.sl - command.sl) < SAME_PRICE and abs(position.tp - command.tp) < SAME_PRICE:
            self._answer(command, Stage.DONE, position)
        elif not self._claim(command):
            self._answer(command, Stage.IN_FLIGHT, position)
        else:
            # A link may have the opposite side of the net position whose stops are changed, so the command names the side.
            head = (position.symbol, command.side, 0, position.ticket, command.link, command.sl, command.tp)
            self._send(command, TradeRequest(self._terminal.next_request(), RequestKind.STOPS, *head, ""))

    def _position(self, command: Command) -> BrokerPosition | None:
        """The position to change. The router may know the ticket where MT4's program does not know the link."""
        self._terminal.adopt(command.link, command.position)
        return self._terminal.position_of(command.link, command.position)

    def _claim(self, command: Command) -> bool:
        return self._terminal.claims.claim(command.link, command.action, self._terminal.now_ns())

    def _send(self, command: Command, request: TradeRequest) -> None:
        if self._terminal.send(request):
            if request.kind in (RequestKind.OPEN, RequestKind.PLACE):
                self._terminal.host.link_file.sent(command.link, self._terminal.now_ns())
            self._answer(command, Stage.PLACED, request=request)
            return
        self._terminal.claims.release(command.link, subject_of(request.kind))
        self._answer(command, Stage.REJECTED, retcode=CONNECTION)

    def _answer_gone(self, command: Command) -> None:
        closed = self._terminal.had_deal(command.link) or self._terminal.had_order(command.link)
        self._answer(command, Stage.ALREADY_CLOSED if closed else Stage.NOTHING, volume=0)

    def _answer_blocked(self, command: Command) -> None:
        """Answers with the action that is in flight for the link."""
        is_in_work = self._terminal.is_in_work(command.link)
        action = 0 if is_in_work else self._terminal.claims.blocking(command.link)
        self._answer(command, Stage.IN_FLIGHT, action=action)

    def _answer(
        self,
        command: Command,
        stage: Stage,
        position: BrokerPosition | None = None,
        volume: int = -1,
        retcode: int = 0,
        action: int = 0,
        request: TradeRequest | None = None,
        quote: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        ticket, known = (0, volume) if position is None else (position.ticket, position.volume)
        now_ns = self._terminal.now_ns()
        number, called_ns = (0, 0) if request is None else (request.number, now_ns)
        head = (command.command, command.link, number, 0, 0, ticket, known, 1.0, now_ns, called_ns, now_ns)
        result = Result(*head, stage, action or command.action, retcode, 0, "", *quote)
        self._terminal.host.push_results(self._terminal, encode(result))
