"""What a symbol's name says of the thing that is traded, past what brokers add to names.

Account types, exchanges and signs around a name say nothing of the thing. The class of a share, the number of an index and
the expiry of a future do: they stay in the core, so names that differ in one of them have different cores. What follows a
name and is not known to be an addition stays in the core too.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec

from lockstep_core.market.currencies import TRADED, whole
from lockstep_core.market.symbols import SymbolSpec

_TOKEN = re.compile(r"[A-Za-z0-9]+")
_WITH_TAIL = re.compile(r"([A-Z0-9]{3,})([a-z]{1,4})")
_EXPIRY = re.compile(
    r"[FGHJKMNQUVXZ]\d{1,4}|\d{3,}|\d{0,2}(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)\d{0,4}|FUT(URES?)?|FWD"
)
_ADDITIONS = """
CASH CENT CFD CLASSIC CRYPTO ECN FIX FLOAT FX INDEX LIVE MICRO MINI NANO OTC PLUS PREMIUM PRIME PRO RAW REAL SPOT STANDARD
STD STOCK STP SWAPFREE TRADE VAR VIP ZERO
"""
_ADDED = frozenset(_ADDITIONS.split())
_EXCHANGES: Mapping[str, str] = {
    code: market
    for market, codes in {
        "AT": "VI AT",
        "AU": "AX AU ASX",
        "BE": "BR BE",
        "CA": "TO CA TSX",
        "CH": "SW CH SIX",
        "DE": "DE ETR XETRA GER F",
        "DK": "DK",
        "ES": "MC MAD ES",
        "FI": "HE FI HEL",
        "FR": "PA FR PAR",
        "GB": "L LN LON LSE UK GB",
        "HK": "HK",
        "IT": "MI IT MIL",
        "JP": "T JP",
        "NL": "AS NL AMS",
        "NO": "OL NO",
        "PL": "WA PL",
        "PT": "LS PT",
        "SE": "ST SE",
        "US": "US USA O OQ N NYSE NAS NASDAQ NSDQ ARCA",
    }.items()
    for code in codes.split()
}
"""The market of an exchange's code. `A`, `B` and other single letters that are classes of shares are no codes here."""


class SymbolName(msgspec.Struct, frozen=True, gc=False):
    """The thing, in capitals, and the market of the exchange that the name tells, empty where it tells none."""

    core: str
    market: str = ""


def core_of(name: str, spec: SymbolSpec | None = None) -> str:
    """The thing that a name means: EURUSD of `EURUSD.m`, `.EURUSDpro` or `#EURUSD`, BRK.B of `BRK.B.US`."""
    return name_of(name, spec).core


def name_of(name: str, spec: SymbolSpec | None = None) -> SymbolName:
    """What a name says. Where the spec has two currencies and the name holds both, they are the thing."""
    return _parsed(name, "", "") if spec is None else _parsed(name, whole(spec.currency_base), whole(spec.currency_profit))


@lru_cache(maxsize=16_384)
def _parsed(name: str, base: str, profit: str) -> SymbolName:
    upper = name.upper()
    pair = (base + profit).upper() if base and profit and base != profit else _pair_in(upper)
    if pair and pair in upper:
        before, _, after = upper.partition(pair)
        expiries = [token for token in _TOKEN.findall(f"{before} {after}") if _EXPIRY.fullmatch(token)]
        return SymbolName(".".join((pair, *expiries)))
    tokens = _TOKEN.findall(name)
    return _of_tokens(tokens[0], tokens[1:]) if tokens else SymbolName(upper)


def _pair_in(upper: str) -> str:
    """The pair that a name begins with, past signs, where nobody tells its currencies."""
    found = _TOKEN.search(upper)
    pair = "" if found is None else found.group()[:6]
    return pair if TRADED.issuperset((pair[:3], pair[3:])) else ""


def _of_tokens(first: str, rest: list[str]) -> SymbolName:
    core, kept, market = first.upper(), list[str](), ""
    attached = _WITH_TAIL.fullmatch(first)
    if attached is not None:
        core = attached.group(1)
        kept = [attached.group(2).upper()] if core.isalpha() and attached.group(2) in ("a", "b") else []
    for token in rest:
        if token.isdigit() and core.isalpha() and not kept and len(token) <= 3:
            core += token
        elif _is_kept(token, core):
            kept.append(token.upper())
        else:
            market = _EXCHANGES.get(token.upper(), market)
    return SymbolName(".".join((core, *kept)), market)


def _is_kept(token: str, core: str) -> bool:
    """Whether what follows a name says of the thing which one it is."""
    upper = token.upper()
    if any(sign.isdigit() for sign in token) or _EXPIRY.fullmatch(upper):
        return True
    if upper in _EXCHANGES or upper in _ADDED:
        return False
    if len(token) == 1:
        return core.isalpha() and (token.isupper() or token in ("a", "b"))
    return not (token.islower() and len(token) <= 4)
