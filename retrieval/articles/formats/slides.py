"""PowerPoint (`.pptx`): one article, slide by slide; titles of slides as sub-headlines, tables as rows, notes below."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Article, Reading, SourceSpan, content_id
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.formats.tables import row_of_cells
from byline.retrieval.articles.formats.xml_parts import local_name, member_xml, needed_xml
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import published_of
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

_PRESENTATION = "ppt/presentation.xml"
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TITLES = frozenset(("title", "ctrTitle"))
# Date, number and foot of a slide, said on every one.
_FURNITURE = frozenset(("dt", "ftr", "sldNum", "hdr"))


def read_slides(content: bytes, *, path: str) -> Reading:
    """Read one presentation as one article; every paragraph knows its slide as `page`.

    Raises:
        UnreadableFile: it is encrypted, damaged or has no text.
    """
    archive = Archive(content, path, ".pptx")
    presentation = needed_xml(archive, _PRESENTATION, path, ".pptx")
    places = _relations(archive, _PRESENTATION)
    title, body = "", Mending()
    numbered = enumerate((each for each in presentation.iter() if local_name(each) == "sldId"), 1)
    for number, slide in numbered:
        name = places.get(str(slide.get(_RELATED)), ("", ""))[1]
        root = member_xml(archive, name) if name else None
        if root is None:
            continue
        for is_title, text in _paragraphs(root):
            line = Line(text, (SourceSpan(0, len(text), None, number),))
            if is_title and not title and not body.length:
                title = text
            elif is_title:
                body.subhead(line)
            else:
                body.paragraph(line)
        for kind, place in _relations(archive, name).values():
            notes = member_xml(archive, place) if kind == "notesSlide" else None
            for _, text in _paragraphs(notes) if notes is not None else ():
                body.paragraph(Line(text, (SourceSpan(0, len(text), None, number),)))
    if not body.length and not title:
        raise UnreadableFile(path, "the presentation has no text; nothing to index")
    if not body.length:
        body.paragraph(Line(title))
    published = published_of(None, body.text, path)
    article = Article(
        id=content_id(title, "", body.text),
        title=title,
        text=body.text,
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
        subheads=tuple(body.subheads),
        origin=tuple(body.origin),
    )
    return Reading((article,))


def _relations(archive: Archive, name: str) -> dict[str, tuple[str, str]]:
    """What a part is related to: from its id to its kind and its name in the archive."""
    folder, file = posixpath.split(name)
    root = member_xml(archive, f"{folder}/_rels/{file}.rels")
    found: dict[str, tuple[str, str]] = {}
    for relation in root if root is not None else ():
        if local_name(relation) == "Relationship" and relation.get("TargetMode") != "External":
            target = str(relation.get("Target") or "")
            place = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[str(relation.get("Id"))] = str(relation.get("Type") or "").rsplit("/", 1)[-1], place
    return found


def _paragraphs(root: _Element, *, is_title: bool = False) -> Iterator[tuple[bool, str]]:
    """Every paragraph and table row of a slide in its order, and whether it is the slide's title."""
    for element in root:
        match local_name(element):
            case "sp":
                kind = next((str(ph.get("type") or "") for ph in element.iter() if local_name(ph) == "ph"), "")
                if kind not in _FURNITURE:
                    yield from _paragraphs(element, is_title=kind in _TITLES)
            case "tr":
                cells = (
                    " ".join(text for _, text in _paragraphs(cell)) for cell in element if local_name(cell) == "tc"
                )
                if row := row_of_cells(list(cells)):
                    yield False, row
            case "p":
                for line in _words(element).split("\n"):
                    if said := " ".join(line.split()):
                        yield is_title, said
            case "Fallback" | "":
                continue
            case _:
                yield from _paragraphs(element, is_title=is_title)


def _words(paragraph: _Element) -> str:
    words = []
    for part in paragraph.iter():
        match local_name(part):
            case "t":
                words.append(part.text or "")
            case "br":
                words.append("\n")
            case "tab":
                words.append(" ")
    return tidy("".join(words))
