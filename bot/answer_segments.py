"""An answer's text cut where its `[n]` markers stand, so that every front end can set each beside its sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass

from retrieval.answers.answer import Answer

MARKER = re.compile(r"\[(\d{1,3})\]")


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of the answer's text; all of them together are the whole text.

    Attributes:
        text: the characters, a marker included as it stands.
        number: the citation that `text` is the marker of, or None for words.
        short: whether these words are the short answer.
    """

    text: str
    number: int | None = None
    short: bool = False


def segments(answer: Answer) -> tuple[Segment, ...]:
    """Cut an answer at its citation markers and around its short answer.

    A `[3]` that the article itself prints inside a quoted sentence is words, not a marker, and so is a
    number no citation has. The text of an abstention has no markers.
    """
    text = answer.answer
    if not answer.answered:
        return (Segment(text),) if text else ()
    numbers = {citation.number for citation in answer.citations}
    quoted = _quoted_spans(answer)
    markers = [
        match
        for match in MARKER.finditer(text)
        if int(match[1]) in numbers and not any(start <= match.start() < end for start, end in quoted)
    ]
    found: list[Segment] = []
    short = _short_span(answer)
    done = 0
    for match in markers:
        found.extend(_words(text, done, match.start(), short))
        found.append(Segment(match[0], number=int(match[1])))
        done = match.end()
    found.extend(_words(text, done, len(text), short))
    return tuple(found)


def spoken(quote: str) -> str:
    """Write a quote as an answer says it: on one line."""
    return " ".join(quote.split())


def _quoted_spans(answer: Answer) -> list[tuple[int, int]]:
    """Where the answer's text repeats each citation's quote before its marker."""
    spans = []
    for citation in answer.citations:
        for said in (spoken(citation.quote), citation.quote):
            at = answer.answer.find(f"{said}[{citation.number}]")
            if said and at >= 0:
                spans.append((at, at + len(said)))
                break
    return spans


def _short_span(answer: Answer) -> tuple[int, int] | None:
    """Where the short answer stands in the answer's text, by the first citation's quote."""
    if not answer.short_answer or answer.short_start is None or not answer.citations:
        return None
    first = answer.citations[0]
    at = answer.answer.find(spoken(first.quote))
    before = first.quote[: max(answer.short_start - first.start, 0)]
    start = at + len(spoken(before + ".")) - 1  # the full stop keeps the white space before it
    end = start + len(spoken(answer.short_answer))
    return (start, end) if at >= 0 and answer.answer[start:end] == spoken(answer.short_answer) else None


def _words(text: str, start: int, end: int, short: tuple[int, int] | None) -> list[Segment]:
    if short is None or not start <= short[0] < short[1] <= end:
        return [Segment(text[start:end])] if end > start else []
    parts = (
        Segment(text[start : short[0]]),
        Segment(text[short[0] : short[1]], short=True),
        Segment(text[short[1] : end]),
    )
    return [part for part in parts if part.text]
