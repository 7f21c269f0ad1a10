"""Every way of tampering with the log is found, and called by its name."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import audit_factories as make
import pytest
from django.db import connection

from xinglin.apps.audit import anchor, fence
from xinglin.apps.audit.models import Entry, Seal
from xinglin.apps.audit.sealing import Sealer, seal_pending
from xinglin.apps.audit.verdict import LIMIT, Kind, Verdict
from xinglin.apps.audit.verify import verify
from xinglin.apps.protection import crypto

EDITS: dict[str, Any] = {
    "at": "2026-11-20 12:00:00.000001+00:00",
    "actor": "somebody",
    "action": "facility.view",
    "kind": "practitioner",
    "object_id": "",
    "fields": '["name"]',
    "count": 2,
    "outcome": "refused",
    "address": "10.0.0.8",
    "request_id": "",
}


@pytest.fixture(autouse=True)
def eight_sealed() -> list[Seal]:
    """Eight rows in the chain, and somebody who has taken the fence down."""
    seals = make.sealed(8)
    fence.remove()
    return seals


def found() -> Verdict:
    return verify(log=False)


def kinds() -> list[tuple[Kind, int | None]]:
    return [(fault.kind, fault.sequence) for fault in found().faults]


def entry(sequence: int) -> int:
    return Seal.objects.values_list("entry", flat=True).get(sequence=sequence)


def renumber(first: int, by: int) -> None:
    """Move the numbers of all seals from one on, far away first so that none meets another."""
    make.sql("UPDATE audit_seal SET sequence = sequence + 1000 WHERE sequence >= %s", first)
    make.sql("UPDATE audit_seal SET sequence = sequence - %s WHERE sequence >= 1000", 1000 - by)


def test_untouched() -> None:
    verdict = found()
    assert verdict.ok
    assert verdict.checked == verdict.head == 8


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_column(column: str) -> None:
    make.sql(f'UPDATE audit_entry SET "{column}" = %s WHERE id = %s', EDITS[column], entry(4))
    assert kinds() == [(Kind.EDITED, 4)]
    assert f"日志 {entry(4)}" in str(found().faults[0])


def test_all_columns_are_tried() -> None:
    assert {field.attname for field in Entry._meta.concrete_fields} - {"id"} == set(EDITS)


def test_a_changed_id() -> None:
    make.sql("UPDATE audit_entry SET id = 9999 WHERE id = %s", entry(4))
    assert kinds()[0] == (Kind.DELETED, 4)


def test_a_spoilt_time() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL 的类型不容许")
    make.sql("UPDATE audit_entry SET at = 'never' WHERE id = %s", entry(4))
    assert kinds() == [(Kind.EDITED, 4)]


def test_spoilt_json() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL 的类型不容许")
    make.sql("PRAGMA ignore_check_constraints = ON")
    make.sql("UPDATE audit_entry SET fields = '[' WHERE id = %s", entry(4))
    make.sql("PRAGMA ignore_check_constraints = OFF")
    assert kinds() == [(Kind.EDITED, 4)]


def test_two_edits() -> None:
    make.sql("UPDATE audit_entry SET actor = 'x' WHERE id IN (%s, %s)", entry(1), entry(8))
    assert kinds() == [(Kind.EDITED, 1), (Kind.EDITED, 8)]


def test_neighbours_edited() -> None:
    make.sql("UPDATE audit_entry SET actor = 'x' WHERE id IN (%s, %s)", entry(4), entry(5))
    assert kinds() == [(Kind.EDITED, 4), (Kind.EDITED, 5)]


@pytest.mark.parametrize("sequence", [1, 4, 8])
def test_a_deleted_entry(sequence: int) -> None:
    make.sql("DELETE FROM audit_entry WHERE id = %s", entry(sequence))
    assert kinds() == [(Kind.DELETED, sequence)]


@pytest.mark.parametrize("sequence", [1, 4])
def test_an_entry_deleted_with_its_seal(sequence: int) -> None:
    make.sql("DELETE FROM audit_entry WHERE id = %s", entry(sequence))
    make.sql("DELETE FROM audit_seal WHERE sequence = %s", sequence)
    assert kinds() == [(Kind.SEAL_DELETED, sequence)]


def test_a_deleted_seal_leaves_its_entry_behind() -> None:
    orphan = entry(4)
    make.sql("DELETE FROM audit_seal WHERE sequence = 4")
    faults = found().faults
    assert (faults[0].kind, faults[0].sequence) == (Kind.SEAL_DELETED, 4)
    if connection.vendor == "sqlite":
        assert (faults[1].kind, faults[1].entry) == (Kind.INSERTED, orphan)


def test_a_deleted_seal_that_was_sealed_again() -> None:
    make.sql("DELETE FROM audit_seal WHERE sequence = 4")
    seal_pending()
    assert (Kind.SEAL_DELETED, 4) in kinds()


def test_deleted_and_the_rest_renumbered() -> None:
    make.sql("DELETE FROM audit_entry WHERE id = %s", entry(4))
    make.sql("DELETE FROM audit_seal WHERE sequence = 4")
    renumber(5, -1)
    assert kinds()[0] == (Kind.SEAL_DELETED, 4)
    assert Kind.TRUNCATED in {kind for kind, _ in kinds()}


def test_an_edited_seal() -> None:
    make.sql("UPDATE audit_seal SET mac = %s WHERE sequence = 4", "0" * 64)
    assert kinds() == [(Kind.SEAL_EDITED, 4)]


def test_a_forged_row_at_the_end() -> None:
    make.entries(1, start=make.NOON + timedelta(minutes=1))
    last = Entry.objects.order_by("pk").values_list("pk", flat=True).last()
    Seal.objects.create(sequence=9, entry=last, mac="0" * 64)
    assert kinds() == [(Kind.EDITED, 9)]
    assert "伪造" in str(found().faults[0])


def test_a_forged_row_in_the_middle() -> None:
    make.entries(1)
    last = Entry.objects.order_by("pk").values_list("pk", flat=True).last()
    renumber(4, 1)
    Seal.objects.create(sequence=4, entry=last, mac="0" * 64)
    first = kinds()[0]
    assert first == (Kind.INSERTED, 4)
    assert [kind for kind, _ in kinds()[1:]] == [Kind.ANCHOR_DIFFERS]


def test_a_row_put_between_others() -> None:
    """Without a seal, at a free number among the old ones."""
    make.sql("UPDATE audit_entry SET id = id + 500 WHERE id > %s", entry(4))
    make.sql("UPDATE audit_seal SET entry = entry + 500 WHERE sequence > 4")
    Entry.objects.create(id=entry(4) + 7, at=make.NOON, action="facility.edit", kind="facility")
    assert (Kind.INSERTED, None) in kinds()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_row_dated_back(restarted: bool) -> None:
    """A sealer at work does not look so far back; one started anew takes it for a late one, and the time betrays it."""
    Entry.objects.create(id=10_000, at=make.NOON + timedelta(days=2), action="facility.edit", kind="facility")
    for _ in range(2):  # on PostgreSQL the second run knows that nothing was open at the first
        seal_pending()
    Entry.objects.create(id=9_000, at=make.NOON, action="facility.edit", kind="facility")
    assert Sealer().seal() == 1 if restarted else seal_pending() == 0
    assert kinds() == [(Kind.INSERTED, 10 if restarted else None)]


def swap_entries() -> None:
    """Exchange the ids of two rows, so that their contents change places."""
    third, sixth = entry(3), entry(6)
    make.sql("UPDATE audit_entry SET id = -1 WHERE id = %s", third)
    make.sql("UPDATE audit_entry SET id = %s WHERE id = %s", third, sixth)
    make.sql("UPDATE audit_entry SET id = %s WHERE id = -1", sixth)


def swap_targets() -> None:
    """Exchange which entries two seals are for."""
    third, sixth = entry(3), entry(6)
    make.sql("UPDATE audit_seal SET entry = -1 WHERE sequence = 3")
    make.sql("UPDATE audit_seal SET entry = %s WHERE sequence = 6", third)
    make.sql("UPDATE audit_seal SET entry = %s WHERE sequence = 3", sixth)


def swap_seals() -> None:
    """Exchange the numbers of two seals."""
    make.sql("UPDATE audit_seal SET sequence = -1 WHERE sequence = 3")
    make.sql("UPDATE audit_seal SET sequence = 3 WHERE sequence = 6")
    make.sql("UPDATE audit_seal SET sequence = 6 WHERE sequence = -1")


@pytest.mark.parametrize("swap", [swap_entries, swap_targets, swap_seals])
def test_reordering(swap: Callable[[], None]) -> None:
    swap()
    reordered = [sequence for kind, sequence in kinds() if kind is Kind.REORDERED]
    assert reordered == [3, 6]
    assert {kind for kind, _ in kinds()} <= {Kind.REORDERED, Kind.ANCHOR_DIFFERS}


def test_neighbouring_seals_exchanged() -> None:
    make.sql("UPDATE audit_seal SET sequence = -1 WHERE sequence = 3")
    make.sql("UPDATE audit_seal SET sequence = 3 WHERE sequence = 4")
    make.sql("UPDATE audit_seal SET sequence = 4 WHERE sequence = -1")
    assert kinds() == [(Kind.REORDERED, 3), (Kind.REORDERED, 4)]


def test_a_tail_cut_off() -> None:
    make.sql("DELETE FROM audit_entry WHERE id > %s", entry(6))
    make.sql("DELETE FROM audit_seal WHERE sequence > 6")
    assert kinds() == [(Kind.TRUNCATED, 7)]
    assert "少 2 条" in str(found().faults[0])


def test_everything_cut_off() -> None:
    make.sql("DELETE FROM audit_entry")
    make.sql("DELETE FROM audit_seal")
    assert kinds() == [(Kind.TRUNCATED, 1)]


def test_a_tail_cut_off_and_work_going_on() -> None:
    make.sql("DELETE FROM audit_entry WHERE id > %s", entry(6))
    make.sql("DELETE FROM audit_seal WHERE sequence > 6")
    make.entries(3)
    seal_pending()
    assert kinds() == [(Kind.SEAL_DELETED, 7)]
    assert "第 7–8 条" in str(found().faults[0])


def test_a_tail_forged_anew_by_somebody_with_the_key() -> None:
    """The chain itself fits again; the anchor does not."""
    make.sql("UPDATE audit_entry SET actor = 'x' WHERE id = %s", entry(8))
    make.sql("DELETE FROM audit_seal WHERE sequence = 8")
    row = Entry.objects.filter(actor="x").values_list(*make.COLUMNS).get()
    before = Seal.objects.get(sequence=7).mac
    Seal.objects.create(sequence=8, entry=row[0], mac=make.link(8, before, make.canonical(row)))
    assert kinds() == [(Kind.ANCHOR_DIFFERS, 8)]


def test_another_key() -> None:
    make.sql("UPDATE audit_seal SET mac = 'x'")
    verdict = found()
    assert verdict.found >= 8
    assert "审计密钥" in verdict.remarks[0]


def test_many_faults_are_counted() -> None:
    make.entries(300)
    seal_pending()
    make.sql("UPDATE audit_entry SET actor = 'x'")
    verdict = found()
    assert verdict.found == 308
    assert len(verdict.faults) == LIMIT
    assert "另有 208 处" in "\n".join(verdict.lines())


# Anchors


def three_lines(path: Path) -> list[str]:
    """Two more heads in the anchor."""
    for n in (1, 2):
        make.entries(1, start=make.NOON + timedelta(minutes=n))
        seal_pending()
    return path.read_text().splitlines()


def test_an_edited_line(own_anchor: Path) -> None:
    lines = three_lines(own_anchor)
    lines[1] = json.dumps({**json.loads(lines[1]), "mac": "0" * 64})
    own_anchor.write_text("\n".join(lines) + "\n")
    assert kinds() == [(Kind.ANCHOR_EDITED, 9)]


def test_a_removed_line(own_anchor: Path) -> None:
    lines = three_lines(own_anchor)
    own_anchor.write_text("\n".join([lines[0], lines[2]]) + "\n")
    assert kinds() == [(Kind.ANCHOR_EDITED, 10)]


def test_lines_exchanged(own_anchor: Path) -> None:
    lines = three_lines(own_anchor)
    own_anchor.write_text("\n".join([lines[0], lines[2], lines[1]]) + "\n")
    assert {kind for kind, _ in kinds()} == {Kind.ANCHOR_EDITED}


def test_a_torn_line_is_no_fault(own_anchor: Path) -> None:
    three_lines(own_anchor)
    with own_anchor.open("a") as file:
        file.write('{"at": "2026')
    make.entries(1, start=make.NOON + timedelta(minutes=5))
    seal_pending()
    verdict = found()
    assert verdict.ok
    assert "第 4 行没有写完" in verdict.remarks[0]
    assert anchor.highest() == 11


def test_an_overwritten_line_is_a_fault(own_anchor: Path) -> None:
    lines = three_lines(own_anchor)
    own_anchor.write_text("\n".join([lines[0], "x" * 20, lines[2]]) + "\n")
    assert kinds() == [(Kind.ANCHOR_EDITED, 10)]


@pytest.mark.parametrize("content", [None, ""])
def test_no_anchor(own_anchor: Path, content: str | None) -> None:
    own_anchor.unlink()
    if content is not None:
        own_anchor.write_text(content)
    assert kinds() == [(Kind.ANCHOR_MISSING, None)]


def test_a_second_anchor_shows_what_was_cut_off_everywhere_else(
    own_anchor: Path, tmp_path: Path, settings: Any
) -> None:
    """Tail and first anchor are cut off together; the copy elsewhere tells."""
    settings.XINGLIN_ANCHORS = (own_anchor, tmp_path)
    before = own_anchor.read_text()
    three_lines(own_anchor)
    make.sql("DELETE FROM audit_entry WHERE id > %s", entry(8))
    make.sql("DELETE FROM audit_seal WHERE sequence > 8")
    own_anchor.write_text(before)
    (fault,) = found().faults
    assert fault.kind is Kind.TRUNCATED
    assert str(tmp_path / "audit.log") in fault.words


def test_an_anchor_out_of_reach_stops_nothing(
    own_anchor: Path, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    settings.XINGLIN_ANCHORS = (tmp_path / "file" / "audit.log", own_anchor)
    make.entries(1, start=make.NOON + timedelta(minutes=1))
    assert seal_pending() == 1
    assert anchor.last(own_anchor).sequence == 9
    assert "审计锚写不进去" in caplog.text


def test_a_restore_that_the_anchor_knows_of() -> None:
    make.sql("DELETE FROM audit_entry WHERE id > %s", entry(6))
    make.sql("DELETE FROM audit_seal WHERE sequence > 6")
    anchor.note_restore(6, Seal.objects.get(sequence=6).mac)
    verdict = found()
    assert verdict.ok
    assert "从备份恢复过：第 7–8 条" in verdict.remarks[0]
    make.entries(2)
    seal_pending()
    assert found().ok
    assert Seal.objects.order_by("sequence").last().sequence == 10


def test_the_restore_covers_nothing_else() -> None:
    make.sql("DELETE FROM audit_entry WHERE id > %s", entry(6))
    make.sql("DELETE FROM audit_seal WHERE sequence > 6")
    anchor.note_restore(7, "0" * 64)
    assert not found().ok


def test_the_hash_is_keyed() -> None:
    assert crypto.sm3_mac(b"1" * 32, b"x") != crypto.sm3_mac(b"2" * 32, b"x")
