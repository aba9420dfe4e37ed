"""Word documents (`.docx`): headings, paragraphs, tables as lines of cells, footnotes at the end."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Article, Reading, content_id
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.line_features import BYLINE_MARKS
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import published_of
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from docx.document import Document
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# Said once more for old readers (Fallback), and taken out by a reviewer (del, moveFrom).
_UNREAD = frozenset(
    ("{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", f"{_W}del", f"{_W}moveFrom")
)
_HEADING = re.compile(r"(?:heading|标题|標題)\s*\d*", re.IGNORECASE)
_TITLE = re.compile(r"(?:title|题目|題目|文档标题)", re.IGNORECASE)
_SUBTITLE = re.compile(r"(?:subtitle|副标题|副標題)", re.IGNORECASE)
_DASHES = re.compile(r"(?:——|--|—)\s*")
# Names that programs fill in: nobody's.
NO_AUTHOR = re.compile(
    r"(?:admin|administrator|user|owner|unknown|root|python-docx|微软用户|用户|microsoft office.*|\W*)", re.IGNORECASE
)
_TEMPLATE_DATE = date(2013, 12, 23)  # what python-docx's template says of every document made with it


@dataclass(frozen=True, slots=True)
class _Part:
    """A paragraph with the name of its style."""

    text: str
    style: str


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
        parts = list(_parts(document))
    except (OpcError, LxmlError, LookupError, ValueError, AttributeError, TypeError, AssertionError) as error:
        raise UnreadableFile(path, "the .docx file is damaged; open and save it again in Word") from error
    if not parts:
        raise UnreadableFile(path, "the document has no text; nothing to index")
    return Reading((_article(document, parts, path),))


def _opened(content: bytes) -> Document:
    import docx

    return docx.Document(io.BytesIO(content))


def _parts(document: Document) -> Iterator[_Part]:
    names = {style.style_id: style.name or "" for style in document.styles}
    yield from _parts_in(document.element.body, names)
    for relation in document.part.rels.values():
        if relation.reltype.endswith(("/footnotes", "/endnotes")) and not relation.is_external:
            yield from _notes(relation.target_part.blob, names)


def _notes(blob: bytes, names: dict[str, str]) -> Iterator[_Part]:
    from lxml import etree

    root = etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))
    for note in root:
        # Separator lines are notes of a type; real ones have none.
        if note.get(f"{_W}type") in (None, "normal"):
            yield from _parts_in(note, names)


def _parts_in(parent: _Element, names: dict[str, str]) -> Iterator[_Part]:
    """The paragraphs under an element in their order; a row of a table is one."""
    for element in parent:
        if element.tag == f"{_W}p":
            yield from _paragraph(element, names)
        elif element.tag == f"{_W}tr":
            cells = (" ".join(part.text for part in _parts_in(cell, names)) for cell in element.iter(f"{_W}tc"))
            if row := " | ".join(filter(None, cells)):
                yield _Part(row, "")
        elif isinstance(element.tag, str) and element.tag not in _UNREAD:
            yield from _parts_in(element, names)


def _paragraph(element: _Element, names: dict[str, str]) -> Iterator[_Part]:
    style = element.find(f"{_W}pPr/{_W}pStyle")
    name = names.get(style.get(f"{_W}val") or "", "") if style is not None else ""
    for line in "".join(_words(element)).split("\n"):
        if text := tidy(line).strip():
            yield _Part(text, name)
    # Text boxes hang inside paragraphs and hold paragraphs of their own.
    for box in element.iter(f"{_W}txbxContent"):
        if not any(over.tag in _UNREAD for over in box.iterancestors()):
            yield from _parts_in(box, names)


def _words(element: _Element) -> Iterator[str]:
    for part in element:
        if part.tag == f"{_W}t":
            yield part.text or ""
        elif part.tag == f"{_W}tab":
            yield " "
        elif part.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif part.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif isinstance(part.tag, str) and part.tag not in _UNREAD and part.tag not in (f"{_W}txbxContent", f"{_W}pPr"):
            yield from _words(part)


def _article(document: Document, parts: list[_Part], path: str) -> Article:
    title, subtitle, byline, body_at = _head(parts)
    properties = document.core_properties
    body = Mending()
    for part in parts[body_at:]:
        if _HEADING.match(part.style):
            body.subhead(Line(part.text))
        else:
            body.paragraph(Line(part.text))
    stated = _one_line(properties.author)
    byline = byline or ("" if NO_AUTHOR.fullmatch(stated) else stated)
    title = title or _one_line(properties.title)
    published = published_of(None, body.text, path)
    created = properties.created
    if published is None and created is not None and created.date() != _TEMPLATE_DATE:
        published = published_of(created, body.text, path)
    return Article(
        id=content_id(title, byline, body.text),
        title=title,
        text=body.text,
        subtitle=subtitle,
        byline=byline,
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
        subheads=tuple(body.subheads),
    )


def _head(parts: list[_Part]) -> tuple[str, str, str, int]:
    """Title, subtitle and byline that stand as paragraphs before the body, and where the body begins."""
    title = subtitle = byline = ""
    at = 0
    while at < len(parts) - 1:
        part = parts[at]
        if _SUBTITLE.match(part.style) or (title and not subtitle and _DASHES.match(part.text)):
            subtitle = _DASHES.sub("", part.text, count=1)
        elif not title and (_TITLE.match(part.style) or _HEADING.match(part.style)):
            title = part.text
        elif not byline and part.text[0] in BYLINE_MARKS:
            byline = part.text[1:].strip()
        else:
            break
        at += 1
    return title, subtitle, byline, at


def _one_line(said: str | None) -> str:
    return " ".join(tidy(said or "").split())
