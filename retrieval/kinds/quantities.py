"""Amounts with their units, read off a quote: what may be compared with what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from byline.retrieval.text.folding import fold

_HAN = {"〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALES = {"十": 10.0, "百": 100.0, "千": 1_000.0, "万": 1e4, "亿": 1e8, "兆": 1e12, "billion": 1e9, "million": 1e6}
# unit -> what it measures and how much of that one is; what is missing is a thing that is counted and its own measure
_UNITS: dict[str, tuple[str, float]] = {
    "元": ("元", 1.0), "元人民币": ("元", 1.0), "人民币": ("元", 1.0), "块": ("元", 1.0), "美元": ("美元", 1.0),
    "欧元": ("欧元", 1.0), "港元": ("港元", 1.0), "日元": ("日元", 1.0), "英镑": ("英镑", 1.0),
    "吨": ("克", 1e6), "公斤": ("克", 1e3), "千克": ("克", 1e3), "斤": ("克", 500.0), "克": ("克", 1.0),
    "毫克": ("克", 1e-3), "毫米": ("米", 1e-3), "厘米": ("米", 0.01),
    "公里": ("米", 1e3), "千米": ("米", 1e3), "里": ("米", 500.0), "米": ("米", 1.0),
    "平方公里": ("平方米", 1e6), "公顷": ("平方米", 1e4), "亩": ("平方米", 10000 / 15), "平方米": ("平方米", 1.0),
    "%": ("%", 1.0), "个百分点": ("百分点", 1.0), "百分点": ("百分点", 1.0), "‰": ("%", 0.1), "成": ("%", 10.0),
    "天": ("秒", 86_400.0), "小时": ("秒", 3_600.0), "分钟": ("秒", 60.0), "分": ("秒", 60.0), "秒": ("秒", 1.0),
    "人": ("人", 1.0), "名": ("人", 1.0), "位": ("人", 1.0), "人次": ("人次", 1.0),
    "岁": ("岁", 1.0), "周岁": ("岁", 1.0), "匹": ("马力", 1.0), "马力": ("马力", 1.0), "级": ("级", 1.0),
    "倍": ("倍", 1.0),
}  # fmt: skip
_COUNTERS = "个辆台家件条座艘套份张次起场项所间枚块棵头只架栋户门颗村篇年月升度股分"
_LONGER = ("个月", "公升", "千瓦", "兆瓦")
_UNIT = "|".join(sorted([*map(re.escape, _UNITS), *_COUNTERS, *_LONGER], key=len, reverse=True))
_AMOUNT = re.compile(
    r"(?P<percent>百分之)?(?P<number>\d[\d,]*(?:\.\d+)?|[〇零一二两三四五六七八九十百千]+)\s?(?:多|余|几)?"
    rf"(?P<scale>[十百千万亿兆]{{1,2}}|(?:million|billion)\b)?(?:多|余)?\s?(?P<unit>{_UNIT})?"
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount, half-open in characters of the text it was read from.

    Attributes:
        measure: what is measured, as the unit all of its kind are turned into (吨 and 公斤 into 克).
        amount: in that unit.
        factor: how much of the measure one of its own unit is.
        unit: as it stands there; empty if none does.
    """

    start: int
    end: int
    measure: str
    amount: float
    factor: float
    unit: str

    def comparable(self, other: Quantity) -> bool:
        """Whether both measure the same; what has no unit is compared with what has none."""
        return self.measure == other.measure


def quantities(text: str, start: int = 0, end: int | None = None) -> Iterator[Quantity]:
    """Find the amounts in a text, or in a span of it, in order; years and dates are none."""
    folded = fold(text)
    for match in _AMOUNT.finditer(folded, start, len(text) if end is None else end):
        unit = match["unit"] or ""
        amount = _number(match["number"])
        if amount is None or _is_date(folded, match):
            continue
        for scale in re.findall("million|billion|.", match["scale"] or ""):
            amount *= _SCALES[scale]
        measure, factor = ("%", 1.0) if match["percent"] else _UNITS.get(unit, (unit, 1.0))
        yield Quantity(match.start(), match.end(), measure, amount * factor, factor, "%" if match["percent"] else unit)


def in_words(amount: float) -> str:
    """An amount as people write it: with 万 and 亿 from ten thousand on, and at most four digits behind the point."""
    for scale, name in ((1e8, "亿"), (1e4, "万")):
        if abs(amount) >= scale:
            return f"{_plain(amount / scale)}{name}"
    return _plain(amount)


def _plain(amount: float) -> str:
    return f"{amount:.4f}".rstrip("0").rstrip(".")


def _number(said: str) -> float | None:
    if said[0].isdigit():
        return float(said.replace(",", ""))
    total, digit = 0.0, 0.0
    for character in said:
        if character in _HAN:
            digit = float(_HAN[character])
        else:
            total += (digit or 1.0) * _SCALES[character]
            digit = 0.0
    if not any(character in _SCALES for character in said) and len(said) > 1:
        return None  # 二三 is two or three, 二〇二三 a year
    return total + digit


def _is_date(text: str, match: re.Match[str]) -> bool:
    """Whether it is a year, a month, a day, a time or a school year rather than an amount."""
    behind = text[match.end("scale") if match["scale"] else match.end("number") :][:1]
    if behind in ("月", "日", "号", "时", "点", ":"):
        return True
    grade = match["unit"] == "年" and text[match.end() :][:1] in ("级", "度")  # 一年级, 一年度
    return grade or (behind == "年" and len(match["number"]) == 4)
