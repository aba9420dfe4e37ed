"""Sheets and slides in old binary formats (`.xls .et .ppt .dps`), where LibreOffice is there to convert them."""

from __future__ import annotations

from collections.abc import Iterator

from byline.retrieval.articles.article import Reading
from byline.retrieval.articles.formats.office_suite import converted
from byline.retrieval.articles.formats.sheets import read_xlsx
from byline.retrieval.articles.formats.slides import read_slides
from byline.retrieval.articles.kinds import how_to_get, suffix_of
from byline.retrieval.errors import UnreadableFile


def read_old_sheets(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a workbook of Excel 97 or WPS.

    Raises:
        UnreadableFile: it could not be converted, or has no words.
    """
    yield from read_xlsx(_modern(content, path, "xlsx"), path=path)


def read_old_slides(content: bytes, *, path: str) -> Reading:
    """Read a presentation of PowerPoint 97 or WPS.

    Raises:
        UnreadableFile: it could not be converted, or has no text.
    """
    return read_slides(_modern(content, path, "pptx"), path=path)


def _modern(content: bytes, path: str, target: str) -> bytes:
    if content.startswith(b"PK\x03\x04"):  # many are of the new format under the old name
        return content
    suffix = suffix_of(path)
    made = converted(content, suffix, target)
    if made is None:
        raise UnreadableFile(path, f"LibreOffice could not convert it; {how_to_get(suffix)}")
    return made
