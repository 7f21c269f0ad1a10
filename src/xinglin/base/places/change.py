"""One dated change between two editions of the code list, and the editions themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from xinglin.base.errors import XinglinError
from xinglin.base.places.model import Level, level_of

# Edition → the day its content was fixed (截止时间), as printed by the statistics bureau.
EDITIONS: dict[str, date] = {
    "2016": date(2016, 7, 31),
    "2017": date(2017, 10, 31),
    "2018": date(2018, 10, 31),
    "2019": date(2019, 10, 31),
    "2020": date(2020, 6, 30),
    "2021": date(2021, 10, 31),
    "2022": date(2022, 10, 31),
    "2023": date(2023, 6, 30),
}
FIRST_EDITION = "2016"


class UnknownEdition(XinglinError, LookupError):  # noqa: N818 – says what is the matter
    """No such edition, or no edition in force on that day."""


def edition_on(day: date) -> str:
    """The edition in force on a day: the latest whose content was fixed on or before it.

    Raises:
        UnknownEdition: the day lies before the first edition.
    """
    known = [edition for edition, fixed in EDITIONS.items() if fixed <= day]
    if not known:
        raise UnknownEdition(f"{day:%Y-%m-%d} 早于最早一版区划（{FIRST_EDITION} 版，截止 2016-07-31）。")
    return known[-1]


def check_edition(edition: str) -> str:
    """The edition itself if it is one of ``EDITIONS``.

    Raises:
        UnknownEdition: it is not.
    """
    if edition not in EDITIONS:
        raise UnknownEdition(f"没有“{edition}”版区划。可用：{'、'.join(EDITIONS)}。")
    return edition


class ChangeKind(StrEnum):
    """What happened to the ground of one place between two editions.

    RENAMED: same ground, another name (a county made a city or district included), new code or not.
    RECODED: same ground, same name, another code.
    MOVED: same ground, now in another place of the level above.
    MERGED: all of it went into a place that is larger.
    SPLIT: part of it went into a place that is new, or it was divided up.
    TRANSFERRED: part of it went to a place that already existed.
    STATISTICAL: listed apart, or no longer, as a statistical area; no division changed.
    CREATED: a new place; the lists do not show whose ground it was.
    UNCLEAR: the code ended and the lists do not show where the ground went.
    """

    RENAMED = "renamed"
    RECODED = "recoded"
    MOVED = "moved"
    MERGED = "merged"
    SPLIT = "split"
    TRANSFERRED = "transferred"
    STATISTICAL = "statistical"
    CREATED = "created"
    UNCLEAR = "unclear"

    @property
    def label(self) -> str:
        """Chinese word shown to users."""
        return _LABELS[self]


_LABELS = {
    ChangeKind.RENAMED: "更名或改设",
    ChangeKind.RECODED: "代码变更",
    ChangeKind.MOVED: "改隶",
    ChangeKind.MERGED: "并入",
    ChangeKind.SPLIT: "析出",
    ChangeKind.TRANSFERRED: "部分划转",
    ChangeKind.STATISTICAL: "统计口径调整",
    ChangeKind.CREATED: "新设",
    ChangeKind.UNCLEAR: "去向不明",
}


@dataclass(frozen=True, slots=True)
class Change:
    """What became of (part of) one place between two consecutive editions.

    Attributes:
        kind: see ``ChangeKind``.
        from_edition, to_edition: the editions compared; the change fell between their closing days.
        old_code, old_name: the place before; "" for a place that was created.
        new_code, new_name: the place after; "" where the ground cannot be followed.
        old_ended: the old code means nothing, or another place, in the later edition.
        new_begun: the new code meant nothing, or another place, in the earlier edition.
        villages: villages found in both places; old_villages, new_villages: all villages of each place that
            could be found again. These three are the evidence.
        reviewed: compared by hand with the approving document.
        document: number of that document, e.g. 国函〔2020〕82号; "" when not reviewed.
        note: remark of the reviewer.
    """

    kind: ChangeKind
    from_edition: str
    to_edition: str
    old_code: str
    old_name: str
    new_code: str
    new_name: str
    old_ended: bool
    new_begun: bool
    villages: int = 0
    old_villages: int = 0
    new_villages: int = 0
    reviewed: bool = False
    document: str = ""
    note: str = ""

    @property
    def level(self) -> Level:
        """Level of the places concerned."""
        return level_of(self.new_code or self.old_code)

    @property
    def after(self) -> date:
        """The change came after this day (closing day of the earlier edition)."""
        return EDITIONS[self.from_edition]

    @property
    def by(self) -> date:
        """The change had come by this day (closing day of the later edition)."""
        return EDITIONS[self.to_edition]

    @property
    def evidence(self) -> str:
        """What the change was read from, in Chinese."""
        if self.villages:
            found = (
                f"按村名核对：原区域可核对的 {self.old_villages} 个村有 {self.villages} 个在新区域，"
                f"新区域可核对的 {self.new_villages} 个村有 {self.villages} 个来自原区域"
            )
        else:
            found = "代码和名称不同；没有可核对的村"
        return f"{found}；批准文件 {self.document}" if self.document else found

    def __str__(self) -> str:
        old = f"{self.old_name}（{self.old_code}）" if self.old_code else "（无）"
        new = f"{self.new_name}（{self.new_code}）" if self.new_code else "（不明）"
        return f"{self.from_edition}→{self.to_edition} {self.kind.label}：{old} → {new}"
