"""How the slave's symbol for a master's is found."""

from collections import Counter
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Self

from pydantic import Field, model_validator

from lockstep_core.settings.findings import refusal
from lockstep_core.settings.parts import Factor, SettingsPart, SymbolName


@lru_cache(maxsize=16_384)
def folded_name(name: str) -> str:
    """A symbol's name without blanks, in capitals: names are compared so, whatever way somebody writes them."""
    return "".join(name.split()).upper()


Affix = Annotated[str, Field(max_length=16)]


class SymbolMapping(SettingsPart):
    """One of the master's symbols and the slave's that stands for it."""

    source: SymbolName = Field(alias="from", description="The master's symbol.")
    to: SymbolName = Field(description="The slave's symbol.")
    factor: Factor = Field(
        default=Decimal(1),
        description="The copy's lots are multiplied by this, except where money at the stop decides them. Other than 1, it "
        "says how the contracts relate, and they are not corrected for their sizes.",
    )


class Symbols(SettingsPart):
    """A mapping always wins, then the chosen affixes, then the same name, then the only name that differs by affixes, then
    the only usual name, where currency, contract and price agree.
    """

    symbol_mapping: Annotated[tuple[SymbolMapping, ...], Field(max_length=200)] = Field(
        default=(),
        description="Symbols that are called otherwise at the slave's broker. A name without affixes stands for "
        "the same name with affixes, on both sides.",
    )
    auto_affix: bool = Field(
        default=True,
        description="Recognise EURUSD in EURUSD.m or .EURUSDpro where only one fits, and what brokers usually call "
        "one thing.",
    )
    prefix: Affix | None = Field(default=None, description="What the slave's broker puts before its symbols.")
    suffix: Affix | None = Field(default=None, description="What the slave's broker puts after its symbols.")

    @model_validator(mode="after")
    def _is_a_function(self) -> Self:
        sources = Counter(folded_name(mapping.source) for mapping in self.symbol_mapping)
        twice = sorted(source for source, count in sources.items() if count > 1)
        if twice:
            raise refusal("mapped_twice", {"symbols": ", ".join(twice)})
        return self
