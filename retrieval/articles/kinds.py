"""Which kinds of files there are, by suffix: read, read with an extra, ignored, or how to make something readable."""

from __future__ import annotations

import importlib.util
import os
import shutil

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
    ".doc": ("old_word", "read_old_word"),
    ".wps": ("old_word", "read_old_word"),
    ".dot": ("old_word", "read_old_word"),
    ".rtf": ("rich_text", "read_rich_text"),
    ".ofd": ("fixed_layout", "read_fixed_layout"),
    ".odt": ("open_document", "read_open_document"),
    ".ods": ("open_document", "read_open_document"),
    ".odp": ("open_document", "read_open_document"),
    ".xlsx": ("sheets", "read_xlsx"),
    ".csv": ("sheets", "read_csv"),
    ".tsv": ("sheets", "read_csv"),
    ".pptx": ("slides", "read_slides"),
    ".epub": ("epub", "read_epub"),
    ".eml": ("mails", "read_mail"),
    ".mbox": ("mails", "read_mailbox"),
    ".mht": ("mails", "read_saved_page"),
    ".mhtml": ("mails", "read_saved_page"),
    ".rss": ("feeds", "read_feed"),
    ".atom": ("feeds", "read_feed"),
    ".xml": ("feeds", "read_feed"),
    ".zip": ("packed", "read_zip"),
    ".txt.gz": ("packed", "read_gzip"),
    ".md.gz": ("packed", "read_gzip"),
    ".html.gz": ("packed", "read_gzip"),
    ".json.gz": ("packed", "read_gzip"),
    ".csv.gz": ("packed", "read_gzip"),
    ".xml.gz": ("packed", "read_gzip"),
    ".json": ("json_document", "read_json"),
    ".png": ("scanned", "read_image"),
    ".jpg": ("scanned", "read_image"),
    ".jpeg": ("scanned", "read_image"),
    ".xls": ("old_office", "read_old_sheets"),
    ".et": ("old_office", "read_old_sheets"),
    ".ppt": ("old_office", "read_old_slides"),
    ".dps": ("old_office", "read_old_slides"),
}
"""The module of `articles.formats` and the function in it that read a kind whole."""
OFFICE_PROGRAMS = ("soffice", "libreoffice")
"""What LibreOffice is called."""
PICTURES = (".png", ".jpg", ".jpeg")
CONVERTED = (".xls", ".et", ".ppt", ".dps")
"""Kinds that are read only where LibreOffice is installed."""
SUFFIXES = tuple(suffix for suffix in (*READERS, *STREAMED) if suffix not in (*PICTURES, *CONVERTED))
"""What `reading.walk` picks out of any folder."""
IGNORED_PREFIXES = (".", "~$")
"""Hidden files, and the lock files of office programs."""
IGNORED_NAMES = frozenset(("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "$recycle.bin"))
# Several suffixes that tell a kind only together.
_DOUBLE = (".jsonl.gz", ".ndjson.gz", ".txt.gz", ".html.gz", ".json.gz", ".csv.gz", ".md.gz", ".xml.gz", ".tar.gz")
_SAVE_AS = {
    ".xls": "save it as .xlsx, or install LibreOffice",
    ".et": "save it as .xlsx, or install LibreOffice",
    ".ppt": "save it as .pptx, or install LibreOffice",
    ".dps": "save it as .pptx, or install LibreOffice",
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
    """The suffixes of files that can be read as things are.

    Pictures are among them only with the extra for them, old sheets and slides only with LibreOffice.
    """
    pictures = PICTURES if importlib.util.find_spec("rapidocr") is not None else ()
    old = CONVERTED if any(map(shutil.which, OFFICE_PROGRAMS)) else ()
    return frozenset((*SUFFIXES, *pictures, *old))


def is_read(name: str) -> bool:
    """Whether a file of this name is of a kind that is read as things are."""
    return suffix_of(name) in supported_suffixes()


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this name is no one's article: hidden, or left behind by a program."""
    return name.startswith(IGNORED_PREFIXES) or name.lower() in IGNORED_NAMES


def how_to_get(suffix: str) -> str:
    """What to do with a file of a kind that is not read; empty where nothing is known."""
    if suffix in PICTURES:
        return "pip install 'byline[ocr]' to have pictures of print read"
    return _SAVE_AS.get(suffix, "")
