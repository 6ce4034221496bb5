"""Equal content gives equal digests and equal contexts; anything that an image could notice changes the digest."""

from pathlib import Path

import pytest
from lockstep_images import tree
from lockstep_images.errors import RecipeError


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    for name, text in {"src/a.py": "a", "src/b/c.py": "c", "src/tests/test_a.py": "t", "src/__pycache__/a.pyc": "x"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def digest(repo: Path) -> str:
    return tree.digest(repo, tree.files_below(repo, ["src"]))


def test_tests_and_compiled_files_are_not_part_of_an_image(repo: Path) -> None:
    assert [str(file) for file in tree.files_below(repo, ["src"])] == ["src/a.py", "src/b/c.py"]


def test_a_test_folder_that_is_named_itself_is_part_of_it(repo: Path) -> None:
    assert [str(file) for file in tree.files_below(repo, ["src/tests"])] == ["src/tests/test_a.py"]


def test_a_source_that_is_not_there_is_refused(repo: Path) -> None:
    with pytest.raises(RecipeError, match="src/nothing is declared as a source"):
        list(tree.files_below(repo, ["src/nothing"]))


def test_writing_the_same_content_again_changes_nothing(repo: Path) -> None:
    before = digest(repo)
    (repo / "src/a.py").write_text("a")
    assert digest(repo) == before


def test_content_names_links_and_the_executable_bit_change_the_digest(repo: Path) -> None:
    seen = {digest(repo)}
    (repo / "src/a.py").write_text("b")
    seen.add(digest(repo))
    (repo / "src/a.py").chmod(0o755)
    seen.add(digest(repo))
    (repo / "src/a.py").rename(repo / "src/z.py")
    seen.add(digest(repo))
    (repo / "src/link").symlink_to("z.py")
    seen.add(digest(repo))
    assert len(seen) == 5


def test_a_file_cannot_pass_for_two(repo: Path) -> None:
    (repo / "one").write_text("1\nfile two 1\n2")
    joined = tree.digest(repo, [Path("one")])
    (repo / "one").write_text("1")
    (repo / "two").write_text("2")
    assert tree.digest(repo, [Path("one"), Path("two")]) != joined


def test_a_context_has_fixed_times_and_normal_permissions(repo: Path) -> None:
    (repo / "src/a.py").chmod(0o700)
    (repo / "src/b/c.py").chmod(0o600)
    target = repo / "context"
    target.mkdir()
    tree.copy(repo, tree.files_below(repo, ["src"]), target)
    tree.fix_times(target)
    assert {(p.stat().st_mtime, p.stat().st_mode & 0o777) for p in target.rglob("*.py")} == {
        (tree.FIXED_TIME_S, 0o755),
        (tree.FIXED_TIME_S, 0o644),
    }
