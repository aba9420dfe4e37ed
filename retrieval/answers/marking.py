"""A quote in parts, with the characters told apart that answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from byline.retrieval.answers.answer import Part, Text

Span = tuple[int, int]
_SPACES = re.compile(r"\s+")


def marked_quote(quote: str, citation: int, marks: Sequence[Span]) -> list[Part]:
    """Give a quote on one line, what is marked as short.

    Args:
        quote: the cited characters.
        citation: its number.
        marks: spans of the quote that answer, in any order; of two that overlap the first stays.
    """
    words: list[Part] = []
    at = 0
    for start, end in sorted(marks):
        if start < at or end > len(quote):
            continue
        words += [Text(quote[at:start], citation), Text(quote[start:end], citation, short=True)]
        at = end
    words.append(Text(quote[at:], citation))
    shown = [Text(_SPACES.sub(" ", part.text), citation, part.short) for part in words if isinstance(part, Text)]
    if shown:
        shown[0] = Text(shown[0].text.lstrip(), citation, shown[0].short)
        shown[-1] = Text(shown[-1].text.rstrip(), citation, shown[-1].short)
    return [part for part in shown if part.text]
