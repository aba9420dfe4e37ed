"""The times a question or a passage names: years, quarters, months, days, and words like 今年 that lean on a date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
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
    rf"|{_YEAR.replace('year', 'y2')}\s?(?:年|年度)?\s?(?P<half>[上下]半年|第?[一二三四1-4]季度?|Q[1-4])"
    rf"|(?:{_YEAR.replace('year', 'y3')}\s?年\s?)?{_MONTH}\s?月"
    rf"(?:份|\s?(?P<day>3[01]|[12]\d|0?[1-9]|{_HAN_NUMBER})\s?[日号號])?"
    rf"|{_YEAR.replace('year', 'y4')}\s?年"
    rf"|\b{_NAMED}\.?\s(?:(?P<d2>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s)?(?P<y5>(?:1[89]|20)\d\d)\b"
    rf"|(?<![\d.,%])(?P<y6>(?:19|20)\d\d)(?=(?![{_COUNTED}])[一-鿿]|\s*[,.?？]?\s*$)"
    r"|\b(?:in|of|since|by|for|during)\s(?P<y7>(?:19|20)\d\d)\b",
    re.I,
)
_RELATIVE = re.compile(
    "(?P<today>今[天日]|today)|(?P<yesterday>昨[天日晚]|yesterday)|(?P<before>前[天日]|day before yesterday)"
    "|(?P<last_month>上个?月|上個月|last month)|(?P<this_month>本月|这个月|這個月|当月|this month)"
    "|(?P<last_year>去年|上年|last year)|(?P<before_last>前年)|(?P<next_year>明年|next year)"
    "|(?P<this_year>今年|本年度?|this year)",
    re.I,
)
_YEAR_WORDS = {"last_year": -1, "before_last": -2, "next_year": 1, "this_year": 0}  # years from the article's
_LATEST = re.compile(
    r"最近|最新|现在|現在|近日|近来|近期|眼下|目前|现任|現任|latest|most recent|newest|current(?:ly)?\b", re.I
)


@dataclass(frozen=True, slots=True)
class Period:
    """A time as far as it is named; None where it is not.

    Attributes:
        quarter: 1 to 4, or 5 and 6 for the first and the second half of a year.
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

    def differs(self, other: Period) -> bool:
        """Tell whether both name the same kind of time, and it is another."""
        ours = (self.year, self.month, self.day, self.quarter)
        theirs = (other.year, other.month, other.day, other.quarter)
        if self.word in _YEAR_WORDS and other.word in _YEAR_WORDS and self.word != other.word:
            return True
        return any(a is not None and b is not None and a != b for a, b in zip(ours, theirs, strict=True))


def asks_for_latest(question: str) -> bool:
    """Tell whether a question wants the newest there is: 最近, 最新, latest."""
    return _LATEST.search(question) is not None


def periods(text: str, published: str | None = None) -> list[Period]:
    """Find the times a text names.

    Args:
        published: ISO date of the article; what 今年 and 昨天 lean on. Without one they keep their word.
    """
    return [*_absolute(text.translate(_WIDE)), *_relative(text, published)]


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


def _absolute(text: str) -> Iterator[Period]:
    for match in _ABSOLUTE.finditer(text):
        said = match.groupdict()
        year = next((_year(said[name]) for name in ("year", "y2", "y3", "y4", "y5", "y6", "y7") if said[name]), None)
        month = _number(said["m1"] or said["month"])
        if said["named"]:
            month = 1 + _MONTH_NAMES.index(said["named"][:3].lower())
        if month is None or 1 <= month <= 12:
            yield Period(year, month, _number(said["d1"] or said["day"] or said["d2"]), _quarter(said["half"]))


def _relative(text: str, published: str | None) -> Iterator[Period]:
    for match in _RELATIVE.finditer(text):
        word = str(match.lastgroup)
        yield _resolved(word, date.fromisoformat(published[:10])) if published else Period(word=word)


def _resolved(word: str, on: date) -> Period:
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
    return int(re.sub(r"[^1-4]", "", said.translate(_DIGITS)))


def _number(said: str | None) -> int | None:
    """Read 1 to 39 in digits or as 二十八."""
    if not said:
        return None
    if "十" in said:
        tens, _, ones = said.partition("十")
        return 10 * int(tens.translate(_DIGITS) or 1) + int(ones.translate(_DIGITS) or 0)
    return int(said.translate(_DIGITS))
