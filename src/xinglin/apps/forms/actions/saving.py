"""Making and changing records, taking them out and back in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from xinglin.apps.forms import lookup, permissions, rows
from xinglin.apps.forms.actions.deadlines import carry, follow, stop
from xinglin.apps.forms.history import Deed, difference, snapshot
from xinglin.apps.forms.models import Attachment, Draft, Record, Return, UniqueKey, Value
from xinglin.apps.forms.permissions import NotAllowed
from xinglin.apps.forms.versions import bring_up, state_of
from xinglin.base.errors import XinglinError
from xinglin.facts.fault import Fault
from xinglin.records import Checked, Definition, FieldFault, FieldType, check, check_scores
from xinglin.records.units import PARENT


class Invalid(XinglinError):  # noqa: N818 - says what is the matter
    """A record that cannot be saved; every fault, by field."""

    def __init__(self, faults: tuple[FieldFault, ...]) -> None:
        super().__init__("；".join(fault.fault.what for fault in faults))
        self.faults = faults


class Outdated(XinglinError):  # noqa: N818
    """Somebody else changed the record since it was shown."""

    def __init__(self) -> None:
        super().__init__("您打开这一页之后，别人改过这条记录：请刷新后再改，刚填的内容还在草稿里")


class Twice(XinglinError):  # noqa: N818
    """A form was sent twice: its record is there."""

    def __init__(self) -> None:
        super().__init__("这张表已经保存过了")


def _insert(record: Record) -> None:
    """Save a new record. Raises Twice: the same form got there first."""
    try:
        with transaction.atomic():
            record.save(force_insert=True)
    except IntegrityError:
        if Record.objects.filter(pk=record.pk).exists():
            raise Twice from None
        raise


def checked(definition: Definition, raw: Mapping[str, Any], by: Any) -> tuple[Checked, lookup.Area]:
    """Values and where they lie. Raises Invalid with every fault, an area that is not the account's among them."""
    found = check(definition, raw, lookup.Database())
    faults = list(found.errors)
    subject = found.values.get(definition.subject_field)
    area = lookup.Area()
    if subject is not None and not any(fault.field == definition.subject_field for fault in faults):
        area = lookup.areas(definition, [str(subject)]).get(str(subject), lookup.Area())
        fault = area.fault or _outside(definition, area, by)
        if fault is not None:
            faults.append(FieldFault(definition.subject_field, fault))
    if faults:
        raise Invalid(tuple(faults))
    return found, area


def _unnamed(definition: Definition) -> FieldFault:
    """Somebody who sees records by their unit would lose sight of this one."""
    own = next((name for name in definition.who.units if name != PARENT), definition.subject_field)
    label = definition.fields[own].label
    what = f"{label}里没有您的单位"
    return FieldFault(own, Fault("other_unit", what, "请写上本单位的名称，或请牵头部门填报"))


def _outside(definition: Definition, area: lookup.Area, by: Any) -> Fault | None:
    if by is None or permissions.writable(by, definition).reaches(place=area.place, facility=area.facility):
        return None
    label = definition.fields[definition.subject_field].label
    return Fault(
        "outside_area", f"所选{label}不在您可以填报的范围", "请选自己地区或机构的，或请有权限的人填报"
    )


@transaction.atomic
def create(
    definition: Definition,
    raw: Mapping[str, Any],
    *,
    by: Any,
    scores: Mapping[str, Mapping[str, Any]] | None = None,
    request: Any = None,
    pk: str = "",
) -> Record:
    """Make a record.

    Args:
        scores: of an assessment, the self side. by: None for the program (demonstration, tests).
        pk: id it is to have, so that a form sent twice makes one record; a new one if empty.

    Raises:
        Invalid. Twice.
    """
    if pk and Record.objects.filter(pk=pk).exists():
        raise Twice
    found, area = checked(definition, raw, by)
    deed = Deed(by, "create", request)
    own_files(None, definition, found.values, deed)
    record = Record(
        **({"id": pk} if pk else {}),
        definition=definition.id,
        state=definition.start or "",
        place=area.place,
        facility_id=area.facility or None,
        author=deed.who,
        created_at=deed.at,
        changed_at=deed.at,
    )
    rows.fill(record, definition, found.values)
    if by is not None and not permissions.holds(by, definition.who.write, record):
        raise Invalid((_unnamed(definition),))
    if definition.standard is not None:
        _score(record, definition, scores or {}, "self")
    _insert(record)
    _index(record, definition, found.values)
    _bind(record, definition, deed.who)
    deed.note(record, "create", **difference(({}, {}, {}, ""), record))
    follow(record, definition, found.values, timezone.localdate(deed.at), entered=True)
    if by is not None:
        Draft.objects.filter(user=by, definition=definition.id, record="").delete()
    return record


@transaction.atomic
def change(
    record: Record,
    definition: Definition,
    raw: Mapping[str, Any],
    *,
    by: Any,
    revision: int | None = None,
    request: Any = None,
) -> Record:
    """Change a record; values that were sent back are settled by it.

    Raises:
        NotAllowed. Outdated. Invalid.
    """
    current = locked(record)
    if by is not None:
        permissions.check_edit(by, definition, current)
    if revision is not None and revision != current.revision:
        raise Outdated
    before = snapshot(current)
    bring_up(current, definition)
    found, area = checked(definition, {**raw, **kept_back(current, definition, by)}, None)
    deed = Deed(by, "change", request)
    own_files(current, definition, found.values, deed)
    moved = (area.place, area.facility) != (current.place, current.facility_id or "")
    if by is not None and moved:
        fault = _outside(definition, area, by)
        if fault is not None:
            raise Invalid((FieldFault(definition.subject_field, fault),))
    current.place, current.facility_id = area.place, area.facility or None
    rows.fill(current, definition, found.values)
    if (
        by is not None
        and permissions.is_bound(by, definition)
        and not permissions.sees(by, definition, current)
    ):
        raise Invalid((_unnamed(definition),))
    store(current, definition, found.values, deed, "change", before)
    if moved:
        carry(current)
    _settle(current, before, deed)
    if by is not None:
        Draft.objects.filter(user=by, definition=definition.id, record=current.pk).delete()
    return current


def store(
    record: Record,
    definition: Definition,
    values: Mapping[str, Any],
    deed: Deed,
    kind: str,
    before: tuple[Any, ...],
    **more: Any,
) -> None:
    """Save a changed record with index rows, history and deadline; nothing happens when nothing changed."""
    told = difference(before, record)
    if not told["changes"] and not told["personal"] and told["before"] == told["after"] and kind == "change":
        return
    record.changed_at = deed.at
    record.revision += 1
    record.save(force_update=True)
    _index(record, definition, values)
    _bind(record, definition, deed.who)
    deed.note(record, kind, **told, **more)
    follow(record, definition, values, timezone.localdate(deed.at), entered=kind == "move")


def locked(record: Record) -> Record:
    """The record as it is now, held until the transaction ends."""
    return Record.objects.select_for_update().get(pk=record.pk)


def _index(record: Record, definition: Definition, values: Mapping[str, Any]) -> None:
    Value.objects.filter(record=record).delete()
    Value.objects.bulk_create(rows.index_rows(record, definition, values))
    UniqueKey.objects.filter(record=record).delete()
    try:
        with transaction.atomic():
            UniqueKey.objects.bulk_create(rows.unique_rows(record, definition, values))
    except IntegrityError:
        raise Invalid(tuple(_twice(record, definition, values))) from None


def reindex(definition: Definition) -> int:
    """Index rows and keys of records of earlier versions as the definition now has them; the records stay as written.

    So too those of records without a unit, where a definition says by units who sees them: it may not always have. How
    many there were. To be run when a definition has changed, before it is served.
    """
    wanted = Q(version__lt=definition.version)
    if set(definition.who.units) - {PARENT}:
        named = Value.objects.filter(record=OuterRef("pk"), slot=rows.slot(definition.id, rows.UNITS))
        wanted |= ~Q(Exists(named))
    done = 0
    old = Record.objects.of(definition.id).filter(wanted).order_by("pk")
    for record in list(old.values_list("pk", flat=True)):
        with transaction.atomic():
            row = locked(Record(pk=record))
            if row.removed_at is None:
                _index(row, definition, rows.values_in(row, definition))
                done += 1
    return done


def _twice(record: Record, definition: Definition, values: Mapping[str, Any]) -> list[FieldFault]:
    """Which sets of fields another record already has."""
    found = []
    for number, digest in rows.digests(definition, values):
        same = UniqueKey.objects.filter(definition=definition.id, number=number, digest=digest)
        if same.exclude(record=record).exists():
            fields = definition.unique[number]
            labels = "、".join(definition.fields[name].label for name in fields)
            what = Fault(
                "twice", f"已有一条{labels}都相同的{definition.label}", "请改已有的那条，或核对这几项"
            )
            found.append(FieldFault(fields[-1], what))
    return found


def kept_back(record: Record, definition: Definition, by: Any) -> dict[str, Any]:
    """Personal values that an account does not see and so cannot change: they stay, whatever it sends."""
    if by is None:
        return {}
    values = rows.values_in(record, definition)
    return {name: values[name] for name in permissions.hidden(by, definition, record)}


def own_files(record: Record | None, definition: Definition, values: Mapping[str, Any], deed: Deed) -> None:
    """Files that are named belong to the record, or are loose ones of whoever names them. Raises Invalid."""
    faults = []
    for name, field in definition.fields.items():
        named = set(values.get(name) or ()) if field.type is FieldType.FILE else set()
        if not named:
            continue
        mine = Attachment.objects.filter(pk__in=named, definition=definition.id, removed_at=None)
        good = {
            one.pk
            for one in mine
            if (record is not None and one.record_id == record.pk and one.field == name)
            or (one.record_id is None and one.by == deed.who and one.field == name)
        }
        if named - good:
            fault = Fault("file", f"{field.label}里有不属于这条记录的文件", "请重新上传")
            faults.append(FieldFault(name, fault))
    if faults:
        raise Invalid(tuple(faults))


def _bind(record: Record, definition: Definition, who: str) -> None:
    """Files named in the document belong to the record from now on; those no longer named are set aside."""
    for name, field in definition.fields.items():
        if field.type is FieldType.FILE:
            named = rows.values_in(record, definition).get(name) or ()
            free = Attachment.objects.filter(pk__in=named, definition=definition.id)
            free.filter(record=None, by=who, field=name).update(record=record)
            gone = Attachment.objects.filter(record=record, field=name, removed_at=None).exclude(pk__in=named)
            gone.update(removed_at=timezone.now())


def _settle(record: Record, before: tuple[Any, ...], deed: Deed) -> None:
    """Values sent back that this change put right."""
    told = difference(before, record)
    names = {*told["changes"], *(rows.changes(before[1], rows.secrets(record)))}
    for one in Return.objects.filter(record=record, settled_at=None, field__in=names):
        one.settled_at, one.settled_by = deed.at, deed.who
        one.save(update_fields=["settled_at", "settled_by"])
        deed.note(record, "settle", changes={}, before=record.state, after=record.state, reason=one.field)


def _score(record: Record, definition: Definition, raw: Mapping[str, Mapping[str, Any]], side: str) -> None:
    """Take over one side of the scores. Raises Invalid."""
    assert definition.standard is not None
    kept = {name: dict(entry) for name, entry in record.scores.items()}
    keys = ("self", "note", "na") if side == "self" else ("verified", "reason")
    for name, entry in raw.items():
        mine = kept.setdefault(name, {})
        for key in keys:
            if key in entry:
                mine[key] = entry[key]
    found = check_scores(definition.standard, kept)
    if found.errors:
        raise Invalid(found.errors)
    rows.fill_scores(record, definition, found.scores)


@transaction.atomic
def score(
    record: Record,
    definition: Definition,
    raw: Mapping[str, Mapping[str, Any]],
    *,
    side: str,
    by: Any,
    revision: int | None = None,
    request: Any = None,
) -> Record:
    """Give the scores of one side of an assessment.

    Raises:
        NotAllowed. Outdated. Invalid.
    """
    current = locked(record)
    if by is not None and side == "verified":
        permissions.check_verify(by, definition, current)
    elif by is not None:
        permissions.check_edit(by, definition, current)
        state = definition.states.get(state_of(current, definition))
        if state is not None and not state.start:
            raise NotAllowed("自评已经提交，不能再改")
    if revision is not None and revision != current.revision:
        raise Outdated
    before = snapshot(current)
    bring_up(current, definition)
    _score(current, definition, raw, side)
    deed = Deed(by, "score", request)
    store(current, definition, rows.values_in(current, definition), deed, "score", before)
    return current


@transaction.atomic
def remove(record: Record, definition: Definition, *, by: Any, reason: str, request: Any = None) -> Record:
    """Take out a record that was entered by mistake; it and its history stay, and it can be put back.

    Raises:
        NotAllowed: or no reason is given.
    """
    current = locked(record)
    if by is not None:
        permissions.check_remove(by, definition, current)
    if not reason.strip():
        raise NotAllowed("请写明撤除的理由")
    if current.removed_at is not None:
        return current
    deed = Deed(by, "remove", request)
    current.removed_at, current.changed_at, current.revision = deed.at, deed.at, current.revision + 1
    current.save(update_fields=["removed_at", "changed_at", "revision"])
    UniqueKey.objects.filter(record=current).delete()
    Value.objects.filter(record=current).delete()
    stop(current, timezone.localdate(deed.at))
    deed.note(current, "remove", before=current.state, after=current.state, reason=reason.strip()[:500])
    return current


@transaction.atomic
def restore(record: Record, definition: Definition, *, by: Any, request: Any = None) -> Record:
    """Put a record back.

    Raises:
        NotAllowed. Invalid: another one has taken its place.
    """
    current = locked(record)
    if by is not None:
        permissions.check_remove(by, definition, current)
    if current.removed_at is None:
        return current
    deed = Deed(by, "restore", request)
    current.removed_at, current.changed_at, current.revision = None, deed.at, current.revision + 1
    current.save(update_fields=["removed_at", "changed_at", "revision"])
    values = rows.values_in(current, definition)
    _index(current, definition, values)
    deed.note(current, "restore", before=current.state, after=current.state)
    follow(current, definition, values, timezone.localdate(deed.at))
    return current
