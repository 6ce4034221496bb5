"""The news calendar: read from a file line by line, so that one bad line costs no good one. Reading is pure."""
