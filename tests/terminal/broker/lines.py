"""The line protocol between the test terminal and the test broker.

A line is `VERB<tab>key=value<tab>…`; in values %, tab and line ends are percent-encoded. The terminal sends LOGIN, then
ORDER lines. The broker answers WELCOME or REFUSED, then sends the state (ACCOUNT, SYMBOL, TICK, DEAL, ORDER, POSITION) and
SYNCED. From then on it sends every event: a position before the deal that changed it, the answer (REQUEST) last.
Terminals of MT4 accounts get TICKET lines instead of deals, orders and positions.
"""

from dataclasses import asdict, fields

from broker.model import (
    BrokerDeal,
    BrokerEvent,
    BrokerOrder,
    BrokerPosition,
    BrokerQuote,
    BrokerRequest,
    BrokerSymbol,
    DealAdded,
    DealChanged,
    OrderChanged,
    PositionChanged,
    RequestAnswered,
    Ticket,
    TicketChanged,
)
from broker.money import Quotes, rate

ESCAPES = {"%": "%25", "\t": "%09", "\r": "%0D", "\n": "%0A"}
MAX_LINE = 4096


class BadLineError(ValueError):
    """A line that no terminal sends. The connection must be closed."""


def line(verb: str, **values: object) -> bytes:
    """One line with its end."""
    parts = [verb, *(f"{key}={_escape(_shown(value))}" for key, value in values.items())]
    return ("\t".join(parts) + "\n").encode()


def parse(raw: bytes) -> tuple[str, dict[str, str]]:
    """Parses a line into its verb and values. Raises `BadLineError` for bytes that are not UTF-8."""
    try:
        verb, *parts = raw.decode().rstrip("\r\n").split("\t")
    except UnicodeDecodeError as error:
        raise BadLineError("not UTF-8") from error
    return verb, {key: _unescape(value) for key, _, value in (part.partition("=") for part in parts)}


def event_line(event: BrokerEvent, now_msc: int) -> bytes:
    """The line that reports an event to a terminal."""
    match event:
        case OrderChanged():
            return order_line(event.order, event.what, live=True)
        case PositionChanged():
            return position_line(event.position, event.changed)
        case DealAdded():
            return deal_line(event.deal, live=True)
        case DealChanged():
            return deal_line(event.deal, live=True, what="updated")
        case TicketChanged():
            return ticket_line(event.ticket)
        case RequestAnswered():
            return line("REQUEST", **asdict(event), time_msc=now_msc)


def ticket_line(ticket: Ticket) -> bytes:
    """An order of MT4 as it is now."""
    return line("TICKET", **asdict(ticket))


def position_line(position: BrokerPosition, changed: bool) -> bytes:
    """A position as it is now. `changed`: its stops were changed; False: a deal changed it."""
    return line("POSITION", **asdict(position), changed=changed)


def deal_line(deal: BrokerDeal, live: bool, what: str = "added") -> bytes:
    """A deal that just happened or was "updated" (`live`), or one of the history that a login gets."""
    return line("DEAL", **asdict(deal), live=live, what=what)


def order_line(order: BrokerOrder, what: str, live: bool) -> bytes:
    """An order that was just added, updated or deleted (`live`), or one that a login gets."""
    return line("ORDER", **asdict(order), what=what, live=live)


def symbol_line(symbol: BrokerSymbol, quotes: Quotes, currency: str) -> bytes:
    """The specification of a symbol for an account in this currency."""
    s = symbol
    return line(
        "SYMBOL",
        **{f.name: getattr(s, f.name) for f in fields(s) if f.name != "value_factor"},
        margin=s.base,
        point=s.point,
        tick_size=s.point,
        tick_value=s.point * s.contract_size * rate(s.profit, currency, quotes) * s.value_factor,
        profit_rate=rate(s.profit, currency, quotes),
        freeze_level=0,
    )


def tick_line(name: str, quote: BrokerQuote) -> bytes:
    """A quote."""
    return line("TICK", symbol=name, bid=quote.bid, ask=quote.ask, time_msc=quote.time_msc)


def request_of(values: dict[str, str]) -> BrokerRequest:
    """The request in an ORDER line. Raises `BadLineError` for a missing value or a bad number."""
    try:
        return BrokerRequest(
            id=int(values["id"]),
            action=int(values["action"]),
            symbol=values["symbol"],
            side=int(values["kind"]) % 2,
            volume=int(values["volume"]),
            position=int(values["position"]),
            magic=int(values["magic"]),
            sl=float(values["sl"]),
            tp=float(values["tp"]),
            filling=int(values["filling"]),
            comment=values["comment"],
            kind=int(values["kind"]),
            order=int(values["order"]),
            price=float(values["price"]),
            limit=float(values["limit"]),
            expires_msc=int(values["expires_msc"]),
            deviation=int(values["deviation"]),
        )
    except (KeyError, ValueError) as error:
        raise BadLineError("a malformed ORDER") from error


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _escape(text: str) -> str:
    return "".join(ESCAPES.get(c, c) for c in text)


def _unescape(text: str) -> str:
    for plain, escaped in reversed(ESCAPES.items()):
        text = text.replace(escaped, plain)
    return text
