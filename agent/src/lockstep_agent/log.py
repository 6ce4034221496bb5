"""One JSON object per line on standard output, when something changed and at no other time."""

import sys

import structlog


def make_log(**fields: str | int) -> structlog.typing.FilteringBoundLogger:
    """A logger that carries these fields in each line."""
    logger: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        structlog.PrintLogger(sys.stdout),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
    )
    bound: structlog.typing.FilteringBoundLogger = logger.bind(**fields)
    return bound
