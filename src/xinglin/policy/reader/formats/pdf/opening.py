"""A PDF opened in a process of its own (`extract`): pdfium is native code, and a file may be made to break it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinglin.policy.reader.formats.refused import (
    MOST_CHARACTERS_OF_PAGE,
    MOST_MEMORY,
    MOST_PAGES,
    MOST_RULES,
    MOST_SECONDS,
    RefusedError,
    too_large,
)

_PROGRAM = Path(__file__).with_name("extract.py")
_AGAIN = "请用 PDF 阅读器打开看是否完好，另存或打印为 PDF"
_LIMITS = {
    "pages": MOST_PAGES,
    "signs": MOST_CHARACTERS_OF_PAGE,
    "rules": MOST_RULES,
    "seconds": MOST_SECONDS,
    "memory": MOST_MEMORY,
}


def opened(name: str, content: bytes) -> list[dict[str, Any]]:
    """What `extract` says of a PDF: first the document, then its pages.

    Raises:
        RefusedError: damaged, encrypted, with too many pages or signs, or too costly to open.
    """
    command = [sys.executable, "-I", str(_PROGRAM), json.dumps(_LIMITS)]
    try:
        # Ten times the processor's time: a busy machine is no fault of the file.
        found = subprocess.run(  # noqa: S603 - our own program
            command, input=content, capture_output=True, timeout=10 * MOST_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _costly(name) from error
    if found.returncode:
        raise _costly(name)
    said = list(_lines(found.stdout))
    for line in said:
        if "error" in line:
            raise _refusal(name, line["error"], line["number"])
    return said


def _lines(output: bytes) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in output.splitlines())


def _costly(name: str) -> RefusedError:
    what = f"无法读完：打开它要用 {MOST_SECONDS} 秒以上的运算时间或过多的内存，可能有害"
    return RefusedError("too_costly", name, what, "请确认文件的来源；可信的请用 PDF 阅读器另存或打印为 PDF")


def _refusal(name: str, error: str, number: int) -> RefusedError:
    if error == "pages":
        return too_large(name, number, MOST_PAGES, "页数")
    if error == "signs":
        return too_large(name, MOST_CHARACTERS_OF_PAGE + 1, MOST_CHARACTERS_OF_PAGE, f"第 {number} 页的字")
    if error == "encrypted":
        return RefusedError("encrypted", name, "加了密码", "请用 PDF 阅读器打开，去掉密码后另存")
    where = f"的第 {number} 页不完好" if number else "不是完好的 PDF 文件"
    return RefusedError("damaged", name, where, _AGAIN)
