"""Tables that stand in a passage as lines of cells, and the cell that a question asks for by its row and column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from byline.retrieval.text.folding import fold

Span = tuple[int, int]
Row = tuple[Span, ...]

FEWEST_ROWS = 3  # a heading and two more: two lines of two words each are no table
FEWEST_LABEL_CHARS = 2  # one character of a label stands in any question
_LINE = re.compile(r"[^\n]+")
# How readers of files write cells: Word, Markdown and HTML as ` | `; columns of a text file apart by tabs or spaces.
_SEPARATORS = (re.compile(r"[ \u3000]*\|[ \u3000]*"), re.compile(r"\t+|[ \u3000]{2,}"))
_BRACKETED = re.compile(r"[（(\[【].*?[）)\]】]")


def cell_asked_for(question: str, text: str) -> Span | None:
    """Find the one cell whose column and row are both named in a question: 青田镇的负责人是谁?

    Args:
        question: as asked.
        text: of a passage.

    Returns:
        Half-open span in characters of `text`; None if no table has exactly one such cell.
    """
    asked = fold(question)
    found = {cell for table in _tables(text) for cell in _cells(asked, text, table)}
    return found.pop() if len(found) == 1 else None


def _tables(text: str) -> Iterator[list[Row]]:
    """Runs of lines with equally many cells, the heading first."""
    for separator in _SEPARATORS:
        rows: list[Row] = []
        for line in [*_LINE.finditer(text), None]:
            cells = _split(text, line.span(), separator) if line else ()
            if len(cells) > 1 and (not rows or len(cells) == len(rows[0])):
                rows.append(cells)
                continue
            if len(rows) >= FEWEST_ROWS:
                yield rows
            rows = [cells] if len(cells) > 1 else []


def _split(text: str, line: Span, separator: re.Pattern[str]) -> Row:
    edges = [line[0], *(edge for match in separator.finditer(text, *line) for edge in match.span()), line[1]]
    return tuple(_stripped(text, edges[at], edges[at + 1]) for at in range(0, len(edges), 2))


def _stripped(text: str, start: int, end: int) -> Span:
    cell = text[start:end]
    return start + len(cell) - len(cell.lstrip()), end - len(cell) + len(cell.rstrip())


def _cells(asked: str, text: str, table: Sequence[Row]) -> Iterator[Span]:
    heading, *rows = table
    column = _named(asked, [_label(text, cell) for cell in heading])
    if column is None:
        return
    for row in rows:
        others = [_label(text, cell) for at, cell in enumerate(row) if at != column]
        start, end = row[column]
        if start < end and any(len(label) >= FEWEST_LABEL_CHARS and label in asked for label in others):
            yield row[column]


def _named(asked: str, labels: Sequence[str]) -> int | None:
    """Which label stands in the question; of several the longest, and none if two are as long."""
    lengths = [len(label) if len(label) >= FEWEST_LABEL_CHARS and label in asked else 0 for label in labels]
    longest = max(lengths, default=0)
    return lengths.index(longest) if longest and lengths.count(longest) == 1 else None


def _label(text: str, cell: Span) -> str:
    """A cell's words without its unit in brackets, folded."""
    return fold(_BRACKETED.sub("", text[slice(*cell)])).strip()
