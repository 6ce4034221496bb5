"""usage: python -m tests.stack continue|install|demo|status|mails"""

import sys

from tests.stack.continuity import continue_or_begin_anew
from tests.stack.errors import StackError
from tests.stack.install import install, status
from tests.stack.mailbox import print_mails
from tests.stack.story import demonstrate

VERBS = {"continue": continue_or_begin_anew, "install": install, "demo": demonstrate, "status": status, "mails": print_mails}


def main(arguments: list[str]) -> int:
    """Runs one verb; a `StackError` becomes one plain message."""
    if len(arguments) != 1 or arguments[0] not in VERBS:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        VERBS[arguments[0]]()
    except StackError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
