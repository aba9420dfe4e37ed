"""A page -> its articles: headlines, bylines and captions told apart, columns mended."""

from __future__ import annotations

import re
from collections.abc import Sequence

from retrieval.articles.article import Article, Reading, SourceSpan, content_id
from retrieval.articles.page import Block, Line

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def blocks_of_text(text: str) -> list[Block]:
    """Cut a text file into lines, and lines into blocks at blank lines.

    Returns:
        Blocks in file order. No line is empty or has white space around it; each has one span whose
        `file_start` counts characters of `text`.
    """
    blocks: list[Block] = []
    lines: list[Line] = []
    start = 0
    for end, following in _line_bounds(text):
        line = _line(text, start, end)
        if line is not None:
            lines.append(line)
        elif lines:
            blocks.append(Block(tuple(lines)))
            lines = []
        start = following
    if lines:
        blocks.append(Block(tuple(lines)))
    return blocks


def _line_bounds(text: str) -> list[tuple[int, int]]:
    bounds = [(found.start(), found.end()) for found in _LINE_END.finditer(text)]
    bounds.append((len(text), len(text)))
    return bounds


def _line(text: str, start: int, end: int) -> Line | None:
    raw = text[start:end]
    stripped = raw.strip()
    if not stripped:
        return None
    file_start = start + len(raw) - len(raw.lstrip())
    return Line(stripped, (SourceSpan(0, len(stripped), file_start),))


def articles_of_page(blocks: Sequence[Block], *, path: str = "") -> Reading:
    """Tell a page apart into its articles and mend the column breaks inside them.

    Args:
        blocks: the page in the order in which it came out of the file, from text or from a PDF.
        path: the file, copied into every article.

    Returns:
        The articles in page order; what belongs to none of them is in `left_out`.
    """
    lines = [line for block in blocks for line in block.lines]
    if not lines:
        return Reading(())
    title = lines.pop(0).text if len(lines) > 1 and len(lines[0].text) <= 60 else ""
    text = "\n".join(line.text for line in lines)
    origin: list[SourceSpan] = []
    offset = 0
    for line in lines:
        origin.extend(
            SourceSpan(offset + span.start, offset + span.end, span.file_start, span.page, span.box)
            for span in line.spans
        )
        offset += len(line.text) + 1
    return Reading((Article(content_id(title, "", text), title, text, path=path, origin=tuple(origin)),))
