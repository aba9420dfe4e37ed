"""OpenDocument (`.odt .ods .odp`), as LibreOffice and WPS save it: paragraphs, lists, tables, notes at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import LeftOut, Reading
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.formats.manuscripts import Part, Properties, article_of_parts
from byline.retrieval.articles.formats.tables import row_of_cells
from byline.retrieval.articles.formats.xml_parts import local_name, member_xml, needed_xml
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

_T = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
# Taken out by a reviewer, remarks, and readings over characters; notes come at the end.
_UNREAD = frozenset(("tracked-changes", "annotation", "ruby-text", "note", "forms", "sequence-decls"))
_MAX_REPEATED = 64
_MAX_SPACES = 100


def read_open_document(content: bytes, *, path: str) -> Reading:
    """Read one document as one article.

    Raises:
        UnreadableFile: it is encrypted, damaged or has no text.
    """
    archive = Archive(content, path, "OpenDocument")
    manifest = member_xml(archive, "META-INF/manifest.xml")
    if manifest is not None and any(local_name(each) == "encryption-data" for each in manifest.iter()):
        raise UnreadableFile(path, "the document is encrypted; save it without a password")
    root = needed_xml(archive, "content.xml", path, "OpenDocument")
    bodies = [body for body in root if local_name(body) == "body"]
    parts = [part for body in bodies for part in _parts(body)]
    for note in (each for body in bodies for each in body.iter(f"{_T}note-body")):
        parts += _parts(note)
    if not parts:
        raise UnreadableFile(path, "the document has no text; nothing to index")
    left_out = tuple(_running_heads(member_xml(archive, "styles.xml")))
    said = _properties(member_xml(archive, "meta.xml"))
    return Reading((article_of_parts(parts, path, said=said),), left_out)


def _parts(parent: _Element) -> Iterator[Part]:
    for element in parent:
        match local_name(element):
            case "h":
                if said := _said(element):
                    yield Part(said, "heading 1")
            case "p":
                style = str(element.get(f"{_T}style-name") or "")
                for line in _said(element).split("\n"):
                    if line.strip():
                        yield Part(line.strip(), style if style.lower() in ("title", "subtitle") else "")
                for box in element.iter("{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}text-box"):
                    yield from _parts(box)
            case "table-row":
                if row := row_of_cells(list(_cells(element))):
                    yield Part(row, is_row=True)
            case name if name not in _UNREAD and name:
                yield from _parts(element)


def _cells(row: _Element) -> Iterator[str]:
    for cell in row:
        if local_name(cell) not in ("table-cell", "covered-table-cell"):
            continue
        said = " ".join(part.text.replace(" | ", " ") if part.is_row else part.text for part in _parts(cell))
        repeated = str(cell.get(f"{_TABLE}number-columns-repeated") or "1")
        yield from [said] * min(int(repeated) if repeated.isdecimal() else 1, _MAX_REPEATED)


def _said(element: _Element) -> str:
    return tidy("".join(_words(element))).strip()


def _words(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for part in element:
        match local_name(part):
            case "s":
                count = str(part.get(f"{_T}c") or "1")
                yield " " * min(int(count) if count.isdecimal() else 1, _MAX_SPACES)
            case "tab":
                yield " "
            case "line-break":
                yield "\n"
            case name if name and name not in _UNREAD and name not in ("frame", "custom-shape"):
                yield from _words(part)
        yield part.tail or ""


def _running_heads(styles: _Element | None) -> Iterator[LeftOut]:
    seen: set[str] = set()
    for element in styles.iter() if styles is not None else ():
        kind = local_name(element)
        if kind in ("header", "footer"):
            for part in _parts(element):
                if part.text not in seen:
                    seen.add(part.text)
                    yield LeftOut(part.text, f"page {kind}")


def _properties(meta: _Element | None) -> Properties:
    said = {
        local_name(each): " ".join(tidy(each.text or "").split()) for each in (meta.iter() if meta is not None else ())
    }
    return Properties(said.get("title", ""), said.get("creation-date") or None)
