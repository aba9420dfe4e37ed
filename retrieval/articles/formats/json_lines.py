"""`.jsonl` and `.jsonl.gz`: one article a line, read as a stream in batches."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TypeAlias

from byline.retrieval.articles.article import Article, LeftOut, Reading, content_id
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import dated_among, published_of
from byline.retrieval.text.encoding import NotTextError, decode, detect, tidy

BATCH_LINES = 500
# An article of 5 million Chinese characters; the longest novels have less.
MAX_LINE_BYTES = 16_000_000
# gzip shrinks text 3 to 10 times and nothing more than 1,032 times (zlib's FAQ), so this is no text.
_MAX_INFLATION = 200
_INFLATION_CHECKED_FROM_BYTES = 64_000_000
_SAMPLE_BYTES = 65_536
_FIELDS = ("title", "subtitle", "byline", "source", "edition", "url")
# `path`, `subheads` and `origin` come back from `byline read --json` and say nothing of their own here.
_KNOWN = frozenset(
    (*_FIELDS, "id", "published", "published_from", "title_from", "kind", "path", "subheads", "origin", "text")
)


_Source: TypeAlias = io.BufferedIOBase | gzip.GzipFile


class _BrokenOffError(Exception):
    """The stream ends here, and why."""


def read_json_lines(stream: io.BufferedIOBase, *, path: str, compressed: bool) -> Iterator[Reading]:
    """Read articles off a stream, at most `BATCH_LINES` lines to a `Reading`; memory holds one batch.

    A line that is no article becomes a fault with its number, as does a stream that breaks off; the rest counts.

    Raises:
        UnreadableFile: there is not one line in it, or it is not gzip at all.
    """
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


def article_of_json(fields: object, *, path: str) -> Article:
    """Make an article of one JSON object with the contract's fields; those of other types are taken as text.

    Raises:
        ValueError: it is no object, or has no `text`; the message says which.
    """
    if not isinstance(fields, dict):
        raise ValueError("not a JSON object")
    text = _text(fields.get("text"))
    if not text.strip():
        raise ValueError('no "text"')
    said = {name: " ".join(_text(fields.get(name)).split()) for name in _FIELDS}
    published = published_of(fields.get("published"), text, "", year_from=path)
    given_id = _text(fields.get("id")).strip()
    return Article(
        id=given_id or content_id(said["title"], said["byline"], text),
        title=said["title"],
        text=text,
        subtitle=said["subtitle"],
        byline=said["byline"],
        source=said["source"],
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        url=said["url"],
        path=path,
        kind="caption" if fields.get("kind") == "caption" else "article",
    )


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return tidy(value if isinstance(value, str) else str(value))


class _Batch:
    """Lines on their way into one `Reading`."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._articles: list[Article] = []
        self._left_out: list[LeftOut] = []
        self.faults: list[str] = []

    def add(self, number: int, line: bytes | None) -> None:
        """Take one line in; None stands for one that is too long."""
        if line is None:
            self.faults.append(f"line {number}: longer than {MAX_LINE_BYTES:,} bytes")
            return
        if not line.strip():
            return
        try:
            fields = json.loads(_decoded(line), strict=False)
            self._articles.append(article_of_json(fields, path=self._path))
        except (ValueError, RecursionError) as error:
            self.faults.append(f"line {number}: {_said(error)}")
            return
        self._left_out.extend(
            LeftOut(tidy(f"{name}: {value}"), "unknown field") for name, value in fields.items() if name not in _KNOWN
        )

    def holds_anything(self) -> bool:
        """Whether there is anything to hand on."""
        return bool(self._articles or self.faults or self._left_out)

    def reading(self) -> Reading:
        """Hand on what was read."""
        said = {
            article.published for article in self._articles if article.published_from == "given" and article.published
        }
        articles = [article if article.published else _dated(article, said) for article in self._articles]
        return Reading(tuple(articles), tuple(self._left_out), tuple(self.faults))


def _dated(article: Article, others: Collection[str]) -> Article:
    found = dated_among(article.text, others)
    return replace(article, published=found.iso, published_from=found.published_from) if found else article


def _said(error: Exception) -> str:
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
