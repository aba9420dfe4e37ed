"""Text that was broken into lines of one width, as e-mail and old text files are, put back into paragraphs."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.page import Block, Line

_WIDEST = 130
_NARROWEST = 24
_FULL = 0.78
"""A line this full was broken because of its width: an English word seldom leaves more than a fifth of it empty."""

_SAMPLE_LINES = 2000


def unwrapped(blocks: Sequence[Block]) -> list[Block]:
    """Join the lines of hard-wrapped text; other text comes back as it is.

    Text counts as hard-wrapped if nearly all lines that have a line after them in their block come
    close to the width of the longest.
    """
    width = None if _is_wide(blocks) else _wrap_width(blocks)
    if width is None:
        return list(blocks)
    return [Block(tuple(_joined(block.lines, width))) for block in blocks]


def _is_wide(blocks: Sequence[Block]) -> bool:
    """Whether the text is in a script without spaces, whose lines `narrow_columns` joins where they run on."""
    sample = "".join(line.text for block in blocks[:_SAMPLE_LINES] for line in block.lines[:_SAMPLE_LINES])[:4000]
    return 4 * sum(character >= "\u2e80" for character in sample) > len(sample)


def _wrap_width(blocks: Sequence[Block]) -> int | None:
    inner: list[int] = []
    widest = 0
    for block in blocks:
        widths = [_width(line.text) for line in block.lines]
        widest = max(widest, *widths)
        inner += widths[:-1]
        if widest > _WIDEST:
            return None
        if len(inner) > _SAMPLE_LINES:
            break
    if widest < _NARROWEST or len(inner) < 3:
        return None
    full = sum(width >= _FULL * widest for width in inner)
    return widest if full >= 0.7 * len(inner) else None


def _width(text: str) -> int:
    """Count columns of a fixed-width type; stops where no wrapped line would reach."""
    if text.isascii() or len(text) > _WIDEST:
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _joined(lines: Sequence[Line], width: int) -> list[Line]:
    mendings = [Mending()]
    mendings[0].paragraph(lines[0])
    for before, line in pairwise(lines):
        if _width(before.text) >= _FULL * width:
            mendings[-1].run_on(line, keep_hyphens=True)
        else:
            mendings.append(Mending())
            mendings[-1].paragraph(line)
    return [Line(mending.text, tuple(mending.origin), lines[0].size) for mending in mendings]
