"""A reading to JSON and back, so that it can come from a process that is not trusted."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from byline.retrieval.articles.article import Article, LeftOut, Moved, Reading, SourceSpan

TEXTS = ("id", "title", "subtitle", "byline", "source", "text", "path", "url")


def pack_reading(reading: Reading) -> dict[str, Any]:
    """Write a reading as what JSON holds."""
    return {field.name: _packed(getattr(reading, field.name)) for field in fields(reading)}


def unpack_reading(packed: dict[str, Any]) -> Reading:
    """Read what `pack_reading` wrote.

    Raises:
        TypeError, ValueError, KeyError: it is something else.
    """
    given = _tupled(packed)
    given["articles"] = tuple(_article(one) for one in given["articles"])
    given["left_out"] = tuple(LeftOut(**part) for part in given["left_out"])
    given["moved"] = tuple(Moved(**part) for part in given["moved"])
    if not isinstance(given["confidence"], float | int | None):
        raise TypeError("a confidence of something else than a number")
    return Reading(**given)


def _article(given: dict[str, Any]) -> Article:
    if not all(isinstance(given[name], str) for name in TEXTS):
        raise TypeError("an article of something else than text")
    return Article(**{**given, "origin": tuple(SourceSpan(**span) for span in given["origin"])})


def _packed(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _packed(getattr(value, field.name)) for field in fields(value)}
    return [_packed(one) for one in value] if isinstance(value, tuple) else value


def _tupled(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tupled(one) for name, one in value.items()}
    return tuple(_tupled(one) for one in value) if isinstance(value, list) else value
