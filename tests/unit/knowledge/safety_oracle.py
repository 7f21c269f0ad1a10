"""A slow, obvious second reading of the tables: what should be found, worked out from the raw cells alone.

It shares no code with the check: it reads the CSV files with ``csv`` and asks each rule in turn. It knows names that
mean one herb; what is ambiguous, refused or unknown is tested by hand-made cases.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from fractions import Fraction
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path

import xinglin.knowledge as room
from xinglin.knowledge.safety import Context, Line, Patient, Prescription

ROOM = Path(room.__file__).parent
Expected = set[tuple[str, tuple[str, ...]]]
Row = dict[str, str]
BY_TEXTBOOK = {"T", "K"}
DISSOLVED = ("冲", "吞", "研", "烊", "溶", "兑")


@lru_cache(maxsize=1)
def herbs() -> dict[str, Row]:
    return {row["name"]: row for row in rows("herbs/data/chp2020/herbs.csv")}


@lru_cache(maxsize=1)
def pairs() -> list[Row]:
    return rows("incompatibility/data/chp2020/pairs.csv")


@lru_cache(maxsize=1)
def names() -> dict[str, Row]:
    return {row["written"]: row for row in rows("herbs/data/chp2020/names.csv")}


@lru_cache(maxsize=1)
def toxic() -> dict[str, Row]:
    return {row["herb"]: row for row in rows("herbs/data/chp2020/toxic.csv")}


def rows(path: str) -> list[Row]:
    with (ROOM / path).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@lru_cache(maxsize=1)
def aliases() -> dict[str, str]:
    return {alias: name for name, row in herbs().items() for alias in row["aliases"].split("/") if alias}


def standard(written: str) -> str:
    """The herb a name means: standard name, silent mapping, alias; KeyError for anything else."""
    if written in herbs():
        return written
    if written in names():
        assert names()[written]["action"] == "map"
        return names()[written]["default"]
    return aliases()[written]


def expected(prescription: Prescription, patient: Patient, context: Context) -> Expected:
    """All findings as rule and herbs."""
    written = [standard(line.herb) for line in prescription.lines]
    found: Expected = set()
    oral = prescription.route == "oral"
    for name in set(written):
        row = herbs()[name]
        lines = [line for line, at in zip(prescription.lines, written, strict=True) if at == name]
        for rule in _single(row, lines, prescription, patient, context):
            found.add((rule, (name,)))
        if len(lines) > 1:
            found.add(("same_herb_twice", (name,)))
        if row["control"].startswith(("banned", "removed")) or row["control"] == "wildlife_ban":
            found = {
                one
                for one in found
                if one[1] != (name,) or one[0] in {"banned", "allergy", "same_herb_twice"}
            }
            found.add(("banned", (name,)))
    if oral and patient.age is not None:
        found |= _by_age(written, prescription, patient)
    for first, second in combinations(sorted(set(written)), 2):
        found |= _beside(first, second)
    return found


def _single(
    row: Row, lines: list[Line], prescription: Prescription, patient: Patient, context: Context
) -> Iterator[str]:
    oral, doses = prescription.route == "oral", prescription.doses
    total = sum(Fraction(line.grams) for line in lines) * doses
    daily = total / (prescription.days or doses)
    external = row["external_only"] == "1"
    poison = row["toxicity"] in ("有毒", "大毒") and "toxicity" not in row["doubt"]
    if oral and external:
        yield "external_only"
    if oral and not external and row["control"] != "narcotic":
        yield from _amount(row, lines, daily, prescription)
    if row["control"] == "toxic28" and not (oral and external):
        limit = toxic()[row["name"]]["daily_max"]
        if not limit and (oral or not context.toxic_procedure) and not external:
            yield "toxic_not_prescribable"
        else:
            yield "toxic_register"
            if oral and total > 2 * Fraction(limit or 0):
                yield "toxic_limit"
    if row["control"] == "narcotic":
        yield from _poppy(daily, prescription, context)
    if row["control"] == "wildlife_license":
        yield "protected_animal"
    if poison and oral and context.post == "village_doctor":
        yield "post_toxic"
    if patient.pregnant:
        yield from _pregnancy(row)
    without = row["control"] == "toxic28" and not row["dose_max"]
    if oral and prescription.kind == "pieces" and not external and not without:
        yield from _pot(row, lines, poison)


def _amount(row: Row, lines: list[Line], daily: Fraction, prescription: Prescription) -> Iterator[str]:
    if row["filled_as"]:
        yield "raw_unspecified"
    limits = herbs()[row["filled_as"] or row["name"]]
    if not limits["dose_max"]:
        if row["control"].startswith("toxic28") or row["category"] == "药引食材":
            return
        yield "toxic_no_dose" if row["toxicity"] in ("有毒", "大毒") else "dose_unknown"
        return
    most = Fraction(limits["dose_max"])
    if limits["dose_basis"] in BY_TEXTBOOK:
        if daily > most:
            yield "dose_above_unverified"
        return
    if limits["powder_max"] and all(any(w in (line.decoction or "") for w in DISSOLVED) for line in lines):
        powder = Fraction(limits["powder_max"]) * prescription.times
        if Fraction(limits["dose_min"]) <= powder < most:
            if daily > powder:
                yield "powder_above"
            return
    if daily > most:
        special = row["special_max"] and daily <= Fraction(row["special_max"])
        if special and row["special_use"] == "单味":
            if len(prescription.lines) > 1:
                yield "dose_above"
        else:
            yield "dose_above_special" if special else "dose_above"


def _poppy(daily: Fraction, prescription: Prescription, context: Context) -> Iterator[str]:
    days = prescription.days or prescription.doses
    if daily > 6:
        yield "poppy_dose"
    if len({line.herb for line in prescription.lines}) == 1:
        yield "poppy_alone"
    if days > 3:
        yield "poppy_days"
    if days + context.poppy_days > 7:
        yield "poppy_running"
    if not context.narcotic_right:
        yield "poppy_right"
    if context.post in ("one_person", "village_doctor", "filed_clinic"):
        yield "poppy_place"


def _pregnancy(row: Row) -> Iterator[str]:
    if row["pregnancy"] and "pregnancy" not in row["doubt"]:
        yield {"禁用": "pregnancy_forbidden", "慎用": "pregnancy_caution"}[row["pregnancy"]]
    elif row["pregnancy"] or row["pregnancy_textbook"]:
        yield "pregnancy_textbook"


def _pot(row: Row, lines: list[Line], poison: bool) -> Iterator[str]:
    asked = [word for word in row["decoction"].split("/") if word]
    for line in lines:
        note = line.decoction or ""
        loose = any(word in note for word in DISSOLVED) and not (poison and "先煎" in asked)
        if asked and not any(word in note for word in asked) and not loose:
            yield "not_long" if asked == ["不宜久煎"] and "后下" not in note else "footnote_missing"
        elif row["decoctable"] == "no" and not any(word in note for word in DISSOLVED):
            yield "not_decoctable"


def _by_age(written: list[str], prescription: Prescription, patient: Patient) -> Expected:
    found: Expected = set()
    shares = [(1, Fraction(1, 4)), (3, Fraction(1, 3)), (6, Fraction(1, 2)), (12, Fraction(2, 3))]
    share = next((part for below, part in shares if patient.age < below), None)
    over, poisons = set(), set()
    for name in set(written):
        row = herbs()[name]
        if row["control"].startswith(("banned", "removed")) or row["control"] == "wildlife_ban":
            continue
        lines = [line for line, at in zip(prescription.lines, written, strict=True) if at == name]
        daily = sum(Fraction(line.grams) for line in lines) * prescription.doses
        daily /= prescription.days or prescription.doses
        if (
            share
            and row["dose_max"]
            and "dose" not in row["doubt"]
            and daily > Fraction(row["dose_max"]) * share
        ):
            over.add(name)
        if row["toxicity"] in ("有毒", "大毒"):
            poisons.add(name)
    if over:
        found.add(("child_dose", tuple(sorted(over))))
    if poisons and patient.age >= 75:
        found.add(("elderly_toxic", tuple(sorted(poisons))))
    return found


@cache
def _beside(first: str, second: str) -> frozenset[tuple[str, tuple[str, ...]]]:
    forms = [
        {name, herbs()[name]["base"]} - {""}  # the herb itself and the one it is processed from
        for name in (first, second)
    ]
    both = (first, second)
    hits = [
        row
        for row in pairs()
        if (row["herb_a"] in forms[0] and row["herb_b"] in forms[1])
        or (row["herb_a"] in forms[1] and row["herb_b"] in forms[0])
    ]
    found: Expected = set()
    if any(row["severity"] == "forbid" and "/" in row["evidence"] for row in hits):
        found.add(("opposed_pair", both))
    elif any(row["severity"] == "forbid" for row in hits):
        found.add(("pair_one_source", both))
    elif hits:
        found.add(("pair_customary", both))
    if forms[0] & forms[1]:
        poison = all(herbs()[name]["toxicity"] in ("有毒", "大毒") for name in both)
        found.add(("same_toxic_base" if poison else "same_base", both))
    return frozenset(found)
