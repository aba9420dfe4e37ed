"""Printed lines of narrow Chinese columns put back into paragraphs, block by block.

A block is taken for a column if most of its lines have one length, and if what stands on both sides of their line ends
is far likelier to run on than to begin anew; verses, tables and lists keep their lines.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from byline.retrieval.articles.layout.bylines import opening_of
from byline.retrieval.articles.layout.continuation_model import BREAK, SeamModel, windows
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.line_features import form_of
from byline.retrieval.articles.layout.page import Block, Line

_NARROWEST = 9
"""Characters. Verses have five or seven and a mark; newspapers set no column under nine."""

_WIDEST = 60
_FEWEST_LINES = 4
_FULL_SHARE = 0.4
_LEAST_ODDS = 3.0
"""How much likelier, as a natural logarithm, the line ends of a block must run on than begin anew: e^3 is 20."""

_LEAST_MEAN = 0.25
_LIKELY = -2.0
_UNLIKELY = -4.0
"""Even in a column a line end is left to be judged with the whole page if what follows is so much likelier to begin."""

_CHARS_SCORED = 4
_FEW_SPACES = 0.3
"""Where more lines than this have a space at an end, as some programs write them, it says nothing."""


@dataclass(frozen=True, slots=True)
class _End:
    """A line end of a block.

    Attributes:
        odds: how much likelier the text runs on over it than begins anew.
        finished: a sentence ends there.
        closed: it is such as prose seldom has: a mark at the end, or two lines of parts of the same lengths.
    """

    odds: float
    finished: bool
    closed: bool


@dataclass(frozen=True, slots=True)
class _Column:
    """How wide a block is set, counted in characters or in columns of a fixed-width type."""

    measure: Callable[[Line], int]
    width: int
    slack: int

    def full(self, line: Line) -> bool:
        return self.width - self.slack <= self.measure(line) <= self.width + self.slack

    def over(self, line: Line) -> bool:
        return self.measure(line) > self.width + self.slack


def joined_columns(blocks: Sequence[Block], model: SeamModel) -> list[Block] | None:
    """Join the printed lines of every block that is a narrow column; None if none is."""
    columns = [_set_width(block.lines) for block in blocks]
    if not any(columns):
        return None
    before: _Column | None = None
    guessed: list[_Column | None] = []
    for block, column in zip(blocks, columns, strict=True):
        guessed.append(column or (before if len(block.lines) < _FEWEST_LINES * 2 else None))
        before = column or before
    odds = _odds_of_ends(blocks, guessed, model)
    set_so = [
        column if column and _runs_on(ends, sure=column is own) else None
        for column, own, ends in zip(guessed, columns, odds, strict=True)
    ]
    if not any(column and ends for column, ends in zip(set_so, odds, strict=True)):
        return None
    joined: list[Block] = []
    carried = False
    for block, column, ends in zip(blocks, set_so, odds, strict=True):
        joined.append(_joined(block, column, ends, carried=carried) if column else block)
        carried = column is not None and column.full(block.lines[-1])
    return joined


def _odds_of_ends(
    blocks: Sequence[Block], columns: Sequence[_Column | None], model: SeamModel
) -> list[dict[int, _End]]:
    """For each block the line ends that could be those of a column, by the number of the line above."""
    places = [
        (number, at, one.text, other.text)
        for number, (block, column) in enumerate(zip(blocks, columns, strict=True))
        if column
        for at, (one, other) in enumerate(pairwise(block.lines))
        if _may_join(one, other, column)
    ]
    found: list[dict[int, _End]] = [{} for _ in blocks]
    if not places:
        return found
    lefts = [left[-8:] for _, _, left, _ in places] + ["。" + BREAK] * len(places)
    rights = [right[:8] for _, _, _, right in places]
    scores = model.log_probabilities(windows(lefts, rights * 2, _CHARS_SCORED), _CHARS_SCORED).sum(axis=1)
    runs_on = scores[: len(places)] - scores[len(places) :]
    for (number, at, left, right), odds in zip(places, runs_on.tolist(), strict=True):
        above, below = form_of(left), form_of(right)
        listed = len(above.parts) > 1 and above.parts == below.parts
        closed = above.finished or above.paused or above.cannot_end or listed
        found[number][at] = _End(odds, above.finished, closed)
    return found


def _runs_on(ends: Mapping[int, _End], *, sure: bool) -> bool:
    """Whether the full lines of a block run on into those below them rather than end there."""
    if not ends:
        return True
    told = [max(-4.0, min(4.0, end.odds)) for end in ends.values() if not end.finished]
    closed = sum(end.closed for end in ends.values())
    enough = sum(told) > (_LEAST_ODDS if sure else 1.0) and sum(told) > _LEAST_MEAN * len(told)
    return enough and 2 * closed <= len(ends)


def _set_width(lines: Sequence[Line]) -> _Column | None:
    """The length that most lines of a block have, if it can be a column's."""
    if len(lines) < _FEWEST_LINES:
        return None
    lengths = Counter(_characters(line) for line in lines)
    width, count = max(lengths.items(), key=lambda item: (item[1], item[0]))
    printed = [_printed_width(line) for line in lines]
    widest = sorted(printed)[int(0.85 * (len(printed) - 1))]
    near = sum(widest - 2 <= length <= widest + 2 for length in printed)
    column = _Column(_characters, width, 0) if count >= 0.8 * near else _Column(_printed_width, widest, 2)
    fits = _NARROWEST <= width <= _WIDEST if column.slack == 0 else 2 * _NARROWEST <= widest <= 2 * _WIDEST
    over = sum(map(column.over, lines))
    full = sum(map(column.full, lines))
    return column if fits and full >= _FULL_SHARE * len(lines) and over <= 2 + len(lines) // 8 else None


def _may_join(line: Line, below: Line, column: _Column) -> bool:
    if not column.full(line) or below.indented or column.over(below):
        return False
    return not (_stands_alone(line) or _stands_alone(below) or opening_of(below.text))


def _stands_alone(line: Line) -> bool:
    form = form_of(line.text)
    return form.names is not None or form.label is not None or form.subtitle is not None or form.furniture


def _joined(block: Block, column: _Column, ends: Mapping[int, _End], *, carried: bool) -> Block:
    """Put a block's lines back into paragraphs; where indents begin them, nothing else does.

    Args:
        carried: the block before it may run on into this one; if not, its first line may be a headline as wide as the
            column.
    """
    indents = any(line.indented for line in block.lines)
    groups: list[list[Line]] = [[block.lines[0]]]
    for at, below in enumerate(block.lines[1:]):
        end = ends.get(at)
        least = _UNLIKELY if carried or at or block.lines[0].indented else _LIKELY
        likely = end is not None and (end.odds > least or (indents and at > 0))
        if end is not None and likely and (indents or not end.finished):
            groups[-1].append(below)
        else:
            groups.append([below])
    odd = sum(line.indent == 1 or line.trail == 1 for line in block.lines)
    spaces = odd < _FEW_SPACES * len(block.lines)
    return Block(tuple(_one_line(group, column, spaces=spaces) for group in groups))


def _one_line(lines: Sequence[Line], column: _Column, *, spaces: bool) -> Line:
    if len(lines) == 1:
        return replace(lines[0], reaches=column.full(lines[0]))
    text = Mending()
    text.paragraph(lines[0])
    for above, line in pairwise(lines):
        text.run_on(line, keep_hyphens=True, spaced=spaces and (line.indent == 1 or above.trail == 1))
    last = lines[-1]
    joined = replace(lines[0], text=text.text, spans=tuple(text.origin))
    return replace(joined, reaches=column.full(last), trail=last.trail)


def _characters(line: Line) -> int:
    return line.indent + len(line.text) + line.trail


def _printed_width(line: Line) -> int:
    """Columns of a fixed-width type, in which a Chinese character takes two; an indent is taken for two characters."""
    if len(line.text) > 2 * _WIDEST:
        return len(line.text)
    wide = sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line.text)
    return wide + (4 if line.indented else 0)
