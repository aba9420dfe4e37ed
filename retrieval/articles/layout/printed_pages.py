"""Printed pages to articles: a newspaper page by page, any other document as one article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from byline.retrieval.articles.article import Article, Box, LeftOut, Reading, SourceSpan, content_id
from byline.retrieval.articles.formats.plain_text import dated
from byline.retrieval.articles.layout.geometry import (
    PrintedLine,
    around,
    begins_paragraph,
    body_size,
    column_pieces,
    columns_across,
    gaps,
)
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.line_features import BYLINE_MARKS
from byline.retrieval.articles.layout.newspaper import articles_of_page
from byline.retrieval.articles.layout.page import Block, Line
from byline.retrieval.text.dates import published_of

# Running heads and page numbers stand in the outer tenth of a page (the margins of A4 reports and of the made pages).
_MARGIN = 0.1
_PAGE_NUMBER = re.compile(
    r"[-–—·\s]*(?:第\s*)?(?:page\s*)?(?:\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*(?:/|of|页，共|页 共)\s*\d{1,4})?\s*(?:页|版)?[-–—·\s]*",
    re.IGNORECASE,
)
_HEADING_RATIO = 1.12
_SENTENCE_ENDS = "。！？.!?”」』"
_NEWSPAPER_COLUMNS = 3
# Space between paragraphs beyond that between lines; lines of one paragraph differ by less than a tenth.
_GAP_EMS = 0.35


def laid_down(box: Box, width: float) -> Box:
    """Turn a box of a vertically set page so that its lines run from left to right and follow each other down."""
    left, top, right, bottom = box
    return top, width - right, bottom, width - left


def stood_up(box: Box, width: float) -> Box:
    """Undo `laid_down`."""
    left, top, right, bottom = box
    return width - bottom, left, width - top, right


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """The lines of one page, `number` from 1; sizes in points.

    `is_vertical` says that its lines run down; their boxes are then laid down to run from left to right.
    """

    number: int
    width: float
    height: float
    lines: tuple[PrintedLine, ...]
    is_vertical: bool = False

    def seen(self, box: Box) -> Box:
        """Where a box of this page's lines is seen on it."""
        return stood_up(box, self.width) if self.is_vertical else box


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """Printed lines that run on into each other; `indented` or not, `full` if its last line reaches the margin."""

    lines: tuple[tuple[PrintedPage, PrintedLine], ...]
    indented: bool
    full: bool

    @property
    def size(self) -> float:
        return self.lines[0][1].size


@dataclass(frozen=True, slots=True)
class Said:
    """What a document's own properties say."""

    title: str = ""
    author: str = ""


def readings_of_pages(pages: Sequence[PrintedPage], *, path: str, said: Said) -> Iterator[Reading]:
    """Read a document whose pages are known as lines: a `Reading` a page for a newspaper, else one."""
    kept, margins = _without_margins(pages)
    if _is_newspaper(kept):
        for page in kept:
            left_out = tuple(part for part in margins if part.page == page.number)
            paragraphs, hyphens = _lines_of(_paragraphs([page]))
            reading = articles_of_page([Block((line,)) for line in paragraphs], path=path)
            reading = replace(reading, left_out=left_out + reading.left_out + tuple(hyphens))
            reading = dated(reading, path)
            yield reading
        return
    one = _one_article(kept, margins, path=path, said=said)
    yield one


def _is_newspaper(pages: Sequence[PrintedPage]) -> bool:
    columns = sorted(columns_across(page.lines) for page in pages)
    marked = sum(line.text[0] in BYLINE_MARKS for page in pages for line in page.lines)
    return bool(columns) and (columns[len(columns) // 2] >= _NEWSPAPER_COLUMNS or marked > len(pages))


def _without_margins(pages: Sequence[PrintedPage]) -> tuple[list[PrintedPage], list[LeftOut]]:
    """Take off page numbers and the lines at head and foot that repeat from page to page, from outside inwards."""
    repeated = Counter(key for page in pages for key in {_margin_key(page, line) for line in page.lines})
    often = max(2, len(pages) // 3)
    usual = body_size(line for page in pages for line in page.lines)
    kept: list[PrintedPage] = []
    left_out: list[LeftOut] = []
    for page in pages:
        lines: list[PrintedLine] = []
        body_begins = {"header": float("inf"), "footer": float("inf")}
        for depth, line in sorted(((_depth(page, line), line) for line in page.lines), key=lambda pair: pair[0]):
            place, pattern = _margin_key(page, line)
            is_outermost = bool(place) and depth < body_begins[place] + line.size / 2
            if is_outermost and _PAGE_NUMBER.fullmatch(line.text):
                left_out.append(LeftOut(line.text, "page number", page=page.number))
            elif is_outermost and repeated[place, pattern] >= often and line.size < _HEADING_RATIO * usual:
                left_out.append(LeftOut(line.text, f"page {place}", page=page.number))
            else:
                lines.append(line)
                if place:
                    body_begins[place] = min(body_begins[place], depth)
        kept.append(replace(page, lines=tuple(lines)))
    return kept, left_out


def _depth(page: PrintedPage, line: PrintedLine) -> float:
    """How far a line is from the nearer of head and foot of its page, in points."""
    box = page.seen(line.box)
    middle = (box[1] + box[3]) / 2
    return min(middle, page.height - middle)


def _margin_key(page: PrintedPage, line: PrintedLine) -> tuple[str, str]:
    box = page.seen(line.box)
    middle = (box[1] + box[3]) / 2
    if page.is_vertical and box[3] - box[1] > _MARGIN * page.height:
        return "", ""
    place = "header" if middle < _MARGIN * page.height else "footer" if middle > (1 - _MARGIN) * page.height else ""
    return place, re.sub(r"\d+", "0", line.text) if place else ""


def _paragraphs(pages: Sequence[PrintedPage]) -> list[_Paragraph]:
    """All paragraphs in reading order, those cut by the end of a column or page put together again."""
    paragraphs: list[_Paragraph] = []
    for page in pages:
        pieces = column_pieces(page.lines)
        boxes = [around(line.box for line in piece) for piece in pieces]
        for piece, box in zip(pieces, boxes, strict=True):
            left, right = _column_of(box, len(piece), pieces, boxes)
            paragraphs.extend(_cut(page, piece, left, right))
    return _run_on(paragraphs)


def _column_of(
    box: Box, height_lines: int, pieces: Sequence[list[PrintedLine]], boxes: Sequence[Box]
) -> tuple[float, float]:
    """Left and right edge of the column a piece stands in: those of the narrowest longer piece that holds it."""
    size = pieces[boxes.index(box)][0].size
    holding = [
        (other[2] - other[0], other[0], other[2])
        for other, lines in zip(boxes, pieces, strict=True)
        if len(lines) > max(2, height_lines) and other[0] <= box[0] + size and box[2] <= other[2] + size
    ]
    if not holding:
        return box[0], box[2]
    _, left, right = min(holding)
    return min(left, box[0]), max(right, box[2])


def _cut(page: PrintedPage, piece: Sequence[PrintedLine], left: float, right: float) -> Iterator[_Paragraph]:
    """Cut a column piece into paragraphs at indents, short lines and gaps."""
    usual = sorted(gaps(piece))[len(piece) // 2 - 1] if len(piece) > 2 else 0.0
    lines = [piece[0]]
    for last, line in pairwise(piece):
        gap = line.box[1] - last.box[3]
        if gap > max(usual, 0.0) + _GAP_EMS * line.size or begins_paragraph(last, line, left, right):
            yield _paragraph(page, lines, left, right)
            lines = []
        lines.append(line)
    yield _paragraph(page, lines, left, right)


def _paragraph(page: PrintedPage, lines: Sequence[PrintedLine], left: float, right: float) -> _Paragraph:
    first, last = lines[0], lines[-1]
    indented = first.box[0] - left > 0.8 * first.size
    return _Paragraph(tuple((page, line) for line in lines), indented, right - last.box[2] < 1.2 * last.size)


def _run_on(paragraphs: Sequence[_Paragraph]) -> list[_Paragraph]:
    """Join what the end of a column or page cut: a full last line, and what follows goes on without indent."""
    body = [part for part in paragraphs if len(part.lines) > 1]
    are_indented = 2 * sum(part.indented for part in body) > len(body)
    joined: list[_Paragraph] = []
    for part in paragraphs:
        last = joined[-1] if joined else None
        if last is not None and last.full and not part.indented and _alike(last, part):
            is_open = last.lines[-1][1].text[-1] not in _SENTENCE_ENDS
            # Where indents are the custom, long text without one goes on, even after the end of a sentence.
            if is_open or (are_indented and (len(part.lines) > 1 or part.full)):
                joined[-1] = _Paragraph(last.lines + part.lines, last.indented, part.full)
                continue
        joined.append(part)
    return joined


def _alike(one: _Paragraph, other: _Paragraph) -> bool:
    same_type = abs(one.size - other.size) < 0.1 * one.size and one.lines[-1][1].bold == other.lines[0][1].bold
    # A headline or caption of one line may fill it by chance.
    return same_type and (len(one.lines) > 1 or one.indented)


def _lines_of(paragraphs: Sequence[_Paragraph]) -> tuple[list[Line], list[LeftOut]]:
    """Paragraphs as lines of running text that know where each printed line stood."""
    lines: list[Line] = []
    left_out: list[LeftOut] = []
    for part in paragraphs:
        text = Mending()
        for page, printed in part.lines:
            span = SourceSpan(0, len(printed.text), None, page.number, page.seen(printed.box))
            text.run_on(Line(printed.text, (span,)))
        lines.append(Line(text.text, tuple(text.origin), part.size))
        left_out.extend(text.left_out)
    return lines, left_out


def _one_article(pages: Sequence[PrintedPage], margins: Sequence[LeftOut], *, path: str, said: Said) -> Reading:
    usual = body_size(line for page in pages for line in page.lines)
    paragraphs = _paragraphs(pages)
    lines, hyphens = _lines_of(paragraphs)
    title_at = _title(paragraphs, lines, usual, said.title)
    title = said.title or " ".join(lines[at].text for at in title_at)
    body = Mending()
    for at, (line, part) in enumerate(zip(lines, paragraphs, strict=True)):
        if at in title_at:
            continue
        if part.size > _HEADING_RATIO * usual or (part.lines[0][1].bold and len(part.lines) <= 2):
            body.subhead(line)
        else:
            body.paragraph(line)
    published = published_of(None, body.text, path)
    article = Article(
        id=content_id(title, said.author, body.text),
        title=title,
        text=body.text,
        byline=said.author,
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
        subheads=tuple(body.subheads),
        origin=tuple(body.origin),
    )
    return Reading((article,), (*margins, *hyphens))


def _title(paragraphs: Sequence[_Paragraph], lines: Sequence[Line], usual: float, stated: str) -> set[int]:
    """Which paragraphs are the title: those that say the stated one, else the largest type of the first page."""
    if stated:
        bare = "".join(stated.split())
        return {at for at, line in enumerate(lines[:5]) if "".join(line.text.split()) == bare}
    first = [at for at, part in enumerate(paragraphs) if part.lines[0][0].number == 1]
    largest = max((paragraphs[at].size for at in first), default=0.0)
    if largest <= _HEADING_RATIO * usual or len(paragraphs) == 1:
        return set()
    found: set[int] = set()
    for at in first:
        if paragraphs[at].size > 0.95 * largest and (not found or at - 1 in found):
            found.add(at)
    return found
