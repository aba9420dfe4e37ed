"""Which kinds of files there are, by suffix: read, read with an extra, ignored, or how to make something readable."""

from __future__ import annotations

import importlib.util
import os

STREAMED = (".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")
"""Lines of JSON, which may be of any size."""
READERS = {
    ".txt": ("plain_text", "read_plain_text"),
    ".text": ("plain_text", "read_plain_text"),
    ".md": ("markdown", "read_markdown"),
    ".markdown": ("markdown", "read_markdown"),
    ".html": ("html", "read_html"),
    ".htm": ("html", "read_html"),
    ".shtml": ("html", "read_html"),
    ".xhtml": ("html", "read_html"),
    ".pdf": ("pdf", "read_pdf"),
    ".docx": ("word", "read_word"),
    ".epub": ("epub", "read_epub"),
    ".png": ("scanned", "read_image"),
    ".jpg": ("scanned", "read_image"),
    ".jpeg": ("scanned", "read_image"),
}
"""The module of `articles.formats` and the function in it that read a kind whole."""
PICTURES = (".png", ".jpg", ".jpeg")
SUFFIXES = tuple(suffix for suffix in (*READERS, *STREAMED) if suffix not in PICTURES)
"""What `reading.walk` picks out of a folder, and pictures where they can be read."""
IGNORED_PREFIXES = (".", "~$")
"""Hidden files, and the lock files of office programs."""
IGNORED_NAMES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin"))
# Several suffixes that tell a kind only together.
_DOUBLE = (".jsonl.gz", ".ndjson.gz", ".txt.gz", ".html.gz", ".json.gz", ".csv.gz", ".md.gz", ".xml.gz", ".tar.gz")
_SAVE_AS = {
    ".xls": "save it as .xlsx",
    ".et": "save it as .xlsx",
    ".ppt": "save it as .pptx",
    ".dps": "save it as .pptx",
    ".pages": "export it as .docx",
    ".numbers": "export it as .xlsx",
    ".key": "export it as .pptx",
    ".caj": "save it as PDF in CAJViewer",
    ".djvu": "convert it to PDF",
    ".mobi": "convert it to .epub",
    ".azw3": "convert it to .epub",
    ".rar": "unpack it, or pack it as .zip",
    ".7z": "unpack it, or pack it as .zip",
    ".tar.gz": "unpack it, or pack it as .zip",
    ".tiff": "save it as .png",
    ".tif": "save it as .png",
    ".webp": "save it as .png",
    ".bmp": "save it as .png",
}


def suffix_of(name: str) -> str:
    """The suffix that tells a file's kind, in small letters, `.jsonl.gz` and the like as one."""
    lowered = name.lower()
    return next((double for double in _DOUBLE if lowered.endswith(double)), os.path.splitext(lowered)[1])


def supported_suffixes() -> frozenset[str]:
    """The suffixes of files that can be read as things are: pictures only with the extra for them."""
    has_extra = importlib.util.find_spec("rapidocr") is not None
    return frozenset((*SUFFIXES, *PICTURES) if has_extra else SUFFIXES)


def how_to_get(suffix: str) -> str:
    """What to do with a file of a kind that is not read; empty where nothing is known."""
    if suffix in PICTURES:
        return "pip install 'byline[ocr]' to have pictures of print read"
    return _SAVE_AS.get(suffix, "")
