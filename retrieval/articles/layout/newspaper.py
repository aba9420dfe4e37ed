"""A page -> its articles: headlines, bylines and captions told apart, columns mended; a single article stays whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from byline.retrieval.articles.article import Article, LeftOut, Moved, Reading, SourceSpan
from byline.retrieval.articles.layout.article_parts import ArticleParts, is_caption
from byline.retrieval.articles.layout.columns import articles_in_order
from byline.retrieval.articles.layout.continuation_model import bundled
from byline.retrieval.articles.layout.joining import left_out_of
from byline.retrieval.articles.layout.labelled_lines import PageLines
from byline.retrieval.articles.layout.line_features import Form
from byline.retrieval.articles.layout.line_labels import OUTSIDE, Role, Roles
from byline.retrieval.articles.layout.masthead import with_mastheads
from byline.retrieval.articles.layout.narrow_columns import joined_columns
from byline.retrieval.articles.layout.page import Block, Line
from byline.retrieval.articles.layout.page_confidence import confidence_of, signs_of
from byline.retrieval.articles.layout.unwrapping import unwrapped

__all__ = ["articles_of_page", "blocks_of_text", "is_caption"]

_ONE_LINE_END = frozenset(["\r\n", *"\n\r\v\x1c\x1d\x1e\x85\u2028\u2029"])
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_SHOWN_BEFORE = 20


def blocks_of_text(text: str) -> list[Block]:
    """Cut a text file into lines, and lines into blocks at blank lines.

    Returns:
        Blocks in file order. No line is empty or has white space around it; each has one span whose
        `file_start` counts characters of `text`.
    """
    blocks: list[list[Line]] = []
    ended = -1
    for found in _LINE.finditer(text):
        line = _line(found[0], found.start())
        if line is None:
            continue
        if blocks and text[ended : found.start()] in _ONE_LINE_END:
            blocks[-1].append(line)
        else:
            blocks.append([line])
        ended = found.end()
    as_they_stand = [Block(tuple(lines)) for lines in blocks]
    return joined_columns(as_they_stand, bundled()) or unwrapped(as_they_stand)


def _line(raw: str, start: int) -> Line | None:
    text = raw.strip()
    if not text:
        return None
    file_start = start + len(raw) - len(raw.lstrip())
    lead = raw[: file_start - start]
    is_indent = len(lead) >= 2 or "\u3000" in lead or "\t" in lead
    span = SourceSpan(0, len(text), file_start)
    trail = len(raw) - len(raw.rstrip())
    return Line(text, (span,), indent=len(lead), indented=is_indent, trail=trail)


def articles_of_page(blocks: Sequence[Block], *, path: str = "") -> Reading:
    """Tell a page apart into its articles and mend the column breaks inside them.

    A text that is not clearly a page is one article: then all its lines are in its text in the order in which they
    stand, but for its title and byline.

    Args:
        blocks: the page in the order in which it came out of the file, from text or from a PDF.
        path: the file, copied into every article.

    Returns:
        The articles in page order; what belongs to none of them is in `left_out`, what was put elsewhere in `moved`.
    """
    page = PageLines(blocks)
    if not page.size:
        return Reading(())
    choice = page.choose()
    roles, alone = choice.roles, choice.alone
    weights = page.model.confidence
    confidence = confidence_of(signs_of(page, choice), weights) if weights else None
    if alone:
        return replace(_single(page, roles, path), confidence=confidence)
    articles: list[Article] = []
    left_out: list[LeftOut] = []
    moved: list[Moved] = []
    groups, of_line = articles_in_order(roles, page.evidence)
    heads: list[tuple[int, str]] = []
    for members in groups:
        first = members[0]
        if of_line[first] in OUTSIDE:
            line = page.lines[first]
            left_out.extend(left_out_of(line, 0, len(line.text), _reason(of_line[first], page.evidence.forms[first])))
            heads.append((len(articles), line.text))
            continue
        parts = ArticleParts(page.lines, page.evidence.forms, of_line, path=path, alone=False)
        article = parts.article(members)
        if article.text:
            articles.append(article)
        left_out.extend(parts.left_out)
        moved.extend(_moved(members, page.lines))
    return Reading(tuple(with_mastheads(articles, heads)), tuple(left_out), moved=tuple(moved), confidence=confidence)


def _single(page: PageLines, roles: Roles, path: str) -> Reading:
    parts = ArticleParts(page.lines, page.evidence.forms, roles.of_line, path=path, alone=True)
    article = parts.article(range(page.size))
    return Reading((article,), tuple(parts.left_out))


def _moved(members: Sequence[int], lines: Sequence[Line]) -> list[Moved]:
    """The lines of an article that stand before a line which stood above them on the page."""
    found: list[Moved] = []
    above = len(lines)
    after: Line | None = None
    for member in reversed(members):
        line = lines[member]
        if member > above and after is not None:
            span = line.spans[0] if line.spans else None
            place = (span.file_start, span.page) if span else (None, None)
            found.append(Moved(line.text, *place, before=after.text[:_SHOWN_BEFORE]))
        elif member < above:
            above, after = member, line
    return found[::-1]


def _reason(role: Role, form: Form) -> str:
    if form.furniture:
        return "page furniture"
    return "kicker" if role is Role.KICKER else "section name"
