"""A PDF with a text layer to its articles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import LeftOut, Reading
from byline.retrieval.articles.formats.legible import fault_of_page
from byline.retrieval.articles.formats.pdf_characters import GlyphPage, glyph_page, opened
from byline.retrieval.articles.formats.scanned import HOW_TO_GET, is_available, scanned_page
from byline.retrieval.articles.formats.word import NO_AUTHOR
from byline.retrieval.articles.layout.geometry import lines_of_glyphs
from byline.retrieval.articles.layout.printed_pages import PrintedPage, Said, readings_of_pages
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]

SCANNED = f"no text in this PDF, only pictures of it; {HOW_TO_GET} to have them read"
_RIGHT_TO_LEFT_SHARE = 0.1
NO_TEXT = "no text in this PDF; nothing to index"
# What programs write into the title and author properties when nobody has given any.
_NO_TITLE = re.compile(r"(?:microsoft word|powerpoint|untitled|无标题|about:blank|file:|https?:|\W*$)", re.IGNORECASE)
_FILE_NAME = re.compile(r"\.(?:docx?|pdf|indd|html?|pptx?|xlsx?|wps|qxp|dvi|tex)$", re.IGNORECASE)


def read_pdf(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a PDF: a `Reading` a page for a newspaper, one for anything else.

    Raises:
        UnreadableFile: it is encrypted, damaged, has no pages or no text.
    """
    pages: list[PrintedPage] = []
    stamps: list[LeftOut] = []
    faults: list[str] = []
    without_text: list[int] = []
    with opened(content, path) as document:
        said = _said(document, path)
        for number in range(1, len(document) + 1):
            try:
                glyphs = glyph_page(document, number)
            except ValueError as error:
                faults.append(f"page {number}: {error}")
                continue
            if fault := fault_of_page(number, glyphs.unmapped, len(glyphs.glyphs)):
                faults.append(fault)
            if glyphs.stamped.strip():
                stamps.append(LeftOut(glyphs.stamped.strip(), "turned print", page=number))
            if _is_right_to_left(glyphs):
                faults.append(f"page {number}: a script written from right to left; its words may be out of order")
            page = _printed(glyphs)
            if not page.lines and is_available():
                page = scanned_page(document, number)
            elif not page.lines and _has_picture(document, number):
                without_text.append(number)
            pages.append(page)
    if not any(page.lines for page in pages):
        raise UnreadableFile(path, faults[0] if faults else SCANNED if without_text else NO_TEXT)
    if without_text:
        listed = ", ".join(map(str, without_text[:10])) + (" …" if len(without_text) > 10 else "")
        faults.append(f"no text on page {listed}, only pictures of it; {HOW_TO_GET} to have them read")
    for reading in readings_of_pages(pages, path=path, said=said):
        yield replace(reading, left_out=(*stamps, *reading.left_out), faults=reading.faults + tuple(faults))
        faults, stamps = [], []


def _has_picture(document: pypdfium2.PdfDocument, number: int) -> bool:
    """Whether a page without text shows a picture: an empty page is no fault."""
    from pypdfium2 import raw

    page = document[number - 1]
    try:
        return next(page.get_objects([raw.FPDF_PAGEOBJ_IMAGE]), None) is not None
    finally:
        page.close()


def _is_right_to_left(page: GlyphPage) -> bool:
    """Whether a good part of a page is Hebrew, Arabic or the like, which pdfium gives as it looks."""
    return sum("\u0590" <= glyph.char <= "\u08ff" for glyph in page.glyphs) > _RIGHT_TO_LEFT_SHARE * len(page.glyphs)


def _printed(page: GlyphPage) -> PrintedPage:
    lines = lines_of_glyphs(page.glyphs, page.bolds)
    return PrintedPage(page.number, page.width, page.height, tuple(lines), page.is_vertical)


def _said(document: pypdfium2.PdfDocument, path: str) -> Said:
    title = _one_line(document.get_metadata_value("Title"))
    author = _one_line(document.get_metadata_value("Author"))
    if _NO_TITLE.match(title) or _FILE_NAME.search(title) or title == PurePath(path).stem:
        title = ""
    return Said(title, "" if NO_AUTHOR.fullmatch(author) else author)


def _one_line(said: str) -> str:
    return " ".join(tidy(said).split())
