"""Records over their time: counted and listed without reading them, destroyed by two persons, never earlier."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import clinic_factories as clinic
import organisations_factories as make
import pytest
import residents_factories as people
from clinic_factories import Desk
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.clinic import actions, retention
from xinglin.apps.clinic.models import Destruction, Encounter, Note, Prescription, Session, Sheet
from xinglin.apps.clinic.retention.finding import residents_over
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents import actions as deeds
from xinglin.apps.residents.models import Event, Resident

Account = Callable[..., User]
REASON = "保存期满，已无利用价值"
_number = count(1000)


@pytest.fixture
def desk(account: Account) -> Desk:
    return clinic.desk(account)


def long_ago() -> date:
    return retention.years_before(timezone.localdate(), 15) - timedelta(days=1)


def aged(row: Encounter, day: date | None = None) -> Encounter:
    row.day = day or long_ago()
    Encounter.objects.filter(pk=row.pk).update(day=row.day, number=next(_number))
    return row


def test_the_last_visit_counts_under_whatever_file(desk: Desk) -> None:
    """Two files of one person are one person; a visit elsewhere keeps nothing here; one statement whatever there is."""
    gone, kept_by_return, kept_by_merge = (aged(clinic.signed(desk)) for _ in range(3))
    clinic.visit(desk, kept_by_return.resident)
    Resident.objects.filter(pk=kept_by_merge.resident_id).update(id_kind="none", person_key=None)
    other = people.resident(desk.facility)
    deeds.merge(other, Resident.objects.get(pk=kept_by_merge.resident_id), by=desk.user)
    clinic.visit(desk, other)
    with CaptureQueriesContext(connection) as asked:
        assert retention.over() == [gone.pk]
    assert len(asked) == 1
    border = aged(clinic.signed(desk), retention.years_before(timezone.localdate(), 15))
    assert border.pk not in retention.over(), "on the day fifteen years later it is still kept"
    assert border.pk in retention.over(timezone.localdate() + timedelta(days=2))


def test_two_persons_destroy(desk: Desk, account: Account) -> None:
    head, second = (
        account("facility_head", facility=desk.facility.pk, username=name) for name in ("甲", "乙")
    )
    stranger = account("facility_head", facility=make.facility().pk, username="丙")
    row = clinic.signed(
        desk, clinic.raw("麻黄 6", "桂枝 6", technique_0="A01", site_0="合谷", sessions_0="2")
    )
    actions.correct(
        row, clinic.raw("麻黄 9", "桂枝 6"), reason="剂量写错了", seen=1, by=desk.user, key="again"
    )
    young = clinic.signed(desk)
    aged(row)
    ask = {"reason": REASON, "by": head}
    year = row.day.year
    with pytest.raises(NotAllowed):
        actions.ask_destruction(desk.facility, "outpatient_record", year, reason=REASON, by=stranger)
    with pytest.raises(ValidationError, match="理由"):
        actions.ask_destruction(desk.facility, "outpatient_record", year, reason="删", by=head)
    with pytest.raises(ValidationError, match="没有保存期满"):
        actions.ask_destruction(desk.facility, "outpatient_record", young.day.year, **ask)
    asked = actions.ask_destruction(desk.facility, "outpatient_record", year, **ask)
    with pytest.raises(ValidationError, match="正等复核"):
        actions.ask_destruction(desk.facility, "outpatient_record", year, reason=REASON, by=second)
    with pytest.raises(NotAllowed, match="自己提出"):
        actions.confirm_destruction(asked, by=head)
    with pytest.raises(NotAllowed):
        actions.confirm_destruction(asked, by=stranger)
    with pytest.raises(IntegrityError), transaction.atomic():
        Destruction.objects.filter(pk=asked.pk).update(state="done", decided_by=head.pk)
    with pytest.raises(ValidationError, match="退回请写明"):
        actions.refuse_destruction(asked, remark="", by=second)

    back = clinic.visit(desk, row.resident)
    with pytest.raises(ValidationError, match="一份也没有删"):
        actions.confirm_destruction(asked, by=second)
    back.delete()
    assert Encounter.objects.filter(pk=row.pk).exists()

    actions.confirm_destruction(asked, remark="已核对", by=second)
    assert set(Encounter.objects.values_list("pk", flat=True)) == {young.pk}
    for model in (Note, Prescription):
        assert set(model._default_manager.values_list("encounter", flat=True)) == {young.pk}
    assert not Sheet.objects.exists()
    assert not Session.objects.exists()
    asked.refresh_from_db()
    assert (asked.state, asked.count, asked.entries()) == ("done", 1, [(row.pk, row.day, row.resident_id)])
    told = Entry.objects.filter(kind__in=("destruction", "encounter"), action__regex="destr|expire").order_by(
        "pk"
    )
    assert list(told.values_list("action", "actor", "object_id")) == [
        ("destruction.ask", head.pk, asked.pk),
        ("encounter.expire", second.pk, row.pk),
        ("destruction.confirm", second.pk, asked.pk),
    ]
    with pytest.raises(ValidationError, match="不能再办理"):
        actions.withdraw_destruction(asked, by=head)


def test_files_of_residents_and_prescriptions(desk: Desk) -> None:
    """A file goes when nothing refers to it; a prescription over its own time stays with its record."""
    plain, visited, used = (people.resident(desk.facility) for _ in range(3))
    clinic.visit(desk, visited)
    long = timezone.now() - timedelta(days=366 * 16)
    Resident.objects.update(created_at=long)
    Event.objects.create(resident=used, deed="edit")
    assert [row.pk for row in residents_over()] == [plain.pk]
    with pytest.raises(ValueError, match="保存期内"):
        retention.KEEPERS["resident_file"].destroy([plain.pk, used.pk], by=desk.user)
    assert retention.KEEPERS["resident_file"].destroy([plain.pk], by=desk.user) == 1
    assert set(Resident.objects.values_list("pk", flat=True)) == {visited.pk, used.pk}
    four_years = retention.years_before(timezone.localdate(), 4)
    aged(clinic.signed(desk), four_years)
    assert retention.prescriptions_over(desk.facility.pk) == [
        {"kind": "prescription", "year": four_years.year, "number": 1}
    ]
    assert all(one.source for one in retention.kinds().values())


def test_the_pages(desk: Desk, account: Account, signed_in: Callable[..., Client]) -> None:
    row = aged(clinic.signed(desk))
    client = signed_in("facility_head", facility=desk.facility.pk)
    over = f"/clinic/retention/{desk.facility.pk}/outpatient_record/{row.day.year}"
    assert desk.facility.name in client.get("/clinic/retention").content.decode()
    assert str(row.day.year) in client.get(f"/clinic/retention/{desk.facility.pk}").content.decode()
    page = client.get(over).content.decode()
    assert row.pk in page
    assert row.resident.name not in page
    assert client.post(over, {"reason": "删"}).status_code == 422
    file = client.get(f"{over}/index.csv").content.decode("utf-8-sig").splitlines()
    assert len(file) == 2
    assert f"{row.pk},{row.day},{row.resident_id},15" in file[1]
    answer = client.post(over, {"reason": REASON})
    address = answer.headers["Location"]
    assert "复核自己提出的" in client.get(address).content.decode()
    assert client.post(f"{address}/decide", {"what": "confirm"}).status_code == 403
    second = signed_in("county_officer", desk.facility.place[:6])
    assert second.post(f"{address}/decide", {"what": "refuse"}).status_code == 422
    assert second.post(f"{address}/decide", {"what": "confirm"}).status_code == 302
    assert not Encounter.objects.exists()
    paper = client.get(f"{address}/list").content.decode()
    assert "销毁清册" in paper
    assert row.pk in paper
    actions_ = set(Entry.objects.filter(kind="destruction").values_list("action", flat=True))
    assert actions_ == {f"destruction.{deed}" for deed in ("ask", "confirm", "export", "print")}
