"""Read passages to an answer in parts with citations, or to an abstention: the last stage of `Service.ask`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from byline.retrieval.answers.answer import Choice, Citation, Derived, Item, Marker, Part, Premise, Reason, Text
from byline.retrieval.answers.citing import cite, operand, whole
from byline.retrieval.answers.claims import Claim, claims_of, newest_first, twins_first
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.answers.words import abstention, corrected, that_is
from byline.retrieval.text.asked_times import counted_from
from byline.retrieval.understanding import Question

# Answers to why and how were marked for the reader as clauses and sentences of 10 to 150 characters: fewer explain
# nothing, and more is the quote again.
CLAUSE_CHARS = (10, 150)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Composed:
    """The part of an `Answer` that is made of words; see there."""

    answered: bool
    parts: tuple[Part, ...]
    reason: Reason | None = None
    short_answer: str | None = None
    short_start: int | None = None
    citations: tuple[Citation, ...] = ()
    derived: Derived | None = None
    items: tuple[Item, ...] = ()
    premise: Premise | None = None
    spelled_out: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def confidence(self) -> float:
        """That of the first citation, 0 of none; a derived answer is as sure as the least sure of all it rests on."""
        if self.derived is not None:
            return min(citation.confidence for citation in self.citations)
        return self.citations[0].confidence if self.citations else 0.0


def compose(question: Question, read: Sequence[ReadPassage], *, top_k: int, calibration: Calibration) -> Composed:
    """Decide whether what was read answers, and quote it.

    Args:
        question: as understood.
        read: best first; empty where there was nothing to read.
        top_k: at most so many citations.
        calibration: says from which confidence on an answer is given.
    """
    if not read:
        return Composed(False, (Text(abstention(question.language, "no_articles")),), "no_articles")
    if not any(one.corrected for one in read):  # an error and its correction are no two values to weigh
        read = twins_first(read, calibration)
    if question.wants_latest:
        read = newest_first(read, calibration)
    if calibration.is_unsure(read[0].confidence):
        return _unsure(question, read[:top_k])
    if read[0].confidence < calibration.threshold:
        nearest = tuple(cite(n, r, whole(r.hit), evidence=False) for n, r in enumerate(read[:top_k], start=1))
        said = Text(abstention(question.language, "not_in_articles"))
        return Composed(False, (said,), "not_in_articles", citations=nearest)
    return _answer(question, claims_of(question, read, calibration), top_k)


def _answer(question: Question, claims: Sequence[Claim], top_k: int) -> Composed:
    """Quote each claim's best passage, and cite beside it those that say the same."""
    quoted = [(claim, passage) for claim in claims for passage in claim.passages][:top_k]
    citations = tuple(cite(n, r, r.quote, evidence=True) for n, (_, r) in enumerate(quoted, start=1))
    first = claims[0].first
    short = _short_answer(question, first)
    spelled_out = _spelled_out(question, first, short)
    parts: list[Part] = []
    for claim in claims:
        cited = [citation for citation, (of, _) in zip(citations, quoted, strict=True) if of is claim]
        if cited:
            parts += [Text(" ")] if parts else []
            marked = first.span.start - first.quote[0] if short and claim is claims[0] else None
            parts += [Text(corrected(question.language))] if claim.corrected else []
            parts += _sentence(cited, short if marked is not None else "", marked or 0, dated=len(claims) > 1)
            parts += [Text(that_is(question.language, spelled_out))] if spelled_out and claim is claims[0] else []
    if (derived := _differing(claims, quoted)) is not None:
        return Composed(True, tuple(parts), short_answer=derived.value, citations=citations, derived=derived)
    return Composed(
        answered=True,
        parts=tuple(parts),
        short_answer=short or None,
        short_start=first.hit.stored.passage.start + first.span.start if short else None,
        citations=citations,
        spelled_out=spelled_out,
    )


def _differing(claims: Sequence[Claim], quoted: Sequence[tuple[Claim, ReadPassage]]) -> Derived | None:
    """Say that two articles give two values of one time; of two times the newer has replaced the older."""
    if len(claims) < 2 or claims[1].corrected:
        return None
    first, second = claims[0].first, claims[1].first
    if first.published and second.published and first.published != second.published:
        return None
    numbers = {id(passage): n for n, (_, passage) in enumerate(quoted, start=1)}
    if id(second) not in numbers or not (first.short_answer and second.short_answer):
        return None
    spans = [(numbers[id(one)], one, (one.span.start, one.span.end)) for one in (first, second)]
    value = f"{first.short_answer}；{second.short_answer}"
    return Derived("differ", value, tuple(operand(number, one, span) for number, one, span in spans))


def _unsure(question: Question, read: Sequence[ReadPassage]) -> Composed:
    """Say what may be the answer: the best sentence with its mark, and after it the nearest passages."""
    first = read[0]
    likely = replace(cite(1, first, first.quote, evidence=False), likely=True)
    nearest = (cite(n, r, whole(r.hit), evidence=False) for n, r in enumerate(read[1:], start=2))
    short = _short_answer(question, first)
    said = Text(abstention(question.language, "unsure"))
    marked = first.span.start - first.quote[0] if short else 0
    return Composed(
        answered=False,
        parts=(said, *_sentence([likely], short, marked, dated=False)),
        reason="unsure",
        short_answer=short or None,
        short_start=first.hit.stored.passage.start + first.span.start if short else None,
        citations=(likely, *nearest),
    )


def _spelled_out(question: Question, first: ReadPassage, short: str) -> str | None:
    """The time that a short answer like 昨天 means, counted from the date of the article that says it."""
    if question.kind != "time" or not short or not first.published:
        return None
    written = counted_from(short, date.fromisoformat(first.published[:10]))
    return written if written != short else None


def _short_answer(question: Question, first: ReadPassage) -> str:
    """What may stand above the sentence: for an explanation a clause, else whatever was marked."""
    shortest = CLAUSE_CHARS[0] if question.kind == "explanation" else 1
    return first.short_answer if shortest <= len(first.short_answer) <= CLAUSE_CHARS[1] else ""


def _sentence(cited: Sequence[Citation], short: str, short_at: int, *, dated: bool) -> list[Part]:
    """One claim: its sentence on one line, after its date where several disagree, and the numbers it stands on.

    Args:
        cited: the claim's citations; the first one's quote is the sentence.
        short: the short answer, if it is to be told apart in the sentence; it begins and ends with no white space.
        short_at: where it starts in the quote.
        dated: whether to begin with the date.
    """
    first = cited[0]
    date = f"({first.published}) " if dated and first.published else ""
    before, after = first.quote[:short_at], first.quote[short_at + len(short) :]
    words = [
        Text(_SPACES.sub(" ", before).lstrip(), first.number),
        Text(_SPACES.sub(" ", short), first.number, short=True),
        Text(_SPACES.sub(" ", after).rstrip(), first.number),
    ]
    if not short:
        words = [Text(" ".join(first.quote.split()), first.number)]
    spoken = [Text(date), *words]
    return [*(part for part in spoken if part.text), *(Marker(citation.number) for citation in cited)]
