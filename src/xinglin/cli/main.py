"""`xinglin …`: the commands, one function each."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import click
from rich.table import Column
from rich.table import Table as RichTable

from xinglin import __version__
from xinglin.base.errors import DataError
from xinglin.base.places import Divisions, Level, load_divisions
from xinglin.base.problems import Problem, Severity
from xinglin.cli.chinese import ChineseGroup
from xinglin.cli.demo import run_demo, run_demo_site
from xinglin.cli.output import explained_json, print_explanation, print_published, write_report
from xinglin.cli.read import read
from xinglin.cli.receipts import publish as publish_vintage
from xinglin.cli.receipts import reproduce as reproduce_vintage
from xinglin.cli.records import records
from xinglin.cli.shared import DAY, FOUND, console, inputs, told
from xinglin.cli.site import site
from xinglin.facts import check_dataset
from xinglin.measures import describe as describe_measure
from xinglin.measures import load_measures
from xinglin.policy import load_documents
from xinglin.report import FORMS, Asked, dump_json, print_table
from xinglin.report.from_json import read_published
from xinglin.report.origin import counted, published, under
from xinglin.simulate import simulate as simulate_place
from xinglin.standing import evaluate as evaluate_place
from xinglin.standing import explain as explain_number

DATA = click.argument("data", metavar="数据", type=click.Path(path_type=Path))
PLACE = click.option("--place", required=True, help="地区代码或名称，如 441882 或 连州市；全国为 0")
FORM_WORDS = "，".join(f"{name} {form.label}" for name, form in FORMS.items())
BASE_URL = click.option("--base-url", help="数字链接到哪个网址下面，如 https://…/；不写则不链接到网上")
ON = click.option("--on", type=DAY, required=True, help="数据日期，如 2020-12-31")


@click.group(cls=ChineseGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="xinglin", message="%(prog)s %(version)s")
def main() -> None:
    """杏林：基层中医药服务的记录与承诺。退出码：0 正常，1 数据有错或结果不同，2 不能完成。"""


main.add_command(site)
main.add_command(records)
main.add_command(read)


@main.command()
@click.argument("words", metavar="代码或名称")
@click.option("--within", help="只在这个地区（代码或名称）内找；写了才按名称找到村")
@told
def places(words: str, within: str | None) -> None:
    """按代码或名称找地区；重名的全部列出，不猜。"""
    divisions = _divisions(words, within)
    found = [divisions.get(words)] if words.isdigit() else divisions.find(words)
    for place in found:
        click.echo(
            f"{place.code}\t{place.level.label}\t{place.kind.label}\t{divisions.full_name(place.code)}"
        )
    if not found:
        click.echo(f"没有叫“{words}”的地区", err=True)
        raise SystemExit(FOUND)


def _divisions(words: str, within: str | None) -> Divisions:
    """The places to search: all townships; villages of one county for a code, of one area for a name."""
    if words.isdigit() and len(words) == Level.VILLAGE:
        return load_divisions(words[: Level.COUNTY])
    townships = load_divisions(None, Level.TOWNSHIP)
    return load_divisions(townships.one(within).code) if within and not words.isdigit() else townships


@main.command()
@DATA
@click.option("--place", help="数据应属地区的代码；不写则用数据自己声明的")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式")
@told
def check(data: Path, place: str | None, form: str) -> None:
    """一次找出数据中的全部问题，逐条说明在哪里、错在哪里、怎样改。"""
    if not data.exists():
        raise DataError(f"没有“{data}”这个文件或文件夹")
    problems = check_dataset(data, place=place)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if form == "json":
        click.echo(json.dumps([problem.as_dict() for problem in problems], ensure_ascii=False, indent=1))
    else:
        _print_problems(problems, errors)
    raise SystemExit(FOUND if errors else 0)


def _print_problems(problems: list[Problem], errors: int) -> None:
    for problem in problems:
        click.echo(str(problem))
    warnings = len(problems) - errors
    click.echo(f"共 {errors} 处错误，{warnings} 处提醒。" if problems else "没有发现问题。")


@main.command()
@click.argument("place", metavar="地区")
@click.option("--year", type=click.IntRange(1950, 2099), required=True, help="年份")
@click.option("--seed", type=int, default=1, show_default=True, help="种子；同一种子得到同样的字节")
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="写到哪个文件夹")
@told
def simulate(place: str, year: int, seed: int, out: Path) -> None:
    """生成一个县的演示数据；有公布数字的县与公布数字对照。"""
    code = load_divisions(None, Level.COUNTY).one(place).code
    report = simulate_place(code, year=year, seed=seed, out=out)
    screen = console()
    screen.print(f"演示数据：{report.name} {year} 年，种子 {seed}，共 {sum(report.rows.values())} 行 → {out}")
    print_published(report, screen)


@main.command()
@DATA
@PLACE
@ON
@click.option("--binding-only", is_flag=True, help="只看当日已发布、仍有效的文件")
@click.option(
    "--format", "form", type=click.Choice(["table", *FORMS]), default="table", help=f"输出格式：{FORM_WORDS}"
)
@click.option("-o", "out", type=click.Path(path_type=Path), help="写到哪个文件（json 不写则打印）")
@BASE_URL
@told
def evaluate(
    data: Path, place: str, on: date, binding_only: bool, form: str, out: Path | None, base_url: str | None
) -> None:
    """某地在某日对照各文件各项目标：达标没有，差多少，差在哪里，由谁负责。"""
    if out is None and form not in ("table", "json"):
        raise click.UsageError(f"--format {form} 要用 -o 写明文件")
    address = under(base_url) if base_url else None
    opened = inputs(data, place, on)
    standing = evaluate_place(opened, binding_only=binding_only)
    if form == "table":
        print_table(standing, console())
        return
    if standing.empty_because:
        click.echo(standing.empty_because, err=True)
    if out is None:
        click.echo(dump_json(standing), nl=False)
    else:
        origin = counted(standing, binding_only=binding_only)
        write_report(form, Asked(standing, origin, address), out, opened)
        click.echo(f"已写入 {out}")


@main.command()
@click.argument("vintage", metavar="期次", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(list(FORMS)), required=True, help=FORM_WORDS)
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="写到哪个文件")
@BASE_URL
@told
def report(vintage: Path, form: str, out: Path, base_url: str | None) -> None:
    """用已发布的一期（publish 生成的文件夹）出报告，不重新统计。"""
    address = under(base_url) if base_url else None
    standing, receipt = read_published(vintage)
    write_report(form, Asked(standing, published(receipt), address), out)
    click.echo(f"已写入 {out}")


@main.command()
@DATA
@click.option(
    "--measure", required=True, help="指标名，如 centre_technique_6x15_rate；用 xinglin describe 列出"
)
@PLACE
@ON
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", help="输出格式")
@told
def explain(data: Path, measure: str, place: str, on: date, form: str) -> None:
    """打开一个数：逐个单位、逐个条件、它的值、计入与否及原因。"""
    if measure not in load_measures().names():
        raise click.BadParameter(
            f"没有名为“{measure}”的指标；用 xinglin describe 列出全部", param_hint="--measure"
        )
    opened = inputs(data, place, on)
    explanation, made_up = explain_number(opened, measure), opened.dataset.info.demonstration
    if form == "json":
        click.echo(explained_json(explanation, demonstration=made_up), nl=False)
    else:
        print_explanation(explanation, console(), demonstration=made_up)


@main.command()
@click.argument("name", metavar="[指标]", required=False)
@told
def describe(name: str | None) -> None:
    """用中文说明一个指标怎样计算；不写名称则列出全部。"""
    book = load_measures()
    if name is None:
        table = RichTable(Column("指标", no_wrap=True), Column("名称", overflow="fold"), box=None)
        for known in sorted(book.names()):
            table.add_row(known, book.label(known))
        console().print(table)
        return
    if name not in book.names():
        raise click.BadParameter(f"没有名为“{name}”的指标", param_hint="指标")
    click.echo(describe_measure(book.definition(name), book, book.parameters(name)))


@main.command()
@told
def wanted() -> None:
    """列出政策文件中还没有计算定义的目标。"""
    library = load_documents(load_measures())
    found = library.wanted()
    for entry in found:
        ids = "、".join(target.id for target in entry.targets)
        click.echo(f"{entry.row.id}\t{entry.row.name}\t{ids}")
    click.echo(f"共 {len(found)} 类、{sum(len(entry.targets) for entry in found)} 项目标暂无定义。")


@main.command()
@DATA
@PLACE
@ON
@click.option("-o", "out", type=click.Path(path_type=Path), required=True, help="新的文件夹")
@told
def publish(data: Path, place: str, on: date, out: Path) -> None:
    """发布一期：定义、事实清单、结果和回执冻结在一起，以后不变。"""
    receipt = publish_vintage(inputs(data, place, on), out)
    click.echo(f"已发布，回执 {receipt}")


@main.command()
@click.argument("receipt", metavar="回执", type=click.Path(path_type=Path))
@DATA
@told
def reproduce(receipt: Path, data: Path) -> None:
    """凭回执重算一期，逐字节对照。"""
    differences = reproduce_vintage(receipt, data)
    for line in differences:
        click.echo(line, err=True)
    click.echo("与发布时逐字节相同。" if not differences else "与发布时不同。")
    raise SystemExit(FOUND if differences else 0)


@main.command()
@click.option(
    "-o", "out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="写到哪里"
)
@click.option("--site", "with_site", is_flag=True, help="再建一个演示站点，在本机 8000 端口运行")
@click.option("--no-serve", is_flag=True, envvar="DEMO_NO_SERVE", help="站点建好就结束，不运行")
@told
def demo(out: Path, with_site: bool, no_serve: bool) -> None:
    """演示：模拟连州 2020 年，检查，对照连州方案和国家计划，写出报告。"""
    run_demo(out, console())
    if with_site:
        run_demo_site(out, console(), serve=not no_serve)
