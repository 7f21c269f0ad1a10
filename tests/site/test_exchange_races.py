"""An import beside people at their pages: what they change while it is checked is neither lost nor contradicted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import together
from django.core.exceptions import ValidationError
from exchange_factories import COUNTY, OTHER_TOWN, TOWN, bring, bring_in, facilities, make_facility, workbook

from xinglin.apps.accounts.models import User
from xinglin.apps.exchange import actions
from xinglin.apps.forms.book import definition
from xinglin.apps.forms.models import Record
from xinglin.apps.organisations.actions import facilities as closing
from xinglin.apps.organisations.actions import rows
from xinglin.apps.organisations.models import Department, Facility

LAST_DAY = date(2020, 6, 30)
ROUNDS = 4
Deed = Callable[[], Any]
at_once = partial(together.at_once, refused=(actions.NotPossible, ValidationError))


@pytest.fixture
def officer(account: Callable[..., User]) -> User:
    return account("county_officer", COUNTY)


def after_the_check(monkeypatch: pytest.MonkeyPatch, deed: Deed) -> None:
    """From now on something happens between the last look at the rows and their writing."""
    real = actions.check

    def check(*args: Any) -> Any:
        found = real(*args)
        deed()
        return found

    monkeypatch.setattr(actions, "check", check)


def departments(facility: str = "F1", **more: Any) -> bytes:
    row = {"机构编号": facility, "科室类别": "康复科", "床位数": 5, "设置日期": date(2010, 1, 1), **more}
    return workbook({"科室": [row]})


def bases(facility: str) -> bytes:
    row = {
        "机构": facility,
        "开始日期": "2024-03-01",
        "基地名称": "基地（演示）",
        "建设级别": "县级",
        "宣讲人员数": 3,
        "场地设施": "宣讲室",
        "已核验": "否",
        "下次核验日期": "2026-04-10",
    }
    return workbook({definition("education_base").label: [row]})


def close(facility: str, by: User) -> None:
    closing.close_facility(Facility.objects.get(pk=facility), day=LAST_DAY, by=by)


def set_up(facility: str, by: User) -> None:
    row = Department(facility_id=facility, kind="rehabilitation", valid_from=date(2005, 1, 1))
    rows.create(row, by=by)


def move(facility: str, by: User) -> None:
    del by
    Facility.objects.filter(pk=facility).update(place=OTHER_TOWN)


MEANWHILE: list[tuple[Callable[[str], bytes], Callable[[str, User], None], str]] = [
    (departments, close, "停业"),
    (departments, set_up, "同类科室"),
    (departments, move, "没有编号“F1”"),
    (bases, move, "不在您可以填报的范围"),
]


@pytest.mark.parametrize(("file", "deed", "why"), MEANWHILE)
def test_nothing_is_written_that_a_page_has_made_wrong(
    officer: User,
    monkeypatch: pytest.MonkeyPatch,
    file: Callable[[str], bytes],
    deed: Callable[[str, User], None],
    why: str,
) -> None:
    make_facility("F1")
    one = bring(officer, file("F1"), "表.xlsx")
    assert one.errors == 0, actions.report_of(one)
    after_the_check(monkeypatch, lambda: deed("F1", officer))
    with pytest.raises(actions.NotPossible, match=f"不再成立.*{why}.*没有导入任何一行"):
        actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert one.state == "checked"
    assert not Department.objects.filter(valid_from=date(2010, 1, 1)).exists()
    assert not Record.objects.exists()
    monkeypatch.undo()
    actions.apply(one=one, mode="all", by=officer)
    one.refresh_from_db()
    assert (one.state, one.errors) == ("checked", 1), "asked again, the row is told to be wrong"


def test_undoing_contradicts_no_page_either(officer: User) -> None:
    make_facility("F1")
    end = departments(撤销日期=date(2015, 12, 31))
    row = Department(facility_id="F1", kind="rehabilitation", beds=5, valid_from=date(2010, 1, 1))
    rows.create(row, by=officer)
    one = bring_in(officer, end, "科室.xlsx")
    assert one.total("changed") == 1
    later = Department(facility_id="F1", kind="rehabilitation", valid_from=date(2016, 1, 1))
    rows.create(later, by=officer)
    with pytest.raises(actions.NotPossible, match=r"不能撤销.*不再成立"):
        actions.undo(one=one, by=officer)
    one.refresh_from_db()
    assert (one.state, Department.objects.filter(valid_to=None).count()) == ("applied", 1)


def both(monkeypatch: pytest.MonkeyPatch, one: Any, by: User, page: Deed) -> list[Any]:
    """A page's deed and the writing of an import, begun together when the import has checked."""
    checked = Barrier(2)
    with monkeypatch.context() as patch:
        after_the_check(patch, lambda: checked.wait(10))

        def deed() -> None:
            checked.wait(10)
            page()

        return at_once(lambda: actions.apply(one=one, mode="all", by=by), deed)


@pytest.mark.django_db(transaction=True)
def test_a_closed_facility_has_nothing_that_goes_on(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(ROUNDS):
        facility = make_facility(f"F{number}").pk
        one = bring(officer, departments(facility), "科室.xlsx")
        written, closed = both(monkeypatch, one, officer, lambda facility=facility: close(facility, officer))
        assert closed is None, closed
        assert not Department.objects.filter(facility=facility, valid_to=None).exists()
        assert isinstance(written, actions.NotPossible) or Department.objects.filter(valid_to=LAST_DAY)


@pytest.mark.django_db(transaction=True)
def test_what_a_page_saves_stays(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(ROUNDS):
        row = make_facility(f"F{number}", place=TOWN, beds=1)
        file = facilities({"机构编号": row.pk, "床位数": 9, "机构名称": row.name} | fixed())
        one = bring(officer, file)
        assert one.total("changed") == 1, actions.report_of(one)
        page = partial(rows.edit, row, {"name": f"新名{number}"}, by=officer)
        written, edited = both(monkeypatch, one, officer, page)
        now = Facility.objects.get(pk=row.pk)
        assert not isinstance(edited, Exception)
        assert now.name == f"新名{number}"
        assert now.beds == (1 if isinstance(written, actions.NotPossible) else 9)


def fixed() -> dict[str, Any]:
    """Cells of a facility that no test changes."""
    return {
        "所在地代码": TOWN,
        "机构类别": "乡镇卫生院",
        "举办层级": "县级",
        "所有制": "公立",
        "开业日期": date(2000, 1, 1),
    }
