"""History of many rows at once, written as `history.Deed` writes that of one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from xinglin.apps.exchange import bulk
from xinglin.apps.exchange.modeltable import chunks
from xinglin.apps.exchange.spec import Change as Written
from xinglin.apps.exchange.values import plain
from xinglin.apps.organisations.history import Deed, personal
from xinglin.apps.organisations.models import FACT_MODELS, Change

_FIELDS = ("at", "by", "kind", "object_id", "subject", "deed", "number", "before", "after")
_SUBJECTS = {"post": "practitioner", "membership": "consortium", "catchment": "consortium"}
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def write_history(
    name: str, changes: Sequence[Written], by: Any, deed_name: str, beat: Callable[[], None]
) -> None:
    """One deed, one change per row."""
    deed = Deed(by, deed_name)
    fields: list[Any] = [Change._meta.get_field(field) for field in _FIELDS]
    at = bulk.prepared(fields[0], deed.at)
    who = str(getattr(by, "pk", None) or "")
    halls = _halls(changes) if name == "platform_connection" else {}
    for chunk in chunks(changes, bulk.PIECE):
        rows = (
            (at, who, name, id_, halls.get(id_) or subject, deed_name, deed.number, before, after)
            for id_, subject, before, after in _told(name, chunk)
        )
        bulk.insert(Change, fields, rows)
        beat()


def _told(name: str, changes: Sequence[Written]) -> Iterator[tuple[str, str, str, str]]:
    """Id, subject, and what was and is of the columns that differ; personal ones by name only."""
    hidden = personal(FACT_MODELS[name])
    own = name in ("facility", "practitioner", "consortium")
    subject = _SUBJECTS.get(name, "facility")
    for id_, before, after in changes:
        old, new = before or {}, after or {}
        if old and new:
            names = [column for column in new if old.get(column) != new[column]]
        else:
            names = [column for column, value in (old or new).items() if value is not None]
        was, is_ = (
            _json(plain({n: None if n in hidden else row[n] for n in names}) if row else {})
            for row in (old, new)
        )
        yield id_, id_ if own else str((new or old).get(subject)), was, is_


def _halls(changes: Sequence[Written]) -> dict[str, str]:
    """Hall → facility on whose page a connection is shown."""
    found: dict[str, str] = {}
    for chunk in chunks([change.id for change in changes]):
        rows = FACT_MODELS["tcm_hall"]._default_manager.filter(pk__in=chunk)
        found |= dict(rows.values_list("pk", "facility"))
    return found
