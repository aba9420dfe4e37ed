"""Lines as a compositor sets them: columns of one width, a blank line where a column ends, each line with its role."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

Labelled = tuple[str, str | None]
"""A line of a file and its role; None for a blank one."""


@dataclass(slots=True)
class SetPage:
    """A page as it grows."""

    lines: list[Labelled] = field(default_factory=list)

    def add(self, text: str, role: str) -> None:
        self.lines.append((text, role))

    def blank(self) -> None:
        if self.lines and self.lines[-1][1] is not None:
            self.lines.append(("", None))

    @property
    def text(self) -> str:
        return "".join(text + "\n" for text, _ in self.lines)


class SetColumns:
    """One article's body set in columns of one width; a blank line where a column ends."""

    def __init__(self, chance: random.Random, page: SetPage, *, indent: bool) -> None:
        self._page, self._indent = page, indent
        self._width = chance.randint(11, 24)
        by_type = chance.random() < 0.3
        self._cut: Callable[[str, int], list[str]] = _cut_by_type if by_type else _cut_by_count
        self._height = chance.randint(14, 40)
        self._set = chance.randint(0, self._height // 2)

    def one(self, text: str, role: str) -> None:
        self._advance()
        self._page.add(text, role)

    def paragraph(self, text: str) -> None:
        role = "PARAGRAPH"
        for line in self._cut(("　　" if self._indent else "") + text, self._width):
            self._advance()
            self._page.add(line, role)
            role = "CONTINUED"

    def _advance(self) -> None:
        if self._set == self._height:
            self._page.blank()
            self._set = 0
        self._set += 1


def _cut_by_count(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)]


def _cut_by_type(text: str, width: int) -> list[str]:
    """Wrap as print does: narrow letters take half the room, no line begins with a mark, no number is cut."""
    lines, line, room = [], "", 0
    for piece in re.findall(r"[A-Za-z0-9.%+-]+|.", text):
        size = sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in piece)
        if room + size > 2 * width and piece not in "，。、；：？！”’）》%" and line:
            lines.append(line)
            line, room = "", 0
        line, room = line + piece, room + size
    return [*lines, line] if line else lines
