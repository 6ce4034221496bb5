"""The API's queries: rows of tables and results of functions, always as one caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Row = dict[str, Any]
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on a column. The value of `in` is a sequence."""

    column: str
    operator: Literal["eq", "gte", "lte", "in"]
    value: Any


@dataclass(frozen=True, slots=True)
class Query:
    """A table of `public`, its rows and columns. The names are constants of the API, never a caller's text."""

    table: str
    where: tuple[Where, ...] = ()
    columns: tuple[str, ...] = ()
    order: str | None = None
    descending: bool = False
    limit: int | None = None


class Rows(Protocol):
    """The rows of one caller, under row level security. Every method may raise an `ApiError`. Values are as in JSON."""

    async def select(self, query: Query) -> list[Row]:
        """The rows."""

    async def insert(self, table: str, values: Values) -> list[Row]:
        """Adds a row and returns it."""

    async def update(self, table: str, values: Values, *where: Where) -> list[Row]:
        """Changes rows and returns them."""

    async def delete(self, table: str, where: Where) -> list[Row]:
        """Removes rows and returns them."""

    async def call(self, function: str, arguments: Values) -> Any:
        """Calls a function and returns its result: a list where the function returns a set."""


def by_id(value: object) -> Where:
    """The row with this id."""
    return Where("id", "eq", str(value))
