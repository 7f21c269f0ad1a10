"""`xinglin read`: a plan as Word, PDF, web page or text becomes a draft of a policy file, with a page to review it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from xinglin.base.errors import DataError
from xinglin.base.yamlfile import read_yaml
from xinglin.cli.chinese import ChineseCommand
from xinglin.cli.shared import FOUND, console, told
from xinglin.measures import Book, load_measures
from xinglin.policy import load_documents
from xinglin.policy.loader import DOCUMENTS
from xinglin.policy.reader import Reading
from xinglin.policy.reader import read as read_source
from xinglin.policy.reader.diff import Comparison, compare
from xinglin.policy.reader.draft import Draft, drafts
from xinglin.policy.reader.draft_yaml import dump_draft
from xinglin.policy.reader.formats import NOTE_TRADITIONAL, READABLE, open_source
from xinglin.policy.reader.page import review_page

_ID = re.compile(r"[a-z][a-z0-9_]*")
_PREFIX = re.compile(r"[A-Z]{2,6}")
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command(cls=ChineseCommand)
@click.argument("file", metavar="文件", type=_FILE)
@click.option("-o", "out", type=_FILE, required=True, help="草稿写到哪个文件（.yaml）")
@click.option("--page", type=_FILE, help="另写一个审核页（.html）：左边原文，右边读出的条目")
@click.option("--against", metavar="文件或编号", help="与另一份草稿、政策文件或原文比较，说明改了什么")
@click.option("--diff", "diff", type=_FILE, help="把比较的结果写成 JSON；与 --against 连用")
@click.option("--prefix", help="条目编号的前缀，2 至 6 个大写字母；不写则取地名首字母")
@click.option("--replace", is_flag=True, help="草稿文件已有时覆盖它")
@told
def read(
    file: Path,
    out: Path,
    page: Path | None,
    against: str | None,
    diff: Path | None,
    prefix: str | None,
    replace: bool,
) -> None:
    """把一份方案、计划（docx、pdf、html、txt）读成政策文件的草稿，逐条注明出处和疑问，供人审核。"""
    _check_options(out, diff, against, prefix)
    book = load_measures()
    with console().status(f"正在读 {file.name} …"):
        reading = read_source(open_source(file))
        found = drafts(reading, book, document_id=_id_of(out), prefix=prefix, taken=_taken(_id_of(out)))
    other = _other(against, book) if against else None
    written = _write(found, out, replace)
    if page:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(review_page(reading, found, book), encoding="utf-8")
        written.append(page)
    _print_summary(reading, found)
    if other is not None:
        _tell(compare(other, found[0].content), diff)
        written += [diff] if diff else []
    click.echo(f"已写入 {'、'.join(map(str, written))}")
    click.echo("草稿要由人逐条核对：改好内容，在每条的 review 里填 reviewer 和 date，以后才能加载。")
    if _unread(reading) or not any(draft.entries for draft in found):
        raise SystemExit(FOUND)


def _check_options(out: Path, diff: Path | None, against: str | None, prefix: str | None) -> None:
    if diff and not against:
        raise click.UsageError("--diff 要与 --against 连用，写明与哪一份比较")
    if out.suffix.lower() not in (".yaml", ".yml"):
        raise click.BadParameter("草稿文件的扩展名应为 .yaml", param_hint="-o")
    if prefix and not _PREFIX.fullmatch(prefix):
        raise click.BadParameter("前缀应为 2 至 6 个大写字母，如 LZ", param_hint="--prefix")


def _id_of(out: Path) -> str | None:
    """The id that the draft's file name gives it, when it can be one."""
    return out.stem if _ID.fullmatch(out.stem) else None


def _taken(own: str | None) -> set[str]:
    """Prefixes of the documents that are shipped, but for one of this id, whose place the draft may take."""
    names: list[str] = []
    for document in load_documents().documents:
        if document.id != own:
            names += [entry.id for entry in document.targets] + [entry.id for entry in document.tasks]
    return {name.split("-")[0] for name in names}


def _other(against: str, book: Book) -> Mapping[str, Any]:
    """What the draft is compared with, as plain data of our file format. Raises DataError, DefinitionError."""
    path = Path(against)
    if not path.is_file() and _ID.fullmatch(against):
        path = DOCUMENTS / f"{against}.yaml"
    if not path.is_file():
        raise DataError(f"没有“{against}”这个文件，也没有这个编号的政策文件")
    if path.suffix.lower() in READABLE:
        return drafts(read_source(open_source(path)), book)[0].content
    content = read_yaml(path)
    if not isinstance(content, Mapping):
        raise DataError(f"“{path.name}”不是政策文件")
    return content


def _write(found: tuple[Draft, ...], out: Path, replace: bool) -> list[Path]:
    """Write the drafts; what a human may have worked on is not overwritten unasked. Raises DataError."""
    texts = {
        out if at == 0 else out.with_name(f"{draft.id}{out.suffix}"): dump_draft(draft.content)
        for at, draft in enumerate(found)
    }
    kept = [path.name for path, text in texts.items() if path.exists() and _text(path) != text]
    if kept and not replace:
        raise DataError(f"“{'、'.join(kept)}”已有，可能已有人改过。请换一个名称，或加 --replace 覆盖")
    out.parent.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return list(texts)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _unread(reading: Reading) -> list[str]:
    """What of the file could not be read."""
    return [problem for problem in reading.source.problems if problem != NOTE_TRADITIONAL]


def _print_summary(reading: Reading, found: tuple[Draft, ...]) -> None:
    document = reading.document
    told_by = "，".join(str(part) for part in (document.number, document.issued) if part)
    click.echo(f"{document.title or reading.source.name}{f'（{told_by}）' if told_by else ''}")
    counts = [
        f"{label} {sum(len(draft.of(kind)) for draft in found)}"
        for kind, label in (("targets", "目标"), ("tasks", "任务"), ("duties", "职责"), ("trends", "趋势"))
    ]
    past = f"；过去的数 {len(reading.baselines)} 个，不作目标" if reading.baselines else ""
    click.echo(f"读出{'、'.join(counts)} 条{past}。")
    doubtful = sum(len(draft.doubtful) for draft in found)
    wanted = [entry for draft in found for entry in draft.wanted]
    click.echo(f"有疑问的 {doubtful} 条，需要新指标的 {len(wanted)} 条。")
    for entry in wanted:
        click.echo(f"  需要新指标：{entry.key} {entry.content['summary']}")
    for doubt in dict.fromkeys([*reading.source.problems, *reading.document.doubts, *reading.doubts]):
        click.echo(f"  注意：{doubt}")


def _tell(comparison: Comparison, diff: Path | None) -> None:
    counts = "，".join(f"{change.label} {count}" for change, count in comparison.counts().items())
    name = comparison.old.get("short") or comparison.old.get("title") or "另一份"
    click.echo(f"与“{name}”相比：{counts or '没有不同'}；相同 {sum(comparison.same.values())} 条。")
    for difference in comparison.differences:
        click.echo(f"  {difference.words}")
    if diff:
        diff.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(comparison.as_dict(), ensure_ascii=False, indent=1)
        diff.write_text(text + "\n", encoding="utf-8")
