"""Word's old binary format (`.doc`, and WPS Writer's `.wps`, which is the same): its text, by the table of pieces.

[MS-DOC] 2.4.1 says how text is retrieved: the file information block (FIB) names the table stream and where in it the
piece table (Clx) stands, which says where each run of characters lies and whether it has one byte or two each.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator

from byline.retrieval.articles.article import Reading
from byline.retrieval.articles.formats.html import read_html
from byline.retrieval.articles.formats.mails import read_saved_page
from byline.retrieval.articles.formats.manuscripts import Part, article_of_parts
from byline.retrieval.articles.formats.office_suite import HOW_TO_CONVERT, converted
from byline.retrieval.articles.formats.rich_text import read_rich_text
from byline.retrieval.articles.formats.tables import row_of_cells
from byline.retrieval.articles.formats.word import read_word
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import tidy

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD_97 = 0x00C1  # nFib of Word 97 and everything after it, WPS Writer too
_MAGIC = 0xA5EC
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_FLAGS_AT, _CCP_TEXT_AT, _CLX_AT = 0x0A, 0x4C, 0x01A2
_ONE_BYTE = 0x4000_0000
_MAX_CHARS = 20_000_000
# Word's marks: a cell's end, a field's code, its result and its end, and things that hang in the text.
_CELL, _FIELD, _RESULT, _FIELD_END = "\x07", "\x13", "\x14", "\x15"
_FIELD_CODE = re.compile(
    f"{_FIELD}[^{_FIELD}{_RESULT}{_FIELD_END}]*(?:{_RESULT}([^{_FIELD}{_FIELD_END}]*))?{_FIELD_END}"
)
_MAX_NESTED_FIELDS = 8


class _NoText(ValueError):
    """The file is no Word 97 document, or its piece table is damaged."""


def read_old_word(content: bytes, *, path: str) -> Reading:
    """Read one document as one article; what goes by the name of `.doc` and is something else is read as that.

    Raises:
        UnreadableFile: it is encrypted, damaged, older than Word 97 with no program here to convert it, or has no text.
    """
    head = content[:1024].lstrip().lower()
    if content.startswith(b"PK\x03\x04"):
        return read_word(content, path=path)
    if head.startswith(b"{\\rt"):
        return read_rich_text(content, path=path)
    if head.startswith((b"<html", b"<!doctype html")):
        return read_html(content, path=path)
    if head.startswith(b"mime-version:"):
        return read_saved_page(content, path=path)
    if not content.startswith(_OLE):
        raise UnreadableFile(path, f"this is no Word document inside; {HOW_TO_CONVERT}")
    try:
        parts = _parts(_text(content, path))
    except _NoText as error:
        as_docx = converted(content, ".doc", "docx")
        if as_docx is None:
            raise UnreadableFile(path, f"{error}; {HOW_TO_CONVERT}") from error
        return read_word(as_docx, path=path)
    if not parts:
        raise UnreadableFile(path, "the document has no text; nothing to index")
    return Reading((article_of_parts(parts, path),))


def _text(content: bytes, path: str) -> str:
    """The characters of the main text, with Word's marks in it."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            main = container.openstream("WordDocument").read()
            if len(main) < _CLX_AT + 8 or struct.unpack_from("<H", main)[0] != _MAGIC:
                raise _NoText("a Word document older than Word 97, or damaged")
            version, flags = struct.unpack_from("<H", main, 2)[0], struct.unpack_from("<H", main, _FLAGS_AT)[0]
            if flags & _ENCRYPTED:
                raise UnreadableFile(path, "the document is encrypted; save it without a password")
            if version < _WORD_97:
                raise _NoText("a Word document older than Word 97")
            table = container.openstream("1Table" if flags & _TABLE_1 else "0Table").read()
    except (OSError, ValueError, IndexError, KeyError, TypeError, AttributeError, struct.error, OverflowError) as error:
        if isinstance(error, _NoText):
            raise
        raise _NoText("the file is damaged: no Word document inside") from error
    return _of_pieces(main, table)


def _of_pieces(main: bytes, table: bytes) -> str:
    at, length = struct.unpack_from("<II", main, _CLX_AT)
    (wanted,) = struct.unpack_from("<i", main, _CCP_TEXT_AT)
    clx = table[at : at + length]
    place = 0
    while place + 3 <= len(clx) and clx[place] == 1:  # property modifiers, which come first
        place += 3 + struct.unpack_from("<H", clx, place + 1)[0]
    if place + 5 > len(clx) or clx[place] != 2:
        raise _NoText("the document's table of pieces is damaged")
    pieces = clx[place + 5 : place + 5 + struct.unpack_from("<I", clx, place + 1)[0]]
    count = (len(pieces) - 4) // 12
    said: list[str] = []
    chars = 0
    for number in range(max(count, 0)):
        start, end = struct.unpack_from("<II", pieces, 4 * number)
        (position,) = struct.unpack_from("<I", pieces, 4 * (count + 1) + 8 * number + 2)
        size = min(end - start, _MAX_CHARS - chars)
        if size <= 0:
            continue
        if position & _ONE_BYTE:
            offset = (position & ~_ONE_BYTE) // 2
            said.append(main[offset : offset + size].decode("cp1252", "replace"))
        else:
            said.append(main[position : position + 2 * size].decode("utf-16-le", "replace"))
        chars += size
    text = "".join(said)
    return text[:wanted] if 0 < wanted <= len(text) else text


def _parts(text: str) -> list[Part]:
    """Paragraphs and rows: a row's cells end in marks, and so does the row."""
    for _ in range(_MAX_NESTED_FIELDS):
        shorter = _FIELD_CODE.sub(lambda found: found[1] or "", text)
        if shorter == text:
            break
        text = shorter
    parts: list[Part] = []
    for block in re.split(r"[\r\x0b\x0c\n]", text):
        *cells, last = block.split(_CELL)
        for row in _rows([_words(cell) for cell in cells]):
            if said := row_of_cells(row):
                parts.append(Part(said, is_row=True))  # noqa: PERF401 - longer as a comprehension
        if said := _words(last):
            parts.append(Part(said, bold=not parts))
    return parts


def _rows(cells: list[str]) -> Iterator[list[str]]:
    """Cut the cells of a table into rows: every row ends in an empty one, and all have as many as the first.

    Which empty cell ends a row stands in the properties of paragraphs, which are not read: the narrowest table that
    fits is taken.
    """
    for width in range(2, len(cells) + 1):
        if len(cells) % width == 0 and not any(cells[width - 1 :: width]):
            yield from (cells[at : at + width] for at in range(0, len(cells), width))
            return
    if cells:
        yield cells


def _words(said: str) -> str:
    return " ".join(tidy(said.replace("\x1e", "-").replace("\x1f", "")).split())
