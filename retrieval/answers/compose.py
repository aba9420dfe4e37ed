"""Read passages to an answer in parts with citations, or to an abstention: the last stage of `Service.ask`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from byline.retrieval.answers.answer import Citation, Marker, Part, Text
from byline.retrieval.answers.citing import cite, whole
from byline.retrieval.answers.claims import Claim, claims_of, newest_first, twins_first
from byline.retrieval.answers.composed import Composed
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.enumerations import asks_several, items_of
from byline.retrieval.answers.forms import denial_of, denied, differing, list_items, yes_no
from byline.retrieval.answers.polarity import verdict_of
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.answers.words import abstention, corrected, that_is, told_on
from byline.retrieval.text.asked_times import counted_from
from byline.retrieval.understanding import Question

# Answers to why and how were marked for the reader as clauses and sentences of 10 to 150 characters: fewer explain
# nothing, and more is the quote again.
CLAUSE_CHARS = (10, 150)
_SPACES = re.compile(r"\s+")


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
    if question.wants_latest or question.wants_earliest:
        read = newest_first(read, calibration, earliest=question.wants_earliest)
    if (denial := denial_of(question, read, calibration)) is not None:
        return denied(question, read[:top_k], denial)
    if calibration.is_unsure(read[0].confidence):
        return _unsure(question, read[:top_k])
    if read[0].confidence < calibration.threshold:
        nearest = tuple(cite(n, r, whole(r.hit), evidence=False) for n, r in enumerate(read[:top_k], start=1))
        said = Text(abstention(question.language, "not_in_articles"))
        return Composed(False, (said,), "not_in_articles", citations=nearest)
    return _answer(question, claims_of(question, read, calibration), top_k)


def _answer(question: Question, claims: Sequence[Claim], top_k: int) -> Composed:
    """Quote each claim's best passage, and cite beside it those that say the same."""
    as_list = not question.yes_no and (len(claims) == 1 or asks_several(question))
    if as_list and (spans := items_of(question, claims[0].first)):
        return list_items(claims[0], spans, top_k)
    quoted = [(claim, passage) for claim in claims for passage in claim.passages][:top_k]
    citations = tuple(cite(n, r, r.quote, evidence=True) for n, (_, r) in enumerate(quoted, start=1))
    first = claims[0].first
    short = _short_answer(question, first)
    spelled_out = _spelled_out(question, first, short)
    parts: list[Part] = []
    for claim in claims:
        cited = [citation for citation, (of, _) in zip(citations, quoted, strict=True) if of is claim]
        if cited:
            parts += [Text("\n")] if parts else []
            marked = first.span.start - first.quote[0] if short and claim is claims[0] else None
            dated = _dated(question, claim, claims)
            parts += [Text(corrected(question.language))] if claim.corrected else []
            parts += _sentence(cited, short if marked is not None else "", marked or 0, dated)
            parts += [Text(that_is(question.language, spelled_out))] if spelled_out and claim is claims[0] else []
    if question.yes_no and (verdict := verdict_of(question, first)) is not None:
        return yes_no(question, first, verdict, citations, parts)
    if (derived := differing(claims, quoted)) is not None:
        return Composed(True, tuple(parts), short_answer=derived.value, citations=citations, derived=derived)
    return Composed(
        answered=True,
        parts=tuple(parts),
        short_answer=short or None,
        short_start=first.hit.stored.passage.start + first.span.start if short else None,
        citations=citations,
        spelled_out=spelled_out,
    )


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
        parts=(said, *_sentence([likely], short, marked)),
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


def _dated(question: Question, claim: Claim, claims: Sequence[Claim]) -> str:
    """The date that stands before a claim where several disagree; of two times the newer is the one that holds now."""
    on = claim.first.published
    if len(claims) < 2 or not on:
        return ""
    dates = [other.first.published for other in claims]
    newest = all(dates) and on == max(dates) and on != min(dates)
    return told_on(question.language, on, now=newest, before=all(dates) and on < max(dates))


def _sentence(cited: Sequence[Citation], short: str, short_at: int, dated: str = "") -> list[Part]:
    """One claim: its sentence on one line, after its date where several disagree, and the numbers it stands on.

    Args:
        cited: the claim's citations; the first one's quote is the sentence.
        short: the short answer, if it is to be told apart in the sentence; it begins and ends with no white space.
        short_at: where it starts in the quote.
        dated: what it begins with, in Byline's own words.
    """
    first = cited[0]
    before, after = first.quote[:short_at], first.quote[short_at + len(short) :]
    words = [
        Text(_SPACES.sub(" ", before).lstrip(), first.number),
        Text(_SPACES.sub(" ", short), first.number, short=True),
        Text(_SPACES.sub(" ", after).rstrip(), first.number),
    ]
    if not short:
        words = [Text(" ".join(first.quote.split()), first.number)]
    spoken = [Text(dated), *words]
    return [*(part for part in spoken if part.text), *(Marker(citation.number) for citation in cited)]
