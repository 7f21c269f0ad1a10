"""Hand review laid over derived changes: confirms, corrects the kind, or adds what the lists cannot show."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xinglin.base.errors import DefinitionError
from xinglin.base.places.change import EDITIONS, Change, ChangeKind
from xinglin.base.places.compare import Edition

ChangeKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Review:
    """One change compared with its approving document.

    Attributes:
        from_edition, old_code, new_code: which change.
        kind: the right kind where it differs from the derived one, or where nothing was derived; else None.
        document: number of the approving document. note: remark.
    """

    from_edition: str
    old_code: str
    new_code: str
    kind: ChangeKind | None
    document: str
    note: str

    @property
    def key(self) -> ChangeKey:
        """What the review is joined on."""
        return self.from_edition, self.old_code, self.new_code


def read_reviews(path: Path) -> tuple[Review, ...]:
    """Reviews from ``lineage-review.csv``."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return tuple(
        Review(
            row["from_edition"],
            row["old_code"],
            row["new_code"],
            ChangeKind(row["kind"]) if row["kind"] else None,
            row["document"],
            row["note"],
        )
        for row in rows
    )


def apply_reviews(
    changes: Sequence[Change], reviews: Iterable[Review], editions: Mapping[str, Edition]
) -> list[Change]:
    """Derived changes with reviews laid over them, in edition and code order.

    A reviewed change that was not derived is added, and takes the place of a derived "去向不明" of its old
    code and "新设" of its new code.

    Args:
        changes: as derived. reviews: the hand review.
        editions: edition → code → name, at least for the codes reviewed.

    Raises:
        DefinitionError: a review that adds a change gives no kind.
    """
    by_key = {key_of(change): change for change in changes}
    faults: list[str] = []
    for review in reviews:
        derived = by_key.get(review.key)
        if derived is not None:
            by_key[review.key] = _confirmed(derived, review)
        elif review.kind is None:
            faults.append(f"{'/'.join(review.key)}：推导结果中没有这一变更，复核行须写明 kind")
        else:
            by_key[review.key] = _added(review, review.kind, editions)
            _drop_open_ends(by_key, review)
    if faults:
        raise DefinitionError("lineage-review.csv", faults)
    return sorted(
        by_key.values(), key=lambda c: (c.from_edition, c.level, c.old_code or c.new_code, c.new_code)
    )


def key_of(change: Change) -> ChangeKey:
    """What a change is known by."""
    return change.from_edition, change.old_code, change.new_code


def _confirmed(change: Change, review: Review) -> Change:
    kind = review.kind or change.kind
    return replace(change, kind=kind, reviewed=True, document=review.document, note=review.note)


def _added(review: Review, kind: ChangeKind, editions: Mapping[str, Edition]) -> Change:
    names = list(EDITIONS)
    to_edition = names[names.index(review.from_edition) + 1]
    old, new = editions[review.from_edition], editions[to_edition]
    return Change(
        kind=kind,
        from_edition=review.from_edition,
        to_edition=to_edition,
        old_code=review.old_code,
        old_name=old.get(review.old_code, ""),
        new_code=review.new_code,
        new_name=new.get(review.new_code, ""),
        old_ended=review.old_code not in new,
        new_begun=review.new_code not in old,
        reviewed=True,
        document=review.document,
        note=review.note,
    )


def _drop_open_ends(by_key: dict[ChangeKey, Change], review: Review) -> None:
    by_key.pop((review.from_edition, review.old_code, ""), None)
    by_key.pop((review.from_edition, "", review.new_code), None)
