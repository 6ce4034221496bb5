"""Writes a servers.dat for the test terminal, or into a folder a .srv file for each server, as MT4 has them.

usage: python stage/servers.py OUT NAME=HOST:PORT…
"""

import sys
from pathlib import Path

HEAD = b"LSTS1\n"
MASK = 0x5A


def servers_dat(points: dict[str, tuple[str, int]]) -> bytes:
    """The file's bytes: a head, then `name<tab>host<tab>port` lines, every byte xored, so that `strings` finds nothing."""
    text = "".join(f"{name}\t{host}\t{port}\n" for name, (host, port) in points.items())
    return HEAD + bytes(byte ^ MASK for byte in text.encode())


def write_srv(folder: Path, points: dict[str, tuple[str, int]]) -> None:
    """Writes NAME.srv for each server. Each is made like a servers.dat with one line."""
    for name, point in points.items():
        (folder / f"{name}.srv").write_bytes(servers_dat({name: point}))


def main(arguments: list[str]) -> None:
    """Writes the file."""
    points = {}
    for argument in arguments[1:]:
        name, _, place = argument.partition("=")
        host, _, port = place.rpartition(":")
        points[name] = (host, int(port))
    out = Path(arguments[0])
    if out.is_dir():
        write_srv(out, points)
    else:
        out.write_bytes(servers_dat(points))


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main(sys.argv[1:])
