"""Answers that are more than a sentence: the items of a list, yes or no, two values that differ, a premise denied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from byline.retrieval.answers.answer import Citation, Derived, Marker, Part, Premise, Text
from byline.retrieval.answers.citing import cite, item, operand, whole
from byline.retrieval.answers.claims import Claim
from byline.retrieval.answers.composed import Composed
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.enumerations import quote_of
from byline.retrieval.answers.marking import marked_quote
from byline.retrieval.answers.premises import denied_premise
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.answers.words import abstention, between, yes_or_no
from byline.retrieval.text.periods import periods
from byline.retrieval.understanding import Question

Span = tuple[int, int]
MOST_SHORT_CHARS = 150  # as `compose.CLAUSE_CHARS` has it
MOST_DENYING = 3  # passages looked through for a sentence that denies what a question takes for granted


def list_items(claim: Claim, spans: Sequence[Span], top_k: int) -> Composed:
    """Quote the sentences that list what is asked for, each item told apart."""
    first, *agreeing = claim.passages
    quote = quote_of(first, spans)
    inside = [span for span in spans if quote[0] <= span[0] and span[1] <= quote[1]]
    listing = cite(1, first, quote, evidence=True)
    others = (cite(n, one, one.quote, evidence=True) for n, one in enumerate(agreeing[: top_k - 1], start=2))
    citations = (listing, *others)
    marks = [(start - quote[0], end - quote[0]) for start, end in inside]
    short = first.short_answer if len(first.short_answer) <= MOST_SHORT_CHARS else ""
    return Composed(
        answered=True,
        parts=(*marked_quote(listing.quote, 1, marks), *(Marker(citation.number) for citation in citations)),
        short_answer=short or None,
        short_start=first.hit.stored.passage.start + first.span.start if short else None,
        citations=citations,
        items=tuple(item(1, first, span) for span in inside),
    )


def yes_no(
    question: Question, first: ReadPassage, verdict: bool, citations: tuple[Citation, ...], parts: Sequence[Part]
) -> Composed:
    """Put yes or no before the sentence that says so."""
    value = yes_or_no(question.language, verdict)
    derived = Derived("yes_no", value, (operand(1, first, first.quote),))
    unmarked = [replace(part, short=False) if isinstance(part, Text) else part for part in parts]
    said = (Text(value, short=True), Text(between(question.language)), *unmarked)
    return Composed(True, said, short_answer=value, citations=citations, derived=derived)


def differing(claims: Sequence[Claim], quoted: Sequence[tuple[Claim, ReadPassage]]) -> Derived | None:
    """Say that two articles give two values of one time; of two times the newer has replaced the older."""
    if len(claims) < 2 or claims[1].corrected:
        return None
    first, second = claims[0].first, claims[1].first
    if first.published and second.published and first.published != second.published:
        return None
    if first.covered != second.covered or _one_time(first.short_answer, second.short_answer):
        return None
    numbers = {id(passage): n for n, (_, passage) in enumerate(quoted, start=1)}
    if id(second) not in numbers or not (first.short_answer and second.short_answer):
        return None
    spans = [(numbers[id(one)], one, (one.span.start, one.span.end)) for one in (first, second)]
    value = f"{first.short_answer}；{second.short_answer}"
    return Derived("differ", value, tuple(operand(number, one, span) for number, one, span in spans))


def _one_time(one: str, other: str) -> bool:
    """Whether two short answers name one time in different words."""
    times = periods(one), periods(other)
    return bool(times[0] and times[1]) and all(a.agrees(b) for a, b in zip(*times, strict=False))


def denial_of(
    question: Question, read: Sequence[ReadPassage], calibration: Calibration
) -> tuple[ReadPassage, Span] | None:
    """Find what denies the question's premise: in the best passage, or in the next where none answers for sure."""
    among = read[:1] if read[0].confidence >= calibration.threshold else read[:MOST_DENYING]
    return next(((one, span) for one in among if (span := denied_premise(question, one)) is not None), None)


def denied(question: Question, read: Sequence[ReadPassage], denial: tuple[ReadPassage, Span]) -> Composed:
    """Quote the sentence that denies what the question takes for granted."""
    denying, span = denial
    cited = cite(1, denying, span, evidence=False)
    nearest = (one for one in read if one is not denying)
    others = (cite(n, one, whole(one.hit), evidence=False) for n, one in enumerate(nearest, start=2))
    said = (Text(abstention(question.language, "denied")), Text(" ".join(cited.quote.split()), 1), Marker(1))
    return Composed(False, said, "not_in_articles", citations=(cited, *others), premise=Premise(True, 1))
