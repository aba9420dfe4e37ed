"""Word documents (`.docx`): headings, paragraphs, tables as lines of cells, footnotes at the end."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Article, LeftOut, Reading, content_id
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.formats.word_body import Body, Part
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.line_features import BYLINE_MARKS
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import parse_date, published_of
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from docx.document import Document

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
# A mark of secrecy or the number of an official paper stands over pages and belongs to what the paper says.
_MARKING = re.compile(r"^(?:绝密|机密|秘密)\s*(?:[★☆]|$)|密级|〔(?:19|20)\d\d〕\s*\d+\s*号|文号")
_OFFICE = re.compile(
    r"[局委府办厅部处院会所司校学站队组科室社团党行报台网馆厂店县市区镇乡村]$|中心$|公司$|集团$|办公室$|法院$|政府|委员会|大队|支队|医院|银行"
)
_PERSON = re.compile(r"[\u4e00-\u9fff]{2,4}")
_PLAIN_STYLES = frozenset(("", "normal", "正文", "body text", "no spacing", "default", "普通(网站)", "normal (web)"))
_MAX_TITLE_CHARS = 40  # headlines of notices are longer than a newspaper's: 关于……的通知
_MAX_SIGNER_CHARS = 25
_SIGNED_PARTS = 3
_USUAL_HALF_POINTS = 24  # small four (小四), 12 points: the largest that running text is set in
# Names that programs fill in: nobody's.
NO_AUTHOR = re.compile(
    r"(?:admin|administrator|user|owner|unknown|root|python-docx|微软用户|用户|microsoft office.*|\W*)", re.IGNORECASE
)
_TEMPLATE_DATE = date(2013, 12, 23)  # what python-docx's template says of every document made with it


def read_word(content: bytes, *, path: str) -> Reading:
    """Read one document as one article.

    Raises:
        UnreadableFile: it is encrypted, damaged, an old `.doc`, or has no text.
    """
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    archive = Archive(content, path, ".docx")
    for name in archive.names():
        archive.read(name)
    try:
        document = _opened(content)
        body = Body(document)
        parts = list(body.parts())
        heads = list(body.running_heads())
        marks = [text for _, text in heads if _MARKING.search(text)]
        if not parts:
            raise UnreadableFile(path, "the document has no text; nothing to index")
        article = _article(document, parts, marks, path)
    except (OpcError, LxmlError, LookupError, ValueError, AttributeError, TypeError, AssertionError) as error:
        raise UnreadableFile(path, "the .docx file is damaged; open and save it again in Word") from error
    left_out = (LeftOut(text, f"page {kind}") for kind, text in heads if not _MARKING.search(text))
    return Reading((article,), tuple(left_out))


def _opened(content: bytes) -> Document:
    import docx

    return docx.Document(io.BytesIO(content))


def _article(document: Document, parts: list[Part], marks: list[str], path: str) -> Article:
    head = _head(parts)
    properties = document.core_properties
    body = Mending()
    for mark in marks:
        body.paragraph(Line(mark))
    for part in parts[head.body_at :]:
        if _HEADING.match(part.style):
            body.subhead(Line(part.text))
        else:
            body.paragraph(Line(part.text))
    title = head.title or _one_line(properties.title)
    signer, signed = _signature(parts[head.body_at :])
    published = published_of(None, body.text, path, page=head.published or signed)
    created = properties.created
    if published is None and created is not None and created.date() != _TEMPLATE_DATE:
        published = published_of(created, body.text, path)
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


def _head(parts: list[Part]) -> _Head:
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


def _signature(parts: list[Part]) -> tuple[str, str | None]:
    """Who signed at the end, and the date under it; neither where the last line is no date."""
    if len(parts) < _SIGNED_PARTS or not _DATE_ALONE.fullmatch(parts[-1].text):
        return "", None
    signer = _SPACED.sub("", parts[-2].text)
    is_name = len(signer) <= _MAX_SIGNER_CHARS and not re.search(r"[，。；：！？|]", signer) and not parts[-2].is_row
    return signer if is_name else "", parse_date(parts[-1].text)


def _one_line(said: str | None) -> str:
    return " ".join(tidy(said or "").split())
