"""Visits and their signed records: fixed when signed, corrected by versions, done once, kept for the time set."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import clinic_factories as clinic
import organisations_factories as make
import pytest
import residents_factories as people
from clinic_factories import Desk, raw
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.clinic import actions, burden, charting, permissions, retention, signing, typed
from xinglin.apps.clinic.chart import Chart
from xinglin.apps.clinic.models import (
    Authorisation,
    Draft,
    Encounter,
    FollowUp,
    Note,
    Prescription,
    Session,
    Sheet,
    ShelfItem,
    Template,
)
from xinglin.apps.organisations.models import Post, TechniqueCapability
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.actions import merge
from xinglin.apps.residents.forms import ResidentForm
from xinglin.apps.residents.models import Known
from xinglin.apps.residents.once import new_key
from xinglin.knowledge import formulas

SPLEEN = {"disease_0": "A04.03.03", "pattern_0": "B04.06.03.01.03.01"}
FORMULA = ("麻黄 6", "桂枝 6", "苦杏仁 9", "炙甘草 3")


@pytest.fixture
def desk(account: Callable[..., User]) -> Desk:
    return clinic.desk(account)


def full() -> dict[str, Any]:
    """A form with everything in it."""
    return raw(
        *FORMULA,
        tongue=["pale_red"],
        coating=["thin_white"],
        left=["wiry"],
        right=["thready"],
        temperature="36.8",
        systolic="138",
        pregnant="no",
        western_0="急性支气管炎",
        western_code_0="j20.9",
        patent_0="三金片",
        quantity_0="2",
        unit_0="盒",
        technique_0="A01",
        site_0="肺俞、列缺",
        sessions_0="3",
        follow_days="7",
        usage="水煎服",
    )


def test_a_visit_from_queue_to_follow_up(desk: Desk) -> None:
    ShelfItem.objects.create(facility=desk.facility, name="麻黄", herb="麻黄", price=Decimal("0.08"))
    for name in ("桂枝", "苦杏仁", "炙甘草"):
        ShelfItem.objects.create(
            facility=desk.facility, name=name, herb=name, price=Decimal("0.035"), insurance=f"T{name}"
        )
    encounter = clinic.visit(desk)
    assert (encounter.number, encounter.kind, encounter.state) == (1, "first", "waiting")
    values = full()
    actions.keep_draft(encounter, values, by=desk.user)
    encounter.refresh_from_db()
    assert encounter.state == "open"
    clinic.sign(desk, encounter, values)
    encounter.refresh_from_db()
    assert (encounter.state, encounter.by_tcm, encounter.practitioner_id) == ("signed", True, desk.person.pk)
    assert not Draft.objects.exists()
    chart = Chart.model_validate_json(encounter.notes.get().content)
    assert chart.examination == "舌淡红，苔薄白，左脉弦，右脉细"
    assert [pair.disease.name for pair in chart.pairs] == ["咳嗽病"]
    assert chart.western[0].code == "J20.9"
    assert charting.parse(typed.as_raw(chart)) == chart, "a form filled from a record says the same"
    herbs, patent = encounter.prescriptions.order_by("slot")
    assert [line.herb for line in herbs.lines.all()] == ["麻黄", "桂枝", "苦杏仁", "炙甘草"]
    assert herbs.amount == Decimal("3.33"), "(6 × 0.08 + 18 × 0.035) × 3 doses, to the cent"
    assert herbs.lines.all()[1].insurance == "T桂枝"
    assert (patent.form, patent.amount) == ("patent", None)
    assert list(Session.objects.values_list("sheet__technique", "number")) == [("A01", 1)]
    assert FollowUp.objects.get().due == encounter.day + timedelta(days=7)
    assert signing.faults(signing.signed(encounter)) == []
    follow = FollowUp.objects.get()
    actions.follow_up(follow, way="phone", effect="cured", note="已不咳", by=desk.user, key="f")
    again = actions.follow_up(follow, way="visit", effect="none", note="", by=desk.user, key="f")
    assert (again.now, FollowUp.objects.get().effect) == (False, "cured")


def test_sent_again_over_a_weak_network_nothing_is_done_twice(desk: Desk) -> None:
    person = people.resident(desk.facility)
    one = actions.enqueue(person, desk.facility, by=desk.user, key="q")
    assert actions.enqueue(person, desk.facility, by=desk.user, key="q") == (one.id, False)
    with pytest.raises(ValidationError, match="已在候诊"):
        actions.enqueue(person, desk.facility, by=desk.user, key="other")
    encounter = Encounter.objects.get()
    first = clinic.sign(desk, encounter, full(), key="s")
    again = clinic.sign(desk, encounter, raw("附子 9"), key="s")
    assert again == (first.id, False)
    counts = [model.objects.count() for model in (Encounter, Note, Prescription, Sheet, Session, FollowUp)]
    assert counts == [1, 1, 2, 1, 1, 1]
    with pytest.raises(ValidationError, match="已经签名"):
        clinic.sign(desk, encounter, raw(*FORMULA))
    with pytest.raises(ValidationError, match="已经用来做过别的事"):
        actions.correct(encounter, raw(*FORMULA), reason="笔误更正", seen=1, by=desk.user, key="s")


def test_a_correction_is_a_new_version_and_the_old_one_stays(desk: Desk) -> None:
    encounter = clinic.signed(desk)
    old = encounter.prescriptions.get()
    with pytest.raises(ValidationError, match="没有改动"):
        actions.correct(encounter, raw(*FORMULA), reason="核对后无误", seen=1, by=desk.user, key=new_key())
    more = raw("麻黄 6", "桂枝 9", "苦杏仁 9", "炙甘草 3")
    with pytest.raises(ValidationError, match="原因"):
        actions.correct(encounter, more, reason="错错错错", seen=1, by=desk.user, key=new_key())
    actions.correct(encounter, more, reason="桂枝克数录错", seen=1, by=desk.user, key="c")
    assert not actions.correct(encounter, more, reason="桂枝克数录错", seen=1, by=desk.user, key="c").now
    newest, first = encounter.notes.all()
    assert (newest.version, newest.reason, newest.signed_by) == (2, "桂枝克数录错", desk.user.pk)
    assert Chart.model_validate_json(first.content).herbs.lines[1].grams == 6  # type: ignore[union-attr]
    old.refresh_from_db()
    new = encounter.prescriptions.get(ended_at=None)
    assert (new.replaces, old.end_reason, old.ended_by) == (old, "桂枝克数录错", desk.user.pk)
    assert old.lines.get(written="桂枝").grams == 6
    only_words = more | {"advice": "避风寒"}
    actions.correct(encounter, only_words, reason="补写医嘱内容", seen=2, by=desk.user, key=new_key())
    assert encounter.prescriptions.get(ended_at=None) == new, "what did not change is not written anew"
    with pytest.raises(ValidationError, match="别人改过"):
        actions.correct(encounter, more, reason="改回原来的样子", seen=2, by=desk.user, key=new_key())
    assert signing.faults(signing.signed(encounter)) == []


def test_only_the_author_corrects(desk: Desk, account: Callable[..., User]) -> None:
    encounter = clinic.signed(desk)
    other = clinic.desk(account, make.facility(), username="other")
    Post.objects.create(practitioner=other.person, facility=desk.facility, main=False, valid_from=make.START)
    colleague = account("physician", facility=desk.facility.pk, username="colleague")
    for by in (other.user, colleague):
        with pytest.raises(NotAllowed):
            actions.correct(encounter, raw("麻黄 3"), reason="想改一改它", seen=1, by=by, key=new_key())


TOUCHED = {
    "note": ("notes", {"content": '{"texts": {"complaint": "改过"}}'}, "病历第 1 版"),
    "time": ("notes", {"signed_at": timezone.now() - timedelta(days=1)}, "病历第 1 版"),
    "doses": ("prescriptions", {"doses": 30}, "中药处方"),
    "sheet": ("sheets", {"site": "风池"}, "治疗单"),
}


@pytest.mark.parametrize("what", TOUCHED)
def test_what_was_changed_behind_the_program_is_told(what: str, desk: Desk) -> None:
    encounter = clinic.signed(desk, full())
    rows, values, words = TOUCHED[what]
    model = getattr(encounter, rows).model
    model._base_manager.filter(encounter=encounter).update(**values)
    assert any(one.startswith(words) for one in signing.faults(signing.signed(encounter)))


LACKS: dict[str, tuple[dict[str, Any], str]] = {
    "no complaint": ({"complaint": ""}, "complaint"),
    "no diagnosis": ({"disease_0": "", "pattern_0": ""}, "disease_0"),
    "western only, with herbs": ({"disease_0": "", "pattern_0": "", "western_0": "感冒"}, "disease_0"),
    "no pattern": ({"pattern_0": ""}, "disease_0"),
    "pattern as disease": ({"disease_0": clinic.COLD}, "disease_0"),
    "grams in words": ({"grams_0": "六克"}, "grams_0"),
    "grams of nothing": ({"grams_9": "3"}, "herb_9"),
    "twice": ({"herb_1": "麻黄"}, "herb_1"),
    "doses": ({"doses": "0"}, "doses"),
    "temperature": ({"temperature": "368"}, "temperature"),
    "no such technique": ({"technique_0": "Z99", "site_0": "x"}, "technique_0"),
    "technique without a place": ({"technique_0": "A01"}, "site_0"),
    "not authorised": ({"technique_0": "A02", "site_0": "头"}, "technique_0"),
    "patent without its use": ({"patent_0": "三金片", "quantity_0": "1"}, "patent_usage_0"),
    "patent twice": (
        {"patent_0": "三金片", "quantity_0": "1", "patent_usage_0": "一次 3 片", "patent_1": "三金片"},
        "patent_1",
    ),
    "herb among patents": (
        {"patent_0": "附子", "quantity_0": "1", "patent_usage_0": "每日一次"},
        "patent_0",
    ),
}


@pytest.mark.parametrize("lack", LACKS)
def test_lacks_are_told_by_field_and_nothing_is_written(lack: str, desk: Desk) -> None:
    encounter = clinic.visit(desk)
    more, field = LACKS[lack]
    with pytest.raises(ValidationError) as refused:
        clinic.sign(desk, encounter, raw(*FORMULA) | more)
    assert field in refused.value.message_dict, refused.value.message_dict
    assert not Note.objects.exists()
    assert not Prescription.objects.exists()


def test_a_technique_needs_a_person_and_a_facility_that_can(desk: Desk) -> None:
    values = raw(technique_0="A01", site_0="合谷", doses="")
    for rows in (
        Authorisation.objects.filter(technique="A01"),
        TechniqueCapability.objects.filter(technique="A01"),
    ):
        kept = list(rows)
        rows.update(valid_to=timezone.localdate() - timedelta(days=1))
        with pytest.raises(ValidationError) as refused:
            clinic.sign(desk, clinic.visit(desk), values)
        assert len(refused.value.message_dict["technique_0"]) == 1
        type(kept[0])._default_manager.filter(pk=kept[0].pk).update(valid_to=None)
    encounter = clinic.visit(desk)
    clinic.sign(desk, encounter, values | {"sessions_0": "2", "now_0": "no"})
    sheet = Sheet.objects.get()
    assert not sheet.sessions.exists()
    for number in (1, 2):
        done = actions.give(sheet, by=desk.user, key=f"t{number}")
        assert actions.give(sheet, by=desk.user, key=f"t{number}") == (done.id, False)
    with pytest.raises(ValidationError, match="已做完"):
        actions.give(sheet, by=desk.user, key="t3")
    visits = Encounter.objects.filter(kind="treatment")
    assert [(one.state, one.sessions.count()) for one in visits] == [("signed", 1)] * 2
    assert signing.faults(signing.signed(visits[0])) == []


def test_who_signs_must_work_there(desk: Desk, account: Callable[..., User]) -> None:
    encounter = clinic.visit(desk)
    stranger = account("physician", facility=desk.facility.pk, username="no-seat")
    with pytest.raises(NotAllowed, match="执业人员"):
        actions.sign(encounter, raw(*FORMULA), by=stranger, key=new_key())
    Post.objects.filter(practitioner=desk.person).update(valid_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(NotAllowed, match="不在本机构任职"):
        clinic.sign(desk, encounter, raw(*FORMULA))
    elsewhere = clinic.desk(account, username="elsewhere")
    with pytest.raises(NotAllowed):
        clinic.sign(elsewhere, encounter, raw(*FORMULA))
    with pytest.raises(NotAllowed):
        actions.enqueue(encounter.resident, elsewhere.facility, by=elsewhere.user, key=new_key())


def test_a_seat_is_given_by_somebody_else(account: Callable[..., User]) -> None:
    owner = make.facility()
    head = account("facility_head", facility=owner.pk)
    doctor = account("physician", facility=owner.pk, username="d")
    person, stranger = make.practitioner(owner), make.practitioner()
    rights = {"narcotic": False, "toxic": False}
    with pytest.raises(NotAllowed, match="给自己"):
        actions.seat(head, person, **rights, by=head)
    with pytest.raises(NotAllowed):
        actions.seat(doctor, stranger, **rights, by=head)
    with pytest.raises(NotAllowed):
        actions.seat(head, person, **rights, by=doctor)
    actions.seat(doctor, person, **rights, by=head)
    with pytest.raises(ValidationError, match="另一个账号"):
        actions.seat(account("physician", facility=owner.pk, username="e"), person, **rights, by=head)
    assert permissions.check_seat(doctor, owner).practitioner == person


def test_the_last_record_is_copied_and_says_so(desk: Desk) -> None:
    values = full() | {"tests": "血常规正常"}
    first = clinic.signed(desk, values)
    second = clinic.visit(desk, first.resident, copy=True)
    assert (second.kind, second.copied_from) == ("return", first)
    chart = charting.parse(json.loads(Draft.objects.get().values))
    last = Chart.model_validate_json(first.notes.get().content)
    assert (chart.herbs, chart.pairs, chart.patents) == (last.herbs, last.pairs, last.patents)
    assert (chart.vitals, chart.tongue, chart.left, chart.texts.get("tests")) == ({}, (), (), None), (
        "seen then, not today"
    )
    assert chart.techniques == (), "a course goes on by its own sheet"
    assert not Prescription.objects.filter(encounter=second).exists(), (
        "a copy is no prescription until it is signed"
    )


def test_visits_of_merged_files_are_one_history(desk: Desk) -> None:
    kept = people.resident(desk.facility)
    gone = people.resident(desk.facility, id_kind="none", id_number="")
    before = clinic.signed(desk, resident=gone)
    merge(kept, gone, by=desk.user)
    gone.refresh_from_db()
    visit = clinic.visit(desk, gone, copy=True)
    assert (visit.resident, visit.kind, visit.copied_from) == (kept, "return", before)


def test_templates_are_the_doctors_own(desk: Desk, account: Callable[..., User]) -> None:
    herbs = charting.parse(raw(*FORMULA)).herbs
    assert herbs is not None
    row = actions.keep_template("咳嗽协定方", herbs, by=desk.user)
    actions.keep_template("咳嗽协定方", herbs.model_copy(update={"doses": 5}), by=desk.user)
    assert (Template.objects.get().content["doses"], row.initials) == ("5", "ksxdf")
    other = account("physician", facility=desk.facility.pk, username="x")
    with pytest.raises(NotAllowed):
        actions.drop_template(row, by=other)
    actions.drop_template(row, by=desk.user)
    assert not Template.objects.exists()


def test_a_formula_goes_in_by_one_step_and_its_adjustment_stands_beside_it(desk: Desk) -> None:
    """What is there stays and is told; the step is taken back; the adjusted form is kept with the formula's name."""
    encounter = clinic.visit(desk)
    client, address = Client(), f"/clinic/encounters/{encounter.pk}"
    client.force_login(desk.user)
    formula = formulas.find("四君子汤")
    assert formula is not None
    begun = raw("党参 15", "陈皮 6", **SPLEEN) | {"doses": "7"}
    page = client.post(address, begun | {"take": f"f:{formula.id}"}).content.decode()
    assert "已有、没有重复放入" not in page, "人参 of the book is not 党参"
    draft = json.loads(Draft.objects.get().values)
    assert [draft[f"herb_{at}"] for at in range(2)] == ["党参", "陈皮"]
    assert {draft[f"herb_{at}"] for at in range(2, 6)} == {one.herb for one in formula.ingredients}
    assert draft["doses"] == "7"
    twice = client.post(address, draft | {"take": f"f:{formula.id}"}).content.decode()
    assert "没有新的药放入；已有、没有重复放入：人参（9 g）" in twice
    before = re.search(r'name="before" value="([^"]*)"', page)
    assert before is not None
    client.post(address, draft | {"take": "undo", "before": html.unescape(before[1]), "advice": "忌生冷"})
    back = json.loads(Draft.objects.get().values)
    assert {name: back.get(name, "") for name in begun} == begun
    assert back["advice"] == "忌生冷", "what was typed elsewhere stays"
    adjusted = dict(draft) | {"herb_0": "", "grams_0": "", "formula": formula.id, "action": "template"}
    client.post(address, adjusted)
    row = Template.objects.get()
    assert (row.name, row.formula) == ("四君子汤加陈皮", formula.id)
    hand = client.get("/clinic/knowledge", {"pattern_0": SPLEEN["pattern_0"]}).content.decode()
    assert "我的加减" in hand
    assert f"t:{row.pk}" in hand
    assert "加陈皮" in hand
    for words in ("益气健脾和胃", formula.source, "放入处方", "毫针技术", "资料没有写各项技术治什么病证"):
        assert words in hand, words
    old = client.get("/clinic/knowledge", {"pattern_0": "脾胃虚寒"}).content.decode()
    assert "改用“脾胃阳虚证”" in old
    assert "先写病名或证候" in client.get("/clinic/knowledge").content.decode()
    offered = client.get("/clinic/choose/formula", {"q": "sjzt"}).content.decode()
    assert offered.index("我的模板，由四君子汤加减") < offered.index(f"f:{formula.id}")
    client.post(address, draft | {"take": "k:A01"})
    assert json.loads(Draft.objects.get().values)["technique_0"] == "A01"
    client.post(address, draft | {"take": "k:no", "herb_9": "甘草"})
    assert not Prescription.objects.exists(), "nothing of it is a prescription until it is signed"


def test_one_leaves_without_being_seen(desk: Desk) -> None:
    encounter = clinic.visit(desk)
    actions.leave(encounter, by=desk.user)
    with pytest.raises(ValidationError):
        actions.leave(encounter, by=desk.user)
    with pytest.raises(ValidationError):
        actions.keep_draft(encounter, {"complaint": "x"}, by=desk.user)
    assert clinic.visit(desk, encounter.resident).number == 2


def test_every_deed_leaves_its_row(desk: Desk) -> None:
    clinic.signed(desk, full())
    done = set(Entry.objects.values_list("action", flat=True))
    assert done >= {
        "encounter.create",
        "encounter.sign",
        "prescription.create",
        "sheet.create",
        "session.create",
    }
    assert Known.objects.count() == 1
    assert Encounter.objects.get().day == timezone.localdate() >= date(2026, 1, 1)


def test_no_field_exists_only_for_a_report() -> None:
    """The burden meter knows every field that the two forms have, and finds none that is for statistics only."""
    asked = {re.sub(r"_\d+$", "", name) for name in typed.NAMES} | set(typed.WORDS)
    known = burden.purposes()
    assert set(known["visit"]) == asked
    assert set(known["resident"]) == set(ResidentForm.base_fields)
    meter = burden.meter()
    assert (meter.fields, meter.reporting) == (sum(map(len, known.values())), ())


def test_records_are_kept_as_long_as_the_rule_says(desk: Desk) -> None:
    """Fifteen years from the last visit to the facility; nothing younger can be destroyed."""
    years = retention.kinds()["outpatient_record"].years
    old, seen_again = clinic.signed(desk, full()), clinic.signed(desk)
    long_ago = timezone.localdate() - timedelta(days=366 * years)
    Encounter.objects.filter(pk__in=[old.pk, seen_again.pk]).update(day=long_ago)
    Encounter.objects.filter(pk=seen_again.pk).update(number=99)
    later = clinic.visit(desk, seen_again.resident)
    assert retention.over() == [old.pk]
    with pytest.raises(ValueError, match="保存期内"):
        retention.destroy([old.pk, seen_again.pk], by=None)
    assert retention.destroy([old.pk], by=None) == 1
    assert set(Encounter.objects.values_list("pk", flat=True)) == {seen_again.pk, later.pk}
    assert Entry.objects.filter(action="encounter.expire", object_id=old.pk).count() == 1
    assert all(one.source for one in retention.kinds().values())
