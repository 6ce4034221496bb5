"""The modules that are compiled: they exist, their declarations are of functions that C functions can replace."""

from importlib.util import find_spec
from pathlib import Path

import pytest

import lockstep_core
from core.native.private import declarations

NATIVE = Path(__file__).resolve().parents[1] / "native"
PACKAGE = Path(lockstep_core.__path__[0])
MODULES = [line for line in (NATIVE / "modules").read_text().splitlines() if not line.startswith("#")]


@pytest.mark.parametrize("module", MODULES)
def test_a_listed_module_exists(module: str) -> None:
    assert (NATIVE.parent / "src" / "lockstep_core" / f"{module}.py").is_file()


@pytest.mark.skipif(not any(PACKAGE.rglob("*.so")), reason="the package is not the compiled one")
@pytest.mark.parametrize("module", MODULES)
def test_of_a_compiled_package_each_listed_module_is_loaded_compiled(module: str) -> None:
    spec = find_spec(f"lockstep_core.{module.replace('/', '.')}")
    assert spec is not None
    assert str(spec.origin).endswith(".so")


def test_functions_that_only_their_module_calls_are_declared() -> None:
    source = "def public(a):\n    return _mine(a, 1)\n\ndef _mine(signed, b):\n    return [signed for _ in range(b)]\n"
    assert declarations(source) == ("cdef object _mine(object a0, object a1)",)


@pytest.mark.parametrize(
    "source",
    [
        "def public(a): return a",
        "def _handed_on(a): return a\nTABLE = (_handed_on,)",
        "def _by_name(a): return a\nx = _by_name(a=1)",
        "def _spread(a): return a\nx = _spread(*(1,))",
        "def _optional(a=1): return a\nx = _optional(2)",
        "def _named(*, a): return a",
        "def _any(*a): return a\nx = _any(1)",
        "def _lazy(a): return any(b for b in a)\nx = _lazy(())",
        "def _later(a): return lambda: a\nx = _later(1)",
        "@cache\ndef _kept(a): return a\nx = _kept(1)",
        "class A:\n    def _method(self): return 1",
    ],
)
def test_what_a_c_function_cannot_be_is_not_declared(source: str) -> None:
    assert declarations(source) == ()
