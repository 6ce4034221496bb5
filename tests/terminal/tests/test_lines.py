"""The line protocol between terminal and broker."""

import pytest
from broker.lines import BadLineError, line, parse, request_of
from hypothesis import given
from hypothesis import strategies as st


@given(st.text())
def test_any_text_survives(text: str) -> None:
    raw = line("SAY", text=text.replace("\0", ""))
    assert raw.count(b"\n") == 1
    assert parse(raw) == ("SAY", {"text": text.replace("\0", "")})


@pytest.mark.parametrize("raw", [b"ORDER\tid=1\n", b"ORDER\tid=x\taction=1\n", b"ORDER\n"])
def test_half_an_order_is_none(raw: bytes) -> None:
    with pytest.raises(BadLineError):
        request_of(parse(raw)[1])


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(BadLineError):
        parse(b"\xff\xfe\n")
