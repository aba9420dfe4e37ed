"""A reading to JSON and back, so that it can come from a process that is not trusted."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from byline.retrieval.articles.article import Article, LeftOut, Moved, Reading, SourceSpan


def pack_reading(reading: Reading) -> dict[str, Any]:
    """Write a reading as what JSON holds."""
    packed = _shallow(reading)
    packed["articles"] = [{**_shallow(one), "origin": list(map(_shallow, one.origin))} for one in reading.articles]
    packed["left_out"] = [_shallow(part) for part in reading.left_out]
    packed["moved"] = [_shallow(part) for part in reading.moved]
    return packed


def unpack_reading(packed: dict[str, Any]) -> Reading:
    """Read what `pack_reading` wrote.

    Raises:
        TypeError, ValueError, KeyError: it is something else.
    """
    given = dict(packed)
    given["articles"] = tuple(_article(one) for one in given["articles"])
    given["left_out"] = tuple(LeftOut(**part) for part in given["left_out"])
    given["moved"] = tuple(Moved(**part) for part in given["moved"])
    confidence = given.pop("confidence")
    if confidence is not None and not isinstance(confidence, float):
        raise TypeError("a confidence of something else than a number")
    return Reading(**{name: tuple(value) for name, value in given.items()}, confidence=confidence)


def _article(packed: dict[str, Any]) -> Article:
    given = dict(packed)
    given["subheads"] = tuple((int(start), int(end)) for start, end in given["subheads"])
    given["origin"] = tuple(_span(span) for span in given["origin"])
    if not all(isinstance(given[name], str) for name in ("id", "title", "text", "byline", "source", "path")):
        raise TypeError("an article of something else than text")
    return Article(**given)


def _span(packed: dict[str, Any]) -> SourceSpan:
    box = packed["box"]
    return SourceSpan(**{**packed, "box": None if box is None else tuple(box)})


def _shallow(value: Any) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}
