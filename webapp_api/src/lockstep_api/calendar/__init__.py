"""Parses files of news calendars, each line by itself, so that an invalid line does not affect the others. Pure."""
