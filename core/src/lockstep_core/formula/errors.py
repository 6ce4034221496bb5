"""What can be wrong with a formula."""

from lockstep_core.errors import DomainError


class FormulaError(DomainError):
    """Root of formulas' errors."""


class BadFormula(FormulaError):
    """A text that is no formula. The user must act."""


class FormulaFailed(FormulaError):
    """A formula that has no result with these numbers. Worth a retry only with others; the user must act.

    `why` is `unknown` (of the variable `name`), `too_big`, `by_zero` or `power`.
    """

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(f"{why} {name}".rstrip())
        self.why = why
        self.name = name
