"""The signature of a record as a port: now a keyed code over the content with its author and time.

Who signs is who is signed in; what asks for a renewed signature asks for the password or a fresh one-time code first
(`accounts.signing.confirm`). A certificate authority can take the place of `mac` later; the rows stay as they are.
"""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Model

from xinglin.apps.clinic.models import Note, Prescription, Sheet, Signature
from xinglin.apps.protection.crypto import sm3_mac
from xinglin.apps.protection.keys import keys


def mac(kind: str, content: dict[str, Any]) -> str:
    """The keyed code of a content."""
    text = json.dumps([kind, content], ensure_ascii=False, sort_keys=True, default=_plain)
    return sm3_mac(bytes.fromhex(keys().audit), text.encode())


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, datetime):
        return f"{value.timestamp():.6f}"
    return str(value)


def of_note(row: Note) -> str:
    """The code of a version of a record."""
    names = (
        "pk",
        "encounter_id",
        "version",
        "content",
        "reason",
        "practitioner_id",
        "signed_by",
        "signed_at",
    )
    return mac("note", _fields(row, names))


def of_prescription(row: Prescription, lines: Any) -> str:
    """The code of a prescription with its lines."""
    names = ("pk", "encounter_id", "slot", "form", "route", "doses", "days", "times", "usage", "formula")
    more = ("amount", "edition", "findings", "practitioner_id", "signed_by", "signed_at", "replaces_id")
    of_line = ("position", "written", "herb", "grams", "quantity", "unit", "decoction", "usage", "price")
    content = _fields(row, (*names, *more))
    content["lines"] = [_fields(line, (*of_line, "insurance")) for line in lines]
    return mac("prescription", content)


def of_sheet(row: Sheet) -> str:
    """The code of a technique sheet."""
    names = ("pk", "encounter_id", "technique", "site", "method", "times", "practitioner_id")
    return mac("sheet", _fields(row, (*names, "signed_by", "signed_at", "replaces_id")))


def of_signature(row: Signature) -> str:
    """The code of a renewed signature."""
    return mac("signature", _fields(row, ("prescription_id", "rule", "finding", "reason", "at", "by")))


def _fields(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


class Signed(NamedTuple):
    """All that was signed at a visit, ended rows too, in the order of their tables."""

    notes: list[Note]
    prescriptions: list[Prescription]
    sheets: list[Sheet]


def signed(encounter: Any) -> Signed:
    """Read it, each table once, for the page of the record, its papers and `faults`."""
    slips = encounter.prescriptions.select_related("practitioner").prefetch_related("lines", "signatures")
    notes = encounter.notes.select_related("practitioner")
    sheets = encounter.sheets.select_related("practitioner").prefetch_related("sessions")
    return Signed(list(notes), list(slips), list(sheets))


def faults(rows: Signed) -> list[str]:
    """Rows of a visit whose content is not what was signed, in words; empty when all is as it was."""
    found = [f"病历第 {row.version} 版" for row in rows.notes if row.mac != of_note(row)]
    for row in rows.prescriptions:
        if row.mac != of_prescription(row, row.lines.all()):
            found.append(f"{row.get_slot_display()} {row.pk}")
        found += [f"再次签名 {one.pk}" for one in row.signatures.all() if one.mac != of_signature(one)]
    return found + [f"治疗单 {row.pk}" for row in rows.sheets if row.mac != of_sheet(row)]
