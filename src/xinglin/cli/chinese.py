"""Click speaks English; here its help pages and usage errors are put into Chinese, whatever the locale."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any

import click
from rich.cells import cell_len

_HELP = (
    ("Show this message and exit.", "显示本说明。"),
    ("Show the version and exit.", "显示版本。"),
    ("required]", "必填]"),
    ("[default: ", "[默认 "),
    ("; default: ", "；默认 "),
    ("; 1<=", "；1<="),
    ("; 必填]", "；必填]"),
)
_PIECES = (("[OPTIONS]", "[选项]"), ("COMMAND [ARGS]...", "命令 [参数]"))
_RANGE = re.compile(r"(\[|；)(\d+)<=x<=(\d+)")
_VALUES = {
    "text": "文字",
    "integer": "整数",
    "integer range": "整数",
    "float": "数字",
    "path": "路径",
    "file": "文件",
    "directory": "文件夹",
}
"""What stands behind an option, by the name of click's type; choices and our own types speak for themselves."""
_SECTIONS = {"Options": "选项", "Commands": "命令"}
_QUOTED = re.compile(r"'([^']*)'")
_LIST = re.compile(r"'[^']*'(?:, '[^']*')*")
_NEAR = r"(?: \(?Did you mean(?: one of:)? (?P<near>.+?)\?\)?)?"

# Patterns of click's messages and what we say instead; {n} is the nth group.
_MESSAGES = tuple(
    (re.compile(pattern, re.DOTALL), words)
    for pattern, words in (
        (r"Missing option (.+?)\.(?:\s.*)?", "缺少选项 {0}"),
        (r"Missing argument (.+?)\.(?:\s.*)?", "缺少参数“{0}”"),
        (r"Missing command\.", "缺少命令"),
        (rf"No such option:? (\S+?)\.?{_NEAR}", "没有 {0} 这个选项{1}"),
        (rf"No such command (\S+?)\.{_NEAR}", "没有 {0} 这个命令{1}"),
        (r"Option (\S+) requires an argument\.", "选项 {0} 后面要写值"),
        (r"Option (\S+) does not take a value\.", "选项 {0} 后面不写值"),
        (r"Got unexpected extra arguments? \((.+)\)", "多出了参数 {0}"),
        (r"Invalid value for (.+?): (.+)", "{0} 的值不对：{1}"),
        (r"'(.*)' is not one of (.+)\.", "“{0}”不在可选之列，可选：{1}"),
        (r"'(.*)' is not a valid integer(?: range)?\.", "“{0}”不是整数"),
        (r"(\S+) is not in the range (\d+)<=x<=(\d+)\.", "{0} 不在 {1} 至 {2} 之间"),
    )
)


def in_chinese(message: str) -> str:
    """One of click's messages in Chinese; one that is not known (or is Chinese already) stays as it is."""
    for pattern, words in _MESSAGES:
        found = pattern.fullmatch(message)
        if found:
            near = found.groupdict().get("near")
            groups = [_plain(group or "") for group in found.groups()]
            return words.format(*groups[:-1], f"，是不是 {groups[-1]}") if near else words.format(*groups)
    return message


def _plain(text: str) -> str:
    """A group without click's quotes, a list of quoted words joined by 、, a message within in Chinese."""
    return "、".join(_QUOTED.findall(text)) if _LIST.fullmatch(text) else in_chinese(text)


class Misuse(click.UsageError):
    """A usage error told in Chinese."""

    def show(self, file: IO[Any] | None = None) -> None:
        """Print how the command is used and what was wrong, on standard error."""
        if self.ctx is not None:
            click.echo(self.ctx.get_usage(), file=file, err=True)
            click.echo(f"用 {self.ctx.command_path} --help 查看说明。\n", file=file, err=True)
        click.echo(f"错误：{self.message}", file=file, err=True)


@contextmanager
def _told_in_chinese() -> Iterator[None]:
    try:
        yield
    except (click.exceptions.NoArgsIsHelpError, Misuse):
        raise
    except click.UsageError as error:
        raise Misuse(in_chinese(error.format_message()), error.ctx) from error


class _Formatter(click.HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """The line of usage."""
        super().write_usage(prog, _replaced(args, _PIECES), prefix or "用法：")

    def write_heading(self, heading: str) -> None:
        """The heading of a section."""
        self.write(f"{' ' * self.current_indent}{_SECTIONS.get(heading, heading)}：\n")

    def write_text(self, text: str) -> None:
        """What the command does, wrapped by the width that is seen: a Chinese character takes two columns."""
        indent = " " * self.current_indent
        for line in wrapped(text, self.width - self.current_indent):
            self.write(f"{indent}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Options or commands with what they mean, in two columns."""
        known = [(name, _RANGE.sub(r"\1\2 至 \3", _replaced(text, _HELP))) for name, text in rows]
        first = min(max(cell_len(name) for name, _ in known), col_max) + col_spacing
        indent, margin = " " * self.current_indent, " " * (self.current_indent + first)
        for name, text in known:
            fits = cell_len(name) <= first - col_spacing
            gap = " " * (first - cell_len(name)) if fits else f"\n{margin}"
            lines = wrapped(text, max(self.width - len(margin), 10))
            self.write(f"{indent}{name}{gap}" + f"\n{margin}".join(lines) + "\n")


def _replaced(text: str, pairs: Sequence[tuple[str, str]]) -> str:
    for old, new in pairs:
        text = text.replace(old, new)
    return text


_PIECE = re.compile(r"[（“《【\[]*(?:[!-~]+|\S)[，。；：、！？）】》”\]]*\s*")


def wrapped(text: str, width: int) -> list[str]:
    """Lines no wider than this many columns; broken at spaces and between Chinese characters, not before marks."""
    lines = [""]
    for piece in _PIECE.findall(" ".join(text.split())):
        if lines[-1] and cell_len(lines[-1]) + cell_len(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


class _Context(click.Context):
    formatter_class = _Formatter


class ChineseCommand(click.Command):
    """A command whose help is Chinese."""

    context_class = _Context

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for param in self.params:
            if isinstance(param, click.Option) and param.metavar is None:
                param.metavar = _VALUES.get(param.type.name)


class ChineseGroup(click.Group):
    """A group of commands whose help and usage errors are Chinese."""

    context_class = _Context
    command_class = ChineseCommand

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the group's own options."""
        with _told_in_chinese():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Read and run the command."""
        with _told_in_chinese():
            return super().invoke(ctx)
