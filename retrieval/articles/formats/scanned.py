"""Pictures of print to printed lines, by RapidOCR, which brings its models with the install (`byline[ocr]`)."""

from __future__ import annotations

import functools
import importlib.util
import io
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from byline.retrieval.articles.article import Box, Reading
from byline.retrieval.articles.layout.geometry import PrintedLine
from byline.retrieval.articles.layout.printed_pages import PrintedPage, Said, readings_of_pages
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    import numpy as np
    import pypdfium2  # type: ignore[import-untyped]

HOW_TO_GET = "pip install 'byline[ocr]'"
# Newsprint is set in 9 points; at 150 dots per inch that is 19 pixels, above the 15 where recognition gets worse.
_DPI = 150
# A broadsheet at 300 dots per inch has 30 million.
_MAX_PIXELS = 60_000_000
# RapidOCR shrinks to 2,000 pixels unless told, which leaves a broadsheet's type 8 pixels high.
_MAX_SIDE_PIXELS = 4_000
_MIN_SCORE = 0.5
# Boxes are drawn around the ink with a rim, and jitter: sizes this near to the usual one are the usual one.
_RIM = 0.85
_SIZE_JITTER = 0.3
# Two recognitions at once are no faster and take twice the memory.
_ENGINE_TURN = threading.Lock()


def is_available() -> bool:
    """Whether the extra is installed."""
    return importlib.util.find_spec("rapidocr") is not None


def read_image(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read one picture of a page.

    Raises:
        UnreadableFile: the extra is not installed, the picture is damaged or too large, or no print is on it.
    """
    if not is_available():
        raise UnreadableFile(path, f"pictures of print are read with an extra; {HOW_TO_GET}")
    pixels, points_per_pixel = _pixels(content, path)
    page = _page(pixels, 1, points_per_pixel)
    if not page.lines:
        raise UnreadableFile(path, "no print found in this picture")
    yield from readings_of_pages([page], path=path, said=Said())


def scanned_page(document: pypdfium2.PdfDocument, number: int) -> PrintedPage:
    """Recognise page `number` (from 1) of an open PDF; the caller holds pdfium's lock."""
    page = document[number - 1]
    try:
        width, height = page.get_size()
        dots_per_point = min(_DPI / 72, _MAX_SIDE_PIXELS / max(width, height, 1.0))
        pixels = page.render(scale=dots_per_point).to_numpy().copy()
    finally:
        page.close()
    return _page(pixels, number, 1 / dots_per_point)


def _pixels(content: bytes, path: str) -> tuple[np.ndarray[Any, Any], float]:
    """The picture as rows of blue, green, red, and the size of a pixel in points."""
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(content)) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise UnreadableFile(path, f"{image.width} × {image.height} pixels; at most {_MAX_PIXELS:,} are read")
            dpi = float(image.info.get("dpi", (72, 72))[0])
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnreadableFile(path, f"the picture has more than {_MAX_PIXELS:,} pixels") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, TypeError, ZeroDivisionError) as error:
        raise UnreadableFile(path, "the picture is damaged and does not open") from error
    return np.asarray(upright)[:, :, ::-1].copy(), 72 / dpi if 36 <= dpi <= 2400 else 1.0


def _page(pixels: np.ndarray[Any, Any], number: int, points_per_pixel: float) -> PrintedPage:
    height, width = (side * points_per_pixel for side in pixels.shape[:2])
    with _ENGINE_TURN:
        found = _engine()(pixels)
    lines: list[PrintedLine] = []
    if found.boxes is not None:
        for corners, said, score in zip(found.boxes, found.txts, found.scores, strict=True):
            text = " ".join(tidy(said).split())
            if text and score >= _MIN_SCORE:
                lines.append(_line(text, _box(corners, points_per_pixel)))
    return PrintedPage(number, width, height, tuple(_evened(lines)))


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR  # type: ignore[import-not-found, unused-ignore]

    return RapidOCR(params={"Global.log_level": "critical", "Global.max_side_len": _MAX_SIDE_PIXELS})


def _box(corners: Any, points_per_pixel: float) -> Box:
    across = [float(corner[0]) * points_per_pixel for corner in corners]
    down = [float(corner[1]) * points_per_pixel for corner in corners]
    rim = (1 - _RIM) / 2 * (max(down) - min(down))
    return min(across), min(down) + rim, max(across), max(down) - rim


def _line(text: str, box: Box) -> PrintedLine:
    first_word = text.split()[0] if text[0].isascii() else text[0]
    width = (box[2] - box[0]) * len(first_word) / len(text)
    return PrintedLine(text, box, box[3] - box[1], first_word=width)


def _evened(lines: list[PrintedLine]) -> Iterator[PrintedLine]:
    """Give the lines whose height is about the usual one that as their size of type."""
    from dataclasses import replace

    sizes = sorted(line.size for line in lines for _ in line.text)
    usual = sizes[len(sizes) // 2] if sizes else 0.0
    for line in lines:
        yield replace(line, size=usual) if abs(line.size - usual) < _SIZE_JITTER * usual else line
