"""Any supported file or folder to articles: the one door to the readers."""

from __future__ import annotations

import importlib.util
import io
import os
from collections.abc import Iterator
from pathlib import Path

from byline.retrieval.articles.article import Reading
from byline.retrieval.errors import UnreadableFile

SUFFIXES = (".txt", ".md", ".html", ".htm", ".pdf", ".docx", ".epub", ".jsonl", ".jsonl.gz")
"""What `walk` picks out of a folder, and pictures where they can be read."""
PICTURES = (".png", ".jpg", ".jpeg")
# A whole newspaper page has some 20 KB of text. Files over this are collections, which `.jsonl` streams.
MAX_FILE_BYTES = 50_000_000
DATA_FOLDER_MARK = "index.sqlite3"
"""A folder that holds this file is Byline's own."""


def read_file(path: Path) -> Iterator[Reading]:
    """Read one file, a `Reading` for a whole file, a page, or a batch of lines of a `.jsonl`.

    Raises:
        UnreadableFile: with the one reason, before or after some readings have come.
    """
    name = str(path)
    suffix = suffix_of(name)
    try:
        if suffix in (".jsonl", ".jsonl.gz"):
            with path.open("rb") as stream:
                yield from _read_stream(stream, name, suffix)
            return
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_large(name, path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(name, _said(error)) from error
    yield from read_bytes(name, content)


def read_bytes(name: str, content: bytes) -> Iterator[Reading]:
    """Read a file that is in memory; `name` tells its kind and becomes the articles' `path`.

    Raises:
        UnreadableFile: with the one reason.
    """
    suffix = suffix_of(name)
    if suffix in (".jsonl", ".jsonl.gz"):
        yield from _read_stream(io.BytesIO(content), name, suffix)
        return
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(name, len(content))
    yield from _read_whole(name, suffix, content)


def suffix_of(name: str) -> str:
    """The suffix that tells a file's kind, in small letters, `.jsonl.gz` as one."""
    lowered = name.lower()
    return ".jsonl.gz" if lowered.endswith(".jsonl.gz") else os.path.splitext(lowered)[1]


def walk(path: Path) -> Iterator[Path]:
    """Give the supported files under a folder in sorted order; a file given by name comes as it is.

    Hidden files and folders are passed over, and so is any folder that holds Byline's own data. A folder linked
    into itself is entered once.

    Raises:
        UnreadableFile: there is nothing at `path`, or the folder cannot be listed.
    """
    if path.is_dir():
        yield from _walk_folder(path, set(), supported_suffixes())
    elif path.exists() or path.is_symlink():
        yield path
    else:
        raise UnreadableFile(str(path), "no such file or folder")


def supported_suffixes() -> tuple[str, ...]:
    """The suffixes of files that can be read as things are: pictures only with the extra for them."""
    return SUFFIXES + PICTURES if importlib.util.find_spec("rapidocr") is not None else SUFFIXES


def _walk_folder(folder: Path, entered: set[tuple[int, int]], supported: tuple[str, ...]) -> Iterator[Path]:
    try:
        stat = folder.stat()
        children = sorted(folder.iterdir())
    except OSError as error:
        raise UnreadableFile(str(folder), _said(error)) from error
    if (stat.st_dev, stat.st_ino) in entered or (folder / DATA_FOLDER_MARK).exists():
        return
    entered.add((stat.st_dev, stat.st_ino))
    for child in children:
        if child.name.startswith("."):
            continue
        if child.is_dir():
            yield from _walk_folder(child, entered, supported)
        elif suffix_of(child.name) in supported and child.is_file():
            yield child


def _read_stream(stream: io.BufferedIOBase, name: str, suffix: str) -> Iterator[Reading]:
    from byline.retrieval.articles.formats.json_lines import read_json_lines

    yield from read_json_lines(stream, path=name, compressed=suffix == ".jsonl.gz")


def _read_whole(name: str, suffix: str, content: bytes) -> Iterator[Reading]:
    # Each reader is imported when it is needed: they bring large libraries, and a question needs none of them.
    if suffix == ".txt":
        from byline.retrieval.articles.formats.plain_text import read_plain_text

        yield read_plain_text(content, path=name)
    elif suffix == ".md":
        from byline.retrieval.articles.formats.markdown import read_markdown

        yield read_markdown(content, path=name)
    elif suffix in (".html", ".htm"):
        from byline.retrieval.articles.formats.html import read_html

        yield read_html(content, path=name)
    elif suffix == ".pdf":
        from byline.retrieval.articles.formats.pdf import read_pdf

        yield from read_pdf(content, path=name)
    elif suffix == ".docx":
        from byline.retrieval.articles.formats.word import read_word

        yield read_word(content, path=name)
    elif suffix == ".epub":
        from byline.retrieval.articles.formats.epub import read_epub

        yield from read_epub(content, path=name)
    elif suffix in PICTURES:
        from byline.retrieval.articles.formats.scanned import read_image

        yield from read_image(content, path=name)
    else:
        kinds = " ".join(SUFFIXES + PICTURES)
        raise UnreadableFile(name, f'files of kind "{suffix}" are not supported; supported are {kinds}')


def _too_large(name: str, size_bytes: int) -> UnreadableFile:
    limit = MAX_FILE_BYTES // 1_000_000
    return UnreadableFile(name, f"{size_bytes // 1_000_000} MB is too large, at most {limit} MB are read; use .jsonl")


def _said(error: OSError) -> str:
    match error:
        case PermissionError():
            return "no permission to read it"
        case FileNotFoundError():
            return "no such file"
        case IsADirectoryError():
            return "this is a folder"
        case _:
            return error.strerror or str(error)
