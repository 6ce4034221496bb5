"""How the router's processes write logs: JSON lines on standard error."""

import sys

import structlog


def configure() -> None:
    """Sets structlog up; to be called once by a process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
