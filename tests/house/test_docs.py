"""Documents are true: what they link to exists."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("[a-z]*/README.md"))]


def links(document: Path) -> list[str]:
    return [target for target in LINK.findall(document.read_text()) if "://" not in target]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    broken = [target for target in links(document) if not (document.parent / target).exists()]
    assert broken == []


def test_the_life_of_a_copied_trade_walks_through_every_room_on_its_way() -> None:
    targets = links(ROOT / "docs" / "life-of-a-copied-trade.md")
    for room in ("bridge_ea/mql5", "bridge_ea/dll", "agent/src", "router/src", "core/src", "supabase/migrations"):
        assert any(room in target for target in targets), room
