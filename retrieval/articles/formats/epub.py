"""EPUB books: each chapter an article, the book their source."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from byline.retrieval.articles.article import Article, LeftOut, Reading, content_id
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.formats.html import page_tree, shown_lines
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import published_of
from byline.retrieval.text.encoding import NotTextError, decode, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

_CONTAINER = "META-INF/container.xml"
_NOTE_MARK = re.compile(r"[\[［(（〔]?\s*(?:[\d*†‡①-⑳]{1,4}|注\s?\d{0,3})\s*[\]］)）〕]?")
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))


def read_epub(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a book, a `Reading` a chapter; chapters without running text are passed over.

    Raises:
        UnreadableFile: it is encrypted, damaged or has no text.
    """
    archive = Archive(content, path, ".epub")
    if "META-INF/rights.xml" in archive.names():
        raise UnreadableFile(path, "the book is encrypted (DRM)")
    package_at = _package_name(archive, path)
    package = _xml(archive, package_at, path)
    said = {name: _said(package, name) for name in ("title", "creator", "date")}
    found = False
    for name in _chapter_names(package, posixpath.dirname(package_at)):
        try:
            markup = decode(archive.read(name)).text
        except KeyError:
            yield Reading((), faults=(f"chapter {name} is missing from the book",))
            continue
        except NotTextError:
            yield Reading((), faults=(f"chapter {name} is not text",))
            continue
        marks: list[LeftOut] = []
        articles = tuple(_chapters(markup, said, path, marks))
        if articles:
            found = True
            yield Reading(articles, tuple(marks))
    if not found:
        raise UnreadableFile(path, "the book has no text; nothing to index")


def _package_name(archive: Archive, path: str) -> str:
    for element in _xml(archive, _CONTAINER, path).iter("{*}rootfile"):
        if name := element.get("full-path"):
            return str(name)
    raise UnreadableFile(path, "the .epub file is damaged: it does not say where its contents are")


def _xml(archive: Archive, name: str, path: str) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(archive.read(name), parser)
    except (KeyError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(path, f"the .epub file is damaged: no readable {name} in it") from error
    if root is None:
        raise UnreadableFile(path, f"the .epub file is damaged: no readable {name} in it")
    return root


def _said(package: _Element, name: str) -> str:
    said = (element.text or "" for element in package.iter("{http://purl.org/dc/elements/1.1/}" + name))
    return " ".join(tidy(next(said, "")).split())


def _chapter_names(package: _Element, folder: str) -> Iterator[str]:
    """The chapters in reading order (the spine), as names in the archive."""
    places = {item.get("id"): item.get("href") for item in package.iter("{*}item") if "nav" not in _properties(item)}
    for reference in package.iter("{*}itemref"):
        if place := places.get(reference.get("idref")):
            yield posixpath.normpath(posixpath.join(folder, unquote(str(place).partition("#")[0])))


def _properties(item: _Element) -> list[str]:
    return (item.get("properties") or "").split()


def _chapters(markup: str, said: dict[str, str], path: str, marks: list[LeftOut]) -> Iterator[Article]:
    """The chapters of one file: one for each heading of the first order, or one in all.

    Args:
        markup: the file.
        said: what the package says of the book.
        path: the book.
        marks: takes the marks of notes, which are no part of the sentences they hang on.
    """
    from lxml import etree

    try:
        tree = page_tree(markup)
    except (etree.LxmlError, ValueError, AssertionError):
        return
    marks += [LeftOut(mark, "note mark") for mark in _without_note_marks(tree)]
    title, body = "", Mending()
    for tag, line in shown_lines(tree):
        if tag in _HEADINGS and not title and not body.length:
            title = line
        elif tag == "h1" and body.length:
            yield _chapter(title, body, said, path)
            title, body = line, Mending()
        elif tag in _HEADINGS:
            body.subhead(Line(line))
        else:
            body.paragraph(Line(line))
    if body.length:
        yield _chapter(title, body, said, path)


def _without_note_marks(tree: HtmlElement) -> list[str]:
    """Take the marks that lead to notes out of a chapter, and give them: raised figures, and links said to be such."""
    found: list[HtmlElement] = []
    for element in tree.iter("a", "sup"):
        words = element.text_content().strip()
        leads = any("#" in (link.get("href") or "") for link in (element, *element.iter("a")))
        raised = element.tag == "sup" or any(over.tag == "sup" for over in element.iterancestors())
        said = "noteref" in (element.get("epub:type") or "") or "doc-noteref" in (element.get("role") or "")
        raised = raised or any(child.tag == "sup" for child in element)
        if leads and (said or raised) and _NOTE_MARK.fullmatch(words):
            found.append(element)
    marks = []
    for element in found:
        if element.getparent() is not None and not any(over in found for over in element.iterancestors()):
            marks.append(element.text_content().strip())
            element.drop_tree()
    return marks


def _chapter(title: str, body: Mending, said: dict[str, str], path: str) -> Article:
    published = published_of(said["date"] or None, body.text, "", year_from=path)
    return Article(
        id=content_id(title, said["creator"], body.text),
        title=title,
        text=body.text,
        byline=said["creator"],
        source=said["title"],
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
        subheads=tuple(body.subheads),
    )
