"""The program that opens a PDF: signs and lines of each page with their places, as JSON on standard output.

It is run by itself in a process of its own, with limits of time and memory, and imports nothing but pdfium: what a
hostile file does to it, it does to nobody else. One line of JSON for the document, then one for each page.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import math
import sys
from collections.abc import Iterator
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

_HIGH, _LOW = (0xD800, 0xDC00), (0xDC00, 0xE000)
_BLANKS = {*range(1, 0x21), 0xA0, 0xAD, *range(0x2000, 0x2010), 0x3000, 0xFEFF}
_ASLANT = 0.05

Point = tuple[float, float]


class _Stop(Exception):  # noqa: N818 – says why the program ends
    """Why nothing more is read."""


def main() -> None:
    """Read standard input; the limits are the only argument, as JSON."""
    limits = json.loads(sys.argv[1])
    _limit(limits)
    try:
        document = _opened(sys.stdin.buffer.read())
        if len(document) > limits["pages"]:
            raise _Stop("pages", len(document))
        attached = max(pdfium.FPDFDoc_GetAttachmentCount(document.raw), 0)
        _say({"pages": len(document), "attached": attached})
        for number in range(len(document)):
            _say(_page(document, number, limits))
    except _Stop as stop:
        _say({"error": stop.args[0], "number": stop.args[1]})


def _say(content: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(content, ensure_ascii=True, separators=(",", ":")) + "\n")


def _limit(limits: dict[str, int]) -> None:
    """Let the system end this process when it takes too much; where it cannot, the parent's clock does."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
        resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        locked = pdfium.FPDF_GetLastError() in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
        raise _Stop("encrypted" if locked else "damaged", 0) from error


def _page(document: pypdfium2.PdfDocument, number: int, limits: dict[str, int]) -> dict[str, Any]:
    try:
        page = document[number]
        text = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        raise _Stop("damaged", number + 1) from error
    count = pdfium.FPDFText_CountChars(text.raw)
    if count > limits["signs"]:
        raise _Stop("signs", number + 1)
    signs = list(_signs(text.raw, count))
    picture = page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_IMAGE,), max_depth=3)
    found = {
        "box": page.get_mediabox(),
        "signs": [sign for sign, _, _ in signs],
        "places": [[round(at, 2) for at in place] for _, place, _ in signs],
        "quarters": [quarter for _, _, quarter in signs],
        "rules": [
            [round(one, 2) for one in (*start, *end)] for start, end in _segments(page, limits["rules"])
        ],
        "picture": next(iter(picture), None) is not None,
    }
    text.close()
    page.close()
    return found


def _signs(text: Any, count: int) -> Iterator[tuple[str, tuple[float, ...], int]]:
    """Sign, place (its box, and where it stands on its line) and direction of all that prints something.

    The direction is in quarters of a circle, -1 aslant.

    A sign is empty where the font does not say what it means.
    """
    box = pdfium.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    high = 0
    for at in range(count):
        code = int(pdfium.FPDFText_GetUnicode(text, at))
        if _HIGH[0] <= code < _HIGH[1]:
            high = code
            continue
        if high and _LOW[0] <= code < _LOW[1]:
            code = 0x10000 + ((high - _HIGH[0]) << 10) + (code - _LOW[0])
        high = 0
        if pdfium.FPDFText_IsGenerated(text, at) == 1 or code in _BLANKS:
            continue
        if not pdfium.FPDFText_GetLooseCharBox(text, at, box):
            continue
        sign = chr(code) if code < 0x110000 and chr(code).isprintable() else ""
        pdfium.FPDFText_GetCharOrigin(text, at, x, y)
        place = (box.left, box.bottom, box.right, box.top, x.value, y.value)
        yield sign, place, _quarter(pdfium.FPDFText_GetCharAngle(text, at))


def _quarter(angle: float) -> int:
    quarter = angle / (math.pi / 2)
    return round(quarter) % 4 if abs(quarter - round(quarter)) < _ASLANT else -1


def _segments(page: Any, most: int) -> list[tuple[Point, Point]]:
    """Straight pieces of what is drawn on a page; nothing when there are more than a table has."""
    found: list[tuple[Point, Point]] = []
    for path in page.get_objects(filter=(pdfium.FPDF_PAGEOBJ_PATH,), max_depth=1):
        found += _pieces(path, most)
        if len(found) > most:
            return []
    return found


def _pieces(path: Any, most: int) -> Iterator[tuple[Point, Point]]:
    count = pdfium.FPDFPath_CountSegments(path.raw)
    if count > most:
        return
    a, b, c, d, e, f = path.get_matrix().get()
    x, y = ctypes.c_float(), ctypes.c_float()
    first = last = (0.0, 0.0)
    for index in range(count):
        segment = pdfium.FPDFPath_GetPathSegment(path.raw, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (a * x.value + c * y.value + e, b * x.value + d * y.value + f)
        kind = pdfium.FPDFPathSegment_GetType(segment)
        if kind == pdfium.FPDF_SEGMENT_MOVETO:
            first = point
        elif kind == pdfium.FPDF_SEGMENT_LINETO:
            yield last, point
        last = point
        if pdfium.FPDFPathSegment_GetClose(segment):
            yield last, first
            last = first


if __name__ == "__main__":
    main()
