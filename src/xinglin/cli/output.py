"""Writing reports and printing explanations and published figures."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from xinglin.report import FORMS, Asked
from xinglin.standing import Explanation, Inputs, with_explanations

if TYPE_CHECKING:
    from xinglin.simulate import SimulationReport


def write_report(form: str, asked: Asked, out: Path, opened: Inputs | None = None) -> None:
    """Write one report file; where the data set is open, forms that list units list them."""
    out.parent.mkdir(parents=True, exist_ok=True)
    if opened is not None and FORMS[form].opens_units:
        asked = replace(asked, standing=with_explanations(opened, asked.standing))
    FORMS[form].write(asked, out)


def explained_json(explanation: Explanation, *, demonstration: bool) -> str:
    """An explanation as JSON text, which says whether the data are made up."""
    content = {"demonstration": demonstration, **asdict(explanation)}
    return json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n"


def print_explanation(explanation: Explanation, screen: Console, *, demonstration: bool) -> None:
    """Whether the data are made up, the definition in words, then each unit with its conditions."""
    if demonstration:
        screen.print("演示数据：由程序模拟生成，不得用于考核或公布。", style="yellow")
    screen.print(explanation.description, markup=False)
    numbers = " ÷ ".join(
        text for text in (explanation.numerator, explanation.denominator) if text is not None
    )
    numbers = f"{numbers}；" if explanation.numerator is not None else ""
    screen.print(
        f"\n[bold]{escape(explanation.place_name)} {explanation.on}：{explanation.display}[/bold]"
        f"（{numbers}{explanation.n_reported}/{explanation.n_units} 个单位已报）"
    )
    if explanation.parameter_words:
        words = "；".join(f"{label}：{value}" for label, value in explanation.parameter_words)
        screen.print(f"口径参数：{words}", markup=False)
    screen.print()
    for unit in explanation.units:
        screen.print(
            f"[bold]{unit.included}[/bold] "
            + escape(f"{unit.name}（{unit.unit}，{unit.place_name}）{unit.reason}")
        )
        for step in unit.steps:
            mark = "✔" if step.holds else "✘"
            value = f" → {step.value}" if step.value else ""
            screen.print(f"{'  ' * (step.depth + 1)}{mark} {step.words}{value}", markup=False)


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
