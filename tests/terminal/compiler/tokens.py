"""Splits MQL text into tokens, and translates single tokens to C++."""

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<ws>[ \t\r]+)|(?P<nl>\n)|(?P<com>//[^\n]*|/\*.*?\*/)|(?P<date>D'[^'\n]*')|(?P<col>C'[^'\n]*')
|(?P<str>"(?:\\.|[^"\\\n])*")|(?P<chr>'(?:\\.|[^'\\\n])')|(?P<num>0[xX][0-9a-fA-F]+|(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?)
|(?P<id>[A-Za-z_]\w*)|(?P<pp>\#)
|(?P<op>&&|\|\||==|!=|<=|>=|<<=|>>=|<<|>>|\+\+|--|[-+*/%&|^]=|[-+*/%=<>!~&|^?:;,.(){}\[\]])""",
    re.X | re.S,
)
DATE = re.compile(r"D'(\d{4})\.(\d\d)\.(\d\d)(?: (\d\d):(\d\d)(?::(\d\d))?)?'")
COLOUR = re.compile(r"C'(\d+),(\d+),(\d+)'")
BLANK = frozenset(("ws", "nl", "com"))
BASE_TYPES = frozenset(
    [
        "void",
        "bool",
        "char",
        "uchar",
        "short",
        "ushort",
        "int",
        "uint",
        "long",
        "ulong",
        "double",
        "float",
        "string",
        "datetime",
        "color",
    ]
)
CPP_TYPES = {"long": "int64", "ulong": "uint64", "char": "int8"}
OUTSIDE = frozenset(
    [
        "static",
        "class",
        "new",
        "delete",
        "template",
        "typename",
        "operator",
        "this",
        "virtual",
        "public",
        "private",
        "protected",
        "union",
        "extern",
        "goto",
        "auto",
        "namespace",
        "using",
        "asm",
        "signed",
        "unsigned",
        "int64",
        "uint64",
        "int8",
        "and",
        "or",
        "not",
        "xor",
        "bitand",
        "bitor",
        "compl",
        "inline",
        "friend",
        "register",
        "volatile",
        "try",
        "catch",
        "throw",
        "typedef",
        "typeid",
        "wchar_t",
        "explicit",
        "mutable",
        "nullptr",
        "export",
        "static_cast",
        "dynamic_cast",
        "reinterpret_cast",
        "const_cast",
        "float",
        "group",
    ]
)


class RefusedError(Exception):
    """The source is not in the subset. Its author must change it."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token. `kind` is a group of TOKEN; `line` counts from 1."""

    kind: str
    text: str
    line: int


def tokens_of(text: str, path: str, line: int = 1) -> list[Token]:
    """All tokens of a text, blanks included."""
    out, position = [], 0
    while position < len(text):
        found = TOKEN.match(text, position)
        if not found or not found.lastgroup:
            raise RefusedError(f"{path}:{line}: unknown character {text[position]!r}")
        out.append(Token(found.lastgroup, found.group(), line))
        line += found.group().count("\n")
        position = found.end()
    return out


def cpp_type(name: str) -> str:
    """The C++ name of a type. MQL's `long` has 64 bits; mingw's has 32."""
    return CPP_TYPES.get(name, name)


def cpp_of(token: Token) -> str:
    """The C++ of a single token. Raises `RefusedError` without file and line."""
    spell = SPELLINGS.get(token.kind)
    return spell(token.text) if spell else token.text


def _word(text: str) -> str:
    if text in OUTSIDE:
        raise RefusedError(f"'{text}': not in the subset")
    return "nullptr" if text == "NULL" else cpp_type(text)


def _number(text: str) -> str:
    if re.fullmatch(r"0\d+", text):
        raise RefusedError("leading zero: octal in C++, decimal in MQL")
    return text


def _date(text: str) -> str:
    found = DATE.fullmatch(text)
    if not found:
        raise RefusedError(f"date literal {text}")
    parts = [int(x or 0) for x in found.groups()]
    return f"((datetime){calendar.timegm((parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]))}LL)"


def _colour(text: str) -> str:
    found = COLOUR.fullmatch(text)
    if not found:
        raise RefusedError(f"colour literal {text}")
    red, green, blue = (int(x) for x in found.groups())
    return f"((color){red | green << 8 | blue << 16})"


SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "com": lambda text: re.sub(r"[^\n]", "", text),
    "str": "mql::string(L{})".format,
    "chr": "((ushort)L{})".format,
    "date": _date,
    "col": _colour,
    "num": _number,
    "id": _word,
}
