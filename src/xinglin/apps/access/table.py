"""The table of roles and permissions, read from ``access.yaml``."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Literal

from xinglin.base.errors import DefinitionError
from xinglin.base.yamlfile import Strict, build, read_yaml

SOURCE = Path(__file__).with_name("access.yaml")


class RoleLevel(StrEnum):
    """Where the holder of a role works."""

    FACILITY = "facility"
    COUNTY = "county"
    AREA = "area"
    INSTALLATION = "installation"
    OWN = "own"


class Role(Strict):
    """A role: its Chinese name, level and place of work; roles set ``apart`` exclude each other."""

    label: str
    level: RoleLevel
    works_at: str
    apart: bool = False

    @property
    def second_factor(self) -> bool:
        """Whether a one-time code is required: from the county upwards."""
        return self.level in (RoleLevel.COUNTY, RoleLevel.AREA, RoleLevel.INSTALLATION)


class Permission(Strict):
    """Something one may do: its Chinese name and who may."""

    label: str
    roles: Literal["all"] | tuple[str, ...]


class AccessTable(Strict):
    """All roles and permissions, in the order of the file."""

    roles: dict[str, Role]
    permissions: dict[str, Permission]

    def allows(self, role: str, permission: str) -> bool:
        """Whether a role has a permission (somewhere)."""
        roles = self.permissions[permission].roles
        return roles == "all" or role in roles

    def permissions_of(self, role: str) -> tuple[str, ...]:
        """What a role may do."""
        return tuple(name for name in self.permissions if self.allows(role, name))


@lru_cache(maxsize=1)
def access_table() -> AccessTable:
    """The table.

    Raises:
        DefinitionError: the file is faulty, or names a role that it does not define.
    """
    table = build(AccessTable, read_yaml(SOURCE), SOURCE.name)
    faults = [
        f"permissions.{name}.roles：没有角色 {role}"
        for name, permission in table.permissions.items()
        for role in (permission.roles if permission.roles != "all" else ())
        if role not in table.roles
    ]
    if faults:
        raise DefinitionError(SOURCE.name, faults)
    return table
