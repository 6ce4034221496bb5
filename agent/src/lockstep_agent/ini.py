"""Reads and writes terminals' configuration files: sections of `Key=value` lines with CRLF ends, in UTF-16LE or UTF-8."""

from collections.abc import Mapping, Sequence

CRLF = "\r\n"
Section = tuple[str, tuple[str, ...]]
"""A section's name ("" for the lines before the first section) and its lines."""

EXPERT_FLAGS: Mapping[str, str] = {
    "AllowLiveTrading": "1",
    "AllowDllImport": "1",
    "Enabled": "1",
    "Account": "0",
    "Profile": "0",
    "Chart": "0",
    "Api": "0",
}
"""The flags that let experts and DLLs run. MT5 understands only 1 and 0 as values.

With `Account=1`, MT5 would switch experts off when the account changes, which is at the first login.
"""


def decode_text(raw: bytes) -> str:
    """The text of a file that a terminal or a person wrote: UTF-16LE or UTF-8, with or without a byte order mark."""
    if raw.startswith(b"\xff\xfe"):
        return raw[2:].decode("utf-16-le", "replace")
    if len(raw) >= 2 and raw[1] == 0:
        return raw.decode("utf-16-le", "replace")
    return raw.decode("utf-8-sig", "replace")


def encode_text(text: str) -> bytes:
    """The bytes of a text as MT5 writes its own files: UTF-16LE with a byte order mark."""
    return b"\xff\xfe" + text.encode("utf-16-le")


def sections(text: str) -> list[Section]:
    """The sections of a file in their order, without empty lines."""
    found: list[tuple[str, list[str]]] = [("", [])]
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            found.append((line[1:-1], []))
        elif line:
            found[-1][1].append(line)
    return [(name, tuple(lines)) for name, lines in found if name or lines]


def render(parts: Sequence[Section]) -> str:
    """Sections as the text of a file."""
    return "".join((f"[{name}]{CRLF}" if name else "") + "".join(line + CRLF for line in lines) for name, lines in parts)


def pairs(values: Mapping[str, str]) -> tuple[str, ...]:
    """`Key=value` lines."""
    return tuple(f"{key}={value}" for key, value in values.items())


def persisted_common(text: str) -> str:
    """`common.ini` without the account that used this terminal before, and with experts and DLLs allowed."""
    kept = [part for part in sections(text) if part[0].lower() not in ("common", "experts")]
    theirs = [lines for name, lines in sections(text) if name.lower() == "experts"]
    other = tuple(line for lines in theirs for line in lines if line.split("=")[0].strip() not in EXPERT_FLAGS)
    return render([*kept, ("Experts", (*pairs(EXPERT_FLAGS), *other))])


def services(name: str, path: str, inputs: Mapping[str, str]) -> str:
    """A `services.ini` by which the terminal starts one service."""
    lines = ["<service>", f"name={name}", f"path={path}", "expertmode=5", "enabled=1", "<inputs>"]
    return CRLF.join([*lines, *pairs(inputs), "</inputs>", "</service>", ""])


def preset(inputs: Mapping[str, str]) -> str:
    """The text of a `.set` file, which holds the inputs of a program."""
    return "".join(line + CRLF for line in pairs(inputs))
