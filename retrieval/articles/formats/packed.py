"""Files in files: `.zip` as a folder, and a text packed with gzip."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator

from byline.retrieval.articles.article import Reading
from byline.retrieval.articles.formats.archives import Archive
from byline.retrieval.articles.kinds import is_ignored, is_read, suffix_of
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import NotTextError, decode

# A file in the archive of an archive is somebody's habit; deeper ones are made to do harm.
_MAX_DEPTH = 2
_MAX_UNPACKED_BYTES = 50_000_000
_NEXT_BYTES = 1_000_000


def read_zip(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read what is in an archive as if it were a folder; an article's path goes on inside it.

    What cannot be read is a fault by name; kinds that are not read are counted in a note.

    Raises:
        UnreadableFile: it is damaged, encrypted, unpacks to too much, or nothing in it can be read.
    """
    if path.lower().count(".zip/") >= _MAX_DEPTH:
        raise UnreadableFile(path, f"an archive within {_MAX_DEPTH} others is not opened; unpack it")
    archive = Archive(content, path, ".zip")
    names = sorted(name for name in archive.names() if not name.endswith("/"))
    shown = {name: _named(archive, name) for name in names}
    inside = [name for name in names if not any(map(is_ignored, shown[name].split("/")))]
    passed_over = Counter(suffix_of(shown[name]) or "(no suffix)" for name in inside if not is_read(shown[name]))
    found = False
    faults: list[str] = []
    for name in inside:
        if not is_read(shown[name]):
            continue
        try:
            for reading in _member(archive.read(name), f"{path}/{shown[name]}"):
                found = found or bool(reading.articles)
                yield _under(reading, shown[name])
        except UnreadableFile as fault:
            faults.append(f"{shown[name]}: {fault.reason}")
    kinds = " ".join(kind + (f" ({count})" if count > 1 else "") for kind, count in passed_over.most_common())
    if not found:
        raise UnreadableFile(path, faults[0] if faults else f"nothing in it is read: {kinds or 'it is empty'}")
    notes = (f"{passed_over.total()} files in it not read: {kinds}",) if passed_over else ()
    if faults or notes:
        yield Reading((), faults=tuple(faults), notes=notes)


def read_gzip(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a packed file by the suffix under `.gz`.

    Raises:
        UnreadableFile: it is no gzip, damaged or too large, or what is in it cannot be read.
    """
    inflating = zlib.decompressobj(wbits=31)
    try:
        unpacked = inflating.decompress(content, _MAX_UNPACKED_BYTES + 1)
    except zlib.error as error:
        raise UnreadableFile(path, f"the gzip stream is damaged at its beginning ({error})") from error
    if len(unpacked) > _MAX_UNPACKED_BYTES:
        raise UnreadableFile(path, f"unpacks to more than {_MAX_UNPACKED_BYTES // 1_000_000} MB")
    cut = () if inflating.eof else ("the gzip stream breaks off; what stands before was read",)
    try:
        for reading in _member(unpacked, path[: -len(".gz")]):
            yield Reading(reading.articles, reading.left_out, (*cut, *reading.faults), reading.notes)
            cut = ()
    except UnreadableFile as fault:
        raise UnreadableFile(path, fault.reason) from fault


def _member(content: bytes, path: str) -> Iterator[Reading]:
    from byline.retrieval.articles.reading import read_bytes

    yield from read_bytes(path, content)


def _under(reading: Reading, name: str) -> Reading:
    faults = tuple(f"{name}: {fault}" for fault in reading.faults)
    notes = tuple(f"{name}: {note}" for note in reading.notes)
    return Reading(reading.articles, reading.left_out, faults, notes)


def _named(archive: Archive, name: str) -> str:
    """A member's name: packed in China without saying so, it is in GB18030 and was read as code page 437."""
    if archive.is_unicode(name):
        return name
    try:
        return decode(name.encode("cp437")).text.replace("\\", "/")
    except (UnicodeEncodeError, NotTextError):
        return name
