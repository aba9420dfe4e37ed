"""The day an event fell on, read off the passage that tells of it: the quoted characters it stands on, or a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from byline.retrieval.answers.coverage import covered_terms
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.text.folding import fold
from byline.retrieval.text.periods import Mention, Period, mentions
from byline.retrieval.text.sentences import sentences

Span = tuple[int, int]

WHOLE = 2.0  # pairs of the event's characters that a time with its own year outweighs; others may take a wrong one


@dataclass(frozen=True, slots=True)
class DatedEvent:
    """An event with the passage that tells of it and the time that follows from it.

    Attributes:
        event: as the question names it.
        read: the passage.
        quote: the sentences to quote, half-open in characters of the passage.
        period: the time; its month and day may be None, its year never.
        spans: where in the passage the time stands: its year, and what names month and day, if apart.
        from_published: whether the article's date says the time, or its year.
    """

    event: str
    read: ReadPassage
    quote: Span
    period: Period
    spans: tuple[Span, ...]
    from_published: bool

    @property
    def first_day(self) -> date:
        """The first day of the time."""
        span = self.period.span()
        if span is None:
            raise ValueError(f"{self.period} is no time")
        return span[0]


def dated(event: str, read: ReadPassage) -> DatedEvent | None:
    """Tell when a passage says that an event was; None where neither it nor its article's date says it.

    The day nearest to the event's own words counts, in the sentence that tells of it before others; a time that names
    no year takes it from one named before it, or from the article's date. Where the text names no day, the article's
    date is that of the event.
    """
    published = read.published or None
    wanted = [period for mention in mentions(event) if (period := mention.period).year or period.month]
    asked_year = next((period.year for period in wanted if period.year), None)
    completed = _completed(mentions(read.text, published), published, asked_year)
    named = [one for one in completed if one.span() is not None]
    fitting = [one for one in named if not any(want.differs(one.period) for want in wanted)]
    told = _nearest(event, read, [one for one in fitting if one.period.is_day])
    if told is None and published is not None and not _contradicted(published, wanted):
        on = date.fromisoformat(published[:10])
        vague = _nearest(event, read, fitting)
        if vague is None or _within(on, vague.period):
            return DatedEvent(event, read, read.quote, Period(on.year, on.month, on.day), (), True)
    told = told or _nearest(event, read, fitting)
    if told is None:
        return None
    spans = tuple(span for span in (told.year_at, told.at) if span is not None)
    quote = _quote(read, spans)
    return DatedEvent(event, read, quote, told.period, spans, told.from_published)


@dataclass(frozen=True, slots=True)
class _Named:
    """A time a passage names, whole: with the year it did not name itself."""

    at: Span
    period: Period
    year_at: Span | None = None
    from_published: bool = False

    def span(self) -> tuple[date, date] | None:
        return self.period.span()


def _completed(found: Sequence[Mention], published: str | None, asked_year: int | None) -> list[_Named]:
    """Give each time its year: its own, that of the last time named before it, the article's, or the question's."""
    whole: list[_Named] = []
    year: tuple[int, Span] | None = None
    for mention in found:
        at = (mention.start, mention.end)
        period = mention.period
        if period.year is not None:
            if not mention.leans:
                year = (period.year, at)
            whole.append(_Named(at, period, None, mention.leans))
        elif period.word or period.month is None:
            continue
        elif year is not None:
            whole.append(_Named(at, replace(period, year=year[0]), year[1]))
        elif published is not None:
            whole.append(_Named(at, replace(period, year=_year_near(period, published)), None, True))
        elif asked_year is not None:
            whole.append(_Named(at, replace(period, year=asked_year)))
    return whole


def _year_near(period: Period, published: str) -> int:
    """The year of a month in an article: its own, or the one before where the month is still to come by far."""
    on = date.fromisoformat(published[:10])
    # papers announce what comes within half a year more often than they tell of what is older without naming its year
    return on.year - 1 if (period.month or 1) - on.month > 6 else on.year


def _contradicted(published: str, wanted: Sequence[Period]) -> bool:
    on = date.fromisoformat(published[:10])
    return any(want.differs(Period(on.year, on.month, on.day)) for want in wanted)


def _within(on: date, period: Period) -> bool:
    span = period.span()
    return span is not None and span[0] <= on <= span[1]


def _nearest(event: str, read: ReadPassage, named: Sequence[_Named]) -> _Named | None:
    """Choose the time that belongs to the event: the first in the sentence that holds most of its words."""
    if not named:
        return None
    weights = dict.fromkeys((fold(event)[i : i + 2] for i in range(len(event) - 1)), 1.0)
    shares = {span: len(covered_terms([read.text[slice(*span)]], weights)) for span in sentences(read.text)}

    def fits(one: _Named) -> tuple[float, float]:
        here = next((span for span in shares if span[0] <= one.at[0] < span[1]), None)
        marked = read.span.start < one.at[1] and one.at[0] < read.span.end
        whole = one.year_at is None and not one.from_published
        return (shares[here] if here else 0) + (0.5 if marked else 0.0) + (WHOLE if whole else 0.0), -one.at[0]

    return max(named, key=fits)


def _quote(read: ReadPassage, spans: Sequence[Span]) -> Span:
    """The sentences from the first to the last that the time stands in."""
    holding = [span for span in sentences(read.text) if any(span[0] < end and start < span[1] for start, end in spans)]
    return holding[0][0], holding[-1][1]
