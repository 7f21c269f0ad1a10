"""The states of a definition as a picture: Mermaid text for the docs, a plain SVG of our own for the site.

In the SVG states stand in columns by their distance from the start. A move to the next column is a curve between the
boxes; every other move runs through a lane of its own under (back, or within a column) or over (ahead) the boxes, so
that no line crosses a box.
"""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from xinglin.records.definition import Definition
from xinglin.records.flow import State
from xinglin.records.phrases import Words

_BOX_HEIGHT, _ROW, _MARGIN = 46, 96, 16
_SIZE, _SMALL = 14, 12
_LINE, _LANE, _TRACK = 16, 30, 9
_LEAST_WIDTH, _LEAST_GAP = 96, 60
_TONES = {
    "plain": ("#f4f4f2", "#6b6b66"),
    "wait": ("#fdf3dc", "#9a6700"),
    "good": ("#e3f3e6", "#1a7f37"),
    "bad": ("#fbe4e4", "#b42318"),
}
_INK, _PAPER = "#24292f", "#ffffff"
_FONT = "system-ui, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"


def columns_of(definition: Definition) -> list[list[str]]:
    """States by their distance from the start, in the order of the file within a column."""
    left, columns = dict.fromkeys(definition.states), list[list[str]]()
    here = [definition.start] if definition.start is not None else []
    while here:
        columns.append([state for state in left if state in here])
        for state in here:
            left.pop(state, None)
        moves = definition.moves.values()
        here = [state for state in left if any(m.to == state and set(m.from_) & set(here) for m in moves)]
    return [*columns, list(left)] if left else columns


def edges_of(definition: Definition) -> dict[tuple[str, str], list[str]]:
    """(from, to) → labels of the moves between them."""
    found: dict[tuple[str, str], list[str]] = {}
    for move in definition.moves.values():
        for origin in move.from_:
            found.setdefault((origin, move.to), []).append(move.label)
    return found


def mermaid(definition: Definition) -> str:
    """The states as a Mermaid state diagram; empty without states."""
    if not definition.states:
        return ""
    lines = ["stateDiagram-v2", "  direction LR"]
    lines += [f'  state "{_plain(state.label)}" as s_{name}' for name, state in definition.states.items()]
    lines += [f"  [*] --> s_{name}" for name, state in definition.states.items() if state.start]
    for (origin, to), labels in edges_of(definition).items():
        lines.append(f"  s_{origin} --> s_{to} : {_plain(' / '.join(labels))}")
    lines += [f"  s_{name} --> [*]" for name, state in definition.states.items() if state.end]
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Without the characters that mean something to Mermaid."""
    for char, other in (('"', "”"), (":", "："), (";", "；"), ("#", "＃"), ("\n", " ")):
        text = text.replace(char, other)
    return text


def text_width(text: str, size: int) -> float:
    """About how wide a text is: Chinese characters are square, others a bit more than half."""
    return sum(size if ord(char) > 0x2000 else size * 0.58 for char in text)


@dataclass(frozen=True)
class _Box:
    """A state with its place in the picture."""

    column: int
    x: float
    y: float
    width: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def middle(self) -> float:
        return self.y + _BOX_HEIGHT / 2


@dataclass
class _Line:
    """A move with its path and its label's place."""

    path: str
    labels: list[str]
    x: float
    y: float


class _Picture:
    """Works out where everything stands."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        words = Words(definition)
        self.notes = {
            name: words.deadline(state.deadline) if state.deadline is not None else ""
            for name, state in definition.states.items()
        }
        self.columns = columns_of(definition)
        self.column = {name: n for n, names in enumerate(self.columns) for name in names}
        self.edges = edges_of(definition)
        self.next_to = {e for e in self.edges if self.column[e[1]] == self.column[e[0]] + 1}
        ahead = {e for e in self.edges if self.column[e[1]] > self.column[e[0]] + 1}
        self.over = [edge for edge in self.edges if edge in ahead]
        under = [edge for edge in self.edges if edge not in ahead and edge not in self.next_to]
        self.under = sorted(under, key=lambda e: self.column[e[0]] - self.column[e[1]])  # short ones inside
        self.top = _MARGIN + sum(map(self._lane_height, self.over))
        self.boxes = self._boxes()
        self.bottom = self.top + max(map(len, self.columns)) * _ROW - (_ROW - _BOX_HEIGHT)
        self.lines = [*self._curves(), *self._lanes()]
        self._spread()
        self.width = self._end + _MARGIN
        self.height = self.bottom + sum(map(self._lane_height, self.under)) + _MARGIN

    def _lane_height(self, edge: tuple[str, str]) -> float:
        return _LANE + (len(self.edges[edge]) - 1) * _LINE

    def _width(self, name: str) -> float:
        label = text_width(self.definition.states[name].label, _SIZE)
        return max(label, text_width(self.notes[name], _SMALL), _LEAST_WIDTH - 24) + 24

    def _gap(self, column: int) -> float:
        """Room to the right of a column: for the longest label there, and for the lines that turn there."""
        labels = [
            text_width(label, _SMALL)
            for edge in self.next_to
            if self.column[edge[0]] == column
            for label in self.edges[edge]
        ]
        return max(labels, default=_LEAST_GAP - 44) + 44 + self._turning(column) * _TRACK

    def _turning(self, gap: int) -> int:
        """How many lines of lanes turn in the gap to the right of a column (-1: left of the first)."""
        lanes = [*self.over, *self.under]
        return sum((self.column[a] == gap) + (self.column[b] - 1 == gap) for a, b in lanes)

    def _boxes(self) -> dict[str, _Box]:
        rows = max(map(len, self.columns))
        found: dict[str, _Box] = {}
        x: float = _MARGIN + (self._turning(-1) * _TRACK + 14 if self._turning(-1) else 0)
        for number, names in enumerate(self.columns):
            width = max(map(self._width, names))
            start = self.top + (rows - len(names)) * _ROW / 2
            for row, name in enumerate(names):
                found[name] = _Box(number, x, start + row * _ROW, width)
            last = number == len(self.columns) - 1
            x += width + ((self._turning(number) * _TRACK + 14) if last else self._gap(number))
        self._end = x
        return found

    def _ports(self) -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
        """Where each line leaves its box on the right and enters it on the left, from top to bottom."""
        rank = dict.fromkeys(self.over, 0) | dict.fromkeys(self.next_to, 1) | dict.fromkeys(self.under, 2)
        out: dict[tuple[str, str], float] = {}
        into: dict[tuple[str, str], float] = {}
        for name, box in self.boxes.items():
            leaving = [e for e in self.edges if e[0] == name]
            entering = [e for e in self.edges if e[1] == name]
            leaving.sort(key=lambda e: (rank[e], self.boxes[e[1]].y))
            entering.sort(key=lambda e: (rank[e], self.boxes[e[0]].y))
            for edges, ports in ((leaving, out), (entering, into)):
                step = _BOX_HEIGHT / (len(edges) + 1)
                ports.update({edge: box.y + step * (n + 1) for n, edge in enumerate(edges)})
        return out, into

    def _curves(self) -> Iterator[_Line]:
        self.out, self.into = self._ports()
        for edge in (e for e in self.edges if e in self.next_to):
            a, b = self.boxes[edge[0]], self.boxes[edge[1]]
            y1, y2, bend = self.out[edge], self.into[edge], (b.x - a.right) / 2
            path = f"M{a.right:g} {y1:g}C{a.right + bend:g} {y1:g} {b.x - bend:g} {y2:g} {b.x:g} {y2:g}"
            yield _Line(path, self.edges[edge], a.right + bend, (y1 + y2) / 2)

    def _lanes(self) -> Iterator[_Line]:
        tracks: dict[int, int] = {}
        y: float = _MARGIN
        for edge in self.over:
            y += self._lane_height(edge)
            yield self._lane(edge, y - 8, tracks)
        y = self.bottom
        for edge in self.under:
            y += self._lane_height(edge)
            yield self._lane(edge, y, tracks)

    def _lane(self, edge: tuple[str, str], y: float, tracks: dict[int, int]) -> _Line:
        """Right out of the box, up or down in the gap, along the lane, and into the other box from the left."""
        a, b = self.boxes[edge[0]], self.boxes[edge[1]]
        x1 = a.right + 10 + self._track(a.column, tracks)
        x2 = b.x - 14 - self._track(b.column - 1, tracks)
        y1, y2 = self.out[edge], self.into[edge]
        points = [(a.right, y1), (x1, y1), (x1, y), (x2, y), (x2, y2), (b.x, y2)]
        return _Line(_rounded(points), self.edges[edge], (x1 + x2) / 2, y - 8 * len(self.edges[edge]) - 2)

    def _track(self, gap: int, tracks: dict[int, int]) -> float:
        tracks[gap] = tracks.get(gap, 0) + 1
        return (tracks[gap] - 1) * _TRACK

    def _spread(self) -> None:
        """Move labels that would lie on each other apart."""
        placed: list[tuple[float, float, float, float]] = []
        for line in self.lines:
            width = max(text_width(label, _SMALL) for label in line.labels) + 6
            height = len(line.labels) * _LINE
            while any(
                abs(line.x - x) * 2 < width + w and abs(line.y - y) * 2 < height + h for x, y, w, h in placed
            ):
                line.y += 4
            placed.append((line.x, line.y, width, height))


def _rounded(points: list[tuple[float, float]]) -> str:
    """A path along the points with round corners."""
    path = f"M{points[0][0]:g} {points[0][1]:g}"
    for (before, here), (_, after) in pairwise(list(pairwise(points))):
        near = _towards(here, before)
        far = _towards(here, after)
        path += f"L{near[0]:g} {near[1]:g}Q{here[0]:g} {here[1]:g} {far[0]:g} {far[1]:g}"
    return f"{path}L{points[-1][0]:g} {points[-1][1]:g}"


def _towards(start: tuple[float, float], end: tuple[float, float]) -> tuple[float, float]:
    """A point a little way from one point to another, along an axis."""
    (x1, y1), (x2, y2) = start, end
    length = abs(x2 - x1) + abs(y2 - y1)
    part = min(6, length / 2) / length if length else 0
    return x1 + (x2 - x1) * part, y1 + (y2 - y1) * part


def svg(definition: Definition) -> str:
    """The states as one SVG element that needs no style sheet and no script; empty without states."""
    if not definition.states:
        return ""
    picture = _Picture(definition)
    arrow = f"arrow-{definition.id}"
    size = f'width="{picture.width:.0f}" height="{picture.height:.0f}"'
    body = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="{_FONT}" '
        f'viewBox="0 0 {picture.width:.0f} {picture.height:.0f}">',
        f"<title>{_escaped(definition.label)}：状态图</title>",
        f"<desc>{_escaped(spoken(definition))}</desc>",
        f'<defs><marker id="{arrow}" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{_INK}"/></marker></defs>',
        f'<rect {size} fill="{_PAPER}"/>',
        *(
            f'<path d="{line.path}" fill="none" stroke="{_INK}" stroke-width="1.2" marker-end="url(#{arrow})"/>'
            for line in picture.lines
        ),
        *(_box(state, picture.boxes[name], picture.notes[name]) for name, state in definition.states.items()),
        *(_label(line) for line in picture.lines),
        "</svg>",
    ]
    return "".join(body)


def spoken(definition: Definition) -> str:
    """The picture in words, for those who do not see it."""
    states: Mapping[str, State] = definition.states
    moves = [
        f"{states[origin].label}经{'、'.join(labels)}到{states[to].label}"
        for (origin, to), labels in edges_of(definition).items()
    ]
    first = "".join(state.label for state in states.values() if state.start)
    return f"从{first}开始。{'；'.join(moves)}。"


def _box(state: State, box: _Box, note: str) -> str:
    fill, edge = _TONES[state.tone]
    x, width = f"{box.x:g}", f"{box.width:g}"
    stroke = 2.5 if state.start or state.end else 1.2
    label_y = box.middle + 5 - (8 if note else 0)
    centre = f"{box.x + box.width / 2:g}"
    words = (
        f'<text x="{centre}" y="{label_y:g}" font-size="{_SIZE}" text-anchor="middle" fill="{_INK}">'
        f"{_escaped(state.label)}</text>"
    )
    if note:
        words += (
            f'<text x="{centre}" y="{box.middle + 15:g}" font-size="{_SMALL}" text-anchor="middle" '
            f'fill="{edge}">{_escaped(note)}</text>'
        )
    return (
        f'<rect x="{x}" y="{box.y:g}" width="{width}" height="{_BOX_HEIGHT}" '
        f'rx="{_BOX_HEIGHT / 2 if state.end else 8:g}" fill="{fill}" stroke="{edge}" stroke-width="{stroke}"/>'
        + words
    )


def _label(line: _Line) -> str:
    """Words of a line on a strip of paper, so that the line does not run through them."""
    width = max(text_width(label, _SMALL) for label in line.labels) + 6
    height = len(line.labels) * _LINE
    top = line.y - height / 2
    strip = (
        f'<rect x="{line.x - width / 2:g}" y="{top:g}" width="{width:g}" height="{height:g}" '
        f'fill="{_PAPER}" fill-opacity="0.88"/>'
    )
    texts = "".join(
        f'<text x="{line.x:g}" y="{top + _LINE * (n + 1) - 4:g}" font-size="{_SMALL}" text-anchor="middle" '
        f'fill="{_INK}">{_escaped(label)}</text>'
        for n, label in enumerate(line.labels)
    )
    return strip + texts


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
