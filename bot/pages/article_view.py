"""An article laid out for a page: paragraphs, sub-headlines, and the quote marked where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from byline.retrieval.articles.article import Article

Note = Literal["quote_missing", "quote_clamped"]
OFFSET = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a paragraph's text, inside the quote or outside; `first` where the quote begins."""

    text: str
    marked: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What stands between two line ends of an article's text."""

    pieces: tuple[Piece, ...]
    subhead: bool = False


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article ready for the template.

    Attributes:
        paragraphs: in order; lines without text are left out.
        quote: `text[start:end]`, or None where no place was asked for or it is outside the text.
        note: what had to be said about the place asked for.
    """

    article: Article
    paragraphs: tuple[Paragraph, ...]
    quote: tuple[int, int] | None
    note: Note | None


def view_article(article: Article, start: str | None, end: str | None) -> ArticleView:
    """Lay out an article with `text[start:end]` marked.

    Args:
        article: what to show.
        start: as it came in the address; anything that is not a number marks nothing and says so.
        end: likewise; past the end of the text it is taken for the end.
    """
    quote, note = _quote(len(article.text), start, end)
    subheads = {first for first, _ in article.subheads}
    paragraphs: list[Paragraph] = []
    at = 0
    begun = False
    for line in article.text.split("\n"):
        if line.strip():
            is_subhead = any(at <= first < at + len(line) for first in subheads)
            paragraphs.append(Paragraph(_pieces(line, at, quote, begun), is_subhead))
            begun = begun or any(piece.marked for piece in paragraphs[-1].pieces)
        at += len(line) + 1
    return ArticleView(article, tuple(paragraphs), quote, note)


def _quote(length: int, start: str | None, end: str | None) -> tuple[tuple[int, int] | None, Note | None]:
    if not start and not end:
        return None, None
    if not (start and end and OFFSET.fullmatch(start) and OFFSET.fullmatch(end)):
        return None, "quote_missing"
    first, last = int(start), int(end)
    if first >= last or first >= length:
        return None, "quote_missing"
    return (first, min(last, length)), "quote_clamped" if last > length else None


def _pieces(line: str, at: int, quote: tuple[int, int] | None, begun: bool) -> tuple[Piece, ...]:
    """Cut one line, which starts at `at` in the article's text, around the quote, which may have begun above."""
    if quote is None:
        return (Piece(line),)
    start = max(quote[0] - at, 0)
    end = min(quote[1] - at, len(line))
    if start >= end:
        return (Piece(line),)
    pieces = (
        Piece(line[:start]),
        Piece(line[start:end], marked=True, first=not begun),
        Piece(line[end:]),
    )
    return tuple(piece for piece in pieces if piece.text)
