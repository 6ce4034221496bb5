"""The document that the website's client is generated from."""

from pathlib import Path

from lockstep_api.document import document_text

KEPT = Path(__file__).parents[2] / "website" / "openapi.json"


def test_the_websites_document_is_that_of_this_api() -> None:
    assert KEPT.read_text() == document_text(), "it is written again by `make rules`"
