"""The lines of one article sorted into its fields, once it is known which part each of them is."""

from __future__ import annotations

import re
from collections.abc import Sequence

from byline.retrieval.articles.article import Article, LeftOut, PublishedFrom, content_id
from byline.retrieval.articles.layout.bylines import closing_of, opening_of
from byline.retrieval.articles.layout.joining import Mending, left_out_of
from byline.retrieval.articles.layout.line_features import Form
from byline.retrieval.articles.layout.line_labels import Role
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.text.dates import parse_date

_CAPTION_CHARS = 400
_PICTURED = re.compile(r"图为|图片为|上图|下图|左图|右图|Pictured|Photo:|[（(](?:摄影|摄)[)）]")
_PHOTOGRAPHED = re.compile(r"摄")


class ArticleParts:
    """One article while its lines are sorted into its fields."""

    def __init__(
        self, lines: Sequence[Line], forms: Sequence[Form], of_line: Sequence[Role], *, path: str, alone: bool
    ) -> None:
        """Take the lines of the whole page.

        Args:
            alone: the file holds this one article, whose text loses nothing but its title and byline.
        """
        self._lines = lines
        self._forms = forms
        self._of_line = of_line
        self._path = path
        self._alone = alone
        self._titles: list[str] = []
        self._subtitles: list[str] = []
        self._bylines: list[str] = []
        self._labelled: dict[str, str] = {}
        self._source = ""
        self._agency = ""
        self._signed = ""
        self._body = Mending()
        self.left_out: list[LeftOut] = []

    def article(self, members: Sequence[int]) -> Article:
        """Read the lines in their order and make the article; without a text where there is nothing to read."""
        for member in members:
            self._sort_in(member)
        self._fill_empty_body(members)
        body = self._body
        self.left_out.extend(body.left_out)
        text = body.text
        title, byline = _headline(self._titles), " ".join(self._bylines) or self._names_in_text() or self._signed
        published = parse_date(self._labelled.get("published", ""))
        published_from: PublishedFrom | None = "given" if published else None
        return Article(
            id=content_id(title, byline, text),
            title=title,
            text=text,
            subtitle=" ".join(self._subtitles),
            byline=byline,
            source=self._source or self._labelled.get("source", "") or self._agency,
            edition=self._labelled.get("edition", ""),
            published=published,
            published_from=published_from,
            path=self._path,
            kind="caption" if is_caption(text, byline) else "article",
            subheads=tuple(body.subheads),
            origin=tuple(body.origin),
        )

    def _names_in_text(self) -> str:
        """The names in `本报讯（记者 …）` where the text begins, or in brackets at its end; they stay in the text."""
        text = self._body.text
        opening = opening_of(text)
        if opening is not None:
            self._agency = opening.agency
        if opening is not None and opening.names:
            return opening.names
        last = text.rstrip()
        closing = closing_of(last)
        return closing[1] if closing else ""

    def _fill_empty_body(self, members: Sequence[int]) -> None:
        """Make the headline the text where there is no other; what has not even that is left out."""
        if self._body.length:
            return
        kept = [member for member in members if self._of_line[member] in (Role.HEAD, Role.HEAD_MORE)]
        if self._alone and not kept:
            kept = list(members)
            self._bylines.clear()
            self._subtitles.clear()
            self.left_out.clear()
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
        label = form.label
        if label is not None and role in (Role.HEAD, Role.SUBTITLE, Role.BYLINE, Role.END_BYLINE):
            self._sort_in_labelled(line, label, role)
        elif label is not None and label[0] == "text" and not self._body.length and label[1]:
            self._leave_label(line, label[1])
            self._body.paragraph(line, line.text.index(label[1]))
        elif role in (Role.HEAD, Role.HEAD_MORE):
            self._titles.append(line.text)
        elif role is Role.SUBTITLE:
            self._keep(line, form.subtitle or line.text, self._subtitles)
        elif role is Role.END_BYLINE and self._alone and not form.marked:
            self._signed = self._signed or form.names or ""
            self._body.paragraph(line)
        elif role in (Role.BYLINE, Role.END_BYLINE):
            self._keep(line, form.names or line.text, self._bylines)
        elif role is Role.SUBHEAD:
            self._body.subhead(line)
        else:
            self._body_line(line, form, role)

    def _sort_in_labelled(self, line: Line, label: tuple[str, str], role: Role) -> None:
        field, value = label
        if role is Role.END_BYLINE and self._alone and self._body.length and field != "byline":
            self._labelled.setdefault(field, value)
            self._body.paragraph(line)
            return
        self._leave_label(line, value)
        if not value:
            return
        match field:
            case "title":
                self._titles.append(value)
            case "subtitle":
                self._subtitles.append(value)
            case "byline":
                self._bylines.append(value)
            case _:
                self._labelled[field] = value
                if field != "source":
                    self.left_out.extend(left_out_of(line, line.text.index(value), len(line.text), _LABELLED[field]))

    def _leave_label(self, line: Line, value: str) -> None:
        colon = min(at for at in (line.text.find(":"), line.text.find("：")) if at >= 0)
        end = line.text.index(value, colon + 1) if value else len(line.text)
        self.left_out.extend(left_out_of(line, 0, end, "mark"))

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


_LABELLED = {"published": "date of publication", "edition": "edition", "text": "mark"}


def _headline(lines: Sequence[str]) -> str:
    return " ".join(" ".join(lines).split())


def is_caption(text: str, byline: str) -> bool:
    """Tell a photo caption: a short text that says what the picture shows, or that was photographed."""
    return len(text) <= _CAPTION_CHARS and bool(_PICTURED.search(text) or _PHOTOGRAPHED.search(byline))
