"""The processes that the agent starts and ends: the display, the terminal under Wine, the relay."""
