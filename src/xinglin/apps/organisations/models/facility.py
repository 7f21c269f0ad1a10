"""Facilities and what they have: departments, TCM halls and corners, platform, techniques, official codes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual

from xinglin.apps.organisations.models.columns import (
    CODE_LENGTH,
    ID_LENGTH,
    PLACE_LENGTH,
    ValidQuerySet,
    codes,
    first_and_last,
    in_order,
    one_open,
    place_digits,
    technique_choices,
    unique_since,
)
from xinglin.apps.protection.ids import new_id

GRASSROOTS = (
    "community_centre",
    "township_hospital",
    "subdistrict_hospital",
    "community_station",
    "village_clinic",
)
"""Kinds that lie in a township or a village: a county code is too coarse for them."""


class FacilityQuerySet(ValidQuerySet["Facility"]):
    """Facilities: the row is the facility."""

    place_path, facility_path = "place", "facility"


class Facility(models.Model):
    """A facility as licensed (fact table `facility`).

    Attributes:
        pinyin, initials, sort_key: of the name, made by `xinglin.base.pinyin` whenever the name is written.
    """

    facility = models.CharField(
        "机构编号", primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False
    )
    name = models.CharField("机构名称", max_length=100)
    place = models.CharField("所在地代码", max_length=PLACE_LENGTH)
    kind = models.CharField("机构类别", max_length=CODE_LENGTH, choices=codes("facility_kind"))
    tcm_kind = models.CharField(
        "中医类别", max_length=CODE_LENGTH, choices=codes("tcm_kind"), null=True, blank=True
    )
    sponsor_level = models.CharField("举办层级", max_length=CODE_LENGTH, choices=codes("sponsor_level"))
    ownership = models.CharField("所有制", max_length=CODE_LENGTH, choices=codes("ownership"))
    government_run = models.BooleanField("政府办", null=True, blank=True)
    beds = models.IntegerField("床位数", null=True, blank=True)
    township_seat = models.BooleanField("建制乡镇", null=True, blank=True)
    mainly_tcm = models.BooleanField("以中医为主", null=True, blank=True)
    herb_cabinet = models.BooleanField("有中药柜", null=True, blank=True)
    health_management = models.BooleanField("提供中医药健康管理", null=True, blank=True)
    branch_room = models.BooleanField("分室", null=True, blank=True)
    corner_eligible = models.BooleanField("具备设阁条件", null=True, blank=True)
    valid_from, valid_to = first_and_last("开业日期", "停业日期")
    pinyin = models.CharField("拼音", max_length=600, editable=False, blank=True)
    initials = models.CharField("拼音首字母", max_length=100, editable=False, blank=True)
    sort_key = models.CharField("排序键", max_length=1200, editable=False, blank=True)

    objects = FacilityQuerySet.as_manager()

    class Meta:
        """In Chinese order of the name."""

        verbose_name = "机构"
        verbose_name_plural = "机构"
        ordering = ("sort_key", "pk")
        indexes = (
            models.Index(fields=("place", "kind"), name="facility_place"),
            models.Index(fields=("sort_key",), name="facility_sort"),
            models.Index(fields=("initials",), name="facility_initials"),
        )
        constraints = (
            in_order("facility_dates"),
            place_digits("facility_place_digits", (6, 9, 12)),
            models.CheckConstraint(
                name="facility_grassroots_place",
                condition=~Q(kind__in=GRASSROOTS) | Q(GreaterThanOrEqual(Length("place"), 9)),
                violation_error_message="基层机构的所在地要选到乡镇（街道）或村（居）",
            ),
            models.CheckConstraint(
                name="facility_beds",
                condition=Q(beds__isnull=True) | Q(beds__gte=0, beds__lte=20000),
                violation_error_message="床位数应在 0 到 20000 之间",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department of a facility (fact table `department`)."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_column="facility", related_name="departments", verbose_name="机构编号"
    )
    kind = models.CharField("科室类别", max_length=CODE_LENGTH, choices=codes("department_kind"))
    beds = models.IntegerField("床位数", null=True, blank=True)
    standard_met = models.BooleanField("符合标准", null=True, blank=True)
    valid_from, valid_to = first_and_last("设置日期", "撤销日期")

    objects = ValidQuerySet["Department"].as_manager()

    class Meta:
        """By kind."""

        verbose_name = "科室"
        verbose_name_plural = "科室"
        ordering = ("kind", "valid_from", "pk")
        constraints = (
            in_order("department_dates"),
            *unique_since("department", "facility", "kind", message="这个机构已有同类科室从同一天起"),
            one_open("department_open", "facility", "kind", message="这个机构已有在设的同类科室"),
            models.CheckConstraint(
                name="department_beds",
                condition=Q(beds__isnull=True) | Q(beds__gte=0, beds__lte=5000),
                violation_error_message="床位数应在 0 到 5000 之间",
            ),
        )

    def __str__(self) -> str:
        return self.get_kind_display()


class TcmHall(models.Model):
    """A TCM hall, 中医馆 (fact table `tcm_hall`); one facility has one at a time."""

    hall = models.CharField(
        "中医馆编号", primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False
    )
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_column="facility", related_name="halls", verbose_name="机构编号"
    )
    tcm_kind = models.CharField(
        "中医类别", max_length=CODE_LENGTH, choices=codes("tcm_kind"), null=True, blank=True
    )
    standardised = models.BooleanField("符合标准", null=True, blank=True)
    valid_from, valid_to = first_and_last("建成日期", "停用日期")

    objects = ValidQuerySet["TcmHall"].as_manager()

    class Meta:
        """By time."""

        verbose_name = "中医馆"
        verbose_name_plural = "中医馆"
        ordering = ("valid_from", "pk")
        constraints = (
            in_order("hall_dates"),
            one_open("hall_open", "facility", message="这个机构已有在用的中医馆：一个机构一馆"),
        )

    def __str__(self) -> str:
        return f"{self.get_tcm_kind_display() or '中医'}馆"


class TcmCorner(models.Model):
    """A TCM corner, 中医阁, of a station or clinic (fact table `tcm_corner`)."""

    corner = models.CharField(
        "中医阁编号", primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False
    )
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_column="facility", related_name="corners", verbose_name="机构编号"
    )
    valid_from, valid_to = first_and_last("建成日期", "停用日期")

    objects = ValidQuerySet["TcmCorner"].as_manager()

    class Meta:
        """By time."""

        verbose_name = "中医阁"
        verbose_name_plural = "中医阁"
        ordering = ("valid_from", "pk")
        constraints = (in_order("corner_dates"),)

    def __str__(self) -> str:
        return "中医阁"


class ConnectionQuerySet(ValidQuerySet["PlatformConnection"]):
    """Connections lie where their hall's facility lies."""

    place_path, facility_path = "hall__facility__place", "hall__facility"
    from_path, to_path = "connected_on", "disconnected_on"


class PlatformConnection(models.Model):
    """A hall's connection to the health information platform (fact table `platform_connection`)."""

    hall = models.OneToOneField(
        TcmHall,
        models.PROTECT,
        primary_key=True,
        db_column="hall",
        related_name="connection",
        verbose_name="中医馆编号",
    )
    last_data = models.DateField("最近上传日期", null=True, blank=True)
    connected_on, disconnected_on = first_and_last("接入日期", "断开日期")

    objects = ConnectionQuerySet.as_manager()

    class Meta:
        """By hall."""

        verbose_name = "平台接入"
        verbose_name_plural = "平台接入"
        ordering = ("pk",)
        constraints = (in_order("connection_dates", "connected_on", "disconnected_on"),)

    def __str__(self) -> str:
        return f"平台接入 {self.connected_on or ''}"


class TechniqueCapability(models.Model):
    """A TCM technique that a facility offers (fact table `technique_capability`)."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_column="facility", related_name="techniques", verbose_name="机构编号"
    )
    technique = models.CharField("技术", max_length=CODE_LENGTH, choices=technique_choices)
    proficiency = models.CharField("熟练程度", max_length=CODE_LENGTH, choices=codes("proficiency"))
    valid_from, valid_to = first_and_last("开展日期", "停止日期")

    objects = ValidQuerySet["TechniqueCapability"].as_manager()

    class Meta:
        """In the catalogue's order."""

        verbose_name = "适宜技术开展"
        verbose_name_plural = "适宜技术开展"
        ordering = ("technique", "valid_from", "pk")
        constraints = (
            in_order("technique_dates"),
            *unique_since("technique", "facility", "technique", message="这个机构从同一天起已开展这项技术"),
            one_open("technique_open", "facility", "technique", message="这个机构正在开展这项技术"),
        )

    def __str__(self) -> str:
        return self.get_technique_display()


class CodeKind(models.TextChoices):
    """Official codes that a facility may carry; none of them is our id."""

    CREDIT = "credit_code", "统一社会信用代码"
    LICENCE = "licence_number", "医疗机构执业许可证登记号"
    RECORD = "record_number", "诊所备案编号"
    INSURANCE = "insurance_code", "医保定点机构代码"
    STATISTICS = "statistics_code", "卫生统计机构代码"


class OfficialCode(models.Model):
    """A code given by an authority, for a time; many village clinics have none. Not a fact table."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    facility = models.ForeignKey(
        Facility, models.PROTECT, db_column="facility", related_name="official_codes", verbose_name="机构编号"
    )
    kind = models.CharField("编码类别", max_length=CODE_LENGTH, choices=CodeKind.choices)
    code = models.CharField("编码", max_length=40)
    valid_from, valid_to = first_and_last("启用日期", "停用日期")

    objects = ValidQuerySet["OfficialCode"].as_manager()

    class Meta:
        """By kind and time; a code may be shared, as clinics run by a township hospital share its credit code."""

        verbose_name = "官方编码"
        verbose_name_plural = "官方编码"
        ordering = ("kind", "valid_from", "pk")
        indexes = (models.Index(fields=("code",), name="official_code"),)
        constraints = (
            in_order("official_code_dates"),
            *unique_since("official_code", "facility", "kind", message="这类编码从同一天起已有一个"),
            one_open("official_code_open", "facility", "kind", message="这类编码已有在用的：请先停用旧的"),
        )

    def __str__(self) -> str:
        return self.code


class Succession(models.Model):
    """One facility goes on in another: after a merger or a split. Not a fact table."""

    class Kind(models.TextChoices):
        """How it came about."""

        MERGE = "merge", "合并"
        SPLIT = "split", "拆分"

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    kind = models.CharField("方式", max_length=10, choices=Kind.choices)
    predecessor = models.ForeignKey(
        Facility, models.PROTECT, related_name="succeeded_by", verbose_name="原机构"
    )
    successor = models.ForeignKey(Facility, models.PROTECT, related_name="succeeds", verbose_name="后继机构")
    day = models.DateField("生效日期")

    class Meta:
        """By day."""

        verbose_name = "机构沿革"
        verbose_name_plural = "机构沿革"
        ordering = ("day", "pk")
        constraints = (
            models.UniqueConstraint(name="succession_key", fields=("predecessor", "successor")),
            models.CheckConstraint(
                name="succession_two",
                condition=~Q(predecessor=F("successor")),
                violation_error_message="一个机构不能是自己的后继",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.day}"
