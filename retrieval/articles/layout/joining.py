"""Pieces of lines put back together into running text, with the way back to the file kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from byline.retrieval.articles.article import LeftOut, SourceSpan
from byline.retrieval.articles.layout.page import Line

_WIDE = "\u2e80"
"""Where the scripts written without spaces begin."""


def left_out_of(line: Line, start: int, end: int, reason: str) -> Iterable[LeftOut]:
    """Account for `line.text[start:end]`, unless it is white space, with its place in the file."""
    text = line.text[start:end].strip()
    if not text:
        return
    start = line.text.index(text, start)
    for span in clipped(line.spans, start, start + len(text)):
        yield LeftOut(text, reason, span.file_start, span.page)
        return
    yield LeftOut(text, reason)


def clipped(spans: Iterable[SourceSpan], start: int, end: int) -> Iterable[SourceSpan]:
    """Cut spans down to `[start, end)` of their line and count them from its beginning."""
    for span in spans:
        left, right = max(span.start, start), min(span.end, end)
        if left < right:
            file_start = None if span.file_start is None else span.file_start + left - span.start
            yield SourceSpan(left - start, right - start, file_start, span.page, span.box)


@dataclass(slots=True)
class Mending:
    """A text as it grows: paragraphs, sub-headlines, and pieces that run on into each other."""

    parts: list[str] = field(default_factory=list)
    origin: list[SourceSpan] = field(default_factory=list)
    subheads: list[tuple[int, int]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    length: int = 0

    @property
    def text(self) -> str:
        """What has been put together so far."""
        return "".join(self.parts)

    def paragraph(self, line: Line, start: int = 0, end: int | None = None) -> None:
        """Begin a new paragraph with part of a line."""
        if self.length:
            self._say("\n")
        self._put(line, start, len(line.text) if end is None else end)

    def subhead(self, line: Line) -> None:
        """Set a sub-headline on a line of its own."""
        self.paragraph(line)
        self.subheads.append((self.length - len(line.text), self.length))

    def run_on(
        self, line: Line, start: int = 0, end: int | None = None, *, keep_hyphens: bool = False, spaced: bool = False
    ) -> None:
        """Join part of a line to what stands before it, as the words ask: bare, with a space, or without a hyphen.

        With `keep_hyphens` a word cut at a hyphen is joined bare and the hyphen stays; `spaced`: a space stood there.
        """
        end = len(line.text) if end is None else end
        tail = self.parts[-1] if self.parts else ""
        if start >= end:
            return
        first = line.text[start]
        if spaced:
            self._say(" ")
        elif tail and tail[-1] < _WIDE and first < _WIDE and not self._chinese():
            if tail[-1] in "-\u2010\u00ad" and first.islower() and tail[-2:-1].isalpha():
                if not keep_hyphens:
                    self._drop_hyphen(tail)
            elif tail[-1] not in "\u2014-/":
                self._say(" ")
        self._put(line, start, end)

    def _chinese(self) -> bool:
        """Tell whether the paragraph in hand is Chinese, where a word cut in two is joined bare."""
        tail = "".join(self.parts[-6:]).rsplit("\n", 1)[-1]
        return sum(character >= _WIDE for character in tail) * 4 > len(tail)

    def _drop_hyphen(self, tail: str) -> None:
        last = self.origin.pop() if self.origin and self.origin[-1].end == self.length else None
        self.parts[-1] = tail[:-1]
        self.length -= 1
        at = None
        if last is not None:
            at = None if last.file_start is None else last.file_start + last.end - last.start - 1
            if last.end - 1 > last.start:
                self.origin.append(SourceSpan(last.start, last.end - 1, last.file_start, last.page, last.box))
        self.left_out.append(LeftOut(tail[-1], "hyphen at a line end", at, last.page if last else None))

    def _say(self, text: str) -> None:
        self.parts.append(text)
        self.length += len(text)

    def _put(self, line: Line, start: int, end: int) -> None:
        base = self.length
        self._say(line.text[start:end])
        for span in clipped(line.spans, start, end):
            self.origin.append(SourceSpan(base + span.start, base + span.end, span.file_start, span.page, span.box))
