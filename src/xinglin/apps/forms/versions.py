"""Records of an earlier version of their definition: read through its migrations, written anew when they change."""

from __future__ import annotations

import json

from xinglin.apps.forms.models import Record
from xinglin.apps.forms.rows import secrets
from xinglin.records import Definition
from xinglin.records.migrating import migrated


def state_of(record: Record, definition: Definition) -> str:
    """The state of a record as its definition now calls it."""
    if record.version == definition.version:
        return record.state
    return migrated(definition, record.version, {}, record.state)[1]


def bring_up(record: Record, definition: Definition) -> None:
    """Make a record one of its definition's present version; nothing is saved."""
    if record.version == definition.version:
        return
    kept, state = migrated(definition, record.version, {**record.document, **secrets(record)}, record.state)
    hidden = {name for name, field in definition.fields.items() if field.is_personal}
    secret = {name: value for name, value in kept.items() if name in hidden}
    record.document = {name: value for name, value in kept.items() if name not in hidden}
    record.personal = json.dumps(secret, ensure_ascii=False, sort_keys=True) if secret else ""
    record.state, record.version = state, definition.version


def former_states(definition: Definition, state: str) -> frozenset[str]:
    """What a state is and was called in earlier versions."""
    names = {state}
    for number in sorted(definition.migrations, reverse=True):
        for step in reversed(definition.migrations[number]):
            names |= {old for old, new in (step.states or {}).items() if new in names}
    return frozenset(names)
