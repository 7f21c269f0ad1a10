"""Forms of consortia, their members and the places they serve."""

from __future__ import annotations

from typing import Any, ClassVar

from xinglin.apps.access.scope import Scope
from xinglin.apps.organisations.forms.fields import ContractForm, FacilityField
from xinglin.apps.organisations.forms.people import offer_facilities
from xinglin.apps.organisations.models import Catchment, Consortium, Membership
from xinglin.apps.ui.picker import PlaceField

EDIT = "consortium.edit"


class ConsortiumForm(ContractForm):
    """A consortium."""

    table = "consortium"
    place = PlaceField(label="所在县", digits=(6,), help_text="医共体属于哪个县（市、区）")
    lead = FacilityField(label="牵头机构", help_text="牵头医院")

    class Meta:
        """The contract's columns."""

        model = Consortium
        fields: ClassVar[list[str]] = ["name", "place", "lead", "tight", "valid_from"]

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        place = self.fields["place"]
        assert isinstance(place, PlaceField)
        place.offer(self.scope.places, EDIT)
        offer_facilities(self, self.scope, EDIT, name="lead")


class MembershipForm(ContractForm):
    """A member."""

    table = "membership"
    facility = FacilityField(label="成员机构", help_text="含牵头机构")

    class Meta:
        """The contract's columns."""

        model = Membership
        fields: ClassVar[list[str]] = ["facility", "clinical_exchange", "shared_management", "valid_from"]

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        offer_facilities(self, self.scope, EDIT)


class CatchmentForm(ContractForm):
    """A place that is served."""

    table = "catchment"
    place = PlaceField(
        label="服务地区",
        digits=(6, 9),
        help_text="覆盖的乡镇；覆盖整县就只选到县，同一地区不可既填县又填乡镇",
    )

    class Meta:
        """The contract's columns."""

        model = Catchment
        fields: ClassVar[list[str]] = ["place", "valid_from"]

    def __init__(self, *args: Any, scope: Scope | None = None, **more: Any) -> None:
        super().__init__(*args, scope=scope, **more)
        place = self.fields["place"]
        assert isinstance(place, PlaceField)
        place.offer([self.instance.consortium.place], EDIT)


LINE_FORMS: dict[str, type[ContractForm]] = {"membership": MembershipForm, "catchment": CatchmentForm}
"""Kind of a line of a consortium → its form."""
