"""Declares a module's own functions to Cython, so that they call each other as C functions.

usage: python core/native/private.py MODULE.py... (writes MODULE.pxd beside each)

Without a declaration each call looks the function's name up as Python does; since Python 3.12 no cache helps with that.
"""

import ast
import sys
from pathlib import Path

_CLOSURES = (ast.Lambda, ast.GeneratorExp, ast.FunctionDef, ast.Yield, ast.YieldFrom)


def declarations(source: str) -> tuple[str, ...]:
    """The functions that only this module calls, with plain arguments, and that a C function can be in place of."""
    tree = ast.parse(source)
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    handed_on = _handed_on(tree)
    mine = (f for f in functions if f.name.startswith("_") and f.name not in handed_on and _is_plain(f))
    return tuple(f"cdef object {f.name}({_objects(len(f.args.args))})" for f in mine)


def _objects(count: int) -> str:
    """Names of our own: one of the source, such as `signed`, could be a word for a type in C."""
    return ", ".join(f"object a{number}" for number in range(count))


def _handed_on(tree: ast.Module) -> frozenset[str]:
    """Names that are more than called with positional arguments."""
    called = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    plainly = {id(call.func) for call in called if not call.keywords and not any(map(_is_starred, call.args))}
    return frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in plainly)


def _is_starred(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Starred)


def _is_plain(function: ast.FunctionDef) -> bool:
    arguments = function.args
    special = (*arguments.defaults, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg, *function.decorator_list)
    inside = (node for statement in function.body for node in ast.walk(statement))
    return not any(special) and not any(isinstance(node, _CLOSURES) for node in inside)


def main() -> None:
    """Writes the declarations."""
    for module in map(Path, sys.argv[1:]):
        module.with_suffix(".pxd").write_text("".join(f"{line}\n" for line in declarations(module.read_text())))


if __name__ == "__main__":
    main()
