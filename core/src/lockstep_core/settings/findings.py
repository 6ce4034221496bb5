"""What can be wrong with settings: a code and its params, of which `lockstep_texts` makes the sentence in each language."""

from collections.abc import Mapping

import msgspec
from pydantic_core import PydanticCustomError

from lockstep_core.errors import DomainError
from lockstep_core.skips import Params, Shape


class Finding(msgspec.Struct, frozen=True):
    """What is wrong with one field: its dotted path, a stable code and what the words of the code are filled with."""

    path: str
    code: str
    params: Params


class BadSettings(DomainError):
    """Copier settings that cannot be used. The user must act; `findings` says what is wrong with each field at fault."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("; ".join(f"{found.path}: {found.code}" for found in findings))


TOGETHER = "together"
"""The type of the one error that a validator raises for several findings, which it carries as `findings`."""


def refusal(code: str, params: Params | None = None) -> PydanticCustomError:
    """The error that a validator raises for its own field."""
    return PydanticCustomError(code, code, dict(params or {}))


def refusal_of(findings: tuple[Finding, ...]) -> PydanticCustomError:
    """The error that a validator raises for fields below its own."""
    return PydanticCustomError(TOGETHER, TOGETHER, {"findings": findings})


_OTHER: Shape = {"other": str}
_FIELDS: Mapping[str, Shape] = {
    "at_least": {"limit": int},
    "at_most": {"limit": int},
    "decimals": {"most": int},
    "fewer": {"most": int},
    "less_than": {"limit": int},
    "list": {},
    "lots": {},
    "missing": {},
    "more": {"least": int},
    "more_than": {"limit": int},
    "not_as_documented": {},
    "not_known_here": {},
    "number": {},
    "object": {},
    "one_of": {"known": str},
    "pattern": {},
    "text": {},
    "time": {},
    "too_long": {"most": int},
    "too_short": {"least": int},
    "true_or_false": {},
    "unknown_setting": {"unknown": str, "known": str},
    "unreadable_json": {},
    "uuid": {},
    "whole_number": {},
}
_PARTS: Mapping[str, Shape] = {
    "best_day_is_a_day": {},
    "best_day_needs_both": {},
    "break_even_after_one": {},
    "cannot_count_from": {"kind": str, "from": str},
    "closed_cannot_recover": {},
    "fixed_needs_distance": {},
    "floor_is_an_amount": {},
    "floor_needs_amount": {},
    "floor_pauses_until_recovered": {},
    "guard_needs_initial": {},
    "guard_needs_limit": {},
    "included_and_excluded": {"found": str},
    "last_below_first": {},
    "most_below_fewest": {},
    "lifetime_has_no_next": {},
    "longest_below_shortest": {},
    "mapped_twice": {"symbols": str},
    "offset_beyond_profit": {},
    "offset_means_nothing": {"mode": str},
    "open_loss_is_no_base": {"kind": str},
    "pause_counts_anew": {"from": str},
    "pause_is_of_losses": {"kind": str},
    "points_need_fixed": {},
    "starts_after_the_day": {},
    "time_zone": {},
    "too_deep": {"most": int},
    "too_many_stars": {"most": int},
    "trails_behind_entry": {},
    "weekend_is_all_week": {},
}
_CONTRADICTIONS: Mapping[str, Shape] = {
    "above": _OTHER,
    "above_cuts_every_copy": _OTHER,
    "above_moves_the_stop": _OTHER,
    "above_opens_nothing": _OTHER,
    "all_too_old": _OTHER,
    "below": _OTHER,
    "excludes_all": {},
    "floor_of_the_equity": {},
    "needs": _OTHER,
    "needs_stop": {},
    "no_margin": {},
    "only_with": {"other": str, "value": str},
    "opened_to_be_closed": _OTHER,
    "policy_unconfirmed": {"firm": str},
    "range_excluded": {"first": str, "last": str},
    "requires_a_missing_stop": {},
    "stops_switched_off": {},
    "warns_when_it_acts": {},
}
_FORMULAS: Mapping[str, Shape] = {
    "formula_ends": {},
    "formula_fails": {"why": str, "most": int},
    "formula_function": {"name": str, "known": str},
    "formula_lacks": {"token": str, "at": str},
    "formula_lacks_at_end": {"token": str},
    "formula_name": {"name": str, "known": str},
    "formula_senseless": {"at": str},
    "formula_too_big": {"most": int},
    "formula_too_deep": {"most": int},
    "formula_too_long": {"most": int},
    "formula_unreadable": {"at": str},
    "formula_values": {"name": str, "count": int},
    "formula_values_between": {"name": str, "least": int, "most": int},
}
PARAMS: Mapping[str, Shape] = {**_FIELDS, **_PARTS, **_CONTRADICTIONS, **_FORMULAS}
