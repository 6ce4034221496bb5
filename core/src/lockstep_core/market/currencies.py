"""Currencies that are the hundredth part of others: cent accounts and some exchanges count money in them."""

from collections.abc import Mapping

HUNDREDTHS: Mapping[str, str] = {
    "USC": "USD",
    "USX": "USD",
    "EUC": "EUR",
    "GBC": "GBP",
    "GBX": "GBP",
    "GBp": "GBP",
    "ZAC": "ZAR",
    "ILA": "ILS",
}
"""What brokers and exchanges call hundredths, and of which currency."""


def whole(currency: str) -> str:
    """The currency of which one is a hundredth; any other currency itself."""
    return HUNDREDTHS.get(currency, currency)


def parts(currency: str) -> int:
    """How many of a currency are one of its `whole`."""
    return 100 if currency in HUNDREDTHS else 1


_TRADED = (
    "AUD BRL CAD CHF CLP CNH CNY COP CZK DKK EUR GBP HKD HUF IDR ILS INR JPY KRW MXN NOK NZD PLN RON RUB SEK SGD THB TRY "
    "TWD USD ZAR XAG XAU XPD XPT"
)
TRADED = frozenset(_TRADED.split())
"""Currencies and metals of which pairs are traded, by which a pair is known where its broker's spec is not."""
