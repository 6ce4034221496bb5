"""The bridge's headers are the wire's own."""

from pathlib import Path

import pytest

from lockstep_core.wire import mt4_errors
from lockstep_core.wire.headers import cpp, mql

GENERATED = Path(__file__).parent.parent / "generated"


@pytest.mark.parametrize(("name", "made"), [("wire.hpp", cpp), ("Wire.mqh", mql), ("Mt4Errors.mqh", mt4_errors.mql)])
def test_a_header_is_what_the_frames_make_it(name: str, made: object) -> None:
    assert callable(made)
    assert (GENERATED / name).read_text() == made(), "run `make wire`"
