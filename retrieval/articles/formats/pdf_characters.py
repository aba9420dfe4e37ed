"""What pdfium says stands on a page, as glyphs with boxes; the one module that talks to it."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Box
from byline.retrieval.articles.formats.legible import UNREADABLE, legible
from byline.retrieval.articles.layout.geometry import Glyph
from byline.retrieval.articles.layout.printed_pages import laid_down
from byline.retrieval.errors import UnreadableFile

if TYPE_CHECKING:
    import pypdfium2  # type: ignore[import-untyped]

# pdfium is not safe to use from two threads, not even on two documents (pypdfium2's README).
PDFIUM = threading.RLock()
# An em box around the baseline, as CJK fonts have it (OpenType's default ideographic baseline: 12% down).
_ABOVE_BASELINE = 0.88
_BELOW_BASELINE = 0.12
_BOLD_WEIGHT = 600
# Turned by 17 degrees and more; scans that were straightened stand within 5.
_ASLANT = 0.3
# A page of which more is turned is a table set sideways, not a stamp.
_MAX_STAMPED_SHARE = 0.2
# A newspaper page holds up to 10,000; beyond this something else than print is on the page.
_MAX_GLYPHS = 200_000
# pdfium's marks for a code without a character, and for the hyphen of a word parted at a line's end.
_UNMAPPED = frozenset((0, 0xFFFD, 0xFFFF))
_HYPHENS = frozenset((0x02, 0xFFFE))
_MAX_PAGES = 5_000


@dataclass(frozen=True, slots=True)
class GlyphPage:
    """One page.

    Attributes:
        number: from 1.
        width: in points, as the page is looked at.
        height: the same.
        glyphs: in the order in which they are printed.
        bolds: for each glyph whether its type is heavy.
        is_vertical: lines run from top to bottom; boxes are then turned so that they run from left to right.
        unmapped: how many glyphs have no known character.
        stamped: what is printed aslant or turned against the rest: a margin's stamp, a watermark; not among `glyphs`.
    """

    number: int
    width: float
    height: float
    glyphs: tuple[Glyph, ...]
    bolds: tuple[bool, ...]
    is_vertical: bool = False
    unmapped: int = 0
    stamped: str = ""


@contextmanager
def opened(content: bytes, path: str) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF for as long as the block runs; no other thread can use pdfium meanwhile.

    Raises:
        UnreadableFile: it is encrypted, damaged or has no pages.
    """
    import pypdfium2

    with PDFIUM:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise UnreadableFile(path, "the PDF is encrypted; save it without a password") from error
            raise UnreadableFile(path, "the PDF is damaged and does not open") from error
        try:
            if not len(document):
                raise UnreadableFile(path, "the PDF has no pages")
            if len(document) > _MAX_PAGES:
                raise UnreadableFile(path, f"{len(document):,} pages; at most {_MAX_PAGES:,} are read")
            yield document
        finally:
            document.close()


def glyph_page(document: pypdfium2.PdfDocument, number: int) -> GlyphPage:
    """Read the characters of page `number` (from 1).

    Raises:
        ValueError: the page is damaged or holds more characters than print does.
    """
    import pypdfium2

    try:
        page = document[number - 1]
    except pypdfium2.PdfiumError as error:
        raise ValueError("it does not open") from error
    try:
        turned, width, height = _frame(page)
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError as error:
        page.close()
        raise ValueError("its text does not open") from error
    try:
        count = text_page.count_chars()
        if count > _MAX_GLYPHS:
            raise ValueError(f"it holds {count:,} characters; at most {_MAX_GLYPHS:,} are read")
        glyphs, bolds, unmapped, aslant = _glyphs(text_page, count, turned)
    finally:
        text_page.close()
        page.close()
    stamped = ""
    if 0 < len(aslant) <= _MAX_STAMPED_SHARE * len(glyphs):
        stamped = "".join(glyphs[at].char for at in sorted(aslant))
        kept = [at for at in range(len(glyphs)) if at not in aslant]
        glyphs, bolds = [glyphs[at] for at in kept], [bolds[at] for at in kept]
    is_vertical = _runs_down(glyphs)
    if is_vertical:
        glyphs = [Glyph(glyph.char, laid_down(glyph.box, width)) for glyph in glyphs]
    return GlyphPage(number, width, height, tuple(glyphs), tuple(bolds), is_vertical, unmapped, stamped)


class _Turned:
    """From pdfium's page space (origin at the lower left, not rotated) to the page as it is looked at."""

    def __init__(self, left: float, bottom: float, width: float, height: float, quarter_turns: int) -> None:
        self._left, self._bottom, self._width, self._height = left, bottom, width, height
        self._turns = quarter_turns

    def box(self, edges: Box) -> Box:
        """Turn left, bottom, right, top in page space to left, top, right, bottom as the page is looked at."""
        one, other = self._point(edges[0], edges[1]), self._point(edges[2], edges[3])
        return min(one[0], other[0]), min(one[1], other[1]), max(one[0], other[0]), max(one[1], other[1])

    def _point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self._left, y - self._bottom
        match self._turns:
            case 1:
                return y, x
            case 2:
                return self._width - x, y
            case 3:
                return self._height - y, self._width - x
            case _:
                return x, self._height - y


def _frame(page: pypdfium2.PdfPage) -> tuple[_Turned, float, float]:
    left, bottom, right, top = page.get_bbox()
    quarter_turns = page.get_rotation() // 90 % 4
    width, height = right - left, top - bottom
    turned = _Turned(left, bottom, width, height, quarter_turns)
    return (turned, height, width) if quarter_turns % 2 else (turned, width, height)


def _glyphs(
    text_page: pypdfium2.PdfTextPage, count: int, turned: _Turned
) -> tuple[list[Glyph], list[bool], int, set[int]]:
    from pypdfium2 import raw

    handle = text_page.raw
    matrix, loose = raw.FS_MATRIX(), raw.FS_RECTF()
    x, y = ctypes.c_double(), ctypes.c_double()
    to_matrix, to_loose, to_x, to_y = map(ctypes.byref, (matrix, loose, x, y))
    glyphs: list[Glyph] = []
    bolds: list[bool] = []
    unmapped = 0
    aslant: set[int] = set()
    for at in range(count):
        code = raw.FPDFText_GetUnicode(handle, at)
        if code in _UNMAPPED:
            unmapped += 1
            continue
        char = "-" if code in _HYPHENS else legible(chr(code))
        if char == UNREADABLE:
            unmapped += 1
        if not char.strip():
            glyphs.append(Glyph("" if raw.FPDFText_IsGenerated(handle, at) == 1 else " ", (0.0, 0.0, 0.0, 0.0)))
            bolds.append(False)
            continue
        raw.FPDFText_GetMatrix(handle, at, to_matrix)
        if abs(matrix.b) > _ASLANT * abs(matrix.a):
            aslant.add(len(glyphs))
        raw.FPDFText_GetLooseCharBox(handle, at, to_loose)
        raw.FPDFText_GetCharOrigin(handle, at, to_x, to_y)
        em = raw.FPDFText_GetFontSize(handle, at) * (matrix.c**2 + matrix.d**2) ** 0.5
        if abs(matrix.d) < abs(matrix.c):
            em = 0.0
        edges = _em_box(char, (loose.left, loose.bottom, loose.right, loose.top), (x.value, y.value), em)
        glyphs.append(Glyph(char, turned.box(edges)))
        bolds.append(raw.FPDFText_GetFontWeight(handle, at) >= _BOLD_WEIGHT)
    return glyphs, bolds, unmapped, aslant


def _em_box(char: str, loose: Box, origin: tuple[float, float], em: float) -> Box:
    """The em box of a glyph, in page space (left, bottom, right, top): pdfium's own is now the type's, now the ink's.

    Chinese characters are one em wide, the others as wide as pdfium says. Of type set sideways (`em` 0) and where the
    origin is not inside what pdfium says, that is taken as it is.
    """
    left, bottom, right, top = loose
    x, y = origin
    if not bottom - 0.1 * em <= y <= top or not em:
        return loose
    if char >= "\u2e80" and left - em < x <= right:
        left, right = x, x + em
    return left, y - _BELOW_BASELINE * em, right, y + _ABOVE_BASELINE * em


def _runs_down(glyphs: list[Glyph]) -> bool:
    """Whether characters mostly follow each other downwards, as in vertically set Chinese."""
    down = along = 0
    printed = [glyph.box for glyph in glyphs if glyph.char.strip()]
    for last, box in pairwise(printed):
        size = max(box[3] - box[1], 1e-3)
        if abs(box[0] - last[0]) < 0.3 * size and 0.5 * size < box[1] - last[1] < 2 * size:
            down += 1
        elif abs(box[1] - last[1]) < 0.5 * size and box[0] > last[0]:
            along += 1
    return down > 2 * along
