"""When a symbol can be traded, by the server's clock."""

DAY_S = 86_400
DAY_OF_1970 = 4
"""The weekday on which 1970 began, a Thursday. MetaTrader's weeks begin with Sunday, 0."""


def is_in_session(sessions: str, server_msc: int) -> bool:
    """Whether a time is within one of the sessions of its day. A symbol without sessions can always be traded."""
    days, second = divmod(server_msc // 1000, DAY_S)
    today = (days + DAY_OF_1970) % 7
    told = [tuple(map(int, one.split())) for one in sessions.split(",") if one]
    return not told or any(day == today and start <= second < end for day, start, end in told)
