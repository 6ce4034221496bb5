"""The base image: a user's own is accepted only by digest, so that nobody else can change what its name means."""

import pytest
from lockstep_images.base import chosen_base
from lockstep_images.errors import ImagesError

DIGEST = "sha256:" + "0f" * 32


@pytest.mark.parametrize("wanted", ["", f"docker.io/library/debian@{DIGEST}", f"debian:trixie-slim@{DIGEST}"])
def test_an_image_is_taken_by_its_digest(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_BASE_IMAGE", wanted)
    assert chosen_base() == wanted


@pytest.mark.parametrize("wanted", ["debian:trixie-slim", "debian", "debian@sha256:0f0f"])
def test_a_name_that_may_move_is_refused(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCKSTEP_BASE_IMAGE", wanted)
    with pytest.raises(ImagesError, match="by its digest"):
        chosen_base()
