"""An article, and where each part of its text stood in the file it came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

Kind = Literal["article", "caption"]
PublishedFrom = Literal["given", "file", "page", "dateline"]
TitleFrom = Literal["title", "text", "file"]
Box = tuple[float, float, float, float]


SURE = 0.95
"""A page whose `confidence` is below this should be looked at."""


@dataclass(frozen=True, slots=True)
class SourceSpan:
    """A run of `article.text[start:end]` that stood in one piece in the file.

    Where one span ends and the next begins, something was mended: a column break, a hyphen, a page turn.

    Attributes:
        start: first character in the article's text.
        end: one past the last.
        file_start: the same place in the decoded file, in characters; None where the file has no such
            order (PDF, Word).
        page: page number from 1, for paged formats.
        box: left, top, right, bottom on that page in points from its top left corner.
    """

    start: int
    end: int
    file_start: int | None = None
    page: int | None = None
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it is indexed. `text` never changes under an `id`.

    Attributes:
        id: given by the source, or made from the content by `content_id`.
        title: headline on one line; where the source has none, see `title_from`.
        text: the body, paragraphs separated by one newline; every offset in Byline counts its characters.
        subtitle: the `——…` line under the headline, without the dashes.
        byline: who wrote it, as printed, without the □ sign.
        source: newspaper, site or agency.
        published: ISO date (`2023-07-28`), or None where nothing says it.
        published_from: what says so: a field the file gives for it (`given`), the file's name or folder (`file`),
            the head of the page (`page`), or the article's own dateline (`dateline`); None with `published`, and for
            articles indexed before this was noted.
        edition: number and name of the page it was printed on (`第2版 要闻`); empty where nothing says it.
        title_from: `title` where the source has a headline, else what stands in for one: the beginning of its `text`,
            or the name of its `file`.
        url: where it can be read online.
        path: the file it came from.
        kind: a photo caption is an article of its own.
        subheads: spans of sub-headlines inside `text`.
        origin: the way back to the file, in the order of `text`.
        title_from: where the title is from: printed as one (`title`), the beginning of the text (`text`), or the name
            of the file (`file`), see `articles.titles`.
    """

    id: str
    title: str
    text: str
    subtitle: str = ""
    byline: str = ""
    source: str = ""
    published: str | None = None
    url: str = ""
    path: str = ""
    kind: Kind = "article"
    subheads: tuple[tuple[int, int], ...] = ()
    origin: tuple[SourceSpan, ...] = ()
    published_from: PublishedFrom | None = None
    edition: str = ""
    title_from: TitleFrom = "title"

    @property
    def printed_title(self) -> str:
        """The title if the source gives it, else nothing: what is indexed, and what the id is made from."""
        return self.title if self.title_from == "title" else ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Characters of a file that went into no article, and why (`section name`, `page number`, …)."""

    text: str
    reason: str
    file_start: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A line that was put in another place than it had on the page: a first column that came off it last.

    Attributes:
        text: the line as it stood.
        file_start: where, in characters of the decoded file; None for formats without such an order.
        page: page number from 1, for paged formats.
        before: the beginning of the text that it was put in front of.
    """

    text: str
    file_start: int | None = None
    page: int | None = None
    before: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one piece of a file gave: a whole page, or a batch of lines of a `.jsonl`.

    Attributes:
        articles: in the order they stand in the file.
        left_out: everything else that was on the page, apart from white space.
        moved: the lines that do not stand where they stood on the page.
        confidence: how likely every article of the page is told apart rightly, from 0 to 1; None where nothing had to
            be decided, as in a format that says itself where an article begins.
        faults: one sentence for each part that could not be read (`line 7: no "text"`); the rest was.
        notes: one sentence each on how it was read, where that is not plain (`text from "content"`); no fault.
    """

    articles: tuple[Article, ...]
    left_out: tuple[LeftOut, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    moved: tuple[Moved, ...] = ()
    confidence: float | None = None

    @property
    def is_sure(self) -> bool:
        """Whether nobody need look at the page."""
        return self.confidence is None or self.confidence >= SURE


def content_id(title: str, byline: str, text: str) -> str:
    """Make an id from what the article says, so that the same article always gets the same id.

    Returns:
        16 hexadecimal digits of BLAKE2b; at a million articles two share one with odds of 1 in 37 million.
    """
    digest = hashlib.blake2b(digest_size=8)
    for part in (title, byline, text):
        digest.update(part.encode("utf-8", "surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()
