"""Text to formula: precedence climbing over a handful of tokens."""

import re
from collections.abc import Mapping
from fractions import Fraction

import msgspec

from lockstep_core.formula.errors import BadFormula
from lockstep_core.formula.evaluate import MAX_EXPONENT
from lockstep_core.formula.foresight import sure_failure
from lockstep_core.formula.nodes import FUNCTIONS, VARIABLES, Call, Node, Number, Variable, size_of

MAX_LENGTH = 500
MAX_DEPTH = 30
MAX_SIZE = 100
_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?|\.\d+)|([A-Za-z_]\w*)|(<=|>=|==|!=|[-+*/%^()<>?:,]))")
_BINARY: Mapping[str, int] = {
    "==": 2,
    "!=": 2,
    "<": 3,
    "<=": 3,
    ">": 3,
    ">=": 3,
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
}
_UNARY = 6


class _At(msgspec.Struct, frozen=True):
    """A place among the tokens, and how deep the parentheses are there."""

    tokens: tuple[str, ...]
    index: int
    depth: int

    @property
    def word(self) -> str:
        """The word here, empty at the end."""
        return self.tokens[self.index] if self.index < len(self.tokens) else ""

    def next(self) -> "_At":
        """The place after this token."""
        return _At(self.tokens, self.index + 1, self.depth)

    def deeper(self) -> "_At":
        """The same place one level further in. Raises `BadFormula` where that is too deep."""
        if self.depth >= MAX_DEPTH:
            raise BadFormula("formula_too_deep", {"most": MAX_DEPTH})
        return _At(self.tokens, self.index, self.depth + 1)

    def at_depth(self, depth: int) -> "_At":
        """The same place at another level."""
        return _At(self.tokens, self.index, depth)


def parse(text: str) -> Node:
    """The formula a text is. Raises `BadFormula` with what its author must know."""
    if len(text) > MAX_LENGTH:
        raise BadFormula("formula_too_long", {"most": MAX_LENGTH})
    node, end = _choice(_At(_tokens(text), 0, 0))
    if end.word:
        raise BadFormula("formula_senseless", {"at": end.word[:40]})
    if size_of(node) > MAX_SIZE:
        raise BadFormula("formula_too_big", {"most": MAX_SIZE})
    failure = sure_failure(node)
    if failure:
        raise BadFormula("formula_fails", {"why": failure, "most": MAX_EXPONENT})
    return node


def _tokens(text: str) -> tuple[str, ...]:
    tokens: list[str] = []
    position = 0
    stripped = text.rstrip()
    while position < len(stripped):
        found = _TOKEN.match(stripped, position)
        if found is None:
            raise BadFormula("formula_unreadable", {"at": stripped[position : position + 10].strip()})
        tokens.append(found.group(found.lastindex or 0))
        position = found.end()
    return tuple(tokens)


def _choice(at: _At) -> tuple[Node, _At]:
    depth = at.depth
    condition, at = _binary(at.deeper(), 0)
    if at.word != "?":
        return condition, at.at_depth(depth)
    then, at = _choice(at.next())
    otherwise, at = _choice(_expect(at, ":"))
    return Call("?", (condition, then, otherwise)), at.at_depth(depth)


def _binary(at: _At, level: int) -> tuple[Node, _At]:
    left, at = _unary(at)
    while _BINARY.get(at.word, -1) > level:
        operator = at.word
        right, at = _binary(at.next(), _BINARY[operator])
        left = Call(operator, (left, right))
    return left, at


def _unary(at: _At) -> tuple[Node, _At]:
    if at.word in ("-", "+"):
        depth = at.depth
        operand, after = _unary(at.deeper().next())
        node = Call("negate", (operand,)) if at.word == "-" else operand
        return node, after.at_depth(depth)
    return _power(at)


def _power(at: _At) -> tuple[Node, _At]:
    depth = at.depth
    base, at = _atom(at)
    if at.word != "^":
        return base, at
    exponent, at = _unary(at.deeper().next())
    return Call("^", (base, exponent)), at.at_depth(depth)


def _atom(at: _At) -> tuple[Node, _At]:
    word = at.word
    if word == "(":
        node, at = _choice(at.next())
        return node, _expect(at, ")")
    if word and (word[0].isdigit() or word[0] == "."):
        return Number(Fraction(word)), at.next()
    if word and (word[0].isalpha() or word[0] == "_"):
        return _named(word, at.next())
    raise BadFormula("formula_senseless", {"at": word}) if word else BadFormula("formula_ends")


def _named(name: str, at: _At) -> tuple[Node, _At]:
    if at.word == "(":
        return _call(name, at.next())
    if name not in VARIABLES:
        raise BadFormula("formula_name", {"name": name[:40], "known": ", ".join(VARIABLES)})
    return Variable(name), at


def _call(name: str, at: _At) -> tuple[Node, _At]:
    if name not in FUNCTIONS:
        raise BadFormula("formula_function", {"name": name[:40], "known": ", ".join(FUNCTIONS)})
    operands: list[Node] = []
    while at.word != ")":
        operand, at = _choice(at if not operands else _expect(at, ","))
        operands.append(operand)
    low, high = FUNCTIONS[name]
    if not low <= len(operands) <= high:
        if low == high:
            raise BadFormula("formula_values", {"name": name, "count": low})
        raise BadFormula("formula_values_between", {"name": name, "least": low, "most": high})
    return Call(name, tuple(operands)), at.next()


def _expect(at: _At, token: str) -> _At:
    if not at.word:
        raise BadFormula("formula_lacks_at_end", {"token": token})
    if at.word != token:
        raise BadFormula("formula_lacks", {"token": token, "at": at.word[:40]})
    return at.next()
