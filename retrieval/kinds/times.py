"""What follows from the times of events: which was first, whether they fell together, how far apart they lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from byline.retrieval.answers.answer import Citation, Derived, DerivedFrom, FieldOperand, Marker, Operand, Part, Text
from byline.retrieval.answers.citing import cite, operand, whole
from byline.retrieval.answers.composed import Composed
from byline.retrieval.kinds.dating import DatedEvent, dated
from byline.retrieval.kinds.parts import ReadPart
from byline.retrieval.kinds.plan import Plan, Unit
from byline.retrieval.kinds.wording import counted_in_words, lead, same_in_words, time_in_words
from byline.retrieval.text.question import Language
from byline.retrieval.understanding import Question

COMPARABLE_COVERAGE = 0.1  # a telling that says as much of the event but for this may date it, where the best does not
FINEST_FIRST: tuple[Unit, ...] = ("day", "month", "year")
MOST_NEAREST = 5  # passages shown where a part is missing


def derive_times(question: Question, plan: Plan, parts: Sequence[ReadPart]) -> Composed:
    """Answer a question about the times of several events, or say of which the articles do not tell the time."""
    found = [_dated(part) for part in parts]
    events = [event for event in found if event is not None]
    if len(events) < len(parts):
        return _missing(question, parts, found)
    by_time = sorted(events, key=lambda event: event.first_day)
    if plan.operation == "order":
        return _order(question, plan, by_time)
    if plan.operation == "same":
        return _same(question, plan.unit or "day", by_time)
    return _interval(question, plan.unit, by_time)


def derive_since(question: Question, part: ReadPart, asked_at: date) -> Composed:
    """Say how long ago an event was on the day of asking."""
    event, unit = _dated(part), question.plan.unit if question.plan else None
    if event is None or not _known_to(event, unit or "year"):
        return _missing(question, [part], [None])
    count = _between(event.first_day, asked_at, unit or "year")
    return _derived(question, "interval", counted_in_words(count, unit or "year", question.language), [event])


def day_of(part: ReadPart) -> DatedEvent | None:
    """The telling of an event that says on which day it was; None if none does."""
    event = _dated(part)
    return event if event is not None and event.period.is_day else None


def with_day(composed: Composed, event: DatedEvent, language: Language) -> Composed:
    """Put behind an answer about the day of an event the sentence that says which day that was."""
    told = cite(len(composed.citations) + 1, event.read, event.quote, evidence=True)
    line = Text("\n" + lead("part", language, part=f"{event.event}（{time_in_words(event.period, language)}）"))
    parts = (*composed.parts, line, Text(" ".join(told.quote.split()), told.number), Marker(told.number))
    return replace(composed, parts=parts, citations=(*composed.citations, told))


def on_any_day(composed: Composed, event: str, language: Language) -> Composed:
    """Say before an answer about the day of an event that no article tells which day that was."""
    return replace(composed, parts=(Text(lead("any_day", language, part=event) + "\n"), *composed.parts))


def _dated(part: ReadPart) -> DatedEvent | None:
    """The best telling of an event that says when it was, among those that say as much of it as the best."""
    told = part.told()
    least = part.coverage(told[0]) - COMPARABLE_COVERAGE if told else 0.0
    tellings = (one for one in told if part.coverage(one) >= least)
    return next((event for one in tellings if (event := dated(part.name, one)) is not None), None)


def _order(question: Question, plan: Plan, by_time: Sequence[DatedEvent]) -> Composed:
    """Name the first or the last, if its time ends before that of the next begins."""
    asked = by_time[::-1] if plan.largest else by_time
    best, next_best = asked[0], asked[1]
    earlier, later = (next_best, best) if plan.largest else (best, next_best)
    if not _ends_before(earlier, later):
        return _undecided(question, "overlap", by_time)
    said = Text(lead("last" if plan.largest else "first", question.language))
    return _derived(question, "order", best.event, asked, said)


def _same(question: Question, unit: Unit, by_time: Sequence[DatedEvent]) -> Composed:
    kept = {"day": 3, "month": 2, "year": 1}[unit]
    times = [(event.period.year, event.period.month, event.period.day)[:kept] for event in by_time]
    differ = any(_differ(times[0], other) for other in times[1:])
    if not differ and any(None in time for time in times):
        return _undecided(question, "vague", by_time)
    return _derived(question, "same", same_in_words(not differ, unit, question.language), by_time)


def _differ(one: Sequence[int | None], other: Sequence[int | None]) -> bool:
    """Whether two times differ in what both say, the larger unit first; beyond where one says no more, nobody knows."""
    for a, b in zip(one, other, strict=True):
        if a is None or b is None:
            return False
        if a != b:
            return True
    return False


def _interval(question: Question, unit: Unit | None, by_time: Sequence[DatedEvent]) -> Composed:
    first, last = by_time[0], by_time[-1]
    known = [u for u in FINEST_FIRST if _known_to(first, u) and _known_to(last, u)]
    finest = unit or known[0]
    if not (_known_to(first, finest) and _known_to(last, finest)):
        return _undecided(question, "vague", by_time)
    count = _between(first.first_day, last.first_day, finest)
    return _derived(question, "interval", counted_in_words(count, finest, question.language), by_time)


def _known_to(event: DatedEvent, unit: Unit) -> bool:
    return not (unit == "day" and event.period.day is None) and not (unit == "month" and event.period.month is None)


def _between(first: date, last: date, unit: Unit) -> int:
    if unit == "day":
        return abs((last - first).days)
    if unit == "month":
        return abs(12 * (last.year - first.year) + last.month - first.month)
    return abs(last.year - first.year)


def _ends_before(one: DatedEvent, other: DatedEvent) -> bool:
    spans = one.period.span(), other.period.span()
    return spans[0] is not None and spans[1] is not None and spans[0][1] < spans[1][0]


def _derived(
    question: Question, operation: DerivedFrom, value: str, events: Sequence[DatedEvent], said: Text | None = None
) -> Composed:
    """Say what follows, then each event's time and sentence."""
    citations = _citations(events, evidence=True)
    operands = tuple(one for event, citation in citations for one in _operands(event, citation.number))
    words: list[Part] = [said] if said else []
    words += [Text(value, short=True), *_told(citations, question.language)]
    return Composed(
        answered=True,
        parts=tuple(words),
        short_answer=value,
        citations=tuple({citation.number: citation for _, citation in citations}.values()),
        derived=Derived(operation, value, operands),
    )


def _citations(events: Sequence[DatedEvent], *, evidence: bool) -> list[tuple[DatedEvent, Citation]]:
    """Cite each event's sentence; two events that one sentence tells share its number."""
    numbered: dict[tuple[str, tuple[int, int]], Citation] = {}
    cited = []
    for event in events:
        place = (event.read.hit.stored.passage.id, event.quote)
        if place not in numbered:
            numbered[place] = cite(len(numbered) + 1, event.read, event.quote, evidence=evidence)
        cited.append((event, numbered[place]))
    return cited


def _told(cited: Sequence[tuple[DatedEvent, Citation]], language: Language) -> list[Part]:
    """Each event on a line of its own: its time, its sentence, its number."""
    words: list[Part] = []
    for event, citation in cited:
        quote = Text(" ".join(citation.quote.split()), citation.number)
        words += [Text(f"\n{time_in_words(event.period, language)} "), quote, Marker(citation.number)]
    return words


def _operands(event: DatedEvent, number: int) -> list[Operand]:
    quoted: list[Operand] = [operand(number, event.read, span) for span in event.spans]
    if event.from_published:
        quoted.append(FieldOperand(number, "published", event.read.published))
    return quoted


def _undecided(question: Question, name: str, events: Sequence[DatedEvent]) -> Composed:
    """Show the times where they do not decide."""
    cited = _citations(events, evidence=False)
    words = (Text(lead(name, question.language)), *_told(cited, question.language))
    return Composed(False, words, "not_in_articles", citations=tuple({c.number: c for _, c in cited}.values()))


def _missing(question: Question, parts: Sequence[ReadPart], found: Sequence[DatedEvent | None]) -> Composed:
    """Say which event's time is missing, and show the others' beside the passages nearest to it."""
    language = question.language
    missing = [part for part, event in zip(parts, found, strict=True) if event is None]
    said = "".join(lead("undated" if part.told() else "untold", language, part=part.name) for part in missing)
    known = _citations([event for event in found if event is not None], evidence=False)
    words: list[Part] = [Text(said)]
    if known:
        words += [Text(lead("known", language)), *_told(known, language)]
    citations = list({citation.number: citation for _, citation in known}.values())
    nearest = [one for part in missing for one in part.read][: max(0, MOST_NEAREST - len(citations))]
    citations += [
        cite(number, one, whole(one.hit), evidence=False)
        for number, one in enumerate(nearest, start=len(citations) + 1)
    ]
    return Composed(False, tuple(words), "not_in_articles", citations=tuple(citations))
