"""Translates a program, its main file and everything it includes, to one C++ class."""

import re
from pathlib import Path

from compiler.glue import EVENTS, program
from compiler.imports import methods
from compiler.tokens import BASE_TYPES, BLANK, RefusedError, Token, cpp_of, cpp_type, tokens_of

PROPERTIES = frozenset(
    ["copyright", "link", "version", "description", "strict", "service", "script_show_inputs", "show_inputs", "icon"]
)
DIRECTIVE = re.compile(r"#\s*(\w+)\s*(.*)", re.S)
DEFINE = re.compile(r"(\w+)(\([^)]*\))?(.*)", re.S)


class Unit:
    """Collects the C++ of a program while it walks its tokens."""

    def __init__(self, main: Path) -> None:
        self.out: list[str] = []
        self.events: set[str] = set()
        self.is_service = False
        self.types = set(BASE_TYPES)
        self.inputs: set[str] = set()
        self.seen: set[Path] = set()
        self.runtime = "mql4.hpp" if main.suffix == ".mq4" else "mql.hpp"
        self._file(main, 0)

    def text(self) -> str:
        """The whole C++ file. Raises `RefusedError` if the program has the wrong event handlers."""
        return program("".join(self.out), self.events, self.is_service, self.runtime)

    def _file(self, path: Path, depth: int) -> None:
        if depth > 8:
            raise RefusedError(f"{path}: includes too deep")
        text = path.read_text(encoding="utf-8").replace("\r\n", "\n")
        self.out.append(f'\n#line 1 "{path.name}"\n')
        Walk(self, path, depth, tokens_of(text, path.name)).run()

    def include(self, path: Path, depth: int) -> None:
        """Translates another file in the place of its #include; each file once, as include guards would have it."""
        if path.resolve() not in self.seen:
            self.seen.add(path.resolve())
            self._file(path, depth)


class Walk:
    """A walk over the tokens of one file."""

    def __init__(self, unit: Unit, path: Path, depth: int, tokens: list[Token]) -> None:
        self.unit = unit
        self.path = path
        self.depth = depth
        self.tokens = tokens
        self.at = 0
        self.braces = 0

    def run(self) -> None:
        """Walks over all tokens of the file."""
        while self.at < len(self.tokens):
            try:
                self._step(self.tokens[self.at])
            except RefusedError as error:
                at = f"{self.path.name}:{self.tokens[min(self.at, len(self.tokens) - 1)].line}: "
                raise RefusedError(str(error) if ".mq" in str(error) else at + str(error)) from error

    def _step(self, token: Token) -> None:
        if token.kind == "pp":
            self._directive()
        elif token.kind == "id" and token.text in ("input", "sinput"):
            self._input()
        else:
            self._note(token)
            if not (token.kind == "id" and token.text in self.unit.types and self._array(token)):
                self._emit(cpp_of(token))
                self.at += 1

    def _emit(self, text: str) -> None:
        self.unit.out.append(text)

    def _next(self, at: int, step: int = 1) -> int:
        at += step
        while 0 <= at < len(self.tokens) and self.tokens[at].kind in BLANK:
            at += step
        return at

    def _text(self, at: int) -> str:
        return self.tokens[at].text if 0 <= at < len(self.tokens) else ""

    def _note(self, token: Token) -> None:
        following = self._next(self.at)
        if token.kind == "op" and token.text in "{}":
            self.braces += 1 if token.text == "{" else -1
        if token.text in ("struct", "enum") and following < len(self.tokens) and self.tokens[following].kind == "id":
            self.unit.types.add(self._text(following))
        if token.kind == "id" and not self.braces:
            self._note_global(token, self._text(following))

    def _note_global(self, token: Token, following: str) -> None:
        before = self._text(self._next(self.at, -1))
        if token.text in EVENTS and following == "(" and before in BASE_TYPES:
            if (before != "int") if token.text == "OnInit" else (before != "void"):
                raise RefusedError(f"{token.text}: int OnInit, void the others")
            self.unit.events.add(token.text)
        if token.text in self.unit.inputs and before == "=":
            raise RefusedError("a global may not start from an input")

    def _array(self, token: Token) -> bool:
        """Translates `TYPE name[]` and `[const] TYPE &name[]`. False if there is neither."""
        first = self._next(self.at)
        by_reference = self._text(first) == "&"
        name = self._next(first) if by_reference else first
        bracket = self._next(name)
        closing = self._next(bracket)
        if by_reference and self._text(bracket) not in (",", ")", "["):
            raise RefusedError("reference outside a parameter list")
        if (self._text(bracket), self._text(closing)) != ("[", "]") or self.tokens[name].kind != "id":
            return False
        if self._text(self._next(closing)) not in ((",", ")") if by_reference else (";",)):
            raise RefusedError("array declaration: one per statement, no initialiser without a size")
        self._emit(f"mql::Array<{cpp_type(token.text)}> {'&' if by_reference else ''}{self._text(name)}")
        self.at = closing + 1
        return True

    def _input(self) -> None:
        if self.braces:
            raise RefusedError("input inside a block")
        kind = self._next(self.at)
        name = self._next(kind)
        equals = self._next(name)
        if self._text(equals) != "=" or self._text(kind) not in self.unit.types:
            raise RefusedError('input: write "input type name = constant;"')
        end = next(i for i in range(equals, len(self.tokens)) if self._text(i) == ";")
        value = "".join(cpp_of(token) for token in self.tokens[equals + 1 : end])
        cpp, word = cpp_type(self._text(kind)), self._text(name)
        self.unit.inputs.add(word)
        self._emit(f'const {cpp} {word} = input_<{cpp}>(L"{word}",({cpp})({value}));')
        self.at = end + 1

    def _directive(self) -> None:
        end = next((i for i in range(self.at, len(self.tokens)) if self.tokens[i].kind == "nl"), len(self.tokens))
        raw = "".join(token.text for token in self.tokens[self.at : end] if token.kind != "com").strip()
        found = DIRECTIVE.match(raw)
        word, rest = (found.group(1), found.group(2).strip()) if found else ("", "")
        match word:
            case "property":
                self._property(rest)
            case "include":
                self._include(rest)
            case "ifdef" | "ifndef" | "else" | "endif" | "undef":
                self._emit(raw)
            case "define":
                self._define(rest)
            case "import":
                end = self._import(rest, end)
            case _:
                raise RefusedError(f"#{word}")
        self.at = end

    def _property(self, rest: str) -> None:
        name = rest.split(maxsplit=1)[0]
        if name not in PROPERTIES:
            raise RefusedError(f"#property {name}")
        if self.depth:
            raise RefusedError("#property in an include is ignored by MQL")
        self.unit.is_service |= name == "service"

    def _include(self, rest: str) -> None:
        found = re.fullmatch(r'"([^"]+)"', rest)
        if not found:
            raise RefusedError('#include <...>: only "..." here')
        self.unit.include(self.path.parent / found.group(1), self.depth + 1)
        self._emit(f'\n#line {self.tokens[self.at].line} "{self.path.name}"\n')

    def _define(self, rest: str) -> None:
        found = DEFINE.match(rest)
        if not found:
            raise RefusedError(f"#define {rest}")
        body = "".join(cpp_of(token) for token in tokens_of(found.group(3), self.path.name, self.tokens[self.at].line))
        self._emit(f"#define {found.group(1)}{found.group(2) or ''}{body}")

    def _import(self, rest: str, start: int) -> int:
        library = re.fullmatch(r'"([^"]+\.dll)"', rest)
        if not library:
            raise RefusedError(f"#import {rest}")
        end = next((i for i in range(start, len(self.tokens)) if self.tokens[i].kind == "pp"), len(self.tokens))
        if self._text(end) + self._text(end + 1) != "#import":
            raise RefusedError("#import block without its end")
        block = self.tokens[start:end]
        for method in methods(library.group(1), "".join(t.text for t in block if t.kind != "com"), self.unit.types):
            self._emit(method)
        self._emit("\n" * sum(t.text.count("\n") for t in block))
        return end + 2
