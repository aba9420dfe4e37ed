"""What was read, to an answer in parts with its citations, or to an abstention."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from byline.retrieval.answers.answer import Choice, Citation, Derived, Marker, Part, Reason, Text
from byline.retrieval.answers.claims import Claim, claims_of, newest_first
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.answers.words import abstention
from byline.retrieval.search import Hit
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
    choices: tuple[Choice, ...] = ()

    @property
    def confidence(self) -> float:
        """That of the first citation; 0 of none."""
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
    if question.wants_latest:
        read = newest_first(read, calibration)
    if calibration.is_unsure(read[0].confidence):
        return _unsure(question, read[:top_k])
    if read[0].confidence < calibration.threshold:
        nearest = tuple(_citation(n, r, _whole(r.hit), evidence=False) for n, r in enumerate(read[:top_k], start=1))
        said = Text(abstention(question.language, "not_in_articles"))
        return Composed(False, (said,), "not_in_articles", citations=nearest)
    return _answer(question, claims_of(question, read, calibration), top_k)


def _answer(question: Question, claims: Sequence[Claim], top_k: int) -> Composed:
    """Quote each claim's best passage, and cite beside it those that say the same."""
    quoted = [(claim, passage) for claim in claims for passage in claim.passages][:top_k]
    citations = tuple(_citation(n, r, r.quote, evidence=True) for n, (_, r) in enumerate(quoted, start=1))
    first = claims[0].first
    short = _short_answer(question, first)
    parts: list[Part] = []
    for claim in claims:
        cited = [citation for citation, (of, _) in zip(citations, quoted, strict=True) if of is claim]
        if cited:
            parts += [Text(" ")] if parts else []
            marked = first.span.start - first.quote[0] if short and claim is claims[0] else None
            parts += _sentence(cited, short if marked is not None else "", marked or 0, dated=len(claims) > 1)
    return Composed(
        answered=True,
        parts=tuple(parts),
        short_answer=short or None,
        short_start=first.hit.stored.passage.start + first.span.start if short else None,
        citations=citations,
    )


def _unsure(question: Question, read: Sequence[ReadPassage]) -> Composed:
    """Say what may be the answer: the best sentence with its mark, and after it the nearest passages."""
    first = read[0]
    likely = replace(_citation(1, first, first.quote, evidence=False), likely=True)
    nearest = (_citation(n, r, _whole(r.hit), evidence=False) for n, r in enumerate(read[1:], start=2))
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


def _whole(hit: Hit) -> tuple[int, int]:
    return 0, len(hit.stored.passage.text)


def _citation(number: int, read: ReadPassage, span: tuple[int, int], *, evidence: bool) -> Citation:
    """Cite a span of a passage; offsets become those of the article."""
    passage, article = read.hit.stored.passage, read.hit.stored.article
    return Citation(
        number=number,
        article_id=article.id,
        passage_id=passage.id,
        title=article.title,
        byline=article.byline,
        source=article.source,
        published=article.published,
        quote=passage.text[span[0] : span[1]],
        start=passage.start + span[0],
        end=passage.start + span[1],
        score=read.hit.score,
        evidence=evidence,
        confidence=read.confidence,
    )
