"""Any supported file or folder to articles: the one door to the readers."""

from __future__ import annotations

import importlib
import importlib.util
import io
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from byline.embeddings.errors import BylineError
from byline.retrieval.articles.article import Reading
from byline.retrieval.articles.kinds import (
    PICTURES,
    READERS,
    STREAMED,
    how_to_get,
    is_ignored,
    suffix_of,
    supported_suffixes,
)
from byline.retrieval.articles.titles import titled
from byline.retrieval.errors import UnreadableFile

# A whole newspaper page has some 20 KB of text. Files over this are collections, which `.jsonl` streams.
MAX_FILE_BYTES = 50_000_000
DATA_FOLDER_MARK = "index.sqlite3"
"""A folder that holds this file is Byline's own."""


def read_file(path: Path) -> Iterator[Reading]:
    """Read one file, a `Reading` for a whole file, a page, or a batch of lines of a `.jsonl`.

    Raises:
        UnreadableFile: with the one reason, before or after some readings have come; also where a reader fails on it.
    """
    name = str(path)
    suffix = suffix_of(name)
    try:
        if suffix in STREAMED:
            with path.open("rb") as stream:
                yield from _guarded(name, _read_stream(stream, name, suffix))
            return
        if path.stat().st_size > MAX_FILE_BYTES:
            raise _too_large(name, path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(name, _said(error)) from error
    yield from read_bytes(name, content)


def check_kind_and_size(path: Path) -> None:
    """Look at what a path is before anything is read of it: a pipe or a device has no end, a sparse file none in sight.

    Raises:
        UnreadableFile: it is no regular file, or larger than is read of its kind.
    """
    name = str(path)
    try:
        state = path.stat()
    except OSError as error:
        raise UnreadableFile(name, _said(error)) from error
    if not stat.S_ISREG(state.st_mode):
        raise UnreadableFile(name, "it is no file but a folder, a pipe or a device")
    if state.st_size > MAX_FILE_BYTES and suffix_of(name) not in STREAMED:
        raise _too_large(name, state.st_size)


def read_bytes(name: str, content: bytes) -> Iterator[Reading]:
    """Read a file that is in memory; `name` tells its kind and becomes the articles' `path`.

    Raises:
        UnreadableFile: with the one reason; also where a reader fails on it.
    """
    suffix = suffix_of(name)
    if suffix in STREAMED:
        yield from _guarded(name, _read_stream(io.BytesIO(content), name, suffix))
        return
    if len(content) > MAX_FILE_BYTES:
        raise _too_large(name, len(content))
    yield from _guarded(name, _read_whole(name, suffix, content))


def walk(path: Path, *, passed_over: Callable[[Path], None] | None = None) -> Iterator[Path]:
    """Give the supported files under a folder in sorted order; a file given by name comes as it is.

    Hidden files and folders are passed over, what programs leave behind (`~$…`, `Thumbs.db`), and any folder that
    holds Byline's own data. A folder linked into itself is entered once.

    Args:
        path: a file or folder.
        passed_over: told of each file of a kind that is not read.

    Raises:
        UnreadableFile: there is nothing at `path`, or the folder cannot be listed.
    """
    if path.is_dir():
        yield from _walk_folder(path, set(), supported_suffixes(), passed_over)
    elif path.exists() or path.is_symlink():
        yield path
    else:
        raise UnreadableFile(str(path), "no such file or folder")


def _walk_folder(
    folder: Path,
    entered: set[tuple[int, int]],
    supported: frozenset[str],
    passed_over: Callable[[Path], None] | None,
) -> Iterator[Path]:
    try:
        state = folder.stat()
        children = sorted(folder.iterdir())
    except OSError as error:
        raise UnreadableFile(str(folder), _said(error)) from error
    if (state.st_dev, state.st_ino) in entered or (folder / DATA_FOLDER_MARK).exists():
        return
    entered.add((state.st_dev, state.st_ino))
    for child in children:
        if is_ignored(child.name):
            continue
        if child.is_dir():
            yield from _walk_folder(child, entered, supported, passed_over)
        elif child.is_file():
            if suffix_of(child.name) in supported:
                yield child
            elif passed_over is not None:
                passed_over(child)


def _guarded(name: str, readings: Iterator[Reading]) -> Iterator[Reading]:
    """Give every article a title, and let a reader that fails cost this file only, in words."""
    try:
        for reading in readings:
            yield replace(reading, articles=tuple(titled(article) for article in reading.articles))
    except (BylineError, MemoryError, GeneratorExit):
        raise
    except OSError as error:
        raise UnreadableFile(name, _said(error)) from error
    except Exception as error:
        said = " ".join(str(error).split())[:200]
        fault = f"the reader of {suffix_of(name)} files failed on it ({type(error).__name__}: {said}); please report it"
        raise UnreadableFile(name, fault) from error


def _read_stream(stream: io.BufferedIOBase, name: str, suffix: str) -> Iterator[Reading]:
    from byline.retrieval.articles.formats.json_lines import read_json_lines

    yield from read_json_lines(stream, path=name, compressed=suffix.endswith(".gz"))


def _read_whole(name: str, suffix: str, content: bytes) -> Iterator[Reading]:
    if suffix not in READERS:
        kinds = " ".join(sorted(supported_suffixes() | set(PICTURES)))
        how = how_to_get(suffix) or f"supported are {kinds}"
        raise UnreadableFile(name, f'files of kind "{suffix}" are not supported; {how}')
    module, function = READERS[suffix]
    # Each reader is imported when it is needed: they bring large libraries, and a question needs none of them.
    read: Callable[..., Reading | Iterable[Reading]] = getattr(
        importlib.import_module(f"byline.retrieval.articles.formats.{module}"), function
    )
    found = read(content, path=name)
    if isinstance(found, Reading):
        yield found
    else:
        yield from found


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
