"""How folders become recipes, and the order in which they are built."""

from pathlib import Path

import pytest
from lockstep_images.errors import RecipeError
from lockstep_images.recipe import find_recipes, in_order


def image(repo: Path, name: str, base: str, root: str = "images") -> Path:
    folder = repo / root / name
    folder.mkdir(parents=True)
    (folder / "Containerfile").write_text(f"ARG BASE={base}\nFROM ${{BASE}}\n")
    return folder


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    (tmp_path / "images" / "base").mkdir(parents=True)
    image(tmp_path, "python", "debian:trixie-slim")
    image(tmp_path, "router", "localhost/lockstep/python")
    image(tmp_path, "test-broker", "localhost/lockstep/python:latest", "tests/terminal/images")
    return tmp_path


def test_an_image_stands_on_the_one_that_its_containerfile_names(repo: Path) -> None:
    parents = {name: recipe.parent for name, recipe in find_recipes(repo).items()}
    assert parents == {"base": None, "python": "base", "router": "python", "test-broker": "python"}


def test_parents_are_built_first_and_once(repo: Path) -> None:
    assert [recipe.name for recipe in in_order(find_recipes(repo), ["test-broker", "router"])] == [
        "base",
        "python",
        "test-broker",
        "router",
    ]


def test_a_name_that_is_not_there_is_refused_with_those_that_are(repo: Path) -> None:
    with pytest.raises(RecipeError, match="no image ruter; there are base, python, router"):
        in_order(find_recipes(repo), ["ruter"])


def test_images_that_stand_on_each_other_are_refused(repo: Path) -> None:
    image(repo, "hen", "localhost/lockstep/egg")
    image(repo, "egg", "localhost/lockstep/hen")
    with pytest.raises(RecipeError, match="stand on each other"):
        in_order(find_recipes(repo), ["hen"])


def test_two_images_of_one_name_are_refused(repo: Path) -> None:
    image(repo, "router", "localhost/lockstep/python", "tests/terminal/images")
    with pytest.raises(RecipeError, match="two images are named router"):
        find_recipes(repo)


def test_a_containerfile_without_the_base_argument_is_refused(repo: Path) -> None:
    (repo / "images" / "router" / "Containerfile").write_text("FROM debian\n")
    with pytest.raises(RecipeError, match="must start with"):
        find_recipes(repo)


def test_comments_and_empty_lines_in_sources_are_no_paths(repo: Path) -> None:
    (repo / "images" / "router" / "sources").write_text("# what it runs\n\nrouter/src  # the room\ncore/src\n")
    assert find_recipes(repo)["router"].sources == ("router/src", "core/src")


def test_prepare_depends_on_the_sources_unless_it_says_otherwise(repo: Path) -> None:
    folder = repo / "images" / "router"
    (folder / "sources").write_text("router/src\n")
    assert find_recipes(repo)["router"].prepare_sources == ("router/src",)
    (folder / "prepare.sources").write_text("uv.lock\n")
    assert find_recipes(repo)["router"].prepare_sources == ("uv.lock",)
