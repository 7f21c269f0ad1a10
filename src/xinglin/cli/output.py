"""Writing reports and printing explanations and published figures."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from xinglin.base.errors import DataError
from xinglin.report import dump_json, render_html, write_workbook
from xinglin.standing import Explanation, Inputs, Standing, explain

if TYPE_CHECKING:
    from xinglin.simulate import SimulationReport


def with_explanations(opened: Inputs, standing: Standing) -> Standing:
    """The standing with every number of the place opened down to its units (each measure once)."""
    found: dict[str, Explanation] = {}
    for result in standing.results:
        key = json.dumps([result.measure, result.parameters], ensure_ascii=False, default=str, sort_keys=True)
        if not result.wanted and key not in found:
            try:
                explanation = explain(opened, result.measure, result.parameters)
            except DataError:
                continue
            found[key] = replace(explanation, label=result.measure_label)
    return replace(standing, explanations=tuple(found.values()))


def write_report(opened: Inputs, standing: Standing, form: str, out: Path) -> None:
    """Write one report file: json, html or xlsx."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if form == "json":
        out.write_text(dump_json(standing), encoding="utf-8")
        return
    full = with_explanations(opened, standing)
    if form == "html":
        out.write_text(render_html(full), encoding="utf-8")
    else:
        write_workbook(full, out)


def explained_json(explanation: Explanation) -> str:
    """An explanation as JSON text."""
    content = asdict(explanation)
    return json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n"


def print_explanation(explanation: Explanation, screen: Console) -> None:
    """The definition in words, then each unit with its conditions."""
    screen.print(explanation.description)
    numbers = " ÷ ".join(
        text for text in (explanation.numerator, explanation.denominator) if text is not None
    )
    numbers = f"{numbers}；" if explanation.numerator is not None else ""
    screen.print(
        f"\n[bold]{explanation.place_name} {explanation.on}：{explanation.display}[/bold]"
        f"（{numbers}{explanation.n_reported}/{explanation.n_units} 个单位已报）\n"
    )
    for unit in explanation.units:
        screen.print(
            f"[bold]{unit.included}[/bold] {unit.name}（{unit.unit}，{unit.place_name}）{unit.reason}"
        )
        for step in unit.steps:
            mark = "✔" if step.holds else "✘"
            value = f" → {step.value}" if step.value else ""
            screen.print(f"{'  ' * (step.depth + 1)}{mark} {step.words}{value}")


def print_published(report: SimulationReport, screen: Console) -> None:
    """Published and produced figures side by side, and what was assumed."""
    if report.published:
        table = Table(title="与公布数字对照", box=SIMPLE)
        table.add_column("公布的数字", overflow="fold", ratio=1)
        for heading in ("公布", "模拟", "分子/分母", "差", "合"):
            table.add_column(heading, no_wrap=True, justify="right")
        for row in report.published:
            within = "是" if row.within else "否"
            shown = f"{row.numerator}/{row.denominator}"
            table.add_row(
                row.name,
                f"{row.published}{row.unit}",
                row.display,
                shown,
                f"{float(row.difference):+.4f}",
                within,
            )
        screen.print(table)
    for sentence in report.assumptions:
        screen.print(f"假设：{sentence}")
