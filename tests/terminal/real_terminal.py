"""real_terminal.py ACCOUNT COMMAND...: a real MetaTrader 5 at a demo account, as MetaQuotes' own package sees it.

ACCOUNT is a file of JSON with `login`, `password` and `server`; COMMAND runs the image `mt5_checker`, which reads it. Prints
what the terminal said. Ends with 0 where it is what was asked for, and with 1 and a sentence for each fault otherwise.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

DEMO = 0
SYMBOL = "EURUSD"
LONGEST_S = 600


def faults(said: dict[str, Any], account: dict[str, Any]) -> list[str]:
    """Why this terminal cannot be used for checks, one sentence for each fault."""
    if said["outcome"] != "checked":
        return [f"{said['outcome']}: {said.get('words', '')}"]
    found = {
        f"the terminal is logged in as {said['login']}": said["login"] != account["login"],
        f"the terminal is logged in at {said['server']}": said["server"].casefold() != account["server"].casefold(),
        # The checks open and close positions.
        f"the account is no demo account (trade mode {said['trade_mode']})": said["trade_mode"] != DEMO,
        f"the terminal knows no {SYMBOL}": SYMBOL not in said["symbols"],
    }
    return [sentence for sentence, is_so in found.items() if is_so]


def main(arguments: list[str]) -> int:
    """Runs the checker once."""
    account = Path(arguments[0]).read_text()
    done = subprocess.run(arguments[1:], input=account, capture_output=True, text=True, check=False, timeout=LONGEST_S)
    line = next(iter(reversed(done.stdout.splitlines())), "")
    try:
        said: dict[str, Any] = json.loads(line)
    except ValueError:
        print(f"the checker ended with {done.returncode} and without an answer", file=sys.stderr)
        return 1
    print(json.dumps({**said, "symbols": len(said.get("symbols", ()))}, indent=1))
    wrong = faults(said, json.loads(account))
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
