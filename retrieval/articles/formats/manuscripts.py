"""A document of paragraphs (Word, ODT, RTF) to its article: what its head and its end say without styles to go by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from byline.retrieval.articles.article import Article, content_id
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.line_features import BYLINE_MARKS
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.text.dates import parse_date, published_of
from byline.retrieval.text.encoding import tidy

_HEADING = re.compile(r"(?:heading|标题|標題)\s*\d*", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|题目|題目|文档标题)", re.IGNORECASE)
_SUBTITLE = re.compile(r"(?:subtitle|副标题|副標題)", re.IGNORECASE)
_DASHES = re.compile(r"(?:——|--|—)\s*")
# 本报记者 何静, 通讯员 林一 陈二, 作者：林一, 文/图 林一; as printed, but for the label 作者
_BYLINE = re.compile(
    r"(?P<whole>(?:本[报台网刊社]|[\u4e00-\u9fff]{0,4})?(?:特约|见习|实习)?(?:记者|記者|通讯员|通訊員)[\s:：][^，。！？；]{1,40})"
    r"|(?:作者|撰文|撰稿|文|文/图|图/文)\s?[:：/]\s?(?P<name>[^，。！？；]{2,30})"
)
_DATE_ALONE = re.compile(
    r"[(（]?(?:(?:19|20)\d\d|[二一〇零○O０-９\d]{4})\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?日?[)）]?"
)
_SPACED = re.compile(r"\s+")
_OFFICE = re.compile(
    r"[局委府办厅部处院会所司校学站队组科室社团党行报台网馆厂店县市区镇乡村]$|中心$|公司$|集团$|办公室$|法院$|政府|委员会|大队|支队|医院|银行"
)
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}")
_PLAIN_STYLES = frozenset(("", "normal", "正文", "body text", "no spacing", "default", "普通(网站)", "normal (web)"))
_MAX_TITLE_CHARS = 40  # headlines of notices are longer than a newspaper's: 关于……的通知
_MAX_SIGNER_CHARS = 25
_SIGNED_PARTS = 3
_USUAL_HALF_POINTS = 24  # small four (小四), 12 points: the largest that running text is set in


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, or a row of a table.

    Attributes:
        text: on one line, with its automatic number.
        style: the name of its style; empty for a row.
        centred: set in the middle of the line.
        bold: set heavy throughout.
        half_points: the size of its type; None where the style alone says it.
        is_row: a row of a table.
    """

    text: str
    style: str = ""
    centred: bool = False
    bold: bool = False
    half_points: int | None = None
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Properties:
    """What a program keeps beside the text: a title, and when the document was made."""

    title: str = ""
    created: datetime | str | None = None


def parts_of_lines(text: str) -> list[Part]:
    """The paragraphs of a text that has lost its look; the first may be a headline by what it says alone."""
    lines = [said for line in tidy(text).split("\n") if (said := " ".join(line.split()))]
    return [Part(line, bold=at == 0) for at, line in enumerate(lines)]


def article_of_parts(
    parts: Sequence[Part], path: str, *, said: Properties = Properties(), marks: Iterable[str] = ()
) -> Article:
    """Make the one article of a document.

    Args:
        parts: its paragraphs, at least one.
        path: the file.
        said: what stands beside the text; counts where the text says nothing.
        marks: lines that stand over every page and belong to the text.
    """
    head = _head(parts)
    body = Mending()
    for mark in marks:
        body.paragraph(Line(mark))
    for part in parts[head.body_at :]:
        if _HEADING.match(part.style):
            body.subhead(Line(part.text))
        else:
            body.paragraph(Line(part.text))
    title = head.title or said.title
    signer, signed = _signature(parts[head.body_at :])
    published = published_of(None, body.text, path, page=head.published or signed)
    if published is None and said.created is not None:
        published = published_of(said.created, body.text, path)
    is_person = bool(_PERSON.fullmatch(signer)) and not _OFFICE.search(signer)
    byline = head.byline or (signer if is_person else "")
    return Article(
        id=content_id(title, byline, body.text),
        title=title,
        text=body.text,
        subtitle=head.subtitle,
        byline=byline,
        source="" if is_person else signer,
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
        subheads=tuple(body.subheads),
    )


@dataclass(slots=True)
class _Head:
    """What stands over the body: `body_at` is its first part."""

    title: str = ""
    subtitle: str = ""
    byline: str = ""
    published: str | None = None
    body_at: int = 0


def _head(parts: Sequence[Part]) -> _Head:
    """Read title, subtitle, byline and date that stand as paragraphs before the body."""
    head = _Head()
    while head.body_at < len(parts) - 1:
        part, after = parts[head.body_at], parts[head.body_at + 1]
        if _SUBTITLE.match(part.style) or (head.title and not head.subtitle and _DASHES.match(part.text)):
            head.subtitle = _DASHES.sub("", part.text, count=1)
        elif not head.title and (_TITLE.match(part.style) or _HEADING.match(part.style) or _stands_out(part, after)):
            head.title = part.text
        elif not head.byline and part.text[0] in BYLINE_MARKS:
            head.byline = part.text[1:].strip()
        elif not head.byline and (named := _BYLINE.fullmatch(part.text)):
            head.byline = named["whole"] or named["name"]
        elif head.title and not head.published and _DATE_ALONE.fullmatch(part.text):
            head.published = parse_date(part.text)
        else:
            break
        head.body_at += 1
    return head


def _stands_out(part: Part, after: Part) -> bool:
    """Whether a first paragraph without a heading's style is a headline: short, no sentence, set off by its look.

    A byline under it says so too.
    """
    if part.is_row or part.style.lower() not in _PLAIN_STYLES or len(part.text) > _MAX_TITLE_CHARS:
        return False
    if part.text[-1] in "。；，、：;,:" or _BYLINE.fullmatch(part.text) or _DATE_ALONE.fullmatch(part.text):
        return False
    larger = (part.half_points or 0) > (after.half_points or _USUAL_HALF_POINTS)
    looks = part.centred or part.bold or larger
    alike = after.centred == part.centred and after.bold == part.bold and len(after.text) > _MAX_TITLE_CHARS
    return (looks and not alike) or bool(_BYLINE.fullmatch(after.text)) or after.text[0] in BYLINE_MARKS


def _signature(parts: Sequence[Part]) -> tuple[str, str | None]:
    """Who signed at the end, and the date under it; neither where the last line is no date."""
    if len(parts) < _SIGNED_PARTS or not _DATE_ALONE.fullmatch(parts[-1].text):
        return "", None
    signer = _SPACED.sub("", parts[-2].text)
    is_name = len(signer) <= _MAX_SIGNER_CHARS and not re.search(r"[，。；：！？|]", signer) and not parts[-2].is_row
    return signer if is_name else "", parse_date(parts[-1].text)
