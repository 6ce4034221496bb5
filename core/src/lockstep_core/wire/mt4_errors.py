"""MT4's error codes and the return codes that stand for them, so that one table says how an order is tried again.

MT4's programs answer with the return code in `Result.retcode` and MT4's own number in `Result.error`; only people are shown
the latter. `python -m lockstep_core.wire.mt4_errors` prints the table for the programs.

Codes: https://docs.mql4.com/constants/errorswarnings/errorcodes
"""

import sys
from collections.abc import Mapping
from itertools import groupby

RETCODES: Mapping[int, int] = {
    0: 10009,  # no error
    1: 10025,  # no error, and nothing was changed
    2: 10011,  # common error
    3: 10013,  # invalid trade parameters
    4: 10024,  # the server is busy
    5: 10027,  # the terminal is too old
    6: 10031,  # no connection with the server
    7: 10017,  # not enough rights
    8: 10024,  # too frequent requests
    9: 10011,  # malfunctional trade operation
    64: 10017,  # the account is disabled
    65: 10017,  # invalid account
    128: 10012,  # timeout
    129: 10015,  # invalid price
    130: 10016,  # invalid stops
    131: 10014,  # invalid volume
    132: 10018,  # the market is closed
    133: 10017,  # trading is disabled
    134: 10019,  # not enough money
    135: 10020,  # the price changed
    136: 10021,  # off quotes
    137: 10024,  # the broker is busy
    138: 10004,  # requote
    139: 10028,  # the order is locked
    140: 10042,  # only buying
    141: 10024,  # too many requests
    142: 10012,  # the order was queued: the terminal reconnected meanwhile
    143: 10012,  # a dealer has accepted the order: the same
    144: 10007,  # cancelled by hand
    145: 10029,  # too near to the market to be changed
    146: 10028,  # the trade context is busy: another program trades
    147: 10022,  # the broker denies expirations
    148: 10033,  # as many open and pending orders as the broker allows
    149: 10046,  # no opposite positions on this account
    150: 10045,  # positions close in the order they were opened
    4051: 10013,  # invalid parameter of a function
    4106: 10013,  # unknown symbol
    4107: 10015,  # invalid price for a function
    4108: 10036,  # there is no such order
    4109: 10027,  # trading is not allowed in the terminal
    4110: 10043,  # buying is not allowed in the program's settings
    4111: 10042,  # selling is not allowed there
}
UNKNOWN = 10000
"""What stands for every other number: no code of a trade server's. Nobody knows whether such an order may pass."""


def retcode_of(error: int) -> int:
    """The return code that stands for an MT4 error."""
    return RETCODES.get(error, UNKNOWN)


def mql() -> str:
    """The table as a function of MQL4."""
    numbers = sorted(RETCODES, key=lambda error: (RETCODES[error], error))
    cases = [
        "".join(f"      case {error}:\n" for error in errors) + f"         return({retcode});\n"
        for retcode, errors in groupby(numbers, key=RETCODES.__getitem__)
    ]
    head = "// Generated from core/src/lockstep_core/wire/mt4_errors.py by `make wire`; do not edit.\n"
    guard = "#ifndef MT4_ERRORS_MQH\n#define MT4_ERRORS_MQH\n"
    body = (
        f"uint RetcodeOf(int error)\n  {{\n   switch(error)\n     {{\n{''.join(cases)}     }}\n   return({UNKNOWN});\n  }}\n"
    )
    return f"{head}{guard}{body}#endif\n"


if __name__ == "__main__":
    sys.stdout.write(mql())
