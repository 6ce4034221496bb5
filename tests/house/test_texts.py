"""Every code that somebody is told has words in every language, and nobody builds sentences elsewhere."""

import ast
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from pyicumessageformat import Parser

from lockstep_api import link_check, notices, problem_codes
from lockstep_api.calendar import entries
from lockstep_api.errors import Resource
from lockstep_core.accounts import Trading
from lockstep_core.decision.explain_lots import LOTS_PARAMS
from lockstep_core.decision.preview import TRADE_PARAMS
from lockstep_core.market.retcodes import POLICIES
from lockstep_core.resources.reasons import Reason
from lockstep_core.settings.help import help_texts
from lockstep_core.skips import GUARD_SHAPE, PARAMS, PAUSE_SHAPE, Shape, SkipCode
from lockstep_router.execution import reasons
from lockstep_router.journal import plan_rows
from lockstep_texts.catalogue import LANGUAGES, catalogue

ROOT = Path(__file__).resolve().parents[2]
API_FILES = sorted((ROOT / "webapp_api/src").rglob("*.py"))
NOT_FOR_PEOPLE = {"__main__.py", "app.py", "context.py", "listen.py", "overview.py", "sql_rows.py", "store.py", "stream.py"}
"""Modules of the API with texts for its document, its logs, its operators and the database."""
SAYING = (
    "agent/src/lockstep_agent/boot",
    "core/src/lockstep_core/decision",
    "core/src/lockstep_core/market",
    "core/src/lockstep_core/formula/evaluate.py",
    "core/src/lockstep_core/formula/parse.py",
    "core/src/lockstep_core/settings/contradictions.py",
    "core/src/lockstep_core/settings/copier.py",
    "core/src/lockstep_core/settings/explain.py",
    "core/src/lockstep_core/settings/findings.py",
    "core/src/lockstep_core/settings/parts.py",
    "router/src/lockstep_router/engine",
    "router/src/lockstep_router/execution",
    "router/src/lockstep_router/journal/plan_rows.py",
    *(str(path.relative_to(ROOT)) for path in API_FILES if path.name not in NOT_FOR_PEOPLE),
)
SETTINGS_FILES = sorted((ROOT / "core/src/lockstep_core").glob("[sf]*/*.py"))
FOUND: tuple[tuple[str, int, Mapping[str, Shape]], ...] = (
    ("refusal", 0, problem_codes.FIELD_PARAMS),
    ("Finding", 1, problem_codes.FIELD_PARAMS),
    ("BadFormula", 0, problem_codes.FIELD_PARAMS),
    ("UnusableEntry", 0, entries.PARAMS),
)
"""What is called to say that a field is wrong, the place of the code among its arguments, and the codes there are."""
MIGRATIONS = sorted((ROOT / "supabase/migrations").glob("*.sql"))
PLURALS = {"en": {"one", "other"}, "ar": {"zero", "one", "two", "few", "many", "other"}}
ALERTS: Mapping[str, Shape] = {
    "disconnected": {"label": str},
    "quarantined": {"label": str},
    "needs_you": {"label": str},
    "held_up": {"label": str},
    "rejected": {"symbol": str},
    "out_of_sync": {"symbol": str},
    "guard_warning": {},
    "guard_fired": {},
    "guard_paused": {},
    "guard_pause_over": {},
    "copier_refused": {"label": str},
    "cannot_trade": {"label": str},
    "wrong_codes": {},
    "password_changed": {},
    "email_changed": {},
}
"""What `data` of each kind of alert fills its title with."""
ALERT_BODIES: Mapping[str, Shape] = {
    "disconnected": {},
    "quarantined": {},
    "needs_you": {"what": str},
    "held_up": {"what": str},
    **{
        kind: {"why": str}
        for kind in ("rejected", "out_of_sync", "guard_warning", "guard_fired", "copier_refused", "cannot_trade")
    },
    **{kind: {"why": str} for kind in ("guard_paused", "guard_pause_over")},
    "wrong_codes": {"count": int},
    "password_changed": {},
    "email_changed": {"was": str},
}
WEBSITE_PROBLEMS: Mapping[str, Shape] = {
    "api_unavailable": {},
    "foreign_request": {},
    "offline": {},
    "unexpected": {"status": str},
}
"""What the website says itself where no answer of the API says anything."""
SHAPES: Mapping[str, Shape] = {
    **{f"reasons.{code}": shape for code, shape in PARAMS.items()},
    **{f"reasons.{code}": shape for code, shape in reasons.PARAMS.items()},
    "reasons.copier_removed": {},
    **{f"reasons.{word}": {} for word in Trading if word not in (Trading.UNKNOWN, Trading.ALLOWED)},
    **{f"reasons.{code}": shape for code, shape in plan_rows.PARAMS.items()},
    **{f"closed.{code}": shape for code, shape in reasons.CLOSED_PARAMS.items()},
    **{f"guards.{kind}": GUARD_SHAPE for kind in ("warned", "tripped", "resumed", "pause_over")},
    "guards.paused": PAUSE_SHAPE,
    "guards.reset": {},
    **{f"preview.{code}": shape for code, shape in {**TRADE_PARAMS, **LOTS_PARAMS}.items()},
    "preview.because": {"what": str, "why": str},
    "preview.separator": {},
    **{f"notices.{code}": shape for code, shape in notices.PARAMS.items()},
    **{f"linking.{code}": shape for code, shape in link_check.PARAMS.items()},
    **{f"alerts.{kind}.title": shape for kind, shape in ALERTS.items()},
    **{f"alerts.{kind}.body": shape for kind, shape in ALERT_BODIES.items()},
    "mails.many": {"count": int},
    "mails.when": {"time": str, "zone": str},
    **{f"mails.{key}": {} for key in ("open", "why", "choose", "stop", "test_title", "test_body")},
    **{f"accounts.what.{reason}": {} for reason in (*(r.value for r in Reason), "other")},
    "accounts.queue": {"place": int, "waiting": int},
    "accounts.said": {"words": str},
    "accounts.turn": {"count": int, "unit": str},
    **{f"help.{path}": {} for path in help_texts()},
    **{f"problems.{code}": shape for code, shape in problem_codes.PARAMS.items()},
    **{f"fields.{code}": shape for code, shape in problem_codes.FIELD_PARAMS.items()},
    "fields.in_field": {"field": str, "problem": str},
    **{f"calendar.{code}": shape for code, shape in entries.PARAMS.items()},
    **{f"problems.{code}": shape for code, shape in WEBSITE_PROBLEMS.items()},
}
API_ERRORS = {"ApiError", "InvalidRequest", "RequestRefused", "__init__"}
"""What the API refuses with; `__init__` is how its other errors hand their code to `ApiError`."""


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


def test_no_sentence_is_written_where_codes_are() -> None:
    files = [path for place in SAYING for path in (sorted((ROOT / place).rglob("*.py")) or [ROOT / place])]
    assert [f"{path.name}: {text}" for path in files for text in _texts(path) if _is_prose(text)] == []


def test_every_refusal_of_the_database_has_words_and_their_params() -> None:
    refusals = {code: shape for path in MIGRATIONS for code, shape in _sql_refusals(path.read_text())}
    assert len(refusals) > 20
    assert {code: shape for code, shape in refusals.items() if problem_codes.PARAMS.get(code) != shape} == {}


def test_every_error_of_the_api_has_words_and_their_params() -> None:
    raised = {code: names for path in API_FILES for code, names in _api_errors(path)}
    assert len(raised) > 20
    assert set(raised) <= set(problem_codes.PARAMS)
    assert {code: names for code, names in raised.items() if set(problem_codes.PARAMS[code]) != names} == {}


@pytest.mark.parametrize(("call", "place", "shapes"), FOUND)
def test_what_is_wrong_with_a_field_is_said_with_the_params_of_its_code(
    call: str, place: int, shapes: Mapping[str, Shape]
) -> None:
    said = [found for path in (*SETTINGS_FILES, *API_FILES) for found in _calls(path, call, place)]
    assert len(said) > 5
    assert [(code, names) for code, names in said if code not in shapes] == []
    assert [(code, names) for code, names in said if names is not None and names != set(shapes[code])] == []


def test_every_code_with_words_of_a_refusal_is_refused_with_somewhere() -> None:
    text = "".join(path.read_text() for path in (*MIGRATIONS, *API_FILES) if path.name != "problem_codes.py")
    whats = {f"{what}_not_found" for what in get_args(Resource)}
    assert [
        code for code in problem_codes.PARAMS if f"{code}'" not in text and f'{code}"' not in text and code not in whats
    ] == []


def test_the_database_writes_no_sentence() -> None:
    found = [f"{path.name}: {text}" for path in MIGRATIONS for text in _sql_texts(path.read_text()) if _is_sentence(text)]
    assert found == []


def test_every_skip_is_made_with_the_params_of_its_code() -> None:
    files = sorted((ROOT / "core/src").rglob("*.py")) + sorted((ROOT / "router/src").rglob("*.py"))
    made = [skip for path in files for skip in _skips(path)]
    assert {code for _, code, _ in made} >= set(SkipCode) - {SkipCode.GUARD, SkipCode.ASKED, SkipCode.STOP_REACHED}
    wrong = [(where, code) for where, code, keys in made if keys is not None and keys != set(PARAMS[code])]
    assert wrong == []


def _arguments(tree: Any) -> Iterator[tuple[str, str]]:
    """Each argument of a parsed pattern with its kind, "" for one that is put in as it is."""
    for part in tree:
        if isinstance(part, dict):
            yield part["name"], part.get("type", "")
            for option in part.get("options", {}).values():
                yield from _arguments(option)


def _plurals(tree: Any) -> Iterator[set[str]]:
    for part in tree:
        if isinstance(part, dict):
            options = part.get("options", {})
            if part.get("type") == "plural":
                yield {form for form in options if not form.startswith("=")}
            for option in options.values():
                yield from _plurals(option)


def _is_sentence(text: str) -> bool:
    """Four words or more that begin as a sentence or end as one."""
    words = text.split()
    return len(words) >= 4 and bool(re.match(r"[A-Z][a-z]*['\u2019]?[a-z]* [a-z]", text) or re.search(r"[a-z]\.$", text))


def _is_prose(text: str) -> bool:
    """Four words or more, also such as are only a part of a sentence."""
    return len(re.findall(r"(?<!\S)[A-Za-z][a-z]*(?:'s)?[,;.]?(?!\S)", text)) >= 4


def _texts(path: Path) -> Iterator[str]:
    """All texts of a module but docstrings and what an internal error says, with a word for what an f-string fills in."""
    tree = ast.parse(path.read_text())
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    raised = (node for node in ast.walk(tree) if isinstance(node, ast.Raise))
    docs |= {
        id(node)
        for error in raised
        if re.match(r"raise (Assertion|Value|Type)Error", ast.unparse(error))
        for node in ast.walk(error)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "It" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def _sql_texts(sql: str) -> Iterator[str]:
    """All literals of a migration but comments, and what is only for developers."""
    plain = re.sub(r"--[^\n]*", "", sql)
    plain = re.sub(r"comment on (?:'(?:[^']|'')*'|[^;'])*;", "", plain)
    for literal in re.findall(r"'((?:[^']|'')*)'", plain):
        yield literal.replace("''", "'").strip()


def _sql_refusals(sql: str) -> Iterator[tuple[str, Shape]]:
    """Each code that a migration refuses with, and the kinds of its params."""
    calls = re.findall(r"perform private\.refuse\(([^;]*)\);", sql)
    assert len(calls) == sql.count("perform private.refuse(")
    for call in calls:
        waiting = re.fullmatch(r"429, '(\w+)', private\.wait_until\(v_until\)", call)
        if waiting:
            yield waiting[1], {"count": int, "unit": str}
            continue
        found = re.fullmatch(r"\d{3}, '(\w+)'(?:, (?:'(\{.*\})'|jsonb_build_object\((.*)\)))?", call)
        assert found is not None, call
        shape: Shape = {name: type(value) for name, value in json.loads(found[2] or "{}").items()}
        built = re.findall(r"'(\w+)', (cardinality\(\w+\)|[\w.]+)", found[3] or "")
        yield found[1], {name: int if value.startswith(("v_most", "cardinality")) else str for name, value in built} or shape


def _api_errors(path: Path) -> Iterator[tuple[str, set[str]]]:
    """Each code that a module of the API refuses with, and the names of its params."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in API_ERRORS:
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            dicts = [arg for arg in node.args if isinstance(arg, ast.Dict)]
            if texts:
                yield texts[0], _keys(dicts[0]) if dicts else set()


def _calls(path: Path, name: str, place: int) -> Iterator[tuple[str, set[str] | None]]:
    """Each code that a module calls this with, and the names of its params, None where they are not written there."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == name:
            code, params = node.args[place], node.args[place + 1 :]
            if isinstance(code, ast.Constant):
                shown = params[0] if params else ast.Dict([], [])
                yield str(code.value), _keys(shown) if isinstance(shown, ast.Dict) else None


def _skips(path: Path) -> Iterator[tuple[str, SkipCode, set[str] | None]]:
    """Each skip that a module makes: where, its code, and the names of its params, None where another module gives them."""
    for scope in ast.walk(ast.parse(path.read_text())):
        if isinstance(scope, ast.FunctionDef | ast.Module):
            yield from _skips_in(scope, path)


def _skips_in(scope: ast.FunctionDef | ast.Module, path: Path) -> Iterator[tuple[str, SkipCode, set[str] | None]]:
    named: dict[str, set[str]] = {}
    for node in sorted(_own(scope), key=lambda found: getattr(found, "lineno", 0)):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name):
                named[target.id] = _keys(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Skip":
            code, _, params = node.args
            assert isinstance(code, ast.Attribute), f"{path}:{node.lineno}"
            keys = _keys(params) if isinstance(params, ast.Dict) else None
            keys = named.get(params.id) if isinstance(params, ast.Name) else keys
            yield f"{path.name}:{node.lineno}", SkipCode[code.attr], keys


def _own(scope: ast.FunctionDef | ast.Module) -> Iterator[ast.AST]:
    """All that is in a scope and in no function within it."""
    waiting: list[ast.AST] = list(scope.body)
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)


def _keys(shown: ast.Dict) -> set[str]:
    return {str(key.value) for key in shown.keys if isinstance(key, ast.Constant)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_of_a_broker_that_has_a_policy_has_words(language: str) -> None:
    words = catalogue(language)
    for retcode in (*POLICIES, 10025, 10036, 10038, 10039, 10041, reasons.CLOSED_UNTIL):
        params = {"code": str(retcode), "retcode": "NUMBER", "commented": "no", "comment": "", "until": "MOMENT"}
        assert "NUMBER" not in words.text("reasons.broker", params), retcode


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_says_until_when_the_market_is_closed(language: str) -> None:
    until = "2026-01-11 22:00"
    params = {"code": reasons.CLOSED_UNTIL, "retcode": "10018", "commented": "no", "comment": "", "until": until}
    assert until in catalogue(language).text("reasons.broker", params)
