"""A page -> its articles: headlines, bylines and captions told apart, columns mended."""

from __future__ import annotations

import re
from collections.abc import Sequence

from byline.retrieval.articles.article import Article, LeftOut, Reading, SourceSpan, content_id
from byline.retrieval.articles.layout.columns import articles_in_order
from byline.retrieval.articles.layout.continuation_model import bundled
from byline.retrieval.articles.layout.joining import Mending, left_out_of
from byline.retrieval.articles.layout.line_features import Form
from byline.retrieval.articles.layout.line_labels import OUTSIDE, Role, assign_roles
from byline.retrieval.articles.layout.line_scores import Evidence
from byline.retrieval.articles.layout.page import Block, Line
from byline.retrieval.articles.layout.unwrapping import unwrapped

_ONE_LINE_END = frozenset(["\r\n", *"\n\r\v\x1c\x1d\x1e\x85\u2028\u2029"])
_LINE = re.compile(r"[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+")
_CAPTION_CHARS = 400
_PICTURED = re.compile(r"图为|图片为|上图|下图|左图|右图|Pictured|Photo:|[（(](?:摄影|摄)[)）]")
_PHOTOGRAPHED = re.compile(r"摄")

_LINE_END = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


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
    return unwrapped([Block(tuple(lines)) for lines in blocks])


def _line(raw: str, start: int) -> Line | None:
    text = raw.strip()
    if not text:
        return None
    file_start = start + len(raw) - len(raw.lstrip())
    return Line(text, (SourceSpan(0, len(text), file_start),))


def articles_of_page(blocks: Sequence[Block], *, path: str = "") -> Reading:
    """Tell a page apart into its articles and mend the column breaks inside them.

    Args:
        blocks: the page in the order in which it came out of the file, from text or from a PDF.
        path: the file, copied into every article.

    Returns:
        The articles in page order; what belongs to none of them is in `left_out`.
    """
    lines = [line for block in blocks for line in block.lines if line.text.strip()]
    evidence = _evidence(blocks, lines)
    roles = assign_roles(evidence)
    articles: list[Article] = []
    left_out: list[LeftOut] = []
    groups, of_line = articles_in_order(roles, evidence)
    for members in groups:
        first = members[0]
        if of_line[first] in OUTSIDE:
            reason = _reason(of_line[first], evidence.forms[first])
            left_out.extend(left_out_of(lines[first], 0, len(lines[first].text), reason))
            continue
        parts = _Parts(lines, evidence.forms, of_line, path)
        article = parts.article(members)
        if article.text:
            articles.append(article)
        left_out.extend(parts.left_out)
    return Reading(tuple(articles), tuple(left_out))


def _reason(role: Role, form: Form) -> str:
    if form.furniture:
        return "page furniture"
    return "kicker" if role is Role.KICKER else "section name"


def _evidence(blocks: Sequence[Block], lines: Sequence[Line]) -> Evidence:
    joined = [number > 0 for block in blocks for number, line in enumerate(block.lines) if line.text.strip()]
    telling = 2 * sum(joined) < len(joined)
    return Evidence(
        [line.text for line in lines],
        bundled(),
        joined=joined if telling else (),
        type_sizes=[line.size for line in lines],
    )


class _Parts:
    """One article while its lines are sorted into its fields."""

    def __init__(self, lines: Sequence[Line], forms: Sequence[Form], of_line: Sequence[Role], path: str) -> None:
        self._lines = lines
        self._forms = forms
        self._of_line = of_line
        self._path = path
        self._titles: list[str] = []
        self._subtitles: list[str] = []
        self._bylines: list[str] = []
        self._source = ""
        self._body = Mending()
        self.left_out: list[LeftOut] = []

    def article(self, members: Sequence[int]) -> Article:
        """Read the lines in their order and make the article."""
        for member in members:
            self._sort_in(member)
        self._fill_empty_body(members)
        body = self._body
        self.left_out.extend(body.left_out)
        text = body.text
        title, byline = _headline(self._titles), " ".join(self._bylines)
        return Article(
            id=content_id(title, byline, text),
            title=title,
            text=text,
            subtitle=" ".join(self._subtitles),
            byline=byline,
            source=self._source,
            path=self._path,
            kind="caption" if is_caption(text, byline) else "article",
            subheads=tuple(body.subheads),
            origin=tuple(body.origin),
        )

    def _fill_empty_body(self, members: Sequence[int]) -> None:
        """Make the headline the text where there is no other; what has not even that is left out."""
        if self._body.length:
            return
        kept = [member for member in members if self._of_line[member] in (Role.HEAD, Role.HEAD_MORE)]
        for member in kept:
            self._body.paragraph(self._lines[member])
        self._titles.clear()
        if not kept:
            self.left_out.clear()
            for member in members:
                line = self._lines[member]
                self.left_out.extend(left_out_of(line, 0, len(line.text), "nothing to go with it"))

    def _sort_in(self, member: int) -> None:
        line, form, role = self._lines[member], self._forms[member], self._of_line[member]
        if role in (Role.HEAD, Role.HEAD_MORE):
            self._titles.append(line.text)
        elif role is Role.SUBTITLE:
            self._keep(line, form.subtitle or line.text, self._subtitles)
        elif role in (Role.BYLINE, Role.END_BYLINE):
            self._keep(line, form.names or line.text, self._bylines)
        elif role is Role.SUBHEAD:
            self._body.subhead(line)
        else:
            self._body_line(line, form, role)

    def _keep(self, line: Line, text: str, into: list[str]) -> None:
        start = line.text.index(text)
        self.left_out.extend(left_out_of(line, 0, start, "mark"))
        self.left_out.extend(left_out_of(line, start + len(text), len(line.text), "mark"))
        into.append(text)

    def _body_line(self, line: Line, form: Form, role: Role) -> None:
        end = len(line.text)
        if form.source and not self._source:
            start, self._source = form.source
            name = line.text.index(self._source, start)
            self.left_out.extend(left_out_of(line, start, name, "mark"))
            self.left_out.extend(left_out_of(line, name + len(self._source), end, "mark"))
            end = len(line.text[:start].rstrip())
        if not end:
            return
        if role is Role.CONTINUED or role is Role.DISPLACED:
            self._body.run_on(line, 0, end)
        else:
            self._body.paragraph(line, 0, end)


def _headline(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def is_caption(text: str, byline: str) -> bool:
    """Tell a photo caption: a short text that says what the picture shows, or that was photographed."""
    return len(text) <= _CAPTION_CHARS and bool(_PICTURED.search(text) or _PHOTOGRAPHED.search(byline))
