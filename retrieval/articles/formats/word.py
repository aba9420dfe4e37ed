"""Word documents (`.docx`): headings, paragraphs, tables as lines of cells, footnotes at the end."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import LeftOut, Reading
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.formats.manuscripts import Properties, article_of_parts
from byline.retrieval.articles.formats.word_body import Body
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from docx.document import Document

# A mark of secrecy or the number of an official paper stands over pages and belongs to what the paper says.
_MARKING = re.compile(r"^(?:绝密|机密|秘密)\s*(?:[★☆]|$)|密级|〔(?:19|20)\d\d〕\s*\d+\s*号|文号")
# Names that programs fill in: nobody's.
NO_AUTHOR = re.compile(
    r"(?:admin|administrator|user|owner|unknown|root|python-docx|微软用户|用户|microsoft office.*|\W*)", re.IGNORECASE
)
_NO_TITLE = re.compile(
    r"(?:word document|microsoft word.*|untitled.*|无标题.*|文档\s?\d*|document\s?\d*|.*\.(?:docx?|wps))", re.I
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
        article = article_of_parts(parts, path, said=_properties(document), marks=marks)
    except (OpcError, LxmlError, LookupError, ValueError, AttributeError, TypeError, AssertionError) as error:
        raise UnreadableFile(path, "the .docx file is damaged; open and save it again in Word") from error
    left_out = (LeftOut(text, f"page {kind}") for kind, text in heads if not _MARKING.search(text))
    return Reading((article,), tuple(left_out))


def _opened(content: bytes) -> Document:
    import docx

    return docx.Document(io.BytesIO(content))


def _properties(document: Document) -> Properties:
    """Title and date that Word keeps beside the text; its author is whoever typed, so it is not asked."""
    properties = document.core_properties
    created = properties.created
    said = created if created is not None and created.date() != _TEMPLATE_DATE else None
    title = " ".join(tidy(properties.title or "").split())
    return Properties("" if _NO_TITLE.fullmatch(title) else title, said)
