"""Two checkouts use one machine's storage at once: each waits only for images that both would make."""

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from lockstep_images.build import read_manifest, write_manifest
from lockstep_images.errors import StepFailedError
from lockstep_images.locks import adding, alone, making
from lockstep_images.places import Places
from lockstep_images.prepare import PreparedInputs, prepare
from lockstep_images.recipe import find_recipes

WAIT_S = 20
SOON_S = 0.3

Start = Callable[[Callable[[], object]], "Future[object]"]


@pytest.fixture
def start() -> Iterator[Start]:
    with ThreadPoolExecutor(8) as pool:
        yield pool.submit


def checkout(folder: Path, cache: Path, hook: str) -> Places:
    """A checkout with an image `site` whose inputs this hook makes."""
    site, devcluster = folder / "images" / "site", folder / "devcluster"
    for made in (site, devcluster, folder / "images" / "base"):
        made.mkdir(parents=True)
    (site / "Containerfile").write_text("ARG BASE=debian\nFROM ${BASE}\n")
    for script, text in ((site / "prepare", hook), (devcluster / "uv.sh", "echo uv")):
        script.write_text(f"#!/bin/sh\nset -e\n{text}\n")
        script.chmod(0o755)
    return Places(repo=folder, cache=cache, run=cache / "run")


def prepared(places: Places) -> PreparedInputs:
    return prepare(places, find_recipes(places.repo)["site"])


def slow_hook(tmp_path: Path) -> tuple[str, Path]:
    """A hook that records its start, and then waits until something is written to the pipe."""
    pipe = tmp_path / "go"
    os.mkfifo(pipe)
    return f'echo begun >> {tmp_path}/begun; cat {pipe} > "$1/out"', pipe


def wait_until_begun(tmp_path: Path) -> None:
    held = threading.Event()
    for _ in range(WAIT_S * 100):
        if (tmp_path / "begun").exists():
            return
        held.wait(0.01)
    raise AssertionError("the hook did not begin")


def test_other_inputs_are_made_while_a_long_hook_of_another_checkout_runs(tmp_path: Path, start: Start) -> None:
    hook, pipe = slow_hook(tmp_path)
    slow = checkout(tmp_path / "a", tmp_path / "cache", hook)
    quick = checkout(tmp_path / "b", tmp_path / "cache", 'echo quick > "$1/out"')
    with adding(slow):
        waiting = start(lambda: prepared(slow))
        wait_until_begun(tmp_path)
        with adding(quick):
            assert (prepared(quick).folder / "out").read_text() == "quick\n"
        assert not waiting.done()
        pipe.write_text("slow\n")
        waiting.result(WAIT_S)


def test_the_same_inputs_are_made_once_and_taken_by_both(tmp_path: Path, start: Start) -> None:
    hook, pipe = slow_hook(tmp_path)
    both = [checkout(tmp_path / name, tmp_path / "cache", hook) for name in ("a", "b")]
    running = [start(partial(prepared, places)) for places in both]
    wait_until_begun(tmp_path)
    pipe.write_text("made\n")
    first, second = [future.result(WAIT_S) for future in running]
    assert first == second
    assert (tmp_path / "begun").read_text() == "begun\n"


def test_a_hook_that_failed_is_run_again_by_whoever_waited(tmp_path: Path) -> None:
    once = f'if mkdir {tmp_path}/failed 2>/dev/null; then echo "no registry"; exit 1; fi; echo made > "$1/out"'
    first, second = (checkout(tmp_path / name, tmp_path / "cache", once) for name in ("a", "b"))
    with pytest.raises(StepFailedError, match="no registry"):
        prepared(first)
    assert (prepared(second).folder / "out").read_text() == "made\n"


def test_removing_waits_for_all_who_add(tmp_path: Path, start: Start) -> None:
    places = Places(repo=tmp_path, cache=tmp_path / "cache", run=tmp_path / "run")

    def remove() -> None:
        with alone(places):
            assert not list(places.cache.glob("busy-*"))

    with adding(places), adding(places), making(places, "an image"):
        (places.cache / "busy-image").touch()
        removing = start(remove)
        with pytest.raises(TimeoutError):
            removing.result(SOON_S)
        (places.cache / "busy-image").unlink()
    removing.result(WAIT_S)


def test_two_runs_in_one_checkout_keep_each_others_references(tmp_path: Path, start: Start) -> None:
    places = Places(repo=tmp_path, cache=tmp_path / "cache", run=tmp_path / "run")
    names = [f"image-{n}" for n in range(40)]
    for future in [start(partial(write_manifest, places, {name: "x"})) for name in names]:
        future.result(WAIT_S)
    assert sorted(read_manifest(places)) == sorted(names)
