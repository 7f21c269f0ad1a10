"""The definitions of this installation: those shipped, and those the county added."""

from __future__ import annotations

from django.conf import settings

from xinglin.apps.forms.models import Day
from xinglin.records import Book, Definition, load_definitions
from xinglin.records.workdays import Calendar, shipped_calendar


def book() -> Book:
    """All definitions. Raises DefinitionError."""
    return load_definitions(*settings.XINGLIN_DEFINITIONS)


def definition(name: str) -> Definition:
    """One definition. Raises KeyError."""
    return book()[name]


def calendar() -> Calendar:
    """Working days, with those loaded here."""
    loaded = dict(Day.objects.values_list("day", "works"))
    return shipped_calendar().with_(loaded) if loaded else shipped_calendar()
