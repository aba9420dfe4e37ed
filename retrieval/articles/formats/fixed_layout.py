"""OFD (`.ofd`, GB/T 33190), the format of China's official electronic documents: a zip of XML with text and boxes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Reading
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.formats.legible import UNREADABLE, fault_of_page, legible
from byline.retrieval.articles.formats.xml_parts import local_name, member_xml, needed_xml
from byline.retrieval.articles.layout.geometry import Glyph, lines_of_glyphs
from byline.retrieval.articles.layout.printed_pages import PrintedPage, Said, readings_of_pages
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from lxml.etree import _Element

_POINTS = 72 / 25.4  # all measures of the format are in millimetres
_A4 = (210.0, 297.0)
_ABOVE, _BELOW = 0.88, 0.12  # an em box around the baseline, as `pdf_characters` draws it
_BOLD = 600
_MAX_PAGES = 5_000
_MAX_GLYPHS = 200_000
_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_NO_TEXT = "no text in this document, only pictures of it; save it as PDF and have it read with the `ocr` extra"


def read_fixed_layout(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read an OFD file as a PDF of the same pages is read.

    Raises:
        UnreadableFile: it is encrypted, damaged or has no text.
    """
    archive = Archive(content, path, ".ofd")
    if any(name.rpartition("/")[2] in ("Encryptions.xml", "decryptseed.dat") for name in archive.names()):
        raise UnreadableFile(path, "the document is encrypted; save it without a password")
    root = needed_xml(archive, "OFD.xml", path, ".ofd")
    title, author = _text(root, "Title"), _text(root, "Author")
    pages: list[PrintedPage] = []
    faults: list[str] = []
    for place in (each.text or "" for each in root.iter() if local_name(each) == "DocRoot"):
        name = _joined("", place)
        document = member_xml(archive, name)
        if document is None:
            faults.append(f"{name} is missing or damaged")
            continue
        for page in _pages(archive, document, posixpath.dirname(name), len(pages) + 1):
            if isinstance(page, str):
                faults.append(page)
            else:
                pages.append(page)
    if not any(page.lines for page in pages):
        raise UnreadableFile(path, faults[0] if faults else _NO_TEXT)
    for reading in readings_of_pages(pages, path=path, said=Said(title, author)):
        yield Reading(reading.articles, reading.left_out, (*reading.faults, *faults), reading.notes)
        faults = []


def _pages(archive: Archive, document: _Element, folder: str, first: int) -> Iterator[PrintedPage | str]:
    """The pages of a document, or a sentence on one that cannot be read."""
    usual = _area(document)
    templates = {str(each.get("ID")): str(each.get("BaseLoc")) for each in _all(document, "TemplatePage")}
    listed = [each for each in _all(document, "Page") if each.get("BaseLoc")]
    for number, page in enumerate(listed[:_MAX_PAGES], first):
        name = _joined(folder, str(page.get("BaseLoc")))
        content = member_xml(archive, name)
        if content is None:
            yield f"page {number}: {name} is missing or damaged"
            continue
        left, top, width, height = _area(content) or usual or (0.0, 0.0, *_A4)
        under = [templates.get(str(each.get("TemplateID")), "") for each in _all(content, "Template")]
        layers = [member_xml(archive, _joined(folder, place)) for place in under if place]
        glyphs: list[Glyph] = []
        bolds: list[bool] = []
        for layer in (*layers, content):
            for text in _all(layer, "TextObject") if layer is not None else ():
                for glyph, bold in _glyphs(text, left, top):
                    glyphs.append(glyph)
                    bolds.append(bold)
        if len(glyphs) > _MAX_GLYPHS:
            yield f"page {number}: it holds {len(glyphs):,} characters; at most {_MAX_GLYPHS:,} are read"
            continue
        unreadable = sum(glyph.char == UNREADABLE for glyph in glyphs)
        if fault := fault_of_page(number, unreadable, len(glyphs)):
            yield fault
        lines = tuple(lines_of_glyphs(glyphs, bolds))
        yield PrintedPage(number, width * _POINTS, height * _POINTS, lines)


def _glyphs(text: _Element, left: float, top: float) -> Iterator[tuple[Glyph, bool]]:
    """The characters of a text object with their boxes in points from the page's top left corner."""
    boundary = _numbers(text.get("Boundary"))
    origin_x, origin_y = (boundary[0] - left, boundary[1] - top) if len(boundary) >= 2 else (-left, -top)
    matrix = tuple(_numbers(text.get("CTM")))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else _IDENTITY
    size = _first(text.get("Size"), 3.5)
    bold = _first(text.get("Weight"), 0.0) >= _BOLD
    x, y = 0.0, 0.0
    for code in _all(text, "TextCode"):
        x, y = _first(code.get("X"), x), _first(code.get("Y"), y)
        across, down = _deltas(code.get("DeltaX")), _deltas(code.get("DeltaY"))
        em = abs(size * (a * a + b * b) ** 0.5)
        for at, char in enumerate(map(legible, "".join(code.itertext()).replace("\n", " "))):
            seen_x, seen_y = origin_x + a * x + c * y + e, origin_y + b * x + d * y + f
            step = across[at] if at < len(across) else across[-1] if across else 0.0 if down else size
            width = min(em, abs(step)) if step and char < "\u2e80" else em
            box = (seen_x, seen_y - _ABOVE * em, seen_x + max(width, 0.1 * em), seen_y + _BELOW * em)
            if char.strip():
                yield Glyph(char, (box[0] * _POINTS, box[1] * _POINTS, box[2] * _POINTS, box[3] * _POINTS)), bold
            else:
                yield Glyph(" ", (0.0, 0.0, 0.0, 0.0)), False
            x += step
            y += down[at] if at < len(down) else down[-1] if down else 0.0


def _deltas(said: str | None) -> list[float]:
    """Distances from character to character; `g 3 5.2` stands for three of 5.2."""
    found: list[float] = []
    words = (said or "").split()
    at = 0
    while at < len(words) and len(found) < _MAX_GLYPHS:
        if words[at] == "g" and at + 2 < len(words):
            found += [_first(words[at + 2], 0.0)] * min(int(_first(words[at + 1], 0.0)), 10_000)
            at += 3
        else:
            found.append(_first(words[at], 0.0))
            at += 1
    return found


def _area(root: _Element) -> tuple[float, float, float, float] | None:
    """Left, top, width and height of the page."""
    for name in ("PhysicalBox", "ApplicationBox", "ContentBox"):
        for box in _all(root, name):
            numbers = _numbers(box.text)
            if len(numbers) == 4 and numbers[2] > 0 and numbers[3] > 0:
                return numbers[0], numbers[1], numbers[2], numbers[3]
    return None


def _all(root: _Element, name: str) -> Iterator[_Element]:
    return (each for each in root.iter() if local_name(each) == name)


def _text(root: _Element, name: str) -> str:
    return " ".join(tidy(next((each.text or "" for each in _all(root, name)), "")).split())


def _numbers(said: str | None) -> Sequence[float]:
    return [float(word) for word in re.findall(r"-?\d{1,9}(?:\.\d{1,9})?", said or "")[:100]]


def _first(said: str | None, default: float) -> float:
    return next(iter(_numbers(said)), default)


def _joined(folder: str, place: str) -> str:
    return place.lstrip("/") if place.startswith("/") else posixpath.normpath(posixpath.join(folder, place.strip()))
