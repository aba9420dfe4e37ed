"""Automatic numbers of Word's lists (第一条, 1., （二）), which stand in no text but are counted out as it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DIGITS = "〇一二三四五六七八九"
_FORMAL = "零壹贰叁肆伍陆柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"))
_ROMAN_ONES = ((9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_MAX_NUMBER = 9_999


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    kind: str
    pattern: str
    follows: str
    is_legal: bool


class Numbers:
    """Counts through a document's lists, one paragraph after the other."""

    def __init__(self, numbering: _Element | None, styles: _Element | None) -> None:
        """Read the definitions.

        Args:
            numbering: the root of `numbering.xml`, if the document has one.
            styles: the root of `styles.xml`, whose styles may number their paragraphs.
        """
        self._lists: dict[str, dict[int, _Level]] = {}
        self._abstract_of: dict[str, str] = {}
        self._counts: dict[str, list[int]] = {}
        self._restarted: set[tuple[str, int]] = set()
        self._starts: dict[tuple[str, int], int] = {}
        self._by_style = _numbered_styles(styles)
        if numbering is not None:
            self._define(numbering)

    def number(self, paragraph: _Element) -> str:
        """The number that stands before a paragraph, with what parts it from the text; empty if it has none."""
        place = self._place(paragraph)
        if place is None:
            return ""
        list_id, depth = place
        abstract = self._abstract_of.get(list_id, "")
        levels = self._lists.get(abstract, {})
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(abstract, [0] * _LEVELS)
        if (list_id, depth) in self._starts and (list_id, depth) not in self._restarted:
            self._restarted.add((list_id, depth))
            counts[depth] = self._starts[list_id, depth] - 1
        counts[depth] = min((counts[depth] or level.start - 1) + 1, _MAX_NUMBER)
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)
        if level.kind in ("bullet", "none"):
            return ""

        def said(found: re.Match[str]) -> str:
            other = levels.get(int(found[1]) - 1, level)
            count = counts[int(found[1]) - 1] or other.start
            return written(count, "decimal" if level.is_legal else other.kind)

        text = _PLACE.sub(said, level.pattern).strip()
        return text + ("" if not text or level.follows == "nothing" or text[-1] in "、）)．，：" else " ")

    def _place(self, paragraph: _Element) -> tuple[str, int] | None:
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            return None
        own = _list_of(properties.find(f"{_W}numPr"))
        style = properties.find(f"{_W}pStyle")
        inherited = self._by_style.get(_value(style)) if style is not None else None
        if own is None:
            return inherited
        list_id, depth = own
        if list_id == "0":  # numbering taken off by hand
            return None
        return list_id or (inherited[0] if inherited else ""), depth

    def _define(self, numbering: _Element) -> None:
        for abstract in numbering.iter(f"{_W}abstractNum"):
            name = str(abstract.get(f"{_W}abstractNumId"))
            self._lists[name] = {
                _number(level.get(f"{_W}ilvl"), 0): _level(level) for level in abstract.iter(f"{_W}lvl")
            }
        for num in numbering.iter(f"{_W}num"):
            list_id = str(num.get(f"{_W}numId"))
            self._abstract_of[list_id] = _value(num.find(f"{_W}abstractNumId"))
            for override in num.iter(f"{_W}lvlOverride"):
                start = override.find(f"{_W}startOverride")
                if start is not None:
                    self._starts[list_id, _number(override.get(f"{_W}ilvl"), 0)] = _number(_value(start), 1)


def written(count: int, kind: str) -> str:
    """A number in one of Word's formats; in digits where the format is not known."""
    return _FORMATS.get(kind, str)(count)


def _chinese(count: int, digits: str, units: str) -> str:
    """A number up to 9,999 in characters, 十一 without a one before the ten."""
    said = ""
    text = str(count)
    for at, digit in enumerate(text):
        unit = units[len(text) - at - 1] if len(text) - at > 1 else ""
        if digit != "0":
            said += digits[int(digit)] + unit
        elif said and not said.endswith(digits[0]) and text[at:].strip("0"):
            said += digits[0]
    return said[1:] if units[1] == "十" and 10 <= count < 20 else said


def _roman(count: int) -> str:
    said = ""
    for value, letters in (*_ROMAN, *_ROMAN_ONES):
        said += letters * (count // value)
        count %= value
    return said


def _letters(count: int) -> str:
    return chr(ord("a") + (count - 1) % 26) * ((count - 1) // 26 + 1) if count else ""


def _circled(count: int) -> str:
    return chr(0x2460 + count - 1) if 1 <= count <= 20 else f"({count})"


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "upperRoman": lambda count: _roman(count).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda count: _letters(count).upper(),
    "lowerLetter": _letters,
    "decimalZero": lambda count: f"{count:02}",
    "decimalFullWidth": lambda count: str(count).translate({ord("0") + n: 0xFF10 + n for n in range(10)}),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalEnclosedParen": lambda count: f"({count})",
    "chineseCounting": lambda count: _chinese(count, _DIGITS.replace("〇", "零"), " 十百千"),
    "chineseCountingThousand": lambda count: _chinese(count, _DIGITS.replace("〇", "零"), " 十百千"),
    "taiwaneseCounting": lambda count: _chinese(count, _DIGITS.replace("〇", "零"), " 十百千"),
    "taiwaneseCountingThousand": lambda count: _chinese(count, _DIGITS.replace("〇", "零"), " 十百千"),
    "japaneseCounting": lambda count: _chinese(count, _DIGITS, " 十百千"),
    "ideographDigital": lambda count: "".join(_DIGITS[int(digit)] for digit in str(count)),
    "japaneseDigitalTenThousand": lambda count: "".join(_DIGITS[int(digit)] for digit in str(count)),
    "chineseLegalSimplified": lambda count: _chinese(count, _FORMAL, " 拾佰仟"),
    "ideographTraditional": lambda count: _STEMS[(count - 1) % 10],
    "ideographZodiac": lambda count: _BRANCHES[(count - 1) % 12],
}


def _level(level: _Element) -> _Level:
    return _Level(
        start=_number(_value(level.find(f"{_W}start")), 1),
        kind=_value(level.find(f"{_W}numFmt")) or "decimal",
        pattern=_value(level.find(f"{_W}lvlText")),
        follows=_value(level.find(f"{_W}suff")) or "tab",
        is_legal=level.find(f"{_W}isLgl") is not None,
    )


def _numbered_styles(styles: _Element | None) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for style in styles.iter(f"{_W}style") if styles is not None else ():
        place = _list_of(style.find(f"{_W}pPr/{_W}numPr"))
        if place is not None and place[0] not in ("", "0"):
            found[str(style.get(f"{_W}styleId"))] = place
    return found


def _list_of(properties: _Element | None) -> tuple[str, int] | None:
    """The list and the depth in it, from 0; the list is empty where a style names it."""
    if properties is None:
        return None
    depth = _number(_value(properties.find(f"{_W}ilvl")), 0)
    return _value(properties.find(f"{_W}numId")), min(max(depth, 0), _LEVELS - 1)


def _value(element: _Element | None) -> str:
    return "" if element is None else str(element.get(f"{_W}val") or "")


def _number(said: object, default: int) -> int:
    try:
        return min(max(int(str(said)), 0), _MAX_NUMBER)
    except ValueError:
        return default
