"""Finds commands that fetch what is not pinned: by a hash, by a lock with hashes, or by the signature of an archive."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_CONTINUED = re.compile(r"\\\n\s*")
_LIST_MARKS = re.compile(r"[\"'`,()\[\]{}]+")
_COMMENT = re.compile(r"^\s*(#|//|\*|--)")

UNPINNED: Mapping[str, re.Pattern[str]] = {
    "curl and wget check nothing": re.compile(r"(^|[|;&] *|\bRUN |\$)(curl|wget)( (?!/usr)|$)"),
    "ADD of an address without --checksum": re.compile(r"^ADD (?!.*--checksum=sha256:)\S*https?://"),
    "pip without --require-hashes": re.compile(r"\b(pip|pip3) (install|download|wheel)\b(?!.*--require-hashes)"),
    "uv run without --frozen": re.compile(r"(\buv|uv\.sh|\$uv) (run|sync|export)\b(?!.*--frozen)"),
    "uv tool takes what the index has today": re.compile(r"\buvx\b|\buv\S* tool (run|install)\b|--with \S"),
    "npm install of a name, past the lock": re.compile(
        r"\bnpm( @)? (install|i|add|exec)\b(?: (?:--prefix \S+|-\S+|[<>0-9]*>\S*))* [@\w]"
    ),
    "npx and its kin": re.compile(r"(^|[ ;&|])(npx|yarn|pnpm|bunx|corepack) "),
    "go past go.sum": re.compile(r"\bgo (get|install)\b|-mod=mod\b|GONOSUM\w+=|GOFLAGS=\S*insecure|GONOSUMDB|GOSUMDB=off"),
    "apt without signatures": re.compile(
        r"allow-unauthenticated|trusted=yes|Insecure\w*=(true|1|yes)|no-check-gpg", re.IGNORECASE
    ),
    "a file of an archive without its hash": re.compile(r"apt-helper download-file(?!.*SHA256:)"),
    "an image by a name that may move": re.compile(r"^FROM (?!\$\{BASE\}|\S+@sha256:)|^ARG BASE=(?!localhost/lockstep/)"),
    "other fetchers": re.compile(
        r"\b(git clone|cargo install|gem install|helm (pull|repo add)|(docker|podman|skopeo) (pull|copy))\b"
    ),
    "Python's own downloads": re.compile(r"\burlretrieve\b|\burlopen *https?:|\b(httpx|requests)\.get *f?https:"),
}


def unpinned(text: str) -> Iterator[tuple[str, str]]:
    """What is unpinned in a file and the line, its continuations joined and quotes left out. Comments are not looked at."""
    for line in _CONTINUED.sub(" ", text).splitlines():
        if not _COMMENT.match(line):
            said = " ".join(_LIST_MARKS.sub(" ", line).split())
            yield from (
                (name, line.strip()) for name, pattern in UNPINNED.items() if pattern.search(_plain(line, said, name))
            )


def _plain(line: str, said: str, name: str) -> str:
    return line if "image" in name or "ADD" in name else said


def is_looked_at(path: Path) -> bool:
    """Whether a file can hold commands: documents, locks, texts and pictures cannot."""
    if path.name in {"uv.lock", "package-lock.json", "go.sum"} or path.parts[0] == "texts":
        return False
    return path.suffix not in {".md", ".svg", ".png", ".ico", ".sql", ".csv", ".woff2"} and "messages" not in path.parts
