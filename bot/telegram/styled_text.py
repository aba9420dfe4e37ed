"""Text with bold, quoted and linked parts, cut into messages that Telegram takes.

Components are marked by spans, never by markup in the text, so nothing an article says can be taken for markup.
Offsets here count characters; Telegram counts UTF-16 code units, and `entities` converts at the very end.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

from telegram import MessageEntity
from telegram.constants import MessageEntityType, MessageLimit

MAX_UNITS = int(MessageLimit.MAX_TEXT_LENGTH)
MAX_ENTITIES = int(MessageLimit.MESSAGE_ENTITIES)
# Below this share of a message a cut at a sentence end would leave more air than text.
_MIN_FILLED = 0.5
# Places to cut, the best first: between paragraphs, lines, sentences, words.
_BREAKS = tuple(re.compile(p) for p in (r"\n\n", r"\n", r"[。！？；…”」』]|[.!?;] ", r"[，、,：:]|\s"))
# Letters with nothing to see: Telegram takes a text made of them, spaces and format characters for empty.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffc\u034f")
_ZERO_WIDTH_JOINER = "\u200d"
_HALF_PAIR = re.compile("[\ud800-\udfff]")
_MAX_CLUSTER = 32  # characters; longer runs of combining marks are noise made to break things, and may be cut


@dataclass(frozen=True, slots=True)
class Mark:
    """What is special about `text[start:end]`; `url` for a text link only."""

    kind: MessageEntityType
    start: int
    end: int
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Styled:
    """Text and its marks, in the order they start, outer before inner."""

    text: str = ""
    marks: tuple[Mark, ...] = ()

    def __add__(self, other: Styled | str) -> Styled:
        """Put text after text; the marks of the second move along."""
        if isinstance(other, str):
            return Styled(self.text + sendable(other), self.marks)
        shift = len(self.text)
        moved = tuple(replace(mark, start=mark.start + shift, end=mark.end + shift) for mark in other.marks)
        return Styled(self.text + other.text, self.marks + moved)

    def marked(
        self, kind: MessageEntityType, start: int = 0, end: int | None = None, *, url: str | None = None
    ) -> Styled:
        """Mark `text[start:end]` too; an empty span marks nothing."""
        end = len(self.text) if end is None else min(end, len(self.text))
        if start >= end:
            return self
        marks = sorted((*self.marks, Mark(kind, start, end, url)), key=lambda mark: (mark.start, -mark.end))
        return Styled(self.text, tuple(marks))

    def part(self, start: int, end: int) -> Styled:
        """Cut out `text[start:end]` with what is marked in it."""
        kept = (replace(m, start=max(m.start, start) - start, end=min(m.end, end) - start) for m in self.marks)
        return Styled(self.text[start:end], tuple(mark for mark in kept if mark.start < mark.end))

    def stripped(self) -> Styled:
        """Without white space at both ends, which Telegram cuts off itself."""
        start = len(self.text) - len(self.text.lstrip())
        return self.part(start, max(start, len(self.text.rstrip())))

    def entities(self) -> tuple[MessageEntity, ...]:
        """Give the marks as Telegram wants them, in UTF-16 code units."""
        units = [0, *accumulate(map(_units_of, self.text))]
        return tuple(
            MessageEntity(mark.kind, units[mark.start], units[mark.end] - units[mark.start], url=mark.url)
            for mark in self.marks
        )


def plain(text: str) -> Styled:
    """Text without marks, made sendable."""
    return Styled(sendable(text))


def bold(text: str) -> Styled:
    """Bold text."""
    return plain(text).marked(MessageEntityType.BOLD)


def join(parts: Iterable[Styled], between: str) -> Styled:
    """Put parts one after another; empty ones are left out."""
    joined = Styled()
    for part in parts:
        if part.text:
            joined = joined + between + part if joined.text else part
    return joined


def sendable(text: str) -> str:
    """Replace half surrogate pairs, which no encoding can carry, by U+FFFD; everything else stays as it is."""
    return _HALF_PAIR.sub("\ufffd", text)


def utf16_units(text: str) -> int:
    """Length of a text as Telegram counts it."""
    return len(text) + sum(character > "\uffff" for character in text)


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen, so that Telegram takes it for empty."""
    return all(unicodedata.category(c) in _UNSEEN or c in _BLANK_LETTERS for c in text)


def split(styled: Styled, *, max_units: int = MAX_UNITS, max_entities: int = MAX_ENTITIES) -> list[Styled]:
    """Cut a text into messages, at paragraph, line, sentence or word ends where there are any.

    A mark that runs across a cut goes on in the next message. Components with nothing to see are dropped, and of more
    marks on one character than a message takes the inner ones.

    Returns:
        Messages of at most `max_units` UTF-16 code units and `max_entities` entities; none of a blank text.
    """
    messages = []
    rest = styled.stripped()
    while rest.text:
        end = _cut(rest, max_units, max_entities)
        message = rest.part(0, end).stripped()
        if not is_blank(message.text):
            messages.append(Styled(message.text, message.marks[:max_entities]))
        rest = rest.part(end, len(rest.text)).stripped()
    return messages


def break_before(text: str, start: int, limit: int) -> int:
    """Find where to end a part of a text that begins at `start`: at a paragraph, line, sentence or word end.

    Returns:
        A place after `start` and at most `limit`, or the end of the text if it is not beyond `limit`.
    """
    if limit >= len(text):
        return len(text)
    earliest = start + int((limit - start) * _MIN_FILLED)
    for pattern in _BREAKS:
        ends = [match.end() for match in pattern.finditer(text, earliest, limit)]
        if ends:
            return ends[-1]
    return _between_clusters(text, start, limit)


def clip(text: str, max_columns: int) -> str:
    """Shorten one line to a width; a Chinese character is two columns wide. Ends in `…` if anything is gone.

    Marks and joiners have no width, so the line is also held to twice as many characters.
    """
    if len(text) <= 2 * max_columns and columns(text) <= max_columns:
        return text
    width, end = 0, 0
    for cluster in _clusters(text[: 2 * max_columns]):
        width += columns(cluster)
        if width > max_columns - 1:
            break
        end += len(cluster)
    return text[:end].rstrip() + "…"


def columns(text: str) -> int:
    """Width of one line as printed in fixed type: two for a Chinese character, none for a combining mark."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    unseen = sum(unicodedata.category(c) in ("Mn", "Me", "Cf") for c in text)
    return len(text) + wide - unseen


_UNSEEN = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Me"))


def _units_of(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _cut(styled: Styled, max_units: int, max_entities: int) -> int:
    """Where the first message ends; always past the first character."""
    units, fits = 0, 0
    for character in styled.text:
        units += _units_of(character)
        if units > max_units:
            break
        fits += 1
    if len(styled.marks) > max_entities:
        fits = min(fits, styled.marks[max_entities].start) or 1
    return break_before(styled.text, 0, fits)


def _between_clusters(text: str, start: int, end: int) -> int:
    """Move a cut back so that it does not part what is seen as one character."""
    for at in range(end, max(end - _MAX_CLUSTER, start + 1), -1):
        if not _joined(text[at - 1], text[at]):
            return at
    return end


def _joined(before: str, after: str) -> bool:
    """Whether two neighbours are seen as one: marks, joiners, skin tones, tags, flags (UAX 29, roughly)."""
    return (
        unicodedata.category(after) in ("Mn", "Me", "Mc")
        or _ZERO_WIDTH_JOINER in (before, after)
        or "\U0001f3fb" <= after <= "\U0001f3ff"
        or "\U000e0020" <= after <= "\U000e007f"
        or ("\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff")
    )


def _clusters(text: str) -> Iterator[str]:
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _joined(text[at - 1], text[at]) or at - start >= _MAX_CLUSTER:
            yield text[start:at]
            start = at
