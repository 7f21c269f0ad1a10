"""Write the reference pages that come from data: fact tables, measures, policy documents, records, the mission.

``--check`` writes nothing and fails when a committed page differs from what would be written.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xinglin.base.yamlfile import read_yaml

if TYPE_CHECKING:
    from xinglin.records import Book, Definition
    from xinglin.records.mission import Mission, Served

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ROOT / "src" / "xinglin"
PAGES = ROOT / "docs" / "reference"
NOTICE = "<!-- 由 `make docs` 生成，请勿手改。Written by `make docs`; do not edit. -->"
EVERY = {"month": "按月", "year": "按年"}
BY = {"facility": "机构", "place": "地区"}
LEVELS = {"national": "国家", "provincial": "省级", "prefecture": "地市级", "county": "县级"}


def cell(value: object) -> str:
    """One table cell: empty for None, and no character that breaks the table."""
    return "" if value is None else str(value).replace("|", "\\|").replace("\n", " ")


def table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """A Markdown table, line by line, with an empty line after it."""
    names = list(header)
    for row in (names, ["---"] * len(names), *rows):
        yield "| " + " | ".join(cell(value) for value in row) + " |"
    yield ""


# Fact tables


def facts_page() -> Iterator[str]:
    """Every declared table with its columns, then every code list."""
    tables = {
        name: content
        for path in sorted((ROOMS / "facts" / "tables").glob("*.yaml"))
        for name, content in read_yaml(path).items()
    }
    lists = read_yaml(ROOMS / "facts" / "codelists.yaml")
    yield from [NOTICE, "# 事实表", ""]
    yield f"{len(tables)} 张表，{len(lists)} 个代码表。文件可以是 CSV、Excel 或 Parquet。"
    yield "表头写列名或中文名均可。`region`（地区）和 `technique`（中医医疗技术目录）由程序自带，不必提供。"
    yield ""
    yield from table(
        ["表", "名称", "一行是什么"], ([f"[`{n}`](#{n})", t["label"], t["grain"]] for n, t in tables.items())
    )
    for name, content in tables.items():
        yield from fact_table(name, content)
    yield from ["# 代码表", ""]
    for name, content in lists.items():
        yield from code_list(name, content, tables)


def fact_table(name: str, content: dict[str, Any]) -> Iterator[str]:
    """One table: its grain, key, reporting, and columns."""
    yield from [f'<a id="{name}"></a>', f"## {content['label']} `{name}`", ""]
    facts = [f"一行：{content['grain']}", f"主键：{'、'.join(f'`{key}`' for key in content['key'])}"]
    if content.get("place"):
        facts.append(f"所在地：`{content['place']}`")
    if reported := content.get("reported"):
        facts.append(f"填报：{BY[reported['by']]}{EVERY[reported['every']]}")
    yield from ["。".join(facts) + "。", ""]
    columns = content["columns"].items()
    yield from table(
        ["列", "名称", "类型", "必填", "单位", "范围", "含义"], (column_row(*item) for item in columns)
    )


def column_row(name: str, column: dict[str, Any]) -> list[object]:
    """One column of a fact table as a row of the page."""
    kind = column["type"]
    if target := column.get("codes"):
        kind = f"{kind} [`{target}`](#list-{target})"
    elif target := column.get("references"):
        kind = f"{kind} → [`{target}`](#{target})"
    required = "是" if column.get("required") else None
    return [f"`{name}`", column["label"], kind, required, column.get("unit"), span(column), column["meaning"]]


def span(column: dict[str, Any]) -> str | None:
    """What a column's values are limited to: numbers, or the digits of a place code."""
    if levels := column.get("levels"):
        return "、".join(map(str, levels)) + " 位"
    low, high = column.get("min"), column.get("max")
    if low is None and high is None:
        return None
    return f"{'' if low is None else low}–{'' if high is None else high}"


def code_list(name: str, content: dict[str, Any], tables: dict[str, Any]) -> Iterator[str]:
    """One code list with the other names a file may carry."""
    yield from [f'<a id="list-{name}"></a>', f"## {content['label']} `{name}`", ""]
    order = "代码在同一 scheme 内由低到高。" if content.get("ordered") else ""
    yield from [f"来源：{content['source']}。{order}", ""]
    if content.get("tables"):
        reportable = "、".join(f"`{key}`（{t['label']}）" for key, t in tables.items() if t.get("reported"))
        yield from [f"须填报的事实表：{reportable}。", ""]
        return
    rows = (
        [f"`{code}`", entry["label"], "、".join(entry.get("other", [])), entry.get("scheme")]
        for code, entry in content["codes"].items()
    )
    yield from table(["代码", "名称", "其他写法", "scheme"], rows)


# Measures


def measures_page() -> Iterator[str]:
    """Every measure in the words that the program itself uses."""
    from xinglin.measures import describe, load_measures  # the counting room is heavy; other pages do without

    book = load_measures()
    definitions = book.definitions
    yield from [NOTICE, "# 指标", "", f"{len(definitions)} 个定义。每一段由程序照定义写出。", ""]
    yield from table(
        ["指标", "名称", "含义"],
        ([f"[`{i}`](#{i})", d.label, d.meaning] for i, d in sorted(definitions.items())),
    )
    for name, definition in sorted(definitions.items()):
        yield from [f'<a id="{name}"></a>', f"## {definition.label} `{name}`", ""]
        yield from ["```text", describe(definition, book).rstrip(), "```", ""]


# Policy documents


def policies_page() -> Iterator[str]:
    """Every document with its targets; those without a definition yet are marked."""
    documents = [read_yaml(path) for path in sorted((ROOMS / "policy" / "documents").glob("*.yaml"))]
    documents.sort(key=lambda document: (list(LEVELS).index(document["level"]), document["id"]))
    yield from [
        NOTICE,
        "# 文件",
        "",
        "目标和任务都用我们自己的话写，不抄原文；原文以发文机关公布的为准。",
        "",
    ]
    yield from table(
        ["文件", "级别", "地区代码", "发布", "目标", "其中暂无定义", "任务", "职责"],
        map(summary_row, documents),
    )
    for document in documents:
        yield from policy(document)


def summary_row(document: dict[str, Any]) -> list[object]:
    """One document with its counts."""
    targets = document["targets"]
    wanted = sum(target["measure"] == "wanted" for target in targets)
    counts = [len(targets), wanted, len(document.get("tasks") or []), len(document.get("duties") or [])]
    link = f"[{document['short']}](#{document['id']})"
    return [link, LEVELS[document["level"]], f"`{document['place']}`", document["issued"], *counts]


def policy(document: dict[str, Any]) -> Iterator[str]:
    """One document: what it is, its targets, how often each measure is wanted."""
    yield from [f'<a id="{document["id"]}"></a>', f"## {document['title']}", ""]
    period = document["period"]
    yield f"发文：{'、'.join(document['issuers'])}。文号：{document.get('number') or '来源未印'}。"
    yield from [f"期限：{period['from']} 至 {period['to']}。", ""]
    if document.get("notes"):
        yield from [f"说明：{document['notes']}", ""]
    rows = (
        [f"`{t['id']}`", "；".join(t["clauses"]), t["summary"], measure_of(t), t["deadline"]]
        for t in document["targets"]
    )
    yield from table(["目标", "条款", "内容", "指标", "期限"], rows)
    wanted = Counter(t["wants"] for t in document["targets"] if t["measure"] == "wanted")
    if wanted:
        yield from [
            "暂无定义：" + "、".join(f"`{name}`（{count}）" for name, count in sorted(wanted.items())) + "。",
            "",
        ]


def measure_of(target: dict[str, Any]) -> str:
    """The measure a target names, or that there is none yet."""
    return "暂无定义" if target["measure"] == "wanted" else f"`{target['measure']}`"


# Records


def records_page() -> Iterator[str]:
    """Every record definition, topic by topic."""
    from xinglin.records import load_definitions

    book = load_definitions()
    yield from [NOTICE, "# 记录", ""]
    yield f"{len(book)} 个定义。怎样写一个定义，见 [record-file.md](record-file.md)；"
    yield from ["各自服务于哪些机制，见 [mission.md](mission.md)。", ""]
    for topic, named in book.topics.items():
        if own := book.of_topic(topic):
            yield from [f"## [{named.label}](records/{topic}.md)", ""]
            header = ["记录", "种类", "关于", "填写", "应报", "事实表", "服务于"]
            yield from table(header, (record_row(one, book) for one in own))


def record_row(one: Definition, book: Book) -> list[object]:
    """One definition as a row of the index."""
    from xinglin.records.describe import due_words, subject_words
    from xinglin.records.phrases import Words

    tables = dict.fromkeys(feed.table for feed in one.facts)
    return [
        f"[{one.label}](records/{one.topic}.md#{one.id})",
        one.kind.label,
        subject_words(one, book),
        Words(one, role_labels()).who(one.who.write),
        None if one.due is None else due_words(one.due, book, one.of),
        "、".join(f"[`{name}`](facts.md#{name})" for name in tables),
        "、".join(f"[{row}](mission.md#{row})" for row in one.serves),
    ]


def role_labels() -> dict[str, str]:
    """Roles with their Chinese names, from the table of permissions."""
    roles = read_yaml(ROOMS / "apps" / "access" / "access.yaml")["roles"]
    return {name: role["label"] for name, role in roles.items()}


def topic_page(topic: str) -> Iterator[str]:
    """Every definition of a topic in words, with its diagram."""
    from xinglin.records import load_definitions
    from xinglin.records.describe import describe
    from xinglin.records.diagram import mermaid

    book = load_definitions()
    own = book.of_topic(topic)
    yield from [NOTICE, f"# {book.topics[topic].label}", ""]
    yield from [f"{len(own)} 个定义。每一段由程序照定义写出。[全部记录](../records.md)", ""]
    for one in own:
        yield from [f'<a id="{one.id}"></a>', f"## {one.label} `{one.id}`", ""]
        yield from ["```text", describe(one, book, role_labels()), "```", ""]
        if one.states:
            yield from ["```mermaid", mermaid(one), "```", ""]


# The mission


def mission_page() -> Iterator[str]:
    """Every mechanism of the five documents with what serves it, and by what."""
    from xinglin.records import load_definitions
    from xinglin.records.mission import load_mission

    mission = load_mission()
    rows = mission.served(load_definitions())
    yield from [NOTICE, "# 任务：五份文件里的机制", ""]
    served = [row for row in rows if row.is_served]
    yield f"五份文件点名的机制共 {len(rows)} 项，其中 {len(served)} 项已有记录定义或程序的其他部分服务，"
    yield f"{len(rows) - len(served)} 项还没有。名称用我们自己的话写。"
    yield ""
    yield from table(["组", "机制", "已有", "其中有记录定义", "还没有"], mission_counts(mission, rows))
    for key, group in mission.groups.items():
        yield from [f"## {key} {group.label}", ""]
        own = (mission_row(row) for row in rows if row.group == key)
        yield from table(["编号", "机制", "由什么服务", "凭什么"], own)


def mission_counts(mission: Mission, rows: list[Served]) -> Iterator[list[object]]:
    """Counts by group, and in all."""
    for key, label in [*((key, group.label) for key, group in mission.groups.items()), ("", "合计")]:
        own = [row for row in rows if not key or row.group == key]
        done = sum(row.is_served for row in own)
        defined = sum(bool(row.definitions) for row in own)
        yield [f"{key} {label}".strip(), len(own), done, defined, len(own) - done]


def mission_row(row: Served) -> list[object]:
    """One mechanism: its definitions with links, what else serves it, by what."""
    from xinglin.records.mission import BY

    by = [f"[{one.label}](records/{one.topic}.md#{one.id})" for one, _ in row.definitions]
    if row.row.words:
        by.append(f"{row.row.words}（`{row.row.app}`）")
    if row.row.measures:
        by.append("指标 " + "、".join(f"[`{name}`](measures.md#{name})" for name in row.row.measures))
    means = "、".join(BY[name] for name in row.by)
    return [f'<a id="{row.id}"></a>{row.id}', row.row.title, "；".join(by) or "还没有", means]


def topics() -> Iterable[str]:
    """Folders of record definitions."""
    folder = ROOMS / "records" / "definitions"
    return [name for name in read_yaml(folder / "topics.yaml") if any((folder / name).glob("*.yaml"))]


# The API


def api_page() -> Iterator[str]:
    """Every operation of the API, from its OpenAPI document; the site's settings want a home folder, a passing one."""
    import os
    import tempfile

    with tempfile.TemporaryDirectory() as home:
        kept = dict(os.environ)
        os.environ |= {"XINGLIN_HOME": home, "DJANGO_SETTINGS_MODULE": "xinglin.config.settings"}
        os.environ.pop("DATABASE_URL", None)
        try:
            yield from [NOTICE, *_api_lines(Path(home))]
        finally:
            os.environ.clear()
            os.environ.update(kept)


def _api_lines(home: Path) -> list[str]:
    from xinglin.apps.protection.home import Keys, write_keys

    write_keys(home, Keys("QA", "d" * 64, "a" * 64, "1" * 64, {"k1": "0" * 32}, "k1"))
    import django

    django.setup()
    from xinglin.apps.api.reference import markdown

    return list(markdown())


# Safety check


def safety_page() -> Iterator[str]:
    """Every rule of the safety check by level, kinds of post, and the items of the review."""
    from xinglin.knowledge import prescription_review, safety

    rules, posts = {**safety.rules(), **safety.patent_rules()}, safety.posts()
    items = prescription_review.items()
    ground = {"law": "法规", "pharmacopoeia": "药典", "practice": "习用", "post": "岗位"}
    yield from [NOTICE, "# 用药安全审核与处方点评", ""]
    yield f"{len(rules)} 条规则。低于药典剂量从不提示；习用的规则至多提醒。“药典”指所用版本。"
    yield ""
    for level in reversed(safety.Level):
        yield from [f"## {level.label}", ""]
        chosen = {name: rule for name, rule in rules.items() if rule.level is level}
        yield from table(
            ["规则", "名称", "说明", "依据", "出处"],
            (
                [
                    f"`{name}`",
                    r.title,
                    r.why,
                    ground[r.binding],
                    r.source.replace("{book}", "药典") or "见各条",
                ]
                for name, r in chosen.items()
            ),
        )
    yield from ["## 岗位类别", ""]
    review = {"independent": "药师在场", "same_person": "同一药师间隔复核", "remote_sample": "远程抽样点评"}
    yield from table(
        ["岗位", "名称", "复核", "罂粟壳", "有毒药"],
        (
            [
                f"`{k}`",
                p.title,
                review[p.review],
                "可" if p.poppy_husk else "不得",
                "远程签名" if p.toxic == "sign" else "",
            ]
            for k, p in posts.items()
        ),
    )
    yield from ["## 处方点评 28 项", ""]
    yield from table(
        ["编号", "项目", "判定", "对应规则", "备注"],
        (
            [c, i.title, i.by.label, "、".join(f"`{name}`" for name in i.rules), i.note]
            for c, i in items.items()
        ),
    )


BUILDERS: dict[str, Callable[[], Iterator[str]]] = {
    "facts.md": facts_page,
    "measures.md": measures_page,
    "policies.md": policies_page,
    "records.md": records_page,
    **{f"records/{topic}.md": partial(topic_page, topic) for topic in topics()},
    "mission.md": mission_page,
    "safety.md": safety_page,
    "api.md": api_page,
}


def main() -> int:
    """Write the pages, or compare them with the committed ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is out of date")
    parser.add_argument("pages", nargs="*", help=f"which of {', '.join(BUILDERS)} (default: all)")
    arguments = parser.parse_args()
    if unknown := set(arguments.pages) - set(BUILDERS):
        parser.error(f"no such page: {', '.join(sorted(unknown))}")
    stale = [name for name in arguments.pages or BUILDERS if not settle(name, check=arguments.check)]
    if not arguments.pages:
        stale += [f"records/{path.name}" for path in orphans(check=arguments.check)]
    if stale:
        print(f"out of date: {', '.join(stale)}; run `make docs`", file=sys.stderr)
    return 1 if stale else 0


def orphans(*, check: bool) -> list[Path]:
    """Pages of topics that have no definitions any more; removed unless only checking."""
    found = [
        path for path in sorted((PAGES / "records").glob("*.md")) if f"records/{path.name}" not in BUILDERS
    ]
    if check:
        return found
    for path in found:
        path.unlink()
    return []


def settle(name: str, *, check: bool) -> bool:
    """Write one page, or answer whether the committed one is what would be written."""
    text = "\n".join(BUILDERS[name]()).rstrip() + "\n"
    path = PAGES / name
    if check:
        return path.exists() and path.read_text(encoding="utf-8") == text
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


if __name__ == "__main__":
    sys.exit(main())
