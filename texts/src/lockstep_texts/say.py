"""Makes sentences of codes and params: finds the text of a code, and joins several texts to one sentence."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lockstep_texts.catalogue import Catalogue, Params

Part = tuple[str, Params]
"""A code and its params."""

_BROKER = "broker_"
_GUARDS: Mapping[str, str] = {
    "guard_warning": "warned",
    "guard_fired": "tripped",
    "guard_resumed": "resumed",
    "guard_paused": "paused",
    "guard_pause_over": "pause_over",
}


def why(words: Catalogue, reason: str | None, params: Params, status: str = "") -> str:
    """Why a copy is as it is, or why a request was refused. A code without a text here (from a newer version) is returned
    as it is.
    """
    if not reason:
        return ""
    key = key_of(reason, status)
    return words.text(key, params) if words.has(key) else reason


def key_of(reason: str, status: str = "") -> str:
    """The key of a reason's text. Closings have texts of their own; all refusals of a broker share one text."""
    if status == "closed":
        return f"closed.{reason}"
    return "reasons.broker" if reason.startswith(_BROKER) else f"reasons.{reason}"


def guard(words: Catalogue, kind: str, params: Params) -> str:
    """What a guard did, by the kind of its event."""
    return words.text(f"guards.{_GUARDS[kind]}", params)


def preview(words: Catalogue, parts: Sequence[Part], skip: Part | None = None) -> str:
    """What a copier would do with a trade and why. The parts explain a copy's lots; a skip has a reason."""
    told = [words.text(f"preview.{code}", params) for code, params in parts]
    if skip is not None:
        return f"{told[0]} {why(words, *skip)}"
    reasons = words.text("preview.separator", {}).join(told[1:])
    return words.text("preview.because", {"what": told[0], "why": reasons})


def problem(words: Catalogue, code: str, params: Mapping[str, Any]) -> str:
    """Why a request was refused. The database may be newer and refuse with a code that this catalogue lacks."""
    key = f"problems.{code}"
    return words.text(key, _plain(params)) if words.has(key) else words.text("problems.refused", {})


def field_problem(words: Catalogue, code: str, params: Params) -> str:
    """What is wrong with a field of a request or with a setting."""
    return words.text(f"fields.{code}", params)


def field_problems(words: Catalogue, found: Iterable[tuple[str, str]]) -> str:
    """One text for all invalid fields, each with what is wrong with it."""
    return " ".join(words.text("fields.in_field", {"field": field, "problem": problem}) for field, problem in found)


def calendar_problem(words: Catalogue, code: str, params: Params) -> str:
    """What is wrong with an entry of a calendar's file."""
    return words.text(f"calendar.{code}", params)


def notice(words: Catalogue, code: str, params: Params) -> str:
    """A notice about a copier's settings, or an assumption of a preview."""
    return words.text(f"notices.{code}", params)


def alert(words: Catalogue, kind: str, data: Mapping[str, Any]) -> tuple[str, str]:
    """Title and body of an alert; `data` is what the database keeps with it."""
    title = words.text(f"alerts.{kind}.title", _plain(data))
    return title, words.text(f"alerts.{kind}.body", {"what": "", "why": "", **_plain(data), **_about(words, kind, data)})


def _about(words: Catalogue, kind: str, data: Mapping[str, Any]) -> Params:
    params = data.get("params") or {}
    if kind in {"needs_you", "held_up"}:
        return {"what": account(words, data.get("reason"))}
    if kind in _GUARDS:
        return {"why": guard(words, kind, params)}
    return {"why": why(words, data.get("reason"), params)}


def account(words: Catalogue, reason: str | None) -> str:
    """What is wrong with an account's terminal."""
    key = f"accounts.what.{reason}"
    return words.text(key if words.has(key) else "accounts.what.other", {})


def _plain(data: Mapping[str, Any]) -> Params:
    return {name: value for name, value in data.items() if isinstance(value, str | int)}
