"""Accounts, what they are granted, and failed attempts to sign in."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from xinglin.apps.access.scope import NATION, Scope
from xinglin.apps.access.table import RoleLevel, access_table
from xinglin.apps.protection.fields import EncryptedText
from xinglin.apps.protection.ids import LENGTH, new_id
from xinglin.records.definition import UNIT_ROLES
from xinglin.records.units import unit_key


def role_choices() -> list[tuple[str, str]]:
    """Roles and their Chinese names."""
    return [(name, role.label) for name, role in access_table().roles.items()]


def plain_username(text: str) -> str:
    """A sign-in name as it is stored and looked for: full-width forms made plain, no spaces around, small letters."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class UserManager(BaseUserManager["User"]):
    """Finds accounts by their sign-in name."""

    def get_by_natural_key(self, username: str | None) -> User:
        """The account with a sign-in name, however its letters are written."""
        return self.get(username=plain_username(username or ""))


class User(AbstractBaseUser):
    """An account of one person.

    Attributes:
        username: what one signs in with, small letters. display_name: shown to oneself and to the security
            administrator; name_hash: finds it again.
        totp_secret: base-32 secret of the one-time codes, empty until set up. totp_last: time step last used.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    username = models.CharField("登录名", max_length=60, unique=True)
    display_name = EncryptedText("姓名", blank=True)
    name_hash = models.CharField("姓名散列", max_length=64, blank=True, db_index=True, editable=False)
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("下次登录须改密码", default=True)
    totp_secret = EncryptedText("动态口令密钥", blank=True)
    totp_last = models.BigIntegerField("上次动态口令时段", default=0)
    created_at = models.DateTimeField("建立时间", default=timezone.now, editable=False)
    demo = models.BooleanField("演示账号", default=False)

    limits: frozenset[str] | None = None
    """Permissions beyond which this object may not go: those of a token that acts for the account (see `narrow`)."""

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        """By sign-in name."""

        verbose_name = "账号"
        verbose_name_plural = "账号"
        ordering = ("username",)
        constraints = (models.UniqueConstraint(Lower("username"), name="username_any_case"),)

    def __str__(self) -> str:
        return self.username

    def grants_today(self) -> list[Grant]:
        """Grants that hold today; read once per object."""
        if not hasattr(self, "_grants"):
            today = timezone.localdate()
            self._grants = [grant for grant in self.grants.all() if grant.holds_on(today)]
        return self._grants

    def narrow(self, limits: Iterable[str], grants: Iterable[Grant]) -> None:
        """Let this object (the account stays as it is) go no further than some permissions and grants."""
        self.limits, self._grants = frozenset(limits), list(grants)

    def _allows(self, grant: Grant, permission: str) -> bool:
        within = self.limits is None or permission in self.limits
        return within and access_table().allows(grant.role, permission)

    def scope_for(self, permission: str) -> Scope:
        """Where this account has a permission."""
        places: set[str] = set()
        facilities: set[str] = set()
        for grant in self.grants_today():
            if self._allows(grant, permission):
                places.update([grant.place] if grant.place else [])
                facilities.update([grant.facility] if grant.facility else [])
        return Scope(frozenset(places), frozenset(facilities))

    def can(self, permission: str) -> bool:
        """Whether this account has a permission anywhere."""
        return any(self._allows(grant, permission) for grant in self.grants_today())

    @property
    def second_factor_required(self) -> bool:
        """Whether one of the roles held today requires a one-time code."""
        return any(access_table().roles[grant.role].second_factor for grant in self.grants_today())

    @property
    def needs_second_factor(self) -> bool:
        """Whether signing in asks for a one-time code: a role requires it, or the holder has set it up."""
        return bool(self.totp_secret) or self.second_factor_required


LONGEST_UNIT = 60


class Grant(models.Model):
    """A role given to an account, in a place or a facility, for a time. Never deleted: it is ended.

    Attributes:
        unit: of a liaison, the member unit as documents print its name; of records that name units, a liaison sees
            those that name this one.
        valid_to: last day, open if empty. ended_at: when it was taken back; it holds no longer from that moment.
    """

    id = models.CharField(primary_key=True, max_length=LENGTH, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="grants", verbose_name="账号")
    role = models.CharField("角色", max_length=30, choices=role_choices)
    place = models.CharField("地区代码", max_length=12, blank=True)
    facility = models.CharField("机构编号", max_length=40, blank=True)
    unit = models.CharField("单位", max_length=LONGEST_UNIT, blank=True, default="")
    valid_from = models.DateField("起", default=timezone.localdate)
    valid_to = models.DateField("止", null=True, blank=True)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="授予人")
    ended_at = models.DateTimeField("收回时间", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="收回人")

    class Meta:
        """Either a place or a facility, never both; oldest first."""

        verbose_name = "授权"
        verbose_name_plural = "授权"
        ordering = ("valid_from", "id")
        constraints = (
            models.CheckConstraint(
                name="grant_place_or_facility",
                condition=models.Q(place="", facility__gt="") | models.Q(place__gt="", facility=""),
            ),
            models.CheckConstraint(
                name="grant_dates",
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.place or self.facility}"

    def holds_on(self, day: date) -> bool:
        """Whether the grant holds on a day."""
        if self.ended_at is not None and timezone.localdate(self.ended_at) <= day:
            return False
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @cached_property
    def unit_key(self) -> str:
        """What stands for its unit in records; empty when it has none."""
        return unit_key(self.unit, self.place) if self.unit else ""

    def part(self, *, place: str = "", facility: str = "") -> Grant:
        """The same for a part of its area, not saved. Its unit stays the unit of the whole area."""
        found = Grant(
            user_id=self.user_id,
            role=self.role,
            place=place,
            facility=facility,
            unit=self.unit,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
        )
        found.unit_key = self.unit_key
        return found

    @property
    def scope(self) -> Scope:
        """The area of this grant."""
        if self.facility:
            return Scope(facilities=frozenset([self.facility]))
        return Scope(frozenset([self.place]))


def has_unit(role: str) -> bool:
    """Whether a role is given for a unit."""
    return role in UNIT_ROLES


def level_fits(role: str, place: str, facility: str) -> bool:
    """Whether a role may be given for such an area: a facility, a county, a larger area, the installation."""
    level = access_table().roles[role].level
    if level is RoleLevel.FACILITY:
        return bool(facility)
    if level is RoleLevel.COUNTY:
        return len(place) == 6
    if level is RoleLevel.INSTALLATION:
        return place == NATION
    return bool(place)


class Attempts(models.Model):
    """Failed attempts to sign in: per account name, per account's second factor, per address (see `attempts`).

    ``value`` is a keyed hash: what people type as a name may be a password.
    """

    kind = models.CharField(max_length=10)
    value = models.CharField(max_length=64)
    failed = models.PositiveIntegerField(default=0)
    last = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        """One row per kind and value."""

        constraints = (models.UniqueConstraint(name="attempts_key", fields=("kind", "value")),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value[:8]}: {self.failed}"


class Session(AbstractBaseSession):
    """A session in the browser, with whose it is, so that its owner can see and end it."""

    account = models.CharField("账号", max_length=LENGTH, blank=True, db_index=True)
    address = models.CharField("来源地址", max_length=45, blank=True)
    since = models.DateTimeField("登录时间", null=True)

    class Meta(AbstractBaseSession.Meta):
        """Newest first."""

        abstract = False
        ordering = ("-since",)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store that fills this table."""
        from xinglin.apps.accounts.sessions import SessionStore

        return SessionStore
