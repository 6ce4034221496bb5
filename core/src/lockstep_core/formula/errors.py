"""What can be wrong with a formula."""

from collections.abc import Mapping

from lockstep_core.errors import DomainError


class FormulaError(DomainError):
    """Root of formulas' errors."""


class BadFormula(FormulaError):
    """A text that is no formula. The user must act as the words of `code`, filled with `params`, say."""

    def __init__(self, code: str, params: Mapping[str, str | int] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.params = params or {}


class FormulaFailed(FormulaError):
    """A formula that has no result with these numbers. Worth a retry only with others; the user must act.

    `why` is `unknown` (of the variable `name`), `too_big`, `by_zero` or `power`.
    """

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(f"{why} {name}".rstrip())
        self.why = why
        self.name = name
