"""A page -> its articles: headlines, bylines and captions told apart, columns mended."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from retrieval.articles.article import Article, LeftOut, Reading, SourceSpan, content_id
from retrieval.articles.evidence import Evidence
from retrieval.articles.lines import Form
from retrieval.articles.mending import Mending, left_out_of
from retrieval.articles.page import Block, Line
from retrieval.articles.roles import Role, Roles, assign_roles
from retrieval.articles.seams import bundled
from retrieval.articles.wrapping import unwrapped

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
    return unwrapped(blocks)


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
    lines = [line for block in blocks for line in block.lines if line.text.strip()]
    evidence = _evidence(blocks, lines)
    roles = assign_roles(evidence)
    articles: list[Article] = []
    left_out: list[LeftOut] = []
    for members in _grouped(roles.of_line):
        if roles.of_line[members[0]] in (Role.STRAY, Role.KICKER):
            line = lines[members[0]]
            reason = "section name" if roles.of_line[members[0]] is Role.STRAY else "kicker"
            left_out.extend(left_out_of(line, 0, len(line.text), reason))
            continue
        parts = _Parts(lines, evidence.forms, roles.of_line, path)
        articles.append(parts.article(in_reading_order(members, roles, evidence)))
        left_out.extend(parts.left_out)
    return Reading(tuple(articles), tuple(left_out))


def _evidence(blocks: Sequence[Block], lines: Sequence[Line]) -> Evidence:
    joined = [number > 0 for block in blocks for number, line in enumerate(block.lines) if line.text.strip()]
    telling = 2 * sum(joined) < len(joined)
    return Evidence(
        [line.text for line in lines],
        bundled(),
        joined=joined if telling else (),
        type_sizes=[line.size for line in lines],
    )


def _grouped(of_line: Sequence[Role]) -> Iterable[list[int]]:
    """Cut the page where a headline, a stray line or a text without headline begins."""
    group: list[int] = []
    before: Role | None = None
    for line, role in enumerate(of_line):
        alone = role in (Role.STRAY, Role.KICKER) or before in (Role.STRAY, Role.KICKER)
        if group and (alone or role is Role.HEAD):
            yield group
            group = []
        group.append(line)
        before = role
    if group:
        yield group


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


def in_reading_order(members: list[int], roles: Roles, evidence: Evidence) -> list[int]:
    """Move a first column that came off the page last to the front of its article's body."""
    inside = set(members)
    for end, start in roles.columns:
        if end not in inside:
            continue
        begin = first_line_of_column(start, end, roles.of_line, evidence)
        moved = [member for member in members if begin <= member <= end]
        rest = [member for member in members if not begin <= member <= end]
        place = rest.index(start)
        members = rest[:place] + moved + rest[place:]
    return members


def first_line_of_column(start: int, end: int, of_line: Sequence[Role], evidence: Evidence) -> int:
    """Find where the displaced first column begins: the line most like the opening of an article."""
    candidates = [line for line in range(start + 1, end + 1) if of_line[line] is Role.PARAGRAPH]
    bylines = [line for line in range(start + 1, end) if of_line[line] is Role.END_BYLINE]
    if bylines:
        return min(line for line in candidates if line > bylines[-1])
    return max(candidates, key=evidence.opens) if candidates else end
