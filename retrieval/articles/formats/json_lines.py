"""`.jsonl` and `.jsonl.gz`: one article a line, read as a stream in batches."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from typing import TypeAlias

from byline.retrieval.articles.article import Article, LeftOut, Reading
from byline.retrieval.articles.formats.records import dated_by_neighbours, note_of, record_of
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.encoding import NotTextError, decode, detect

BATCH_LINES = 500
# An article of 5 million Chinese characters; the longest novels have less.
# An array cannot be read line by line, so it is read whole, as any other file is.
MAX_ARRAY_BYTES = 50_000_000
MAX_LINE_BYTES = 16_000_000
# gzip shrinks text 3 to 10 times and nothing more than 1,032 times (zlib's FAQ), so this is no text.
_MAX_INFLATION = 200
_INFLATION_CHECKED_FROM_BYTES = 64_000_000
_SAMPLE_BYTES = 65_536

_Source: TypeAlias = io.BufferedIOBase | gzip.GzipFile


class _BrokenOffError(Exception):
    """The stream ends here, and why."""


def read_json_lines(stream: io.BufferedIOBase, *, path: str, compressed: bool) -> Iterator[Reading]:
    """Read articles off a stream, at most `BATCH_LINES` lines to a `Reading`; memory holds one batch.

    A line that is no article becomes a fault with its number, as does a stream that breaks off; the rest counts.

    Raises:
        UnreadableFile: there is not one line in it, or it is not gzip at all.
    """
    if not compressed and _is_array(stream):
        from byline.retrieval.articles.formats.json_document import read_json

        yield from read_json(stream.read(MAX_ARRAY_BYTES + 1), path=path)
        return
    lines = _lines(stream, compressed=compressed)
    batch = _Batch(path)
    seen = 0
    while True:
        try:
            number, line = next(lines)
        except StopIteration:
            break
        except _BrokenOffError as broken:
            if not seen:
                raise UnreadableFile(path, str(broken)) from broken
            batch.faults.append(str(broken))
            break
        seen = number
        batch.add(number, line)
        if number % BATCH_LINES == 0:
            yield batch.reading()
            batch = _Batch(path)
    if not seen:
        raise UnreadableFile(path, "the file is empty; nothing to index")
    if batch.holds_anything():
        yield batch.reading()


class _Batch:
    """Lines on their way into one `Reading`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._articles: list[Article] = []
        self._left_out: list[LeftOut] = []
        self._renamed: dict[tuple[str, str], None] = {}
        self.faults: list[str] = []

    def add(self, number: int, line: bytes | None) -> None:
        """Take one line in; None stands for one that is too long."""
        if line is None:
            self.faults.append(f"line {number}: longer than {MAX_LINE_BYTES:,} bytes")
            return
        if not line.strip():
            return
        try:
            record = record_of(json.loads(_decoded(line), strict=False), path=self._path)
        except (ValueError, RecursionError) as error:
            self.faults.append(f"line {number}: {said_of_json(error)}")
            return
        self._articles.append(record.article)
        self._left_out.extend(record.left_out)
        self._renamed.update(dict.fromkeys(record.renamed))

    def holds_anything(self) -> bool:
        """Whether there is anything to hand on."""
        return bool(self._articles or self.faults or self._left_out)

    def reading(self) -> Reading:
        """Hand on what was read."""
        articles = dated_by_neighbours(self._articles)
        return Reading(articles, tuple(self._left_out), tuple(self.faults), note_of(self._renamed))


def said_of_json(error: Exception) -> str:
    """Say in a clause why something is no JSON, or no article."""
    if isinstance(error, json.JSONDecodeError):
        return f"not JSON ({error.msg} at character {error.colno})"
    return "nested too deep" if isinstance(error, RecursionError) else str(error)


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return decode(line).text


def _lines(stream: io.BufferedIOBase, *, compressed: bool) -> Iterator[tuple[int, bytes | None]]:
    """Number the lines from 1 and give each as bytes in UTF-8 or in whatever 8-bit encoding the file has."""
    source: _Source = gzip.GzipFile(fileobj=stream) if compressed else stream
    count = _Inflation(stream if compressed else None)
    head = _head(source)
    end, transcoded = b"\n", None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in head:
        transcoded = _wide_encoding(head)
        end = "\n".encode(transcoded)
    pending = head.removeprefix(b"\xef\xbb\xbf") if transcoded is None else head
    for number, line in _cut(source, pending, end, count):
        if line is not None and transcoded is not None:
            line = line.decode(transcoded, "replace").lstrip("\ufeff").encode("utf-8", "replace")
        yield number, line


def _is_array(stream: io.BufferedIOBase) -> bool:
    """Whether what goes by the name of lines is one array over many lines, as many programs write."""
    head = stream.read(_SAMPLE_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    stream.seek(0)
    if not head.startswith(b"["):
        return False
    first = head.split(b"\n", 1)[0].strip()
    return first == b"[" or not first.endswith(b"]")


def _wide_encoding(head: bytes) -> str:
    try:
        return detect(head)[0]
    except NotTextError as error:
        raise _BrokenOffError("this is not text; save it as UTF-8") from error


def _head(source: _Source) -> bytes:
    try:
        return source.read1(_SAMPLE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise _BrokenOffError(f"the gzip stream is damaged at its beginning ({error})") from error


class _Inflation:
    """Watches how much a compressed stream grows."""

    def __init__(self, compressed: io.BufferedIOBase | None) -> None:
        self._compressed = compressed
        self._given_bytes = 0

    def grew_by(self, size_bytes: int) -> None:
        """Count bytes that came out.

        Raises:
            _BrokenOffError: more came out than text can give.
        """
        self._given_bytes += size_bytes
        if self._compressed is None or self._given_bytes < _INFLATION_CHECKED_FROM_BYTES:
            return
        if self._given_bytes > _MAX_INFLATION * max(1, self._compressed.tell()):
            raise _BrokenOffError(
                f"the gzip stream grows more than {_MAX_INFLATION} times, as no text does; stopped there"
            )


def _cut(source: _Source, pending: bytes, end: bytes, count: _Inflation) -> Iterator[tuple[int, bytes | None]]:
    """Cut a stream at line ends; a line over the limit is passed over and given as None."""
    number, too_long = 1, False
    while True:
        start = 0
        while (at := _find_end(pending, end, start)) >= 0:
            yield number, None if too_long else pending[start:at]
            number, too_long, start = number + 1, False, at + len(end)
        pending = pending[start:]
        if len(pending) > MAX_LINE_BYTES:
            # What is kept of it holds the rest of a wide encoding in step.
            too_long, pending = True, pending[len(pending) // len(end) * len(end) :]
        try:
            more = source.read1(max(_SAMPLE_BYTES, len(pending)))
        except (OSError, EOFError, zlib.error) as error:
            raise _BrokenOffError(
                f"line {number}: the file breaks off here ({error}); what stands before was read"
            ) from error
        if not more:
            break
        count.grew_by(len(more))
        pending += more
    if pending or too_long:
        yield number, None if too_long else pending


def _find_end(pending: bytes, end: bytes, start: int) -> int:
    at = pending.find(end, start)
    while at >= 0 and (at - start) % len(end):
        at = pending.find(end, at + 1)
    return at
