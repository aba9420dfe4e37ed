"""The times a question or a passage names: years, quarters, months, days, and words like 今年 that lean on a date."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_WIDE = str.maketrans("０１２３４５６７８９", "0123456789")
_HAN_NUMBER = "[一二三四五六七八九十]{1,3}"
_YEAR = r"(?P<year>(?:1[89]|20)\d\d|[一二]\s?[〇零九八][〇零一二三四五六七八九]{2})"
_COUNTED = "人元个個名家条條万萬亿億千百多余餘米公吨噸辆輛台件次户戶位只隻头棵斤亩套份本张張小平"
_MONTH = rf"(?<![\d.一二三四五六七八九十])(?P<month>1[0-2]|0?[1-9]|{_HAN_NUMBER})"
_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED = (
    r"(?P<named>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_ABSOLUTE = re.compile(
    rf"{_YEAR}\s?[-/.]\s?(?P<m1>\d\d?)\s?[-/.]\s?(?P<d1>\d\d?)(?!\d)"
    rf"|{_YEAR.replace('year', 'y2')}\s?(?:年|年度)?\s?(?P<half>[上下]半年|前[三3]个?季度|第?[一二三四1-4]季度?|Q[1-4])"
    rf"|(?:{_YEAR.replace('year', 'y3')}\s?年\s?)?{_MONTH}\s?月"
    rf"(?:份|\s?(?P<day>3[01]|[12]\d|0?[1-9]|{_HAN_NUMBER})\s?[日号號])?"
    rf"|{_YEAR.replace('year', 'y4')}\s?年"
    rf"|\b{_NAMED}\.?\s(?:(?P<d2>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s)?(?P<y5>(?:1[89]|20)\d\d)\b"
    rf"|(?<![\d.,%])(?P<y6>(?:19|20)\d\d)(?=(?![{_COUNTED}])[一-鿿]|\s*[,.?？]?\s*$)"
    r"|\b(?:in|of|since|by|for|during)\s(?P<y7>(?:19|20)\d\d)\b"
    rf"|(?:民国|民國)\s?(?P<republic>元|[1-9]\d?|[一二三四五六七八九十]{{1,3}})\s?年",
    re.I,
)
_REPUBLIC = 1911  # 民国元年 is 1912
_HALF = re.compile(r"(?:年)?\s?(?P<half>[上下]半年|前[三3]个?季度|第?[一二三四1-4]季度?)")
RELATIVE = re.compile(
    "(?P<today>今[天日]|today)|(?P<yesterday>昨[天日晚]|yesterday)|(?P<before>前[天日]|day before yesterday)"
    "|(?P<last_month>上个?月|上個月|last month)|(?P<this_month>本月|这个月|這個月|当月|this month)"
    "|(?P<last_year>去年|上年|last year)|(?P<before_last>前年)|(?P<next_year>明年|next year)"
    "|(?P<this_year>今年|本年度?|this year)",
    re.I,
)
_YEAR_WORDS = {"last_year": -1, "before_last": -2, "next_year": 1, "this_year": 0}  # years from the article's
_LATEST = re.compile(
    r"最近|最新|现在|現在|近日|近来|近期|眼下|目前|现任|現任|latest|most recent|newest|current(?:ly)?\b"
    r"|进展|進展|怎么样了|怎麼樣了|到现在|到現在|为止|為止|如今|后来|後來|最后(?:一共|总共|共|[^，。]{0,3}(?:结果|情况|数字))",
    re.I,
)
_EARLIEST = re.compile(r"最早|最初|一开始|一開始|起初|first reported|initially|earliest|at first\b", re.I)


@dataclass(frozen=True, slots=True)
class Period:
    """A time as far as it is named; None where it is not.

    Attributes:
        quarter: 1 to 4, 5 and 6 for the first and the second half of a year, or 7 for its first three quarters.
        word: of a word like 今年 that no date was given for, its meaning, as `this_year`.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    quarter: int | None = None
    word: str = ""

    def agrees(self, other: Period) -> bool:
        """Tell whether both name something of the same time, and nothing that differs."""
        ours = (self.year, self.month, self.day, self.quarter, self.word or None)
        theirs = (other.year, other.month, other.day, other.quarter, other.word or None)
        shared = [(a, b) for a, b in zip(ours, theirs, strict=True) if a is not None and b is not None]
        return bool(shared) and all(a == b for a, b in shared)

    @property
    def is_day(self) -> bool:
        """Whether it is one day of a known year."""
        return self.year is not None and self.month is not None and self.day is not None

    def span(self) -> tuple[date, date] | None:
        """Give its first and last day; None without a year, or where it is no time at all (2月30日)."""
        if self.year is None:
            return None
        first, last = _MONTHS_OF_QUARTER[self.quarter] if self.quarter else (1, 12)
        if self.month is not None:
            first = last = self.month
        try:
            if self.day is not None:
                day = date(self.year, first, self.day)
                return (day, day) if self.month is not None else None
            return date(self.year, first, 1), date(self.year, last, calendar.monthrange(self.year, last)[1])
        except ValueError:
            return None

    def differs(self, other: Period) -> bool:
        """Tell whether both name the same kind of time, and it is another."""
        ours = (self.year, self.month, self.day, self.quarter)
        theirs = (other.year, other.month, other.day, other.quarter)
        if self.word in _YEAR_WORDS and other.word in _YEAR_WORDS and self.word != other.word:
            return True
        return any(a is not None and b is not None and a != b for a, b in zip(ours, theirs, strict=True))


# first and last month of what `Period.quarter` counts
_MONTHS_OF_QUARTER = {1: (1, 3), 2: (4, 6), 3: (7, 9), 4: (10, 12), 5: (1, 6), 6: (7, 12), 7: (1, 9)}


@dataclass(frozen=True, slots=True)
class Mention:
    """A time, and where a text names it: half-open, in characters.

    Attributes:
        leans: whether it is a word like 去年 that was counted from the date given.
    """

    start: int
    end: int
    period: Period
    leans: bool = False


def asks_for_latest(question: str) -> bool:
    """Tell whether a question wants the newest there is: 最近, 最新, latest."""
    return _LATEST.search(question) is not None


def asks_for_earliest(question: str) -> bool:
    """Tell whether a question wants the first that was told: 最早, 一开始, initially."""
    return _EARLIEST.search(question) is not None


def periods(text: str, published: str | None = None) -> list[Period]:
    """Find the times a text names.

    Args:
        text: of a question or an article.
        published: ISO date of the article; what 今年 and 昨天 lean on. Without one they keep their word.
    """
    return [mention.period for mention in mentions(text, published)]


def mentions(text: str, published: str | None = None) -> list[Mention]:
    """Find the times a text names and where, in order; 去年12月 is one of them.

    Args:
        text: of a question or an article.
        published: as for `periods`.
    """
    found = sorted([*_absolute(text.translate(_WIDE)), *_relative(text, published)], key=lambda one: one.start)
    joined: list[Mention] = []
    for one in found:
        before = joined[-1] if joined else None
        if before is not None and _completes(text, before, one):
            whole = replace(before.period, month=one.period.month, day=one.period.day)
            joined[-1] = Mention(before.start, one.end, whole, before.leans)
            continue
        joined.append(_with_half(text, one))
    return joined


def _completes(text: str, year: Mention, month: Mention) -> bool:
    """Whether a month stands right behind the word for its year: 去年12月, 今年的六月."""
    said = year.period
    return (
        month.period.year is None
        and month.period.month is not None
        and not month.period.word
        and (said.year is not None or said.word in _YEAR_WORDS)
        and said.month is None
        and said.quarter is None
        and text[year.end : month.start] in ("", "的", " ")
    )


def _with_half(text: str, year: Mention) -> Mention:
    """Take in what part of its year stands behind the word for it: 今年上半年, 去年前三季度."""
    said = year.period
    if (not year.leans and not said.word) or said.month is not None or said.quarter is not None:
        return year
    behind = _HALF.match(text, year.end)
    if behind is None or not (said.year is not None or said.word in _YEAR_WORDS):
        return year
    return replace(year, end=behind.end(), period=replace(said, quarter=_quarter(behind["half"])))


def agreement(question: str, told_in: Sequence[str], published: str | None) -> int:
    """Compare the time a question asks about with the times an article speaks of where it seems to answer.

    Words like 今年 are taken from the article's date on both sides: who asks about `this year` of an archive means the
    year its article means.

    Args:
        told_in: the answer's surroundings, the narrowest first: the first that names a time decides.
        published: ISO date of the article, which decides where none does.

    Returns:
        1 if it speaks of the time asked about, -1 if only of other times, 0 if either names none.
    """
    asked = periods(question, published)
    if not asked:
        return 0
    told = next(filter(None, (periods(text, published) for text in told_in)), [])
    if not told and published:
        told = [_of_date(published)]
    if any(wanted.agrees(period) for wanted in asked for period in told):
        return 1
    return -1 if told and all(_differs_from_all(wanted, told) for wanted in asked) else 0


def _differs_from_all(wanted: Period, told: Iterable[Period]) -> bool:
    return all(wanted.differs(period) for period in told)


def _absolute(text: str) -> Iterator[Mention]:
    for match in _ABSOLUTE.finditer(text):
        said = match.groupdict()
        year = next((_year(said[name]) for name in ("year", "y2", "y3", "y4", "y5", "y6", "y7") if said[name]), None)
        if said["republic"]:
            year = _REPUBLIC + (1 if said["republic"] == "元" else number_of(said["republic"]) or 0)
        month = number_of(said["m1"] or said["month"])
        if said["named"]:
            month = 1 + _MONTH_NAMES.index(said["named"][:3].lower())
        if month is None or 1 <= month <= 12:
            day = number_of(said["d1"] or said["day"] or said["d2"])
            yield Mention(match.start(), match.end(), Period(year, month, day, _quarter(said["half"])))


def _relative(text: str, published: str | None) -> Iterator[Mention]:
    for match in RELATIVE.finditer(text):
        word = str(match.lastgroup)
        period = resolved(word, date.fromisoformat(published[:10])) if published else Period(word=word)
        yield Mention(match.start(), match.end(), period, published is not None)


def resolved(word: str, on: date) -> Period:
    """Give the time a word that leans on a day means: the name of its group in `RELATIVE`."""
    days = {"today": 0, "yesterday": 1, "before": 2}
    if word in days:
        day = on - timedelta(days[word])
        return Period(day.year, day.month, day.day)
    if word == "this_month":
        return Period(on.year, on.month)
    if word == "last_month":
        last = on.replace(day=1) - timedelta(1)
        return Period(last.year, last.month)
    return Period(on.year + _YEAR_WORDS[word])


def _of_date(published: str) -> Period:
    on = date.fromisoformat(published[:10])
    return Period(on.year, on.month, on.day)


def _year(said: str) -> int:
    return int(said.replace(" ", "").translate(_DIGITS))


def _quarter(said: str | None) -> int | None:
    if not said:
        return None
    if said.endswith("半年"):
        return 5 if said[0] == "上" else 6
    if said.startswith("前"):
        return 7
    return int(re.sub(r"[^1-4]", "", said.translate(_DIGITS)))


def number_of(said: str | None) -> int | None:
    """Read 1 to 39 in digits or as 二十八."""
    if not said:
        return None
    if "十" in said:
        tens, _, ones = said.partition("十")
        return 10 * int(tens.translate(_DIGITS) or 1) + int(ones.translate(_DIGITS) or 0)
    return int(said.replace("两", "二").replace("兩", "二").translate(_DIGITS))
