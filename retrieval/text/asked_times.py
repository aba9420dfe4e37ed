"""The times of a question that are counted from the day it is asked: 三个月前, 上周五, 去年 as that year's number."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from byline.retrieval.text.periods import RELATIVE, Period, number_of, periods, resolved

_COUNT = r"[1-9]\d?|[一二三四五六七八九十两兩]{1,3}"
# Times only a question counts back from its asking: in an article 三年前 is too vague to be held against a date.
_COUNTED_BACK = re.compile(
    rf"(?P<years>{_COUNT})\s?年(?:之|以)?前(?:的今天)?|(?P<half_year>半年)(?:之|以)?前"
    rf"|(?P<months>{_COUNT})\s?[个個]月(?:之|以)?前|(?P<weeks>{_COUNT})\s?(?:周|週|[个個]?星期)(?:之|以)?前"
    rf"|(?P<days>{_COUNT})\s?[天日](?:之|以)?前|(?P<three_back>大前年)"
    r"|(?P<week>[上本这這])[个個]?(?:周|週|星期|礼拜|禮拜)(?P<weekday>[一二三四五六日天])?(?![年岁月])"
    rf"|上[个個]?(?P<last_named>1[0-2]|[1-9]|[一二三四五六七八九]|十[一二]?)月份?(?!底|初|中|末)"
    r"|(?P<quarter>[上本])[个個]?季度"
    r"|\b(?P<number>\d\d?|one|two|three|four|five|six|seven|eight|nine|ten)\s(?P<unit>year|month|week|day)s?\sago\b",
    re.I,
)
_NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MONTH_BEHIND = re.compile(r"(?<=\d年)的(?=(?:1[0-2]|0?[1-9]|[一二三四五六七八九十]{1,2})\s?月)")


def counted_from(question: str, asked_at: date) -> str:
    """Write out the times that lean on the day of asking: 三个月前 asked in November 2024 is 2024年8月.

    A week is written as its month, as far as it lies in one: no shorter way to name it would be understood.
    What names no single time (几年前, 近日) stays.
    """
    text = _COUNTED_BACK.sub(lambda match: _written(_counted_back(match, asked_at), question), question)
    text = RELATIVE.sub(lambda match: _written(resolved(str(match.lastgroup), asked_at), question), text)
    return _MONTH_BEHIND.sub("", text)


def without_leaning(question: str) -> str:
    """Leave out the times that lean on the day of asking: what is left asks about any time."""
    return RELATIVE.sub("", _COUNTED_BACK.sub("", question)).lstrip("，,的 ")


def leans_on_today(question: str) -> bool:
    """Tell whether a question names a time that depends on when it is asked."""
    return _COUNTED_BACK.search(question) is not None or RELATIVE.search(question) is not None


def _counted_back(match: re.Match[str], asked_at: date) -> Period:
    said = match.groupdict()
    unit = said["unit"].lower() if said["unit"] else None
    number = said["number"]
    back = int(number) if number and number.isdigit() else _NUMBER_WORDS.index(number.lower()) if number else 0
    years, months = (number_of(said[name]) or (back if unit == name[:-1] else 0) for name in ("years", "months"))
    weeks, days = (number_of(said[name]) or (back if unit == name[:-1] else 0) for name in ("weeks", "days"))
    if said["three_back"]:
        years = 3
    if years:
        whole = match.group().endswith("今天")
        return Period(asked_at.year - years, *((asked_at.month, asked_at.day) if whole else ()))
    if months or said["half_year"]:
        return _months_back(asked_at, months or 6)
    if weeks:
        return _week_of(asked_at - timedelta(7 * weeks))
    if days:
        day = asked_at - timedelta(days)
        return Period(day.year, day.month, day.day)
    if said["last_named"]:
        month = number_of(said["last_named"]) or 1
        return Period(asked_at.year if month < asked_at.month else asked_at.year - 1, month)
    if said["quarter"]:
        last = _months_back(asked_at, 3 if said["quarter"] == "上" else 0)
        return Period(last.year, quarter=((last.month or 1) + 2) // 3)
    return _of_week(match, asked_at)


def _of_week(match: re.Match[str], asked_at: date) -> Period:
    monday = asked_at - timedelta(asked_at.weekday() + (7 if match["week"] == "上" else 0))
    if match["weekday"] is None:
        return _week_of(monday)
    day = monday + timedelta("一二三四五六日".find(match["weekday"].replace("天", "日")))
    return Period(day.year, day.month, day.day)


def _months_back(on: date, months: int) -> Period:
    year, month = divmod(12 * on.year + on.month - 1 - months, 12)
    return Period(year, month + 1)


def _week_of(day: date) -> Period:
    monday = day - timedelta(day.weekday())
    sunday = monday + timedelta(6)
    return Period(monday.year, monday.month if monday.month == sunday.month else None)


def _written(period: Period, question: str) -> str:
    """A time in the words of the question's language."""
    if not re.search("[\u4e00-\u9fff]", question):
        name = calendar.month_name[period.month] if period.month else ""
        day = f" {period.day}," if period.day else ""
        return f"{name}{day} {period.year}".strip()
    quarter = f"第{'一二三四'[period.quarter - 1]}季度" if period.quarter else ""
    month = f"{period.month}月" if period.month else ""
    day = f"{period.day}日" if period.day else ""
    return f"{period.year}年{quarter}{month}{day}"


def span_of(question: str) -> tuple[date, date] | None:
    """Give the first and last day of the one period that a question names; None where it names none, or several."""
    named = [span for period in periods(question) if (span := period.span())]
    return named[0] if len(named) == 1 else None
