"""Which symbol the bridge's chart shows. Any symbol will do, but not every broker has the same ones."""

from pathlib import Path

from lockstep_agent.terminal_files import children_of

USUAL = ("EURUSDm", "EURUSD.", "EURUSD.a", "XAUUSD", "EURUSD.pro", "GBPUSD", "BTCUSD")
"""Names that brokers use where EURUSD has an affix or is not offered, the most frequent ones first."""


def chart_symbols(configured: str, home: Path) -> tuple[str, ...]:
    """The symbols to try, in this order: the configured one, those for which the terminal has prices, and usual names."""
    seen = (
        symbol.name
        for bases in children_of(home, "bases")
        for server in sorted(path for path in bases.iterdir() if path.is_dir())
        for history in children_of(server, "history")
        for symbol in sorted(path for path in history.iterdir() if path.is_dir())
    )
    return tuple(dict.fromkeys((configured, *seen, *USUAL)))
