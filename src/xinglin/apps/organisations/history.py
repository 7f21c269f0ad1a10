"""Writing down what was changed. Called by actions inside their transaction; shows nothing of personal fields."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import timezone

from xinglin.apps.audit.actions import record
from xinglin.apps.organisations.models import FACT_MODELS, Change, OfficialCode, Succession
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import new_id

KINDS: dict[str, type[models.Model]] = {
    **FACT_MODELS,
    "official_code": OfficialCode,
    "succession": Succession,
}
"""Kind of an object → its model."""
_NAMES = {model: kind for kind, model in KINDS.items()}


def kind_of(row: models.Model) -> str:
    """The kind of an object, e.g. ``tcm_hall``. Raises KeyError."""
    return _NAMES[type(row)]


def subject_of(row: models.Model) -> str:
    """Id of the facility, person or consortium on whose page a change of this object is shown."""
    kind = kind_of(row)
    if kind == "platform_connection":
        return str(row.hall.facility_id)  # type: ignore[attr-defined]
    own = {"post": "practitioner_id", "membership": "consortium_id", "catchment": "consortium_id"}
    more = {"succession": "predecessor_id"}
    column = {**own, **more}.get(kind, "facility_id")
    return str(row.pk if kind in ("facility", "practitioner", "consortium") else getattr(row, column))


def values_of(row: models.Model) -> dict[str, Any]:
    """What of an object is written down: every field a person may set; of personal ones a number that tells change."""
    return {
        field.name: _plain(field, row)
        for field in row._meta.concrete_fields
        if field.editable and field.attname != "id"
    }


def _plain(field: models.Field[Any, Any], row: models.Model) -> Any:
    value = getattr(row, field.attname)
    if isinstance(field, EncryptedText):
        return hash(value) if value else None  # compared within this process, never stored
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def personal(model: type[models.Model]) -> frozenset[str]:
    """Names of the fields whose content is never written down."""
    return frozenset(field.name for field in model._meta.concrete_fields if isinstance(field, EncryptedText))


class Deed:
    """One action of one account: all changes it makes carry its number, so that it can be taken back as one.

    Attributes:
        by, request: who, and from where. number: of this deed.
    """

    def __init__(self, by: Any, name: str, request: Any = None) -> None:
        self.by, self.name, self.request, self.number = by, name, request, new_id()
        self.at = timezone.now()

    def note(self, row: models.Model, before: dict[str, Any] | None = None, deed: str = "") -> Change | None:
        """Write down the change of one object with its audit row; None when nothing changed."""
        change = self.change(row, before, deed)
        if change is None:
            return None
        change.save(force_insert=True)
        names = {*change.before, *change.after}
        action = f"{change.kind}.{change.deed}"
        record(
            by=self.by, action=action, kind=change.kind, id=str(row.pk), fields=names, request=self.request
        )
        return change

    def removed(self, row: models.Model) -> None:
        """Write down that an object is taken out, before it is."""
        old, hidden = values_of(row), personal(type(row))
        change = Change(**self._head(row, ""), before={k: None if k in hidden else v for k, v in old.items()})
        change.save(force_insert=True)
        action = f"{change.kind}.remove"
        record(by=self.by, action=action, kind=change.kind, id=str(row.pk), request=self.request)

    def change(
        self, row: models.Model, before: dict[str, Any] | None = None, deed: str = ""
    ) -> Change | None:
        """The change of one object, not saved."""
        old, new = before or {}, values_of(row)
        names = [name for name in new if new[name] != old.get(name)]
        if not names:
            return None
        hidden = personal(type(row))
        return Change(
            **self._head(row, deed),
            before={name: None if name in hidden else old.get(name) for name in names if before is not None},
            after={name: None if name in hidden else new[name] for name in names},
        )

    def _head(self, row: models.Model, deed: str) -> dict[str, Any]:
        return {
            "at": self.at,
            "by": str(getattr(self.by, "pk", None) or ""),
            "kind": kind_of(row),
            "object_id": str(row.pk),
            "subject": subject_of(row),
            "deed": deed or self.name,
            "number": self.number,
        }
