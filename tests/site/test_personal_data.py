"""Every field of every model has a personal-data category; no foreign key points to a higher app."""

from __future__ import annotations

from collections import Counter
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.db import models

from xinglin.apps.protection.fields import EncryptedText

pytestmark = pytest.mark.any_database
ROOT = Path(__file__).parents[2]
TABLE: dict[str, Any] = yaml.safe_load(
    Path(__file__).with_name("personal_data.yaml").read_text(encoding="utf-8")
)
SORTED = {
    f"{model}.{name}": category
    for model, categories in TABLE["models"].items()
    for category, names in categories.items()
    for name in names
}
MODELS = [
    model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("xinglin.")
]
INSTALLED = {
    f"{model._meta.label_lower}.{field.attname}": field
    for model in apps.get_models()
    for field in model._meta.local_concrete_fields
}


def test_every_field_has_a_category() -> None:
    missing = sorted(set(INSTALLED) - set(SORTED))
    assert not missing, "personal_data.yaml 里还没有：" + "、".join(missing)


def test_no_category_without_a_field() -> None:
    gone = sorted(set(SORTED) - set(INSTALLED))
    assert not gone, "personal_data.yaml 里多出：" + "、".join(gone)


def test_each_field_stands_once() -> None:
    names = [
        f"{model}.{name}"
        for model, categories in TABLE["models"].items()
        for group in categories.values()
        for name in group
    ]
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert set(SORTED.values()) <= set(TABLE["categories"])


@pytest.mark.parametrize(
    "name", [name for name, category in SORTED.items() if category in ("personal", "sensitive")]
)
def test_personal_fields_are_encrypted(name: str) -> None:
    assert isinstance(INSTALLED.get(name), EncryptedText) or TABLE["plain"].get(name)


def test_reasons_are_for_fields_that_need_one() -> None:
    assert all(not isinstance(INSTALLED[name], EncryptedText) for name in TABLE["plain"])


@pytest.mark.parametrize(
    "name", [name for name, field in INSTALLED.items() if isinstance(field, EncryptedText)]
)
def test_what_is_encrypted_is_worth_it(name: str) -> None:
    assert SORTED[name] in ("personal", "sensitive", "secret")


@pytest.mark.parametrize("name", [name for name, category in SORTED.items() if category == "hash"])
def test_hashes_are_hashes(name: str) -> None:
    field = INSTALLED[name]
    assert isinstance(field, models.CharField)
    assert field.max_length == 64


def layers() -> dict[str, int]:
    """Apps and their height, as `.importlinter` has it."""
    config = ConfigParser()
    config.read(ROOT / ".importlinter", encoding="utf-8")
    rows = config["importlinter:contract:apps"]["layers"].split("\n")
    names = [row.strip() for row in rows if row.strip()]
    return {one.strip(" ()"): height for height, row in enumerate(reversed(names)) for one in row.split("|")}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_no_foreign_key_points_upwards(model: type[models.Model]) -> None:
    heights = layers()
    own = model._meta.app_config.name.rpartition(".")[2]
    for field in model._meta.get_fields():
        if not field.concrete or not field.is_relation:
            continue
        target = field.related_model._meta.app_config.name
        if target.startswith("xinglin.apps."):
            other = target.rpartition(".")[2]
            assert heights[other] < heights[own] or other == own, (
                f"{model._meta.label}.{field.name} → {other}"
            )


def test_every_app_has_its_layer() -> None:
    ours = {
        app.name.rpartition(".")[2] for app in apps.get_app_configs() if app.name.startswith("xinglin.apps.")
    }
    assert ours <= set(layers())
