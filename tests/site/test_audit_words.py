"""Whatever the program writes into the log, the log's page says in Chinese: all actions and kinds of the source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

import xinglin.apps
from xinglin.apps.audit.presenters import action_words, field_words, kind_words
from xinglin.apps.contracts.history import DEEDS as CONTRACT_DEEDS
from xinglin.apps.exchange.spec import SPECS
from xinglin.apps.forms.presenters import KINDS as RECORD_DEEDS
from xinglin.apps.organisations.history import KINDS
from xinglin.apps.organisations.presenters import DEEDS
from xinglin.apps.residents.history import DEEDS as FILE_DEEDS
from xinglin.apps.work.registry import KINDS as JOBS
from xinglin.records import load_definitions

APPS = Path(xinglin.apps.__path__[0])
CHINESE = re.compile(r"[\u4e00-\u9fff]")
WORD = re.compile(r"[A-Za-z_]{3,}")

MADE: dict[str, list[str]] = {
    "{}.{}": [f"{kind}.{deed}" for kind in KINDS for deed in DEEDS],
    "{}.remove": [f"{kind}.remove" for kind in KINDS],
    "{}.load": [f"{kind}.load" for kind in KINDS],
    "resident.{}": [f"resident.{deed}" for deed in FILE_DEEDS],
    "contract.{}": [f"contract.{deed}" for deed in CONTRACT_DEEDS],
    "{}.read": ["encounter.read", "followup.read", "practitioner.read"],
    "record.{}": [f"record.{kind}" for kind in RECORD_DEEDS],
}
"""Actions put together while the program runs: how it is written → what comes of it."""


@lru_cache(maxsize=1)
def trees() -> list[tuple[Path, ast.Module]]:
    paths = [path for path in sorted(APPS.rglob("*.py")) if "migrations" not in path.parts]
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def parameters(name: str) -> dict[str, int]:
    """Functions that take such a parameter → where it stands among the positional ones."""
    found = {}
    for _, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [one.arg for one in node.args.args if one.arg not in ("self", "cls")]
                if name in names:
                    found[node.name] = names.index(name)
    return found


@lru_cache(maxsize=4)
def written(name: str) -> tuple[tuple[str, str], ...]:
    """Where, and what: every text given as such an argument, or put into such a variable."""
    return tuple(_written(name, parameters(name)))


def _written(name: str, functions: dict[str, int]) -> Iterator[tuple[str, str]]:
    for path, tree in trees():
        for node in ast.walk(tree):
            given: list[ast.expr] = []
            if isinstance(node, ast.Call):
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given += [one.value for one in node.keywords if one.arg == name]
                place = functions.get(called)
                if place is not None and len(node.args) > place:
                    given.append(node.args[place])
            elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") == name for one in node.targets):
                given.append(node.value)
            for text in (text for one in given for text in texts(one)):
                yield f"{path.relative_to(APPS)}:{node.lineno}", text


def texts(node: ast.expr) -> Iterator[str]:
    """The texts an expression may be; braces for what is filled in."""
    if isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(one.value) if isinstance(one, ast.Constant) else "{}" for one in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def records() -> Iterator[tuple[str, str]]:
    """Where, and every text written as an action, but for those of command lines."""
    yield from ((where, text) for where, text in written("action") if text != "store_true")


def actions() -> list[tuple[str, str]]:
    """Where, and every action that may be written there."""
    audited = re.compile(r"[a-z_{}]+(\.[a-z_{}]+)?")
    found = [(where, text) for where, text in records() if audited.fullmatch(text)]
    return [(where, one) for where, text in found for one in MADE.get(text, [text])]


def test_actions_are_found() -> None:
    """The walk sees what is written as a keyword, as an argument, into a variable and as a pattern."""
    found = {text for _, text in actions()}
    seen = {
        "audit.export",
        "export",
        "account.unlock",
        "account.deactivate",
        "facility.merge",
        "post.transfer",
    }
    assert found >= seen | {
        "record.consent",
        "reporting.send",
        "account.locked",
        "account.sign_in",
        "import.undo",
    }
    assert len(found) > 150


def test_every_action_has_chinese_words() -> None:
    raw = {(where, text) for where, text in actions() if not spoken(action_words(text))}
    assert raw == set()


def test_every_kind_of_object_has_chinese_words() -> None:
    known = {text for _, text in written("kind") if re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", text)}
    audited = {text.rpartition(".")[0] for _, text in actions()} - {""}
    jobs = {name for name, one in JOBS.items() if one.work.__module__.startswith(xinglin.__name__)}
    kinds = {*audited, *KINDS, *SPECS, *jobs, *(one.id for one in load_definitions())}
    assert {kind for kind in kinds if not spoken(kind_words(kind))} == set()
    assert {"account", "grant", "keys", "vintage", "reporting", "calendar", "route", "address"} <= known
    assert [
        kind for kind in ("address", "route", "vintage", "deadline") if not spoken(kind_words(kind))
    ] == []


@pytest.mark.parametrize("kind", ["tcm_hall", "platform_connection", "official_code"])
def test_kinds_with_two_words_are_those_of_the_models(kind: str) -> None:
    model = KINDS[kind]
    assert kind_words(kind) == str(model._meta.verbose_name)
    last = {"platform_connection": "disconnected_on"}.get(kind, "valid_to")
    assert spoken(field_words(kind, last))


def test_fields_of_records_are_said_as_their_definition_does() -> None:
    definition = load_definitions()["lecture"]
    assert {name: field_words("lecture", name) for name in definition.fields} == {
        name: field.label for name, field in definition.fields.items()
    }
    assert field_words("lecture", "no_such_field") == "no_such_field"


def spoken(words: str) -> bool:
    """Chinese, without a word of the program in it."""
    return bool(CHINESE.search(words)) and not WORD.search(words)
