"""What several commands need: the console, opened inputs, errors told in Chinese with an exit code."""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
from rich.console import Console

from xinglin.base.errors import XinglinError
from xinglin.facts import InvalidData, open_dataset
from xinglin.measures import load_measures
from xinglin.policy import load_documents
from xinglin.standing import Inputs, open_inputs

P = ParamSpec("P")
T = TypeVar("T")

OK, FOUND, WRONG = 0, 1, 2
"""Exit codes: done; done and something is wrong with the data (or bytes differ); could not be done."""


def console() -> Console:
    """The terminal, as wide as it is."""
    return Console(highlight=False)


def day(text: str) -> date:
    """A date of the form 2020-12-31. Raises click.BadParameter."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        raise click.BadParameter(f"“{text}”不是日期，请写成 2020-12-31") from None


class Day(click.ParamType[date]):
    """A calendar day on the command line."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Turn text into a date."""
        del param, ctx
        return value if isinstance(value, date) else day(value)


DAY = Day()


def inputs(data: Path, place: str, on: date) -> Inputs:
    """Open a data set, the definitions and the documents for a place at a date."""
    book = load_measures()
    return open_inputs(open_dataset(data), book, load_documents(book), place, on)


def told(command: Callable[P, T]) -> Callable[P, T]:
    """Tell an expected error in Chinese on standard error and leave with exit code 2; lose no traceback of others."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except InvalidData as error:
            for problem in error.problems:
                click.echo(str(problem), err=True)
            click.echo("数据有错误，没有计算。请先用 xinglin check 逐条改正。", err=True)
        except XinglinError as error:
            click.echo(f"不能完成：{error}", err=True)
        except BrokenPipeError:  # whoever read the output has seen enough; click leaves quietly
            raise
        except OSError as error:
            click.echo(f"不能完成：{_file_words(error)}", err=True)
        raise SystemExit(WRONG)

    return wrapped


_FILE_FAULTS: tuple[tuple[type[OSError], str], ...] = (
    (FileNotFoundError, "没有“{}”这个文件或文件夹"),
    (IsADirectoryError, "“{}”是文件夹，请写明文件"),
    (NotADirectoryError, "“{}”不是文件夹，或它的上级是文件"),
    (FileExistsError, "“{}”已有同名的文件，请换一个名称"),
    (PermissionError, "没有读写“{}”的权限"),
)


def _file_words(error: OSError) -> str:
    for kind, words in _FILE_FAULTS:
        if isinstance(error, kind):
            return words.format(error.filename)
    return f"读写“{error.filename}”时出错：{error.strerror}"
