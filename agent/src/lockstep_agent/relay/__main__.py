"""`python -m lockstep_agent.relay`: run the relay. The agent starts it and sends the configuration to standard input."""

import sys

from lockstep_agent.relay.control import Control
from lockstep_agent.relay.errors import NotConfigured
from lockstep_agent.relay.loop import Relay


def main() -> int:
    """Runs a relay until the agent ends it."""
    try:
        Relay(Control(sys.stdin.fileno(), sys.stdout.fileno())).run()
    except NotConfigured as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
