"""How many lots a copy has: one mode per way of sizing, named as traders who come from elsewhere know them."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from lockstep_core.formula.errors import BadFormula
from lockstep_core.formula.parse import parse
from lockstep_core.settings.findings import refusal
from lockstep_core.settings.parts import Factor, Fraction, LotAmount, Money, SettingsPart

_ONE = Decimal(1)
_FACTOR_DOC = "The result is multiplied by this."
_CREDIT_DOC = "The equity or free margin counts without the credit that brokers lend."


class Same(SettingsPart):
    """Same lots as the master."""

    mode: Literal["none"] = Field(description="`none`: the same lots as the master.")


class FixedLots(SettingsPart):
    """Every copy has the same lots, whatever the master trades."""

    mode: Literal["fixed"] = Field(description="`fixed`: always the same lots.")
    lots: LotAmount = Field(description="Lots of every copy.")


class Multiplier(SettingsPart):
    """Master lots × `factor`."""

    mode: Literal["multiplier"] = Field(description="`multiplier`: the master's lots times a factor.")
    factor: Factor = Field(description=_FACTOR_DOC)


class ByBalance(SettingsPart):
    """Master lots × slave balance ÷ master balance."""

    mode: Literal["balance"] = Field(description="`balance`: in proportion to both balances.")
    factor: Factor = Field(default=_ONE, description=_FACTOR_DOC)


class ByEquity(SettingsPart):
    """Master lots × slave equity ÷ master equity."""

    mode: Literal["equity"] = Field(description="`equity`: in proportion to both equities.")
    factor: Factor = Field(default=_ONE, description=_FACTOR_DOC)
    without_credit: bool = Field(default=False, description=_CREDIT_DOC)


class ByFreeMargin(SettingsPart):
    """Master lots × slave free margin ÷ master free margin."""

    mode: Literal["free_margin"] = Field(description="`free_margin`: in proportion to both free margins.")
    factor: Factor = Field(default=_ONE, description=_FACTOR_DOC)
    without_credit: bool = Field(default=False, description=_CREDIT_DOC)


class ContractSize(SettingsPart):
    """Master lots × master contract size ÷ slave contract size: the same amount of the traded asset."""

    mode: Literal["contract_size"] = Field(description="`contract_size`: the same amount of the traded thing.")
    factor: Factor = Field(default=_ONE, description=_FACTOR_DOC)


class FixedRisk(SettingsPart):
    """As many lots as lose `risk_fraction` of the account at the copy's stop loss. Without a stop nothing is opened."""

    mode: Literal["fixed_risk"] = Field(description="`fixed_risk`: a share of the account is lost at the stop loss.")
    risk_fraction: Fraction = Field(description="The share of the account that may be lost at the stop (0.01 is 1 %).")
    of: Literal["balance", "equity"] = Field(default="balance", description="Which figure of the slave it is a share of.")
    without_credit: bool = Field(default=False, description=_CREDIT_DOC)


class RiskAmount(SettingsPart):
    """As many lots as lose `amount` at the copy's stop loss. Without a stop nothing is opened."""

    mode: Literal["risk_amount"] = Field(description="`risk_amount`: a fixed amount of money is lost at the stop loss.")
    amount: Money = Field(description="Money lost at the stop, in the slave account's currency.")


class FixedMasterBalance(SettingsPart):
    """As `balance`, but against a master balance that stays as set here, so that the slave compounds by itself."""

    mode: Literal["fixed_master_balance"] = Field(description="`fixed_master_balance`: as `balance`, with a frozen master.")
    master_balance: Money = Field(description="The master balance to reckon with, in the master account's currency.")
    factor: Factor = Field(default=_ONE, description=_FACTOR_DOC)


class Formula(SettingsPart):
    """As many lots as an expression over documented variables gives."""

    mode: Literal["formula"] = Field(description="`formula`: lots from an expression.")
    expression: Annotated[str, Field(min_length=1, max_length=500)] = Field(
        description="Arithmetic, comparisons, `a ? b : c`, abs, ceil, floor, max, min, round over the documented variables."
    )

    @field_validator("expression")
    @classmethod
    def _is_formula(cls, text: str) -> Any:
        try:
            parse(text)
        except BadFormula as error:
            raise refusal(error.code, error.params) from error
        return text


Sizing = Annotated[
    Same
    | FixedLots
    | Multiplier
    | ByBalance
    | ByEquity
    | ByFreeMargin
    | ContractSize
    | FixedRisk
    | RiskAmount
    | FixedMasterBalance
    | Formula,
    Field(discriminator="mode"),
]
