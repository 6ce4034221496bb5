"""Documents are true: what they link to exists."""

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
ANCHOR = re.compile(r"\[[^\]]*\]\(([^)#\s]*)#([^)]+)\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
NO_LETTER = re.compile(r"[^\w\- ]")
READMES = [*sorted(ROOT.glob("[a-z]*/README.md")), *sorted(ROOT.glob("[a-z]*/[a-z]*/README.md"))]
LONG_LINES = {"copying-rules.md"}
"""It is generated from tables of cases, whose cells cannot be broken."""
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *READMES,
]


def links(document: Path) -> list[str]:
    return [target for target in LINK.findall(document.read_text()) if "://" not in target]


def anchors(document: Path) -> set[str]:
    """The anchors that a document's headings get."""
    return {NO_LETTER.sub("", heading.lower()).replace(" ", "-") for heading in HEADING.findall(document.read_text())}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_every_anchor_that_a_document_links_to_is_a_heading(document: Path) -> None:
    found = [(path, anchor) for path, anchor in ANCHOR.findall(document.read_text()) if "://" not in path]
    targets = [(document.parent / path if path else document, anchor) for path, anchor in found]
    assert [anchor for target, anchor in targets if anchor not in anchors(target)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    broken = [target for target in links(document) if not (document.parent / target).exists()]
    assert broken == []


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if d.name not in LONG_LINES], ids=lambda d: str(d.relative_to(ROOT))
)
def test_no_line_of_a_page_is_longer_than_200_characters(document: Path) -> None:
    assert [line for line in document.read_text().splitlines() if len(line) > 200] == []


def test_the_life_of_a_copied_trade_walks_through_every_room_on_its_way() -> None:
    targets = links(ROOT / "docs" / "life-of-a-copied-trade.md")
    for room in ("bridge_ea/mql5", "bridge_ea/dll", "agent/src", "router/src", "core/src", "supabase/migrations"):
        assert any(room in target for target in targets), room


def test_the_map_of_packages_has_the_layers_of_the_import_linter_in_their_order() -> None:
    life = (ROOT / "docs" / "life-of-a-copied-trade.md").read_text()
    drawn = re.search(r"^core           .*?(?=^```)", life, re.MULTILINE | re.DOTALL)
    assert drawn is not None
    words = [line[15:].split("  ") for line in drawn[0].splitlines() if line]
    known = {name for layer in layers() for name in layer}
    assert [names for line in words if (names := tuple(word.strip() for word in line if word.strip() in known))] == layers()


def layers() -> list[tuple[str, ...]]:
    """Every layer inside a room, uppermost first, as the import linter is told."""
    linter = ConfigParser()
    linter.read(ROOT / ".importlinter")
    listed = [linter[name]["layers"] for name in linter.sections() if "layers" in linter[name]]
    lines = [line for text in listed for line in text.split("\n") if line and line != "__main__"]
    return [tuple(line.split(" | ")) for line in lines]
