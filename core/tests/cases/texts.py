"""Trades and decisions as a trader writes them, so that tables of cases can be read."""

from datetime import UTC, datetime
from typing import Any

from lockstep_core.books.positions import Order, OrderKind, Position
from lockstep_core.decision.preview import Preview
from lockstep_core.decision.stops import HiddenLevels, Levels
from lockstep_core.decision.target import AskQuote, Decision, NoteStops, Sized, Target, Wait
from lockstep_core.skips import PARAMS, Skip
from lockstep_core.units import Lots, lots_text, parse_lots
from lockstep_core.wire.enums import Action, Side
from lockstep_texts import say
from lockstep_texts.catalogue import LANGUAGES, catalogue

_WITH_VALUE = ("at", "limit", "sl", "tp", "magic", "comment", "opened", "left", "expires", "key")
MS = 1_000_000


def words_of(text: str) -> dict[str, str]:
    """`buy 1.00 EURUSD sl 1.09` as {"side": "buy", "lots": "1.00", "symbol": "EURUSD", "sl": "1.09"}."""
    words = str(text).split()
    found = {"side": words[0], "lots": words[1], "symbol": "EURUSD"}
    rest = words[2:]
    if rest and rest[0] not in (*_WITH_VALUE, "pending"):
        found["symbol"], rest = rest[0], rest[1:]
    while rest:
        if rest[0] == "pending":
            found["pending"], rest = "yes", rest[1:]
            continue
        found[rest[0]], rest = rest[1], rest[2:]
    return found


def position(text: str, ticket: int, opened_ns: int, magic: int = 0) -> Position:
    """`buy 0.50 EURUSD at 1.1 sl 1.09 opened 1.00`: 0.50 left of a position that began with 1.00."""
    words = words_of(text)
    lots = parse_lots(words["lots"])
    return Position(
        ticket,
        words["symbol"],
        Side[words["side"].upper()],
        lots,
        max(parse_lots(words.get("opened", "0")), lots, key=int),
        float(words.get("sl", 0)),
        float(words.get("tp", 0)),
        magic or int(words.get("magic", 0)),
        words.get("comment", ""),
        opened_ns,
        float(words.get("at", "1.1")),
        pending="pending" in words,
    )


def order(text: str, ticket: int, placed_ns: int, magic: int = 0) -> Order:
    """`buy_limit 1.00 EURUSD at 1.09 left 0.40 expires 2026-03-02T12:00` (on its broker's clock)."""
    words = words_of(text)
    lots = parse_lots(words["lots"])
    return Order(
        ticket,
        words["symbol"],
        OrderKind[words["side"].upper()],
        lots,
        parse_lots(words["left"]) if "left" in words else lots,
        float(words["at"]),
        float(words.get("limit", 0)),
        float(words.get("sl", 0)),
        float(words.get("tp", 0)),
        moment_ms(words["expires"]) if "expires" in words else 0,
        magic,
        words.get("comment", ""),
        placed_ns,
    )


def moment_ms(text: str) -> int:
    """Milliseconds since 1970 of a UTC moment."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def told(decision: Decision, now_ns: int) -> str:
    """A decision in words."""
    if decision is None or isinstance(decision, Sized):
        return "nothing"
    if isinstance(decision, Wait):
        return f"wait {(decision.until_ns - now_ns) / MS:g} ms"
    if isinstance(decision, NoteStops):
        return _note_text(decision.levels)
    if isinstance(decision, AskQuote):
        return f"ask {decision.symbol}"
    if isinstance(decision, Skip):
        return f"skip {decision.code.value}" + (f" ({decision.setting})" if decision.setting else "")
    return _target_text(decision)


def _note_text(levels: Levels) -> str:
    if not isinstance(levels, HiddenLevels):
        return f"note sl {levels.sl:g} tp {levels.tp:g}"
    return f"note hidden sl {levels.sl:.10g} tp {levels.tp:g}" + (f" shown {levels.shown:.10g}" if levels.shown else "")


def _target_text(target: Target) -> str:
    side, lots = Side(target.side).name.lower() if target.side <= 1 else "", lots_text(target.volume)
    match target.action:
        case Action.OPEN:
            return f"open {side} {lots} {target.symbol}{_stops(target)}"
        case Action.SET_VOLUME:
            return f"reduce to {lots}"
        case Action.SET_STOPS:
            return f"set{_stops(target)}" if target.sl or target.tp else "set no stops"
        case Action.PLACE | Action.SET_ORDER:
            return _order_text(target, lots)
        case Action.SET_NET:
            return f"net {target.symbol} from {lots_text(target.expected)} to {lots}{_stops(target)}"
    word = "close" if target.action == Action.CLOSE else "delete order"
    return word + (f" because of {target.why}" if target.why else "")


def _order_text(target: Target, lots: str) -> str:
    kind = OrderKind(target.order_kind).name.lower()
    verb = f"place {kind} {lots} {target.symbol}" if target.action == Action.PLACE else "change order"
    limit = f" limit {target.limit:g}" if target.limit else ""
    moment = datetime.fromtimestamp(target.expires_msc / 1000, UTC).strftime("%Y-%m-%dT%H:%M") if target.expires_msc else ""
    return f"{verb} at {target.price:g}{limit}{_stops(target)}" + (f" expires {moment}" if moment else "")


def _stops(target: Target) -> str:
    sl = f" sl {target.sl:.10g}" if target.sl else ""
    return sl + (f" tp {target.tp:.10g}" if target.tp else "")


def english(found: Preview) -> str:
    """A preview as English readers get it."""
    parts = [(part.code, part.params) for part in found.parts]
    skip = found.outcome if isinstance(found.outcome, Skip) else None
    return say.preview(catalogue("en"), parts, None if skip is None else (skip.code, skip.params))


def assert_complete(skip: Skip) -> None:
    """A skip has just the params that its code is declared with, and words in every language leave no gap."""
    assert {name: type(value) for name, value in skip.params.items()} == PARAMS[skip.code]
    for language in LANGUAGES:
        text = say.why(catalogue(language), skip.code, skip.params)
        assert text.endswith("."), text
        assert "{" not in text, text


def lots(text: Any) -> Lots:
    """Lots of a cell."""
    return parse_lots(str(text))
