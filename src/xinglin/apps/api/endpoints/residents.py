"""Files of residents: found as on the page, made as on the page, every reading written down."""

from __future__ import annotations

from datetime import date
from typing import Any

from ninja import Field, Schema

from xinglin.apps.api.operations import Section, tagged
from xinglin.apps.api.paging import Listed, PageQuery, page_of
from xinglin.apps.api.problems import Problem
from xinglin.apps.api.shapes import Sent, filled, plain, write_shape
from xinglin.apps.organisations.models import Facility
from xinglin.apps.residents import actions, identity
from xinglin.apps.residents.actions.caring import allergies
from xinglin.apps.residents.forms import ResidentForm
from xinglin.apps.residents.models import Known, Resident
from xinglin.apps.residents.once import new_key
from xinglin.apps.residents.presenters import lines
from xinglin.apps.residents.views.common import note_reading, resident_or_404

section = Section("居民")
VIEW, EDIT = "resident.view", "resident.edit"
SHORT = "名单里只给几位"


class ResidentLine(Schema):
    """A resident in a list."""

    id: str = Field(description="居民编号")
    name: str
    sex: str = Field(description="男、女、未说明")
    birth_date: date
    id_number: str = Field(description=f"证件号码；{SHORT}")
    phone: str = Field(description=f"联系电话；{SHORT}")
    place: str = Field(description="居住地区名称")


class AllergyOut(Schema):
    """What somebody is allergic to."""

    kind: str = Field(description="herb、drug、food、other")
    substance: str
    reaction: str


class ResidentOut(Schema):
    """The file of a resident."""

    id: str = Field(description="居民编号")
    name: str
    id_kind: str = Field(description="证件类别")
    id_number: str = Field(description="证件号码")
    sex: str = Field(description="male、female、unknown")
    birth_date: date
    phone: str
    place: str = Field(description="居住地区代码")
    address: str
    merged_into: str | None = Field(description="已并入的档案；没有则为 null")
    facilities: list[str] = Field(description="建档机构，只列令牌范围之内的")
    allergies: list[AllergyOut]


COLUMNS = ("id", "name", "id_kind", "id_number", "sex", "birth_date", "phone", "place", "address")
ResidentFields: Any = write_shape("ResidentFields", ResidentForm, words="居民的资料。")


class ResidentIn(ResidentFields):  # type: ignore[misc]
    """建档：资料和建档机构。"""

    facility: str = Field(max_length=40, description="建档机构的编号")
    another: bool = Field(False, description="确是另一个人：只在提示有同名同生日的档案之后用")


class Sought(PageQuery, Sent):
    """Who is looked for."""

    q: str = Field(min_length=1, max_length=60, description="证件号码、电话、全名、首字母、拼音、姓加首字母")


@section.search("/residents/search", VIEW, Listed[ResidentLine])
def search_residents(request: Any, body: Sought) -> Any:
    """查找居民
    要找谁写在请求体里，不写进地址。翻页请改 page 再发，next 总是 null。只查令牌范围内的机构建过档的人。
    """
    rows = Resident.objects.current().within(request.scope).filter(identity.found_by(body.q))

    def shown(found: Any) -> list[dict[str, Any]]:
        note_reading(request, count=len(found))
        told = zip(found, lines(found), strict=True)
        return [
            {
                "id": row.pk,
                "name": row.name,
                "sex": line.sex,
                "birth_date": row.birth_date,
                "id_number": line.number,
                "phone": line.phone,
                "place": line.place,
            }
            for row, line in told
        ]

    return {**page_of(request, rows.order_by("sort_key", "pk"), body, shown), "next": None}


@section.read("/residents/{resident}", VIEW, ResidentOut, area="resident")
def get_resident(request: Any, resident: str) -> Any:
    """一份居民档案"""
    return _told(request, resident_or_404(request, resident))


@section.write("POST", "/residents", EDIT, ResidentOut, status=201)
def create_resident(request: Any, body: ResidentIn) -> Any:
    """建档
    证件号码已在别处建过档、姓名相符的，只在本机构也建档，答原来的档案；资料不改。
    """
    facility = Facility.objects.within(request.scope).filter(pk=body.facility).first()
    if facility is None:
        raise Problem(422, "没有这个机构，或它不在令牌的范围之内", [("body.facility", "请填机构编号")])
    form = filled(ResidentForm, body, county=facility.place)
    made = actions.register(
        Resident(**form.values()),
        facility,
        by=request.user,
        key=new_key(),
        another=body.another,
        request=request,
    )
    return _told(request, Resident.objects.get(pk=made.id))


def _told(request: Any, row: Resident) -> dict[str, Any]:
    note_reading(request, id=row.pk)
    tagged(request, row.revision)
    inside = Facility.objects.within(request.user.scope_for(VIEW)).order_by().values("pk")
    known = Known.objects.filter(resident=row, facility__in=inside).order_by("since", "pk")
    return {
        **plain(row, COLUMNS),
        "merged_into": row.merged_into_id,
        "facilities": list(known.values_list("facility", flat=True)),
        "allergies": [
            {"kind": one.kind, "substance": one.substance, "reaction": one.reaction} for one in allergies(row)
        ],
    }
