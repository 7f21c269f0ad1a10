"""Published numbers do not change: what they rested on is frozen with them, and a receipt makes them again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xinglin import __version__
from xinglin.base.errors import DataError
from xinglin.measures import Book, Definition
from xinglin.policy import PolicyLibrary

RECEIPT = "receipt.json"
_NEEDED = {
    "place",
    "on",
    "divisions_edition",
    "engine",
    "facts_manifest",
    "definitions_hash",
    "results_sha256",
}


def canonical(content: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces to spare."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, default=str) + "\n"


def sha256(text: str) -> str:
    """Hex digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def definitions(book: Book, library: PolicyLibrary) -> dict[str, Any]:
    """Every definition and document as plain data (worked examples left out: they count nothing)."""
    measures = {key: plain_definition(item) for key, item in book.definitions.items()}
    documents = {document.id: document.model_dump(mode="json") for document in library.documents}
    return {"measures": measures, "documents": documents}


def plain_definition(definition: Definition) -> dict[str, Any]:
    """A definition as plain data, its worked examples left out."""
    return definition.model_dump(mode="json", exclude={"examples"})


def definitions_hash(book: Book, library: PolicyLibrary) -> str:
    """Hash of everything a number's meaning rests on."""
    return sha256(canonical(definitions(book, library)))


def check_new(folder: Path) -> None:
    """Refuse a folder that holds something. Raises DataError."""
    if folder.exists() and any(folder.iterdir()):
        raise DataError(f"“{folder}”已有内容；已发布的数不能覆盖，请换一个新的文件夹")


def write_vintage(folder: Path, frozen: Mapping[str, Any], results: str, receipt: Mapping[str, Any]) -> Path:
    """Freeze definitions, fact manifest, results and receipt in a folder that was new; the receipt comes last."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in frozen.items():
        (folder / name).write_text(canonical(content), encoding="utf-8")
    (folder / "results.json").write_text(results, encoding="utf-8")
    full = {**receipt, "program": __version__, "results_sha256": sha256(results)}
    path = folder / RECEIPT
    path.write_text(canonical(full), encoding="utf-8")
    return path


def read_receipt(path: Path) -> dict[str, Any]:
    """Read a receipt. Raises DataError when it is not one."""
    file = path / RECEIPT if path.is_dir() else path
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return _no(file)
    whole = isinstance(content, dict) and content.keys() >= _NEEDED
    return {**content, "folder": str(file.parent)} if whole else _no(file)


def _no(file: Path) -> dict[str, Any]:
    raise DataError(f"“{file}”不是发布回执；请给出 publish 生成的文件夹或其中的 {RECEIPT}")
