"""What a terminal's permissions come to."""

import pytest

from lockstep_core.accounts import Trading, trading_of
from lockstep_core.wire.enums import Permission

ALL = Permission.SAID | Permission.ACCOUNT | Permission.EXPERTS | Permission.AUTOTRADING | Permission.PROGRAM


@pytest.mark.parametrize(
    ("permissions", "trading"),
    [
        (0, Trading.UNKNOWN),
        (ALL & ~Permission.SAID, Trading.UNKNOWN),
        (ALL, Trading.ALLOWED),
        (ALL | Permission.FIFO, Trading.ALLOWED),
        (ALL & ~Permission.ACCOUNT, Trading.ACCOUNT_OFF),
        (ALL & ~Permission.EXPERTS, Trading.EXPERTS_OFF),
        (ALL & ~Permission.AUTOTRADING, Trading.AUTOTRADING_OFF),
        (ALL & ~Permission.PROGRAM, Trading.PROGRAM_OFF),
        (Permission.SAID, Trading.ACCOUNT_OFF),
        (ALL & ~Permission.AUTOTRADING & ~Permission.PROGRAM, Trading.AUTOTRADING_OFF),
    ],
)
def test_the_first_switch_that_is_off_is_named(permissions: int, trading: Trading) -> None:
    assert trading_of(permissions) is trading
