"""What is known of a formula before there are any numbers: that it has no result, whatever they are."""

from fractions import Fraction

from lockstep_core.formula.errors import FormulaFailed
from lockstep_core.formula.evaluate import MAX_EXPONENT, evaluate
from lockstep_core.formula.nodes import Call, Node, names_in

_DIVIDING = frozenset({"/", "%"})


def sure_failure(node: Node) -> str:
    """Why the formula never has a result: `by_zero`, `power` or `too_big`; empty where it may have one."""
    if not isinstance(node, Call):
        return ""
    if node.name == "?":
        return _of_choice(node)
    for operand in node.operands:
        why = sure_failure(operand)
        if why:
            return why
    if not names_in(node):
        return _of_constant(node)
    return "" if names_in(node.operands[-1]) else _of_last(node.name, evaluate(node.operands[-1], {}))


def _of_choice(node: Call) -> str:
    condition, then, otherwise = node.operands
    why = sure_failure(condition)
    if why:
        return why
    if not names_in(condition):
        return sure_failure(then if evaluate(condition, {}) else otherwise)
    return sure_failure(otherwise) and sure_failure(then)


def _of_constant(node: Call) -> str:
    try:
        evaluate(node, {})
    except FormulaFailed as failed:
        return failed.why
    return ""


def _of_last(operation: str, last: Fraction) -> str:
    if operation in _DIVIDING:
        return "" if last else "by_zero"
    return "power" if operation == "^" and (last.denominator != 1 or abs(last) > MAX_EXPONENT) else ""
