"""PDF documents through pdfium: text in reading order, paragraphs, tables; page heads and numbers left out.

Nothing in the file is run (pdfium is built without JavaScript) and nothing is fetched.
"""

from __future__ import annotations

from xinglin.policy.reader.formats.pdf.assembly import blocks_of
from xinglin.policy.reader.formats.pdf.content import PageContent, content_of
from xinglin.policy.reader.formats.pdf.opening import opened
from xinglin.policy.reader.formats.refused import MOST_CHARACTERS, too_large
from xinglin.policy.reader.model import Source

_UNSURE = 0.1
"""Share of signs without a meaning from which a page cannot be believed."""


def read_pdf(name: str, content: bytes) -> Source:
    """The blocks of a PDF.

    Raises:
        RefusedError: damaged, encrypted, too large, or too costly to open.
    """
    document, *found = opened(name, content)
    signs = sum(len(page["signs"]) for page in found)
    if signs > MOST_CHARACTERS:
        raise too_large(name, signs, MOST_CHARACTERS, "文字")
    pages = [content_of(page, number) for number, page in enumerate(found, 1)]
    return Source(name, tuple(blocks_of(pages)), tuple(_problems(pages, document["attached"])))


def _problems(pages: list[PageContent], attached: int) -> list[str]:
    """What of the pages could not be read, in Chinese."""
    found = []
    scanned = [page.number for page in pages if page.scanned]
    if scanned:
        every = "全部" if len(scanned) == len(pages) else f"第 {ranges(scanned)} 页（共 {len(pages)} 页）"
        found.append(f"{every}是扫描图像，没有可读的文字，请先做文字识别（OCR）再读")
    doubtful = [page.number for page in pages if page.unknown > _UNSURE * max(page.signs, 1)]
    if doubtful:
        found.append(f"第 {ranges(doubtful)} 页的字体没有文字对照，读出的字不全，请换一份 PDF 或 Word 文件")
    if attached:
        found.append(f"PDF 里另附有 {attached} 个文件，没有读")
    return found


def ranges(numbers: list[int]) -> str:
    """Page numbers for a reader: 1–3、7."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return "、".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
