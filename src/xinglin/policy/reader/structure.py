"""The clause tree of a plan: 一、（一）1. ——, boxes (专栏), annexes (附件), tables; every passage knows its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from xinglin.policy.reader.joining import Piece
from xinglin.policy.reader.nodes import Node, heading_of
from xinglin.policy.reader.tables import Line, Table

_CHINESE = "一二三四五六七八九十"
_SECTION = re.compile(rf"([{_CHINESE}]{{1,3}})、|第([{_CHINESE}]{{1,3}})[章部]分?")
_SUBSECTION = re.compile(rf"（([{_CHINESE}]{{1,3}})）|第([{_CHINESE}]{{1,3}})节")
_ARTICLE = re.compile(rf"第([{_CHINESE}百]{{1,5}})条")
_ITEM = re.compile(r"(\d{1,3})[.．、](?!\d)")
_POINT = re.compile(r"（(\d{1,2})）|([①-⑳])")
_DASH = re.compile(r"—{1,3}|-{2,}|[●•◆■▪]")
_GOAL = re.compile(rf"([{_CHINESE}])是")
_BOX = re.compile(rf"专栏(\d{{1,2}}|[{_CHINESE}]{{1,3}})?")
_ANNEX = re.compile(rf"附件(\d{{0,2}}|[{_CHINESE}])[：.、]?")
_CLOSING = re.compile(r"抄送|主题词|（此件|（信息公开|（联系人")
_BOX_ENTRY = re.compile(r"[^，。；：]{4,40}：.")
_DIGITS = {char: str(number) for number, char in enumerate(_CHINESE, 1)}


_DEPTH = {
    "root": 0,
    "annex": 1,
    "preface": 2,
    "section": 2,
    "subsection": 3,
    "article": 4,
    "item": 4,
    "point": 5,
}


@dataclass(slots=True)
class Outline:
    """The tree, and the lines before the plan begins (number, issuer, title, notice)."""

    root: Node
    front: list[Line]
    closing: list[str] = field(default_factory=list)


def outline(pieces: list[Piece]) -> Outline:
    """Put every paragraph and table into its clause."""
    start = _body_start(pieces)
    front = [piece for piece in pieces[:start] if isinstance(piece, Line)]
    builder = _Builder(
        not any(isinstance(piece, Line) and _SECTION.match(piece.text.chars) for piece in pieces)
    )
    preface = _preface(front) if start < len(pieces) else 0
    if start < len(pieces) and preface < len(front):
        builder.preface(front[preface:])
        front = front[:preface]
    for index in range(start if start < len(pieces) else 0, len(pieces)):
        builder.add(pieces[index], pieces[index + 1 : index + 4])
    if start == len(pieces):
        front = []
    return Outline(builder.root, front, builder.closing)


def _body_start(pieces: list[Piece]) -> int:
    for index, piece in enumerate(pieces):
        if isinstance(piece, Table):
            return _annex_before(pieces, index)
        if _SECTION.match(piece.text.chars) or _ARTICLE.match(piece.text.chars):
            return index
    lowest = (index for index, piece in enumerate(pieces) if isinstance(piece, Line) and _marked(piece))
    return next(lowest, len(pieces))


def _annex_before(pieces: list[Piece], table: int) -> int:
    """The line 附件 just before a first table, else the table."""
    for index in range(max(0, table - 4), table):
        piece = pieces[index]
        if isinstance(piece, Line) and _ANNEX.fullmatch(piece.text.chars):
            return index
    return table


def _marked(line: Line) -> bool:
    text = line.text.chars
    headed = line.level and not re.search("(?:方案|计划|规划|意见|通知|办法)$", text)
    return bool(headed or _SUBSECTION.match(text) or _ITEM.match(text) or _BOX.match(text))


def _preface(front: list[Line]) -> int:
    """Where the plan's own preface begins: the prose behind the last title-like line."""
    for index in range(len(front) - 1, -1, -1):
        text = front[index].text.chars
        if not re.search(r"[。；：]", text):
            return index + 1
    return 0


class _Builder:
    """Reads pieces one by one and keeps the open clause."""

    def __init__(self, by_headings: bool) -> None:
        self.root = Node("root", "")
        self.open = self.root
        self.annex = self.root
        self.closed = False
        self.closing: list[str] = []
        self.by_headings = by_headings
        self.boxes = 0

    def preface(self, lines: list[Line]) -> None:
        node = self._new(self.root, "preface", "前言", lines[0])
        node.texts = [line.text for line in lines]

    def add(self, piece: Piece, ahead: list[Piece]) -> None:
        if isinstance(piece, Table):
            self.closed = False
            self.open.tables.append(piece)
        elif _CLOSING.match(piece.text.chars):
            self.closed = True
            self.closing.append(piece.text.chars)
        elif not self._marker(piece, ahead):
            if self.closed:
                self.closing.append(piece.text.chars)
            else:
                self._prose(piece, ahead)

    def _marker(self, line: Line, ahead: list[Piece]) -> bool:
        """Open the clause this line begins; False when it begins none."""
        text = line.text.chars
        if self.by_headings and line.level and not _ITEM.match(text) and not _SUBSECTION.match(text):
            self._plain_heading(line, line.level)
            return True
        if (match := _ANNEX.match(text)) and self._begins_annex(line, match.end(), ahead):
            return True
        if match := _BOX.match(text):
            self._box(line, match[1])
            return True
        for kind, pattern in (("section", _SECTION), ("subsection", _SUBSECTION), ("article", _ARTICLE)):
            if match := pattern.match(text):
                self._numbered(kind, line, match, next(group for group in match.groups() if group))
                return True
        if match := _ITEM.match(text):
            self._item(line, match)
            return True
        return self._inner(line)

    def _plain_heading(self, line: Line, level: int) -> None:
        """A heading without a number, in a document that numbers no section: its words are its place."""
        kind = "section" if level <= 1 else "subsection"
        around = self._up(_DEPTH[kind])
        node = self._new(around, kind, f"{around.path} {line.text.chars[:20]}".strip(), line)
        self._fill(node, line, 0)

    def _inner(self, line: Line) -> bool:
        text = line.text.chars
        if (match := _GOAL.match(text)) and (around := self._goals()):
            node = self._new(around, "goal", f"{around.path} {match[1]}是", line)
            self._fill(node, line, match.end())
            return True
        if match := _POINT.match(text):
            node = self._new(self._up(5), "point", "", line)
            node.path = f"{node.parent.path if node.parent else ''}{match[2] or f'（{match[1]}）'}"
            self._fill(node, line, match.end())
            return True
        if match := _DASH.match(text):
            around = (
                self.open.parent if self.open.kind in {"dash", "goal"} and self.open.parent else self.open
            )
            node = self._new(around, "dash", around.path, line)
            self._fill(node, line, match.end())
            return True
        return False

    def _goals(self) -> Node | None:
        """The clause whose goals begin with 一是, 二是: one without numbered items."""
        around = self.open.parent if self.open.kind == "goal" else self.open
        return around if around and around.kind in {"section", "subsection"} else None

    def _begins_annex(self, line: Line, end: int, ahead: list[Piece]) -> bool:
        text = line.text.chars
        alone = len(text) <= end + 1
        near = any(isinstance(piece, Table) for piece in ahead[:2])
        if not alone and not (near and len(text) < 60):
            return False
        digits = re.search(rf"\d+|[{_CHINESE}]", text[:end])
        number = _DIGITS.get(digits[0], digits[0]) if digits else ""
        self.annex = self._new(self.root, "annex", f"附件{number}", line)
        self._fill(self.annex, line, end)
        return True

    def _numbered(self, kind: str, line: Line, match: re.Match[str], number: str) -> None:
        around = self._up(_DEPTH[kind])
        base = around.path + (" " if around.kind == "annex" else "")
        label = {"section": number, "subsection": f"({number})", "article": f"第{number}条"}[kind]
        node = self._new(
            around, kind, f"{'' if kind == 'article' and around.kind != 'annex' else base}{label}", line
        )
        self._fill(node, line, match.end())

    def _item(self, line: Line, match: re.Match[str]) -> None:
        number = int(match[1])
        box = next((node for node in self.open.above() if node.kind == "box"), None)
        if box and not self._leaves_box(box, number):
            node = self._new(box, "item", f"{box.path} {number}", line)
        else:
            around = self._up(_DEPTH["item"])
            base = around.path + (" " if around.kind == "annex" else "")
            node = self._new(around, "item", f"{base}{number}", line)
        node.number = number
        self._fill(node, line, match.end())

    def _leaves_box(self, box: Node, number: int) -> bool:
        """An item that goes on with the numbers before the box, and not with those in it, stands behind the box."""
        inside = [node.number for node in box.children if node.kind == "item"]
        before = [node.number for node in (box.parent.children if box.parent else []) if node.kind == "item"]
        return bool(before) and number == before[-1] + 1 and number != (inside[-1] + 1 if inside else 1)

    def _box(self, line: Line, number: str | None) -> None:
        around = self._up(4)
        digits = _DIGITS.get(number or "", number) or str(self.boxes + 1)
        node = self._new(around, "box", f"{around.path}专栏{digits}", line)
        node.number = int(digits) if digits.isdigit() else 0
        self.boxes = max(self.boxes, node.number)
        node.texts.append(line.text)
        node.heading = (
            re.sub(r"^专栏(?:\d{1,2}|[一二三四五六七八九十]{1,3})?[：.、]?", "", line.text.chars) or "专栏"
        )

    def _prose(self, line: Line, ahead: list[Piece]) -> None:
        inside = next((node for node in self.open.above() if node.kind in {"box", "annex"}), None)
        if inside is None and self._begins_untitled_box(line, ahead):
            around = self._up(4)
            number = self.boxes = self.boxes + 1
            self._new(around, "box", f"{around.path}专栏{number}", line).number = number
        elif self.open.kind in {"dash"} and self.open.parent and not line.tabbed:
            self.open = self.open.parent
        if self.open is self.root:
            self._new(self.root, "preface", "正文", line)
        self.open.texts.append(line.text)

    def _begins_untitled_box(self, line: Line, ahead: list[Piece]) -> bool:
        """A box whose title is lost: an entry “名称：…” led by a tab, or followed by another such entry."""
        if self.open.kind != "item" or not _BOX_ENTRY.match(line.text.chars):
            return False
        after = ahead[0] if ahead and isinstance(ahead[0], Line) else None
        return line.tabbed or bool(after and _BOX_ENTRY.match(after.text.chars))

    def _up(self, depth: int) -> Node:
        """The innermost open clause that may hold one of this depth."""
        for node in self.open.above():
            if node.kind in _DEPTH and _DEPTH[node.kind] < depth:
                return node
        return self.root

    def _new(self, around: Node, kind: str, path: str, line: Line) -> Node:
        node = Node(kind, path, parent=around, page=line.page)
        around.children.append(node)
        self.open = node
        return node

    def _fill(self, node: Node, line: Line, marker: int) -> None:
        """Give a clause its first line, and its heading."""
        node.texts.append(line.text)
        node.heading = heading_of(line.text.chars, marker)
