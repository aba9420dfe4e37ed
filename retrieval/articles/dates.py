"""When an article was published, as far as something says so: its metadata, its path or its dateline. Never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import PurePath
from typing import Literal

Where = Literal["metadata", "file name", "folder name", "dateline"]

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
# 新华社北京7月28日电, 本报讯, 东方网7月28日消息, 中新网2023年7月28日电 (within the opening of the text)
_DATELINE = re.compile(
    r"(?:(?P<year>(?:19|20)\d\d)\s?年\s?)?(?P<month>\d\d?)\s?月\s?(?P<day>\d\d?)\s?日\s?(?:电|電|讯|訊|消息|报道|報道)"
)
_DATELINE_WITHIN_CHARS = 60


@dataclass(frozen=True, slots=True)
class FoundDate:
    """An ISO date (`2023-07-28`) and where it was found."""

    iso: str
    where: Where


def parse_date(said: str) -> str | None:
    """Read a whole date out of a metadata value in any usual notation; None where year, month or day is missing."""
    said = said.strip()[:100]
    for pattern in (_SEPARATED, _COMPACT):
        if found := pattern.search(said):
            return _iso(found["year"], found["month"], found["day"])
    if (found := _ENGLISH.search(said)) and (day := found["day"] or found["day2"]):
        return _iso(found["year"], str(_MONTHS.index(found["name"].lower()) + 1), day)
    return _mail_date(said)


def published_of(metadata: object, text: str, path: str) -> FoundDate | None:
    """Find when an article was published: metadata first, then its file's name and folders, then its dateline.

    Args:
        metadata: what the file itself gives as the date, of any type; None where it gives none.
        text: the article's body.
        path: the file; a year in it (`2023/`, `2023-07/`) completes a dateline that has none.
    """
    stated = _stated(metadata)
    if stated is not None:
        return FoundDate(stated, "metadata")
    in_path = date_in_path(path)
    if in_path is not None:
        return in_path
    return _in_dateline(text, _year_in(path))


def date_in_path(path: str) -> FoundDate | None:
    """Find a whole date in the file's name or the nearest folder that has one (also spread over `2023/07/28/`)."""
    name, *folders = reversed(PurePath(path).parts) if path else ("",)
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
    name, *folders = reversed(PurePath(path).parts) if path else ("",)
    for part in (PurePath(name).stem, *folders):
        if found := _MONTH_ONLY.match(part) or _YEAR_ONLY.search(part):
            yield int(found["year"])


def _year_in(path: str) -> int | None:
    return next(_years(path), None)


def _in_dateline(text: str, known_year: int | None) -> FoundDate | None:
    found = _DATELINE.search(text[:_DATELINE_WITHIN_CHARS])
    if found is None:
        return None
    year = found["year"] or known_year
    iso = _iso(str(year), found["month"], found["day"]) if year else None
    return FoundDate(iso, "dateline") if iso else None


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
