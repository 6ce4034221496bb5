"""Translates `#import "x.dll"` blocks: each function becomes a function pointer and a method that calls it."""

import re
from collections.abc import Iterator, Set

from compiler.tokens import BASE_TYPES, RefusedError, cpp_type

RETURNS = frozenset(("int", "void", "long", "double", "uint", "ulong"))
PLAIN = frozenset(("int", "uint", "long", "ulong", "double"))
DECLARATION = re.compile(r"(\w+)\s+(\w+)\s*\(([^)]*)\)")
PARAMETER = re.compile(r"(const\s+)?(\w+)\s*(&)?\s*(\w+)")


def methods(dll: str, declarations: str, types: Set[str]) -> Iterator[str]:
    """The C++ of each declaration. Raises `RefusedError` for types that cannot safely be passed to a DLL."""
    for declaration in filter(None, (part.strip() for part in declarations.split(";"))):
        found = DECLARATION.fullmatch(declaration)
        if not found:
            raise RefusedError(f"import declaration: {declaration}")
        returned, name, parameters = found.groups()
        if returned not in RETURNS:
            raise RefusedError(f"{name}: return type {returned} (use int, never bool or string)")
        given = [p.strip() for p in parameters.split(",") if p.strip()]
        yield _method(dll, cpp_type(returned), name, [_argument(name, p, types) for p in given])


def _argument(name: str, parameter: str, types: Set[str]) -> str:
    found = PARAMETER.fullmatch(parameter)
    if found:
        const, kind, reference, _ = found.groups()
        if kind == "string" and not reference:
            return "const wchar_t*"
        if reference and kind in types and kind not in BASE_TYPES:
            return f"{const or ''}{kind}*"
        if not reference and kind in PLAIN:
            return cpp_type(kind)
    raise RefusedError(f'{name}: parameter "{parameter}" (int, long, double, string, struct by reference)')


def _is_struct(argument: str) -> bool:
    return argument.endswith("*") and "wchar_t" not in argument


def _method(dll: str, returned: str, name: str, arguments: list[str]) -> str:
    names = [f"a{i}" for i in range(len(arguments))]
    pointer = f"typedef {returned} (MQL_STDCALL *{name}_fn)({','.join(arguments)});"
    loaded = f'{name}_fn {name}_p=import_<{name}_fn>(L"{dll}","{name}");'
    checks = "".join(_flat(name, argument) for argument in arguments if _is_struct(argument))
    taken = ",".join(f"{_taken(argument)} {n}" for argument, n in zip(arguments, names, strict=True))
    passed = ",".join(f"&{n}" if _is_struct(argument) else n for argument, n in zip(arguments, names, strict=True))
    return f"{pointer} {loaded} {returned} {name}({taken}){{ {checks}return {name}_p({passed}); }} "


def _taken(argument: str) -> str:
    if _is_struct(argument):
        return argument[:-1] + "&"
    return "const mql::string&" if "wchar_t" in argument else argument


def _flat(name: str, argument: str) -> str:
    kind = argument[:-1].removeprefix("const ")
    why = f"{name}: a struct with string or array cannot go to a DLL"
    return f'static_assert(std::is_trivially_copyable<{kind}>::value,"{why}"); '
