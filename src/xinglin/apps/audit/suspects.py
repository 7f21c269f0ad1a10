"""Links that do not fit, and what was probably done to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinglin.apps.audit.chain import canonical, link
from xinglin.apps.audit.verdict import Kind, Verdict

FEW = 24
"""Up to so many links that do not fit are tried in each other's places."""


@dataclass
class Suspect:
    """A link whose MAC is not that of its entry at its place.

    Attributes:
        before: the stored MAC of the link before. body, row: the entry as it is now.
        seal_only: the link after it fits the computed MAC, so only the seal was changed.
        inserted: the links after it fit when it is left out. renumbered: so many seals before it were taken out.
        origin: the place where its content fits (a neighbour's), 0 if unknown.
    """

    sequence: int
    entry: int
    mac: str
    before: str
    body: bytes
    row: tuple[Any, ...]
    seal_only: bool = False
    inserted: bool = False
    renumbered: int = 0
    origin: int = 0


def explain(suspects: list[Suspect], verdict: Verdict, *, more: int) -> None:
    """Take down each suspect with what was probably done.

    Args:
        more: how many there are besides; if no link at all fits, it is the key.
    """
    verdict.found += more
    if verdict.checked > 1 and len(suspects) + more == verdict.checked:
        verdict.remarks.append("没有一条对得上：keys.json 里的审计密钥可能不是这个数据库的")
    open_ones = [suspect for suspect in suspects if not suspect.origin]
    moved = _moved(open_ones) if len(open_ones) <= FEW else {}
    for suspect in suspects:
        kind, words = _words(suspect, moved)
        if kind is not None:
            verdict.add(kind, words, suspect.sequence, suspect.entry)


def _words(suspect: Suspect, moved: dict[int, int | None]) -> tuple[Kind | None, str]:
    where = f"第 {suspect.sequence} 条封存（日志 {suspect.entry}）"
    if suspect.inserted:
        return Kind.INSERTED, f"{where}是插入的：去掉它，后面的才对得上"
    if suspect.renumbered:
        count = suspect.renumbered
        return Kind.SEAL_DELETED, f"{where}之前有 {count} 条封条被删除，后面的重新编了号"
    if suspect.origin or suspect.sequence in moved:
        origin = suspect.origin or moved[suspect.sequence]
        if origin is None:
            return None, ""  # it fits once the links before it are back in their places
        return Kind.REORDERED, f"{where}的次序被换：这里的内容原在第 {origin} 条"
    if suspect.seal_only:
        return Kind.SEAL_EDITED, f"第 {suspect.sequence} 条封条被改动；日志 {suspect.entry} 本身没有变"
    return Kind.EDITED, f"{where}对不上：日志的内容被改动，或这一条是伪造的"


def _moved(suspects: list[Suspect]) -> dict[int, int | None]:
    """Suspects whose content fits at another's place: sequence → where it belongs (None: only its neighbour moved)."""
    macs = {suspect.mac: suspect.sequence for suspect in suspects}
    befores = {*macs, *(suspect.before for suspect in suspects)}
    found: dict[int, int | None] = {}
    for place in suspects:
        for content in suspects:
            # The row as it is, and as it would be if only the ids were exchanged.
            bodies = (content.body, canonical((place.entry, *content.row[1:])))
            if _fits(place.sequence, befores, bodies, macs):
                if content is not place:
                    found[content.sequence] = place.sequence
                else:
                    found.setdefault(place.sequence, None)
    return found


def _fits(sequence: int, befores: set[str], bodies: tuple[bytes, ...], macs: dict[str, int]) -> bool:
    return any(link(sequence, before, body) in macs for before in befores for body in bodies)
