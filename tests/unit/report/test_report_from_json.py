"""A published result becomes the standing it was made of; what is no result, or was changed, is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from report_standings import make_standing

from xinglin.base.errors import DataError
from xinglin.base.states import ValueState
from xinglin.report import dump_json, to_json
from xinglin.report.from_json import read, read_published
from xinglin.report.origin import counted, published
from xinglin.standing.vintage import sha256, write_vintage

WORDS = (
    "document_title", "document_short", "measure_label", "threshold_words", "verdict_words", "units_word",
    "baseline", "meaning", "sources", "reason", "exact", "summary",
)  # fmt: skip


def _published(folder: Path) -> Path:
    standing = make_standing(explanations=())
    receipt = {
        "place": standing.place,
        "on": standing.on.isoformat(),
        "divisions_edition": standing.divisions_edition,
        "engine": standing.engine,
        "facts_manifest": standing.facts_manifest,
        "definitions_hash": standing.definitions_hash,
    }
    write_vintage(folder, {}, dump_json(standing), receipt)
    return folder


def test_what_is_read_is_what_was_written() -> None:
    standing = make_standing(explanations=())
    again = read(json.loads(dump_json(standing)))
    assert dump_json(again) == dump_json(standing)
    for before, after in zip(standing.results, again.results, strict=True):
        assert (after.exact, after.verdict_words, after.meaning) == (
            before.exact, before.verdict_words, before.meaning,
        )  # fmt: skip
    assert again.children == standing.children


def test_a_file_without_the_words_gives_its_ids_and_the_same_numbers() -> None:
    content = to_json(make_standing())
    for row in content["results"]:
        for name in WORDS:
            row.pop(name)
    old = read(content)
    assert old.results[0].document_short == "lianzhou"
    assert [r.display for r in old.results] == [r.display for r in make_standing().results]
    assert {r.value for r in old.results if r.state is not ValueState.NUMBER} == {None}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ({"schema_version": "9"}, "格式版本"),
        ({"results": [{}]}, "不是 evaluate 写出的结果"),
        ({"on": "明天"}, "不是 evaluate 写出的结果"),
    ],
)
def test_what_is_no_result_is_refused(spoil: dict[str, Any], words: str) -> None:
    with pytest.raises(DataError, match=words):
        read({**to_json(make_standing()), **spoil})


def test_a_vintage_is_read_with_its_receipt(tmp_path: Path) -> None:
    standing, receipt = read_published(_published(tmp_path / "2020"))
    origin = published(receipt)
    assert origin.results_sha256 == sha256(dump_json(standing)) == counted(standing).results_sha256
    assert (origin.vintage, origin.command) == ("2020", "xinglin reproduce 2020 数据")


def test_changed_results_are_refused(tmp_path: Path) -> None:
    file = _published(tmp_path) / "results.json"
    file.write_text(file.read_text("utf-8").replace("76.84", "86.84"), "utf-8")
    with pytest.raises(DataError, match="与回执不符"):
        read_published(tmp_path)
    file.unlink()
    with pytest.raises(DataError, match="整个文件夹"):
        read_published(tmp_path)
