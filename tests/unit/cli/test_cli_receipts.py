"""A published vintage stays as it is, and its receipt makes the same bytes again, or says what differs."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from xinglin.cli import main
from xinglin.facts import open_dataset, write_dataset

Run = Callable[..., Result]
AT = ("--place", "441882", "--on", "2020-12-31")
FILES = ["areas.sqlite", "definitions.json", "facts.json", "receipt.json", "results.json"]


@pytest.fixture(scope="module")
def published(lianzhou: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    found = CliRunner().invoke(main, ["publish", str(lianzhou), *AT, "-o", str(folder)])
    assert (found.exit_code, found.stdout) == (0, f"已发布，回执 {folder / 'receipt.json'}\n")
    return folder


def test_a_vintage_holds_what_its_numbers_rest_on(published: Path) -> None:
    assert sorted(path.name for path in published.iterdir()) == FILES
    receipt = json.loads((published / "receipt.json").read_text("utf-8"))
    assert (receipt["place"], receipt["on"]) == ("441882", "2020-12-31")
    results = json.loads((published / "results.json").read_text("utf-8"))
    for key in ("facts_manifest", "definitions_hash", "engine", "divisions_edition"):
        assert receipt[key] == results[key]


def test_publishing_again_gives_the_same_bytes(
    run: Run, lianzhou: Path, published: Path, tmp_path: Path
) -> None:
    assert run("publish", lianzhou, *AT, "-o", tmp_path / "again").exit_code == 0
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (published / name).read_bytes(), name


def test_what_is_published_is_not_overwritten(run: Run, lianzhou: Path, published: Path) -> None:
    before = {path.name: path.read_bytes() for path in published.iterdir()}
    found = run("publish", lianzhou, *AT, "-o", published)
    assert found.exit_code == 2
    assert found.stderr == f"不能完成：“{published}”已有内容；已发布的数不能覆盖，请换一个新的文件夹\n"
    assert {path.name: path.read_bytes() for path in published.iterdir()} == before


@pytest.mark.parametrize("receipt", ["", "receipt.json"], ids=["folder", "file"])
def test_the_receipt_makes_the_same_bytes(run: Run, lianzhou: Path, published: Path, receipt: str) -> None:
    found = run("reproduce", published / receipt, lianzhou)
    assert (found.exit_code, found.stdout, found.stderr) == (0, "与发布时逐字节相同。\n", "")


def rewritten(lianzhou: Path, out: Path, residents: int) -> Path:
    """The same facts but for one value: how many elderly the county has."""
    data = open_dataset(lianzhou)
    tables = {name: data.arrow(name) for name in data.names()}
    rows = tables["population"].to_pylist()
    county = next(row for row in rows if row["place"] == "441882")
    county["aged_65_plus"] = residents
    tables["population"] = pa.Table.from_pylist(rows, tables["population"].schema)
    write_dataset(out, tables, data.info)
    return out


def test_one_changed_value_is_told(run: Run, lianzhou: Path, published: Path, tmp_path: Path) -> None:
    found = run("reproduce", published, rewritten(lianzhou, tmp_path, 60_133))
    assert found.exit_code == 1
    assert found.stdout == "与发布时不同。\n"
    assert found.stderr.splitlines() == [
        "事实数据与发布时不同",
        "结果与发布时不同",
        "  LZ-t20：发布时 60.94（36646 ÷ 60134），现在 60.94（36646 ÷ 60133）",
        "  JS-t14：发布时 60.94（36646 ÷ 60134），现在 60.94（36646 ÷ 60133）",
    ]


def test_files_changed_behind_the_manifest_are_told(
    run: Run, lianzhou: Path, published: Path, tmp_path: Path
) -> None:
    """A file swapped in place: the manifest still lists the old content."""
    data = shutil.copytree(lianzhou, tmp_path / "data")
    other = rewritten(lianzhou, tmp_path / "other", 60_133)
    old, new = next((data / "facts/population").iterdir()), next((other / "facts/population").iterdir())
    old.write_bytes(new.read_bytes())
    found = run("reproduce", published, data)
    assert found.exit_code == 1
    assert found.stderr.splitlines()[0] == f"facts/population/{old.name} 的内容与清单不符"
    refused = run("publish", data, *AT, "-o", tmp_path / "out")
    assert refused.exit_code == 2
    assert refused.stderr == (
        f"不能完成：facts/population/{old.name} 的内容与清单不符。不能发布，请重新导出整套数据\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b"5", b"[]", b"{}", b'{"results_sha256": "0"}', b"\x89PNG\xff\xfe"],
    ids=["empty", "text", "number", "list", "nothing", "half", "binary"],
)
def test_what_is_no_receipt_is_refused(run: Run, lianzhou: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "receipt.json"
    path.write_bytes(content)
    found = run("reproduce", path, lianzhou)
    assert found.exit_code == 2
    assert found.stderr == (
        f"不能完成：“{path}”不是发布回执；请给出 publish 生成的文件夹或其中的 receipt.json\n"
    )


@pytest.mark.parametrize("form", ["json", "html", "xlsx", "docx", "pdf", "digest"])
def test_a_vintage_becomes_any_report_without_its_data(
    run: Run, published: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / f"report.{form}"
    found = run("report", published, "--format", form, "-o", out, "--base-url", "https://site.example/")
    assert (found.exit_code, found.stdout) == (0, f"已写入 {out}\n")
    content = out.read_bytes()
    receipt = json.loads((published / "receipt.json").read_text("utf-8"))["results_sha256"]
    if form == "json":
        assert content == (published / "results.json").read_bytes()
    if form == "digest":
        assert receipt[:16] in content.decode()
        assert "https://site.example/" in content.decode()
    if form == "docx":
        with zipfile.ZipFile(out) as packed:
            assert receipt in packed.read("word/document.xml").decode()


def test_a_report_of_what_was_changed_is_refused(run: Run, published: Path, tmp_path: Path) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(published, folder)
    results = folder / "results.json"
    results.write_text(results.read_text("utf-8").replace('"met"', '"not_met"', 1), "utf-8")
    found = run("report", folder, "--format", "pdf", "-o", tmp_path / "x.pdf")
    assert found.exit_code == 2
    assert "与回执不符" in found.stderr
    assert not (tmp_path / "x.pdf").exists()
