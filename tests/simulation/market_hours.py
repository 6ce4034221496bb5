"""When a broker takes orders for a symbol, checked second by second and apart from the engine."""

from tests.simulation.broker_data import ListedSymbol

DAY_S = 86_400
THURSDAY = 4
"""The weekday on which 1970 began. MetaTrader's weeks begin with Sunday, 0."""


def is_open(listed: ListedSymbol, server_ms: int) -> bool:
    """Whether a symbol can be traded when its broker's clock shows this; without sessions it always can."""
    day, second = divmod(server_ms // 1000, DAY_S)
    weekday = (day + THURSDAY) % 7
    return not listed.sessions or any(
        start <= second < end if of_day == weekday else start <= second + DAY_S < end and of_day == (weekday - 1) % 7
        for of_day, start, end in listed.sessions
    )
