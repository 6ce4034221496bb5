"""One version for everything: packages, charts, images, website. The root's pyproject.toml says it."""

import re
import shutil
from pathlib import Path

import pytest

from release.version import FORM, ROOT, found, places, version, write

CHANGELOG = (ROOT / "CHANGELOG.md").read_text()
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


def test_everything_has_the_version_of_the_root() -> None:
    assert FORM.fullmatch(version())
    assert [(place, said) for place, said in found() if said != version()] == []


def test_every_package_and_chart_of_the_repository_is_looked_at() -> None:
    names = ("pyproject.toml", "package.json", "Chart.yaml")
    skipped = {"node_modules", ".venv", "build", ".next"}
    there = {file for name in names for file in ROOT.rglob(name) if not skipped & set(file.relative_to(ROOT).parts)}
    assert there - {file for file, _ in places()} == set()


def test_a_new_version_is_written_to_every_place(tmp_path: Path) -> None:
    for file, _ in places():
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    before = list(found(tmp_path))
    write("9.8.7", tmp_path)
    assert [(place, "9.8.7") for place, _ in before] == list(found(tmp_path))
    changed = {str(file.relative_to(ROOT)) for file, _ in places()}
    for name in changed:
        lines = zip((ROOT / name).read_text().splitlines(), (tmp_path / name).read_text().splitlines(), strict=True)
        assert {new for old, new in lines if old != new and "9.8.7" not in new} == set(), name


@pytest.mark.parametrize("wrong", ["1.2", "v1.2.3", "1.2.3-rc1", ""])
def test_what_is_no_version_is_written_nowhere(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no version"):
        write(wrong, tmp_path)


def test_the_websites_footers_show_the_version_of_its_package() -> None:
    website = ROOT / "website/src"
    assert 'from "../../package.json"' in (website / "shell/version.tsx").read_text()
    for page in ("features/site/footer.tsx", "app/(auth)/layout.tsx"):
        footer = (website / page).read_text().partition("<footer")[2].partition("</footer>")[0]
        assert "<Version />" in footer, page


def test_the_changelog_has_what_is_not_released_first_and_keeps_to_the_kinds_of_changes() -> None:
    titles = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)
    assert titles[0] == "[Unreleased]"
    for title in titles[1:]:
        assert re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}", title), title
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= set(KINDS)
