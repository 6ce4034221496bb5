"""The child processes that the agent starts and ends: the display, the terminal under Wine, and the relay."""
