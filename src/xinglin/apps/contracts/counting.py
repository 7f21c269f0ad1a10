"""What was delivered of what was agreed: rules without a database, and the same for many contracts at once.

Deliveries entered by hand and records that count by themselves are put in order of days. A record counts once in a
contract: for the first item that means it and is not full yet. It counts if it was given in the facility where the
contract was signed or that the team belongs to, or by a member of the team, wherever that was. Of an item agreed n
times, the k-th is due at the end of the k-th of n equal parts of the contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from xinglin.apps.contracts import evidence
from xinglin.apps.contracts.evidence import Found
from xinglin.apps.contracts.models import Contract, Delivery, Line
from xinglin.apps.contracts.teams import known
from xinglin.apps.exchange.modeltable import chunks


@dataclass(frozen=True, order=True)
class Done:
    """Something that counts. ``delivery``: id of what was entered by hand, empty for a record."""

    day: date
    pk: str
    facility: str
    practitioner: str
    delivery: str = ""


@dataclass(frozen=True)
class Agreed:
    """An item of a contract as it stands.

    Attributes:
        done: what counts, in order of days. due: when the next one is due; None when all was delivered. begins: first
            day of the part in which the next one falls. late: the day is past.
    """

    line: Line
    done: tuple[Done, ...]
    begins: date | None
    due: date | None
    late: bool

    @property
    def left(self) -> int:
        """How many remain."""
        return max(0, self.line.times - len(self.done))

    @property
    def counted(self) -> int:
        """How many of those agreed were delivered; more than agreed adds nothing."""
        return min(self.line.times, len(self.done))


@dataclass(frozen=True)
class Standing:
    """A contract as it stands."""

    items: tuple[Agreed, ...]

    @property
    def agreed(self) -> int:
        """Deliveries agreed."""
        return sum(one.line.times for one in self.items)

    @property
    def counted(self) -> int:
        """Deliveries given, of those agreed."""
        return sum(one.counted for one in self.items)

    @property
    def late(self) -> int:
        """Items that are behind."""
        return sum(one.late for one in self.items)


def part(first: date, last: date, times: int, number: int) -> tuple[date, date]:
    """First and last day of one of ``times`` equal parts of a span, counted from 0."""
    days = (last - first).days + 1
    begins = first + timedelta(days=days * number // times)
    ends = first + timedelta(days=max(days * number // times, days * (number + 1) // times - 1))
    return begins, ends


def judged(line: Line, done: Iterable[Done], first: date, last: date, today: date) -> Agreed:
    """How an item stands on a day."""
    given = tuple(sorted(done))
    if len(given) >= line.times:
        return Agreed(line, given, None, None, late=False)
    begins, due = part(first, last, line.times, len(given))
    return Agreed(line, given, begins, due, late=due < today)


def shared_out(
    lines: Sequence[Line], records: Mapping[str, Sequence[Found]], full: Mapping[int, int]
) -> dict[int, list[Done]]:
    """Records, each to the first line that means it and still lacks some; where none does, to the first that means it.

    Args:
        records: by kind. full: line → how many were entered by hand.
    """
    found: dict[int, list[Done]] = defaultdict(list)
    for kind, rows in sorted(records.items()):
        own = [line for line in lines if line.counts.partition(":")[0] == kind]
        for row in sorted(rows):
            meant = [line for line in own if evidence.matches(line.counts, row)]
            lacking = [one for one in meant if len(found.get(one.pk, ())) + full.get(one.pk, 0) < one.times]
            for line in (lacking or meant)[:1]:
                found[line.pk].append(Done(row.day, row.pk, row.facility, row.practitioner))
    return found


@dataclass(frozen=True)
class _Known:
    """What is read once for many contracts: entered by hand by line, records by resident and kind, people by team."""

    entered: Mapping[int, Sequence[Done]]
    records: Mapping[str, Mapping[str, Sequence[Found]]]
    people: Mapping[str, frozenset[str]]


def standings(contracts: Iterable[Contract], today: date) -> dict[str, Standing]:
    """Contract → how it stands; a few queries, however many contracts. Give them with their residents."""
    rows = list(contracts)
    lines = _lines(rows)
    read = _Known(
        _entered([one.pk for own in lines.values() for one in own]),
        _records(rows, lines),
        {pk: team.people for pk, team in known({one.team_id for one in rows}).items()},
    )
    return {row.pk: _standing(row, lines[row.pk], read, today) for row in rows}


def each(contracts: Sequence[Contract], today: date) -> Iterator[tuple[Contract, Standing]]:
    """Contracts with how they stand, piece by piece: their records are never in memory all at once."""
    for piece in chunks(contracts, evidence.CHUNK):
        found = standings(piece, today)
        yield from ((row, found[row.pk]) for row in piece)


def _lines(contracts: Sequence[Contract]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {one.pk: [] for one in contracts}
    for piece in chunks(list(found), evidence.CHUNK):
        for line in Line.objects.filter(contract__in=piece, dropped_at=None).order_by("position", "pk"):
            found[line.contract_id].append(line)
    return found


def _entered(lines: Sequence[int]) -> dict[int, list[Done]]:
    found: dict[int, list[Done]] = defaultdict(list)
    columns = ("pk", "line", "day", "facility", "practitioner")
    for piece in chunks(lines, evidence.CHUNK):
        rows = Delivery.objects.filter(line__in=piece, undone_at=None)
        for pk, line, day, facility, person in rows.values_list(*columns):
            found[line].append(Done(day, pk, facility, person, pk))
    return found


def _records(
    contracts: Sequence[Contract], lines: Mapping[str, Sequence[Line]]
) -> dict[str, dict[str, list[Found]]]:
    found: dict[str, dict[str, list[Found]]] = defaultdict(lambda: defaultdict(list))
    if not contracts:
        return found
    kinds = {line.counts.partition(":")[0] for own in lines.values() for line in own} - {""}
    people = {root_of(one) for one in contracts}
    first, last = min(one.valid_from for one in contracts), max(one.last_day for one in contracts)
    for kind, rows in evidence.collect(kinds, people, first, last).items():
        for row in rows:
            found[row.resident][kind].append(row)
    return found


def root_of(contract: Contract) -> str:
    """The file that goes on, of the resident of a contract."""
    return str(contract.resident.merged_into_id or contract.resident_id)


def _standing(contract: Contract, lines: Sequence[Line], read: _Known, today: date) -> Standing:
    ours = {contract.facility_id, contract.team_facility_id}
    people = read.people.get(contract.team_id, frozenset())
    own = {
        kind: [
            row
            for row in rows
            if contract.valid_from <= row.day <= contract.last_day
            and (row.facility in ours or row.practitioner in people)
        ]
        for kind, rows in read.records.get(root_of(contract), {}).items()
    }
    by_hand = {line.pk: read.entered.get(line.pk, ()) for line in lines}
    shared = shared_out(lines, own, {pk: len(rows) for pk, rows in by_hand.items()})
    span = (contract.valid_from, contract.valid_to)
    return Standing(
        tuple(judged(line, [*by_hand[line.pk], *shared.get(line.pk, [])], *span, today) for line in lines)
    )
