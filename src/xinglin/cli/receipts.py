"""Publishing a vintage and making it again from its receipt."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from xinglin.base.errors import DataError
from xinglin.cli.shared import day, inputs
from xinglin.facts.layout import MANIFEST, read_manifest
from xinglin.report import dump_json, to_json
from xinglin.standing import Inputs, evaluate
from xinglin.standing.gathered import AREAS, gather, gatherable
from xinglin.standing.vintage import (
    check_new,
    definitions,
    definitions_hash,
    read_receipt,
    sha256,
    write_vintage,
)


def publish(opened: Inputs, folder: Path) -> Path:
    """Freeze definitions, fact manifest, results and receipt of a place at a date; the receipt's path.

    Beside them lies what pages open: everything gathered of the areas inside (see `xinglin.standing.gathered`).

    Raises:
        DataError: the folder has content, the facts are not those their manifest lists, or the two ways of counting
            differ.
    """
    check_new(folder)
    changed = _files_differ(opened)
    if changed:
        raise DataError("；".join(changed) + "。不能发布，请重新导出整套数据")
    folder.mkdir(parents=True, exist_ok=True)
    standing = gather(gatherable(opened), folder / AREAS, to_json)
    receipt = {
        "place": standing.place,
        "on": standing.on.isoformat(),
        "divisions_edition": standing.divisions_edition,
        "engine": standing.engine,
        "facts_manifest": standing.facts_manifest,
        "definitions_hash": standing.definitions_hash,
    }
    frozen = {
        "definitions.json": definitions(opened.book, opened.library),
        "facts.json": opened.dataset.manifest.as_dict(),
    }
    return write_vintage(folder, frozen, dump_json(standing), receipt)


def reproduce(path: Path, data: Path) -> list[str]:
    """Count again what a receipt describes; the differences found, in Chinese ([]: the same bytes)."""
    receipt = read_receipt(path)
    with _frozen_facts(receipt, data) as facts:
        return _differences(receipt, inputs(facts, receipt["place"], day(receipt["on"])))


@contextmanager
def _frozen_facts(receipt: dict[str, Any], data: Path) -> Iterator[Path]:
    """The data set as the vintage froze it, while all its files are still there; else the data set as it is.

    A site that has counted again since, or came back from a backup, has the files, but no manifest that lists them.
    """
    manifest = Path(receipt["folder"]) / "facts.json"
    with TemporaryDirectory(prefix="xinglin-reproduce-") as folder:
        frozen = Path(folder)
        (frozen / "facts").symlink_to((data / "facts").absolute(), target_is_directory=True)
        if manifest.is_file():
            shutil.copyfile(manifest, frozen / MANIFEST)
        yield frozen if _all_there(frozen, receipt["facts_manifest"]) else data


def _all_there(frozen: Path, digest: str) -> bool:
    """Whether a manifest is the one that was published, and its files are there."""
    try:
        manifest = read_manifest(frozen)
    except DataError:
        return False
    paths = [entry.path for entries in manifest.tables.values() for entry in entries]
    return manifest.hash == digest and all((frozen / path).is_file() for path in paths)


def _differences(receipt: dict[str, Any], opened: Inputs) -> list[str]:
    differences = _inputs_differ(receipt, opened) + _files_differ(opened)
    results = dump_json(evaluate(opened))
    if sha256(results) != receipt["results_sha256"]:
        differences.append("结果与发布时不同")
        differences += _values_differ(Path(receipt["folder"]) / "results.json", results)
    return differences


def _inputs_differ(receipt: dict[str, Any], opened: Inputs) -> list[str]:
    now = {
        "facts_manifest": (opened.dataset.manifest_hash, "事实数据"),
        "definitions_hash": (definitions_hash(opened.book, opened.library), "定义或政策文件"),
        "engine": (opened.engine.name, "计算引擎版本"),
        "divisions_edition": (opened.divisions.edition, "区划版本"),
    }
    return [f"{label}与发布时不同" for key, (value, label) in now.items() if receipt[key] != value]


def _values_differ(published: Path, results: str) -> list[str]:
    if not published.exists():
        return []
    before = {row["target"]: row for row in json.loads(published.read_text(encoding="utf-8"))["results"]}
    after = {row["target"]: row for row in json.loads(results)["results"]}
    return [
        f"  {target}：发布时 {_number(before.get(target))}，现在 {_number(after.get(target))}"
        for target in dict.fromkeys([*before, *after])
        if _number(before.get(target)) != _number(after.get(target))
    ]


def _number(row: dict[str, Any] | None) -> str:
    """A result as compared: what was shown and the exact counts behind it."""
    if row is None:
        return "没有这项目标"
    counts = " ÷ ".join(text for text in (row["numerator"], row["denominator"]) if text is not None)
    return f"{row['display']}（{counts}）" if counts else str(row["display"])


def _files_differ(opened: Inputs) -> list[str]:
    """Files of a data set in our layout that are not the ones its manifest lists."""
    entries = [entry for entries in opened.dataset.manifest.tables.values() for entry in entries]
    root = opened.dataset.root if opened.dataset.root.is_dir() else opened.dataset.root.parent
    return [
        f"{entry.path} 的内容与清单不符" for entry in entries if _changed(root / entry.path, entry.sha256)
    ]


def _changed(path: Path, digest: str) -> bool:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() != digest
