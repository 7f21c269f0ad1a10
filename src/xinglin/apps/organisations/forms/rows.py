"""Forms of facilities and of what they have."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.forms.fields import ContractForm, DateField
from xinglin.apps.organisations.models import (
    Department,
    Facility,
    OfficialCode,
    PlatformConnection,
    TcmCorner,
    TcmHall,
    TechniqueCapability,
)
from xinglin.apps.ui.picker import PlaceField


class FacilityForm(ContractForm):
    """A facility as licensed."""

    table = "facility"
    groups = (
        ("基本情况", ("name", "place", "kind", "tcm_kind", "sponsor_level", "ownership", "government_run")),
        ("规模与时间", ("beds", "valid_from")),
        (
            "中医药服务",
            (
                "mainly_tcm",
                "herb_cabinet",
                "health_management",
                "corner_eligible",
                "township_seat",
                "branch_room",
            ),
        ),
    )
    place = PlaceField(
        label="所在地",
        help_text="乡镇卫生院选到乡镇，村卫生室选到村；县级机构可以只选县",
    )

    class Meta:
        """All but the last day: that is what closing is for."""

        model = Facility
        fields: ClassVar[list[str]] = [
            "name",
            "place",
            "kind",
            "tcm_kind",
            "sponsor_level",
            "ownership",
            "government_run",
            "beds",
            "valid_from",
            "mainly_tcm",
            "herb_cabinet",
            "health_management",
            "corner_eligible",
            "township_seat",
            "branch_room",
        ]

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        place = self.fields["place"]
        assert isinstance(place, PlaceField)
        own = {self.instance.place[:6]} if self.instance.place else set()
        place.offer(self.scope.places or own, "facility.edit")


class DepartmentForm(ContractForm):
    """A department."""

    table = "department"

    class Meta:
        """The contract's columns."""

        model = Department
        fields: ClassVar[list[str]] = ["kind", "beds", "standard_met", "valid_from"]


class HallForm(ContractForm):
    """A TCM hall."""

    table = "tcm_hall"

    class Meta:
        """The contract's columns."""

        model = TcmHall
        fields: ClassVar[list[str]] = ["tcm_kind", "standardised", "valid_from"]


class CornerForm(ContractForm):
    """A TCM corner."""

    table = "tcm_corner"

    class Meta:
        """The contract's columns."""

        model = TcmCorner
        fields: ClassVar[list[str]] = ["valid_from"]


class ConnectionForm(ContractForm):
    """A hall's connection to the platform."""

    table = "platform_connection"

    class Meta:
        """The contract's columns."""

        model = PlatformConnection
        fields: ClassVar[list[str]] = ["hall", "connected_on", "last_data"]
        labels: ClassVar[dict[str, str]] = {"hall": "中医馆"}


class TechniqueForm(ContractForm):
    """A technique that a facility offers."""

    table = "technique_capability"

    class Meta:
        """The contract's columns."""

        model = TechniqueCapability
        fields: ClassVar[list[str]] = ["technique", "proficiency", "valid_from"]


class OfficialCodeForm(ContractForm):
    """A code given by an authority."""

    class Meta:
        """Kind, code, since when."""

        model = OfficialCode
        fields: ClassVar[list[str]] = ["kind", "code", "valid_from"]
        help_texts: ClassVar[dict[str, str]] = {
            "kind": "没有编码的机构不必填：系统不靠官方编码认机构",
            "code": "照证书抄写；统一社会信用代码会核对校验位",
            "valid_from": "证书上的生效日期",
        }


class LastDayForm(forms.Form):
    """The last day of something."""

    day = DateField(label="最后一天", help_text="这一天仍算在内，第二天起不再计入")


PART_FORMS: dict[str, type[ContractForm]] = {
    "department": DepartmentForm,
    "tcm_hall": HallForm,
    "tcm_corner": CornerForm,
    "platform_connection": ConnectionForm,
    "technique_capability": TechniqueForm,
    "official_code": OfficialCodeForm,
}
"""Kind of a part of a facility → its form."""
