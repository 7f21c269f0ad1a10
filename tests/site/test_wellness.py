"""Health management: which instrument, what is odd, fixed when signed, who is due, groups, consent, keeping."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import clinic_factories as clinic
import pytest
import residents_factories as people
import wellness_factories as make
from clinic_factories import Desk
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from xinglin.apps.accounts.models import User
from xinglin.apps.audit.models import Entry
from xinglin.apps.clinic import burden
from xinglin.apps.clinic.models import Seat
from xinglin.apps.organisations.permissions import NotAllowed
from xinglin.apps.residents.actions import answer, merge
from xinglin.apps.residents.models import Known, Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.wellness import actions, due, groups, judging, retention, rules, signing
from xinglin.apps.wellness.demo import lively_services
from xinglin.apps.wellness.models import HealthDraft, HealthService, HealthVersion, Managed
from xinglin.apps.wellness.reading import MEASURED, answer_field
from xinglin.knowledge import constitution

TODAY = timezone.localdate


@pytest.fixture
def desk(account: Callable[..., User]) -> Desk:
    return clinic.desk(account)


def lists(at: Desk, kind: str = "") -> list[tuple[str, str]]:
    """Who is due for what, in the order of the list."""
    return [(one.item.resident, one.item.what) for one in due.collect(at.user, kinds=[kind] if kind else ())]


def faults(at: Desk, row: HealthService, raw: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationError) as told:
        actions.sign(row, raw, by=at.user, key=new_key())
    assert not HealthVersion.objects.filter(service=row).exists()
    return told.value.message_dict


# Which instrument


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("born", "on", "offered"),
    [
        (date(1960, 3, 2), date(2025, 3, 1), ("adult60", "gbt46939")),
        (date(1960, 3, 2), date(2025, 3, 2), ("elderly33", "gbt46939")),
        (date(1960, 2, 29), date(2025, 2, 28), ("adult60", "gbt46939")),
        (date(2007, 3, 2), date(2025, 3, 1), ()),
        (date(2007, 3, 2), date(2025, 3, 2), ("adult60", "gbt46939")),
    ],
)
def test_the_instrument_follows_from_the_age_on_the_day(
    born: date, on: date, offered: tuple[str, ...]
) -> None:
    assert rules.fitting(born, on) == offered
    assert (rules.years_before(on, 65) >= born) == rules.is_elderly(born, on)


def test_instruments_are_never_mixed(desk: Desk) -> None:
    """Another instrument is another service, its questions are its own, results are compared within one only."""
    old = make.elder(desk)
    with pytest.raises(ValidationError, match="不适合此人的年龄"):
        make.begun(desk, old, "assessment", instrument="adult60")
    first = make.assessed(desk, old)
    general = make.begun(desk, old, "assessment", instrument="gbt46939")
    told = faults(desk, general, make.filled())
    assert told[answer_field("q01")] == ["没有回答"]
    assert answer_field("1") in told, "a question of another form is said, not left out"
    make.sign(desk, general, make.grades("gbt46939"))
    client = Client()
    client.force_login(desk.user)
    pages = [client.get(f"/wellness/services/{one.pk}").content.decode() for one in (first, general)]
    assert all("比 20" not in page for page in pages)
    assert ("elderly33" in pages[0], "gbt46939" in pages[1]) == (True, True)
    assert first.edition == "elderly33 2017-02-28 norm"


def test_questions_of_one_sex(desk: Desk) -> None:
    adult = {"birth_date": make.born(years=40)}
    woman, man, unknown = (
        people.resident(desk.facility, sex=sex, **adult) for sex in ("female", "male", "unknown")
    )
    rows = [make.begun(desk, one, "assessment") for one in (woman, man, unknown)]
    assert [row.instrument for row in rows] == ["adult60"] * 3
    form = {"day": f"{TODAY()}", **make.grades("adult60")}
    make.sign(desk, rows[0], form)
    assert set(faults(desk, rows[1], form)) == {"a_SHIRE6", "a_SHIRE7"}
    assert "没有性别" in faults(desk, rows[2], form)[""][0]


def test_a_day_that_cannot_be(desk: Desk) -> None:
    row = make.begun(desk, make.elder(desk, birth_date=make.born(years=65, days=10)), "assessment")
    for day, words in (
        (TODAY() + timedelta(days=1), "晚于今天"),
        (TODAY() - timedelta(days=100), "太早"),
        (TODAY() - timedelta(days=30), "年龄不用"),  # 64 years old then
        (None, "请填服务日期"),
    ):
        told = faults(desk, row, make.filled(day=f"{day}" if day else ""))
        assert words in told["day"][0]
    make.sign(desk, row, make.filled(day=f"{TODAY() - timedelta(days=5)}"))
    assert row.day == TODAY() - timedelta(days=5)


# What is odd


def test_what_is_odd_is_confirmed_once_and_in_these_words(desk: Desk) -> None:
    """Measured and answered differ: both are said, neither is overwritten; a changed answer is a new notice."""
    row = make.begun(desk, make.elder(desk), "assessment")
    raw = make.filled(height_cm="160", weight_kg="70", waist_cm="91", colds_per_year="5")
    with pytest.raises(judging.Notice) as told:
        actions.sign(row, raw, by=desk.user, key=new_key())
    assert sorted(words.split("题")[0] for words in told.value.words) == ["第 28 ", "第 9 "], (
        "28 and 91: 5 and 4 points"
    )
    with pytest.raises(judging.Notice):
        actions.sign(row, {**raw, "a_28": "2"}, noticed=told.value.key, by=desk.user, key=new_key())
    actions.sign(row, raw, noticed=told.value.key, by=desk.user, key=new_key())
    found = make.read(row)
    assert (found.answers["9"], found.answers["28"], found.noticed) == (1, 1, told.value.words)
    assert f"{found.measured['waist_cm']}" == "91"


def test_several_highest_are_decided_by_the_physician(desk: Desk) -> None:
    row = make.begun(desk, make.elder(desk), "assessment")
    raw = {**make.filled(), **{f"a_{one}": "1" for one in (2, 3, 4, 14)}, "main": "yin_deficiency"}
    raw |= {f"a_{one}": "3" for one in (10, 21, 26, 31, 23, 25, 27, 30)}
    with pytest.raises(judging.Notice) as told:
        actions.sign(row, raw, by=desk.user, key=new_key())
    assert [one.value for one in told.value.tied] == ["阴虚质", "湿热质"]
    make.sign(desk, row, raw)
    assert make.read(row).main == "yin_deficiency"


def test_height_and_weight_of_todays_visit_are_not_asked_again(desk: Desk) -> None:
    old = make.elder(desk)
    clinic.signed(desk, clinic.raw("桔梗 6", height="158", weight="51.5"), old)
    row = make.begun(desk, old, "assessment")
    assert HealthDraft.objects.get(service=row).values == '{"height_cm": "158", "weight_kg": "51.5"}'


# Fixed when signed


def test_a_correction_is_a_new_version(desk: Desk, account: Callable[..., User]) -> None:
    row = make.assessed(desk)
    first = row.versions.get()
    again = {"reason": "第二题问错了人", "seen": 1, "by": desk.user}
    with pytest.raises(ValidationError, match="没有改动"):
        actions.correct(row, make.filled(), key=new_key(), **again)
    with pytest.raises(ValidationError, match="四个字"):
        actions.correct(row, make.filled(a_33="3"), key=new_key(), **{**again, "reason": "错"})
    other = clinic.desk(account, desk.facility, username="other")
    with pytest.raises(NotAllowed, match="原来签名的人"):
        actions.correct(row, make.filled(a_33="3"), key=new_key(), **{**again, "by": other.user})
    actions.correct(row, make.filled(a_33="3"), key=new_key(), **again)
    with pytest.raises(ValidationError, match="别人改过"):
        actions.correct(row, make.filled(a_33="2"), key=new_key(), **again)
    new, old = row.versions.all()
    assert (new.version, new.reason, old.content) == (2, "第二题问错了人", first.content)
    assert signing.faults(row) == []
    HealthVersion.objects.filter(pk=old.pk).update(reason="x")
    assert signing.faults(row) == ["第 1 版"]
    for deed in ("keep_draft", "discard"):
        with pytest.raises(ValidationError, match="已经签名"):
            getattr(actions, deed)(row, *([{}] if deed == "keep_draft" else []), by=desk.user)


def test_sent_again_nothing_is_done_twice(desk: Desk) -> None:
    old = make.elder(desk)
    one, two = make.begun(desk, old, "assessment"), make.begun(desk, old, "assessment")
    assert one == two, "the form that is open is opened again"
    done = [actions.sign(one, make.filled(), by=desk.user, key="k") for _ in range(2)]
    assert (done[0].id, [each.now for each in done]) == (done[1].id, [True, False])
    assert HealthVersion.objects.count() == 1


def test_who_signs(desk: Desk, account: Callable[..., User]) -> None:
    """Without a seat nobody signs; who is neither of the TCM category nor trained does, and it is said."""
    untrained = clinic.desk(account, desk.facility, username="u", category="clinical", tcm_able=False)
    row = make.begun(desk, make.elder(desk), "assessment")
    client = Client()
    client.force_login(untrained.user)
    sent = {**make.filled(), "action": "sign", "key": new_key()}
    answered: Any = client.post(f"/wellness/services/{row.pk}", sent, follow=True)
    assert "不是中医类别" in answered.content.decode()
    row.refresh_from_db()
    assert (row.state, row.by_tcm) == ("signed", False)
    Seat.objects.filter(user=desk.user).delete()
    with pytest.raises(NotAllowed, match="执业身份"):
        make.assessed(desk)


def test_a_record_of_somebody_else_is_taken_back(desk: Desk) -> None:
    row = make.assessed(desk)
    said = make.guided(desk, row.resident)
    with pytest.raises(ValidationError, match="先作废那份指导"):
        actions.remove(row, reason="记错了人，不是他", by=desk.user)
    for one in (said, row):
        actions.remove(one, reason="记错了人，不是他", by=desk.user)
    assert (row.resident_id, "体质辨识") in lists(desk, "elderly")
    assert HealthVersion.objects.count() == 2, "it stays"


# Guidance


def test_guidance_is_for_every_type_that_holds(desk: Desk) -> None:
    old = make.elder(desk)
    with pytest.raises(ValidationError, match="先做体质辨识"):
        make.begun(desk, old, "guidance")
    make.assessed(desk, old, a_16="3", a_28="3", a_32="2")  # 痰湿质 9: 倾向是
    row = make.begun(desk, old, "guidance")
    raw = {"day": f"{TODAY()}", "g_qi_deficiency": ["diet"], "told": "self", "way": "here"}
    told = faults(desk, row, raw)
    assert list(told) == ["g_phlegm_dampness"]
    make.sign(desk, row, {**raw, "g_phlegm_dampness": ["exercise", "nonsense"]})
    assert make.read(row).aspects == {"qi_deficiency": ("diet",), "phlegm_dampness": ("exercise",)}


def test_guidance_by_an_assessment_made_elsewhere(desk: Desk, account: Callable[..., User]) -> None:
    """Its result is read with the person's consent only; the list knows that it was made."""
    village = clinic.desk(account, kind="village_clinic", role="village_doctor", username="v")
    old = make.elder(desk)
    Known.objects.create(resident=old, facility=village.facility)
    make.assessed(desk, old)
    assert lists(village, "elderly") == [(old.pk, "保健指导")]
    with pytest.raises(ValidationError, match="没有同意调阅"):
        make.begun(village, old, "guidance")
    client = Client()
    client.force_login(village.user)
    assert "气虚质" not in client.get(f"/residents/{old.pk}").content.decode()
    answer(old, kind="sharing", given=True, by_guardian=False, by=village.user, key=new_key())
    assert "气虚质" in client.get(f"/residents/{old.pk}").content.decode()
    make.guided(village, old)
    assert lists(village, "elderly") == lists(desk, "elderly") == []


# Who is due


def test_who_is_due_this_week(desk: Desk, account: Callable[..., User]) -> None:
    """Each kind once, the latest first; who is not known here, was served, or does not want it, is not listed."""
    old, small, late = make.elder(desk), make.baby(desk, 6), make.baby(desk, 21)
    people.resident(desk.facility, birth_date=make.born(years=40))
    make.elder(clinic.desk(account, username="elsewhere"))
    coming = make.baby(desk, 17, birth_date=make.born(months=18, days=-3))
    grown = make.managed(desk, people.resident(desk.facility), since=TODAY() - timedelta(days=20))
    encounter = clinic.signed(desk, clinic.raw("桔梗 6", follow_days="2"), old)
    unsigned = make.begun(desk, old, "assessment")
    found = due.collect(desk.user)
    expected = [
        (late.pk, "18 月龄中医调养指导"),
        (grown.resident_id, "高血压中医随访"),
        (unsigned.resident_id, "体质辨识没有签名"),
        (encounter.resident_id, "就诊随访"),
        (small.pk, "6 月龄中医调养指导"),
        (coming.pk, "12 月龄中医调养指导"),  # its time is open for three days more
        (coming.pk, "18 月龄中医调养指导"),
        (old.pk, "体质辨识"),
        (grown.resident_id, "体质辨识"),
    ]
    assert sorted((one.item.resident, one.item.what) for one in found) == sorted(expected)
    assert [one.late > 0 for one in found[:4]] == [True, True, True, False]
    assert next(one.item.note for one in found if one.item.resident == late.pk) == "6、12 月龄的没有做"
    labels = {one.item.what: one.item.label for one in found if one.item.resident == coming.pk}
    assert labels["18 月龄中医调养指导"].endswith("起"), "it cannot be given yet"
    make.sign(desk, unsigned, make.filled())
    make.guided(desk, old)
    make.child_guided(desk, small)
    make.followed(desk, grown)
    answer(grown.resident, kind="management", given=False, by_guardian=False, by=desk.user, key=new_key())
    left = lists(desk)
    assert [one for one in left if one[0] in (grown.resident_id, small.pk)] == []
    assert [what for who, what in left if who == old.pk] == ["就诊随访"]
    with pytest.raises(ValidationError, match="不同意"):
        make.begun(desk, grown.resident, "assessment")


def test_the_list_takes_as_many_queries_for_many_as_for_few(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.user)

    def ask() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/wellness").status_code == 200
        return len(seen)

    def fill() -> None:
        person = make.elder(desk)
        make.baby(desk)
        make.managed(desk, person)

    fill()
    ask()
    few = ask()
    for _ in range(7):
        fill()
    assert ask() == few
    assert few <= 20, few
    assert len(lists(desk)) == 24


def test_services_of_merged_files_are_one_history(desk: Desk) -> None:
    kept, gone = make.elder(desk), make.elder(desk, id_kind="none", id_number="")
    make.assessed(desk, gone)
    make.guided(desk, gone)
    merge(kept, gone, by=desk.user)
    gone.refresh_from_db()
    assert lists(desk, "elderly") == []
    make.managed(desk, kept)
    with pytest.raises(ValidationError, match="已在"):
        make.managed(desk, gone)


def test_another_app_adds_what_is_due(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "_SOURCES", dict(due._SOURCES))
    old = make.elder(desk)
    item = due.Item(old.pk, "签约项目", TODAY() - timedelta(days=400), "/residents")
    due.register("test", "签约", "wellness.view", lambda scope, today, last: [item])
    due.register("never", "看不到", "audit.view", lambda scope, today, last: [item])
    assert lists(desk)[0] == (old.pk, "签约项目")
    client = Client()
    client.force_login(desk.user)
    page = client.get("/wellness?kind=test").content.decode()
    assert "过期 400 天" in page
    assert "做辨识" not in page
    assert "看不到" not in page
    assert Entry.objects.filter(action="resident.read", count=1).exists()


def test_what_has_time_stands_on_a_list_of_its_own(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """This week is what is due within seven days; what may be done already is counted there and listed apart."""
    monkeypatch.setattr(due, "_SOURCES", {})
    old = make.elder(desk)
    week = rules.rules()["week_ahead_days"]

    def items(scope: object, today: date, last: date) -> list[due.Item]:
        times = ((0, None), (week, None), (week + 1, None), (90, today + timedelta(days=week)))
        return [
            due.Item(old.pk, f"第{at}件", today + timedelta(days=days), "/residents", best=best)
            for at, (days, best) in enumerate(times)
        ]

    due.register("test", "签约", "wellness.view", items)
    client = Client()
    client.force_login(desk.user)
    week_page = client.get("/wellness").content.decode()
    later_page = client.get("/wellness?when=later").content.decode()
    assert [f"第{at}件" in week_page for at in range(4)] == [True, True, False, True]
    assert [f"第{at}件" in later_page for at in range(4)] == [False, False, True, False]
    assert "可以先做的 1 件" in week_page
    assert "本周该做（3 件）" in later_page
    due.register("test", "签约", "wellness.view", lambda *asked: items(*asked)[2:3])
    empty_page = client.get("/wellness").content.decode()
    assert "这一周没有该做的" in empty_page
    assert "when=later" in empty_page


# Children


def test_a_childs_guidance(desk: Desk) -> None:
    small = make.baby(desk, 13)
    with pytest.raises(ValidationError, match="没有满 18 个月"):
        make.begun(desk, small, "child", months=18)
    row = make.begun(desk, small, "child")
    assert row.months == 12, "the one that is due"
    told = faults(desk, row, {"day": f"{TODAY()}", "boxes": ["1", "6"], "told": "family"})
    assert len(told["boxes"]) == 2
    assert "没有写内容" in told["other"][0]
    make.sign(desk, row, {"boxes": ["1", "2", "3"], "told": "family"})
    assert (row.complete, make.read(row).boxes) == (True, (1, 2, 3))
    with pytest.raises(ValidationError, match="已做"):
        make.begun(desk, small, "child", months=12)
    late = make.child_guided(desk, small, 6)
    assert not late.complete, "it is kept, and not counted"


# Priority groups


def test_a_member_of_a_group(desk: Desk) -> None:
    row = make.managed(desk, make.elder(desk))
    made = make.begun(desk, row.resident, "chronic", managed=row)
    told = faults(desk, made, {"day": f"{TODAY()}", "systolic": "80", "diastolic": "120", "way": "here"})
    assert set(told) == {"diastolic", "aspects", "adherence", "effect"}
    make.sign(desk, made, make.FOLLOWED)
    assert make.read(made).readings["systolic"] == 138
    with pytest.raises(ValidationError, match="原因"):
        actions.leave(row, reason=" ", by=desk.user)
    actions.leave(row, reason="迁走", by=desk.user)
    with pytest.raises(ValidationError, match="不在这一类"):
        make.begun(desk, row.resident, "chronic", managed=Managed.objects.get())
    again = make.managed(desk, row.resident)
    assert again.pk != row.pk


# Data beside the code


@pytest.mark.any_database
def test_groups_say_where_their_interval_stands() -> None:
    found = groups.load_groups()
    assert {"hypertension", "diabetes2"} <= set(found.groups)
    assert all(one.frequency and one.doubtful for one in found.groups.values())
    assert {"S154", "S161", "S162", "S163", "S164"} <= {
        name for name, row in _mission().items() if row.app == "wellness"
    }


def _mission() -> dict[str, Any]:
    from xinglin.records.mission import load_mission

    return load_mission().rows


@pytest.mark.any_database
def test_every_field_of_the_forms_is_known_to_the_burden_meter() -> None:
    known, asked = burden.purposes(), groups.load_groups().readings
    assert set(known["assessment"]) == {"day", *MEASURED, "answer", "main"}
    assert set(known["follow_up"]) >= set(asked)
    assert burden.meter().reporting == ()
    assert all(len(constitution.load_instrument(one).items) < 70 for one in constitution.INSTRUMENTS)


def test_records_are_kept_as_long_as_the_rule_says(desk: Desk) -> None:
    years = retention.kinds()[retention.RECORD].years
    row = make.assessed(desk)
    guided = make.guided(desk, row.resident)
    other = make.assessed(desk)
    make.assessed(desk, other.resident)
    long_ago = TODAY() - timedelta(days=366 * years)
    HealthService.objects.filter(pk__in=[row.pk, guided.pk, other.pk]).update(day=long_ago)
    assert {one.pk for one in retention.services_over()} == {row.pk, guided.pk}
    with pytest.raises(ValueError, match="保存期内"):
        retention.destroy([row.pk, other.pk], by=None)
    assert retention.destroy([row.pk], by=None) == 2
    assert HealthService.objects.count() == HealthVersion.objects.count() == 2
    assert Resident.objects.count() == 2
    assert set(Entry.objects.filter(action="health_service.expire").values_list("object_id", flat=True)) == {
        row.pk,
        guided.pk,
    }


def test_the_demonstration_shows_each_kind(desk: Desk) -> None:
    """Made with the deeds of the pages; marked, and without a document number: no indicator moves."""
    made = lively_services({"village_doctor": desk.user}, TODAY())
    assert sorted({one.kind for one in made}) == ["assessment", "child", "chronic", "guidance"]
    assert all(one.name.startswith("演示") and not one.person_key for one in Resident.objects.all())
    late = [one.item.what for one in due.collect(desk.user) if one.late]
    assert {"高血压中医随访", "保健指导", "6 月龄中医调养指导"} <= set(late)
