"""When an article was published, as far as something says so: metadata, path, page or dateline. Never a guess."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import PurePath
from typing import Literal

from byline.retrieval.articles.article import PublishedFrom

Where = Literal["metadata", "file name", "folder name", "page", "dateline"]

_YEAR = r"(?P<year>(?:19|20)\d\d)"
# 2023-07-28, 2023/7/28, 2023.07.28, 2023_07_28, 2023年7月28日, 20230728
_SEPARATED = re.compile(rf"(?<!\d){_YEAR}(?:\s?年\s?|[-/._])(?P<month>\d\d?)(?:\s?月\s?|[-/._])(?P<day>\d\d?)(?!\d)")
_COMPACT = re.compile(rf"(?<!\d){_YEAR}(?P<month>\d\d)(?P<day>\d\d)(?=T?\d{{4,6}}(?!\d)|Z?(?!\d))")
_MONTH_ONLY = re.compile(rf"^{_YEAR}(?:年|[-/._])(?P<month>\d\d?)月?$")
_YEAR_ONLY = re.compile(rf"(?<!\d){_YEAR}年?(?!\d)")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ENGLISH = re.compile(
    rf"\b(?:(?P<day>\d\d?)(?:st|nd|rd|th)?\s+)?(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?\s+(?:(?P<day2>\d\d?)(?:st|nd|rd|th)?,?\s+)?{_YEAR}\b",
    re.IGNORECASE,
)
_DAY = r"(?:(?P<year>(?:19|20)\d\d)\s?年\s?)?(?P<month>\d\d?)\s?月\s?(?P<day>\d\d?)\s?日"
_AGENCY = r"(?:Reuters|AP|AFP|Xinhua|Bloomberg|UPI|dpa|EFE|TASS|Kyodo|CNS)"
_ENGLISH_DAY = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?\s+(?P<day>\d\d?)(?:,\s+(?P<year>(?:19|20)\d\d))?"
_DATELINES = (
    # 新华社北京7月28日电, 东方网7月28日消息, IT之家 8 月 16 日消息, 中新网2023年7月28日电
    re.compile(rf"{_DAY}\s?(?:电|電|讯|訊|消息|报道|報道)"),
    # 本报讯（记者 林一）7月28日
    re.compile(rf"本[报報][讯訊]\s?(?:[（(][^）)]{{0,30}}[）)])?\s?[，,：:]?\s?{_DAY}"),
    # LONDON, Aug 3 (Reuters) - / (Reuters) - Aug 3
    re.compile(rf"\b{_ENGLISH_DAY}\s+\({_AGENCY}\)", re.IGNORECASE),
    re.compile(rf"\({_AGENCY}\)\s*[-–—]+\s*{_ENGLISH_DAY}\b", re.IGNORECASE),
)
# On the news set, of 100 characters against 60, 13% more datelines, in as good agreement with the dates given.
_DATELINE_WITHIN_CHARS = 100
# 据路透社7月20日报道: another's dateline, of which this article tells
_OTHERS = re.compile(r"[据據][^。！？；\n]*$")
# 2023年07月17日 17:41, [ 2023/07/20 16:08 ]: the stamp of a web page that was taken over with the text
_STAMP = re.compile(rf"{_SEPARATED.pattern}\s?日?\s+\d\d?[:：]\d\d")
_AMONG_DAYS = 31
_PAGE_LINE_CHARS = 60  # 山城邮报 2023年7月28日 星期五 责编：林一 A03


@dataclass(frozen=True, slots=True)
class FoundDate:
    """An ISO date (`2023-07-28`) and where it was found."""

    iso: str
    where: Where

    @property
    def published_from(self) -> PublishedFrom:
        """The same as an article says it."""
        match self.where:
            case "metadata":
                return "given"
            case "file name" | "folder name":
                return "file"
            case "page" | "dateline":
                return self.where


def parse_date(said: str) -> str | None:
    """Read a whole date out of a metadata value in any usual notation; None where year, month or day is missing."""
    said = said.strip()[:100]
    for pattern in (_SEPARATED, _COMPACT):
        if found := pattern.search(said):
            return _iso(found["year"], found["month"], found["day"])
    if (found := _ENGLISH.search(said)) and (day := found["day"] or found["day2"]):
        return _iso(found["year"], str(_MONTHS.index(found["name"].lower()) + 1), day)
    return _mail_date(said)


def published_of(
    metadata: object, text: str, path: str, *, page: str | None = None, year_from: str = ""
) -> FoundDate | None:
    """Find when an article was published: metadata, its file's name and folders, its dateline, its page.

    A dateline that has no year takes that of a whole date printed before it, of its page, or of its path.

    Args:
        metadata: what the file itself gives as the date, of any type; None where it gives none.
        text: the article's body.
        path: the file; a year in it (`2023/`, `2023-07/`) completes a dateline that has none.
        page: the date printed on the page (`date_on_page`).
        year_from: a path whose year alone counts, as of a file of many articles.
    """
    stated = _stated(metadata)
    if stated is not None:
        return FoundDate(stated, "metadata")
    in_path = date_in_path(path)
    if in_path is not None:
        return in_path
    opening = " ".join(text[: 4 * _DATELINE_WITHIN_CHARS].split())
    stamp = _stamp(opening)
    if found := _in_dateline(opening, stamp or page, _year_in(path) or _year_in(year_from)):
        return found
    printed = stamp or page
    return FoundDate(printed, "page") if printed else None


def dated_among(text: str, others: Collection[str]) -> FoundDate | None:
    """Find when an article was published that stands, undated, among others of one file that say their dates.

    Its dateline counts where one year puts it within their time, give or take a month.

    Args:
        text: the article's body.
        others: ISO dates.
    """
    days = sorted(date.fromisoformat(other[:10]) for other in others)
    around = timedelta(days=_AMONG_DAYS)
    if not days or days[-1] - days[0] + 2 * around >= timedelta(days=365):
        return None
    opening = " ".join(text[: 4 * _DATELINE_WITHIN_CHARS].split())
    found = _in_dateline(opening, (days[-1] + around).isoformat(), None)
    return found if found and days[0] - around <= date.fromisoformat(found.iso) else None


def date_on_page(lines: Iterable[str]) -> str | None:
    """Find the one date printed in the head or foot of a page; None if there is none, or another beside it.

    Args:
        lines: what stands on the page and in none of its articles; long ones are passed over.
    """
    found = {iso for line in lines if len(line) <= _PAGE_LINE_CHARS and (iso := parse_date(line))}
    return found.pop() if len(found) == 1 else None


def date_in_path(path: str) -> FoundDate | None:
    """Find a whole date in the file's name or the nearest folder that has one (also spread over `2023/07/28/`)."""
    name, *folders = reversed(PurePath(path).parts or ("",))
    if iso := _in_name(PurePath(name).stem):
        return FoundDate(iso, "file name")
    for folder in folders:
        if iso := _in_name(folder):
            return FoundDate(iso, "folder name")
    for deep, middle, top in zip(folders, folders[1:], folders[2:], strict=False):
        if (iso := parse_date(f"{top}-{middle}-{deep}")) and len(top) == 4:
            return FoundDate(iso, "folder name")
    return None


def _stated(metadata: object) -> str | None:
    if isinstance(metadata, datetime):
        return metadata.date().isoformat()
    if isinstance(metadata, date):
        return metadata.isoformat()
    if isinstance(metadata, bool) or not isinstance(metadata, str | int | float):
        return None
    if isinstance(metadata, str):
        return parse_date(metadata)
    return _from_epoch(metadata)


def _from_epoch(seconds: float) -> str | None:
    """Seconds or milliseconds since 1970, as web APIs give them; an eight-digit number is `20230728`."""
    if parsed := parse_date(str(seconds)):
        return parsed
    if seconds > 1e11:
        seconds /= 1000
    # Less than that is no timestamp of a published article but some other number.
    if not 1e8 <= seconds < 1e11:
        return None
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _in_name(name: str) -> str | None:
    for pattern in (_SEPARATED, _COMPACT):
        for found in pattern.finditer(name):
            if iso := _iso(found["year"], found["month"], found["day"]):
                return iso
    return None


def _years(path: str) -> Iterator[int]:
    name, *folders = reversed(PurePath(path).parts or ("",))
    for part in (PurePath(name).stem, *folders):
        if found := _MONTH_ONLY.match(part) or _YEAR_ONLY.search(part):
            yield int(found["year"])


def _year_in(path: str) -> int | None:
    return next(_years(path), None)


def _in_dateline(opening: str, near: str | None, known_year: int | None) -> FoundDate | None:
    """Read the dateline in the opening of a text.

    Args:
        near: an ISO date it cannot be far before; tells its year, where it has none.
        known_year: tells it otherwise.
    """
    for dateline in _DATELINES:
        found = dateline.search(opening[:_DATELINE_WITHIN_CHARS])
        if found is None or _OTHERS.search(opening[: found.start()]):
            continue
        parts = found.groupdict()
        month = parts.get("month") or str(_MONTHS.index(parts["name"][:3].lower()) + 1)
        if year := parts["year"] or _year_before(near, month, parts["day"]) or known_year:
            iso = _iso(str(year), month, parts["day"])
            return FoundDate(iso, "dateline") if iso else None
    return None


def _year_before(near: str | None, month: str, day: str) -> int | None:
    """The year that puts a month and day on `near`, or next before it: a paper of 1 January tells of 31 December.

    A day after `near` is allowed: clocks differ.
    """
    if near is None:
        return None
    last = date.fromisoformat(near) + timedelta(days=1)
    iso = _iso(str(last.year), month, day)
    return last.year if iso is None or iso <= last.isoformat() else last.year - 1


def _stamp(opening: str) -> str | None:
    """A whole date with a time of day before the text begins."""
    found = _STAMP.search(opening[:_DATELINE_WITHIN_CHARS])
    return _iso(found["year"], found["month"], found["day"]) if found else None


def _iso(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def _mail_date(said: str) -> str | None:
    try:
        return parsedate_to_datetime(said).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
