"""Tables of organisations: the registers that fact tables are read from, and their history."""

from __future__ import annotations

from django.db import models

from xinglin.apps.organisations.models.consortium import Catchment, Consortium, Membership
from xinglin.apps.organisations.models.facility import (
    CodeKind,
    Department,
    Facility,
    OfficialCode,
    PlatformConnection,
    Succession,
    TcmCorner,
    TcmHall,
    TechniqueCapability,
)
from xinglin.apps.organisations.models.history import Change
from xinglin.apps.organisations.models.people import IdKind, Post, Practitioner

FACT_MODELS: dict[str, type[models.Model]] = {
    "facility": Facility,
    "department": Department,
    "tcm_hall": TcmHall,
    "tcm_corner": TcmCorner,
    "platform_connection": PlatformConnection,
    "practitioner": Practitioner,
    "post": Post,
    "technique_capability": TechniqueCapability,
    "consortium": Consortium,
    "membership": Membership,
    "catchment": Catchment,
}
"""Fact table → model, in an order in which rows can be written. Field and column names are the contract's."""

__all__ = [
    "FACT_MODELS",
    "Catchment",
    "Change",
    "CodeKind",
    "Consortium",
    "Department",
    "Facility",
    "IdKind",
    "Membership",
    "OfficialCode",
    "PlatformConnection",
    "Post",
    "Practitioner",
    "Succession",
    "TcmCorner",
    "TcmHall",
    "TechniqueCapability",
]
