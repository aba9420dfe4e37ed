"""Hits and what the reader marked in them, to an answer with citations or an abstention."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.answers.answer import Citation, Reason
from retrieval.answers.confidence import Calibration, Evidence
from retrieval.answers.quoting import quoted_span
from retrieval.answers.reader import Marked
from retrieval.answers.words import abstention
from retrieval.articles.folding import fold
from retrieval.periods import asks_for_latest
from retrieval.question import kind_of
from retrieval.search import Hit

MAX_CLAIMS = 2  # a reader weighs two answers against each other; a third makes it a list of search hits
# Answers to why and how were marked for the reader as clauses and sentences of 10 to 150 characters: fewer explain
# nothing, and more is the quote again.
CLAUSE_CHARS = (10, 150)


@dataclass(frozen=True, slots=True)
class Composed:
    """The part of an `Answer` that is made of words."""

    answered: bool
    answer: str
    short_answer: str | None
    short_start: int | None
    reason: Reason | None
    confidence: float
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A hit with what was marked in it; spans count characters of the article."""

    hit: Hit
    marked: Marked
    evidence: Evidence
    rank_score: float

    @property
    def text(self) -> str:
        return self.hit.stored.passage.text

    @property
    def quoted(self) -> tuple[int, int]:
        return quoted_span(self.text, self.marked)

    @property
    def short(self) -> str:
        """What was marked, if that can be printed as it stands and lies inside the quote."""
        short = self.text[self.marked.start : self.marked.end]
        start, end = self.quoted
        return short if short.strip() == short and start <= self.marked.start and self.marked.end <= end else ""


def compose(
    question: str,
    hits: Sequence[Hit],
    marked: Sequence[Marked],
    evidence: Sequence[Evidence],
    *,
    top_k: int,
    calibration: Calibration,
) -> Composed:
    """Order what was read, decide whether it answers, and quote it.

    Args:
        question: as asked.
        hits: best first.
        marked: what the reader found in `hits[: len(marked)]`.
        evidence: the features of each of these.
        top_k: at most so many citations.
        calibration: turns scores into an order and a probability.
    """
    if not hits:
        return Composed(False, abstention(question, "no_articles"), None, None, "no_articles", 0.0, ())
    read = sorted(
        (
            _Read(hit, mark, features, rank)
            for hit, mark, features, rank in zip(hits, marked, evidence, calibration.ranks(evidence), strict=False)
        ),
        key=lambda r: -r.rank_score,
    )
    if asks_for_latest(question):
        read = _latest_first(read, calibration)
    confidence = calibration.confidence(evidence)
    if confidence < calibration.threshold:
        nearest = tuple(_citation(n, r.hit, _whole(r.hit), evidence=False) for n, r in enumerate(read[:top_k], start=1))
        return Composed(
            False, abstention(question, "not_in_articles"), None, None, "not_in_articles", confidence, nearest
        )
    return _answer(question, read, confidence, calibration, top_k)


def _latest_first(read: list[_Read], calibration: Calibration) -> list[_Read]:
    """Put the newest of the passages that would be given as an answer by themselves first."""
    giving = [r for r in read if _answers_alone(r, calibration)]
    giving.sort(key=lambda r: r.hit.stored.article.published or "", reverse=True)
    return giving + [r for r in read if not _answers_alone(r, calibration)]


def _answers_alone(one: _Read, calibration: Calibration) -> bool:
    """Whether it would be given as an answer if it were the only passage."""
    return calibration.confidence([one.evidence]) >= calibration.threshold


def _answer(question: str, read: Sequence[_Read], confidence: float, calibration: Calibration, top_k: int) -> Composed:
    """Quote the best passage; beside it cite those that say the same, after it those that say otherwise."""
    explains = kind_of(question) == "explanation"
    claims = [[read[0]]]
    for other in read[1:]:
        if not _answers_alone(other, calibration):
            continue
        same = next((claim for claim in claims if _says_the_same(claim[0], other)), None)
        if same is not None:
            same.append(other)
        elif not explains and len(claims) < MAX_CLAIMS and _contradicts(claims[0][0], other):
            claims.append([other])
    _newest_first(claims)
    quoted = [r for claim in claims for r in claim][:top_k]
    citations = tuple(_citation(number, r.hit, r.quoted, evidence=True) for number, r in enumerate(quoted, 1))
    number_of = {id(r): citation for r, citation in zip(quoted, citations, strict=True)}
    told = [[number_of[id(r)] for r in claim if id(r) in number_of] for claim in claims]
    first = claims[0][0]
    shortest = CLAUSE_CHARS[0] if explains else 1
    short = first.short if shortest <= len(first.short) <= CLAUSE_CHARS[1] else None
    return Composed(
        answered=True,
        answer=" ".join(_sentence(claim, dated=len(claims) > 1) for claim in told if claim),
        short_answer=short,
        short_start=first.hit.stored.passage.start + first.marked.start if short else None,
        reason=None,
        confidence=confidence,
        citations=citations,
    )


def _says_the_same(one: _Read, other: _Read) -> bool:
    return bool(one.short) and fold(one.short).strip() == fold(other.short).strip()


def _contradicts(best: _Read, other: _Read) -> bool:
    """Whether two articles give two short answers; within one article the better passage stands."""
    return bool(best.short and other.short) and best.hit.stored.article.id != other.hit.stored.article.id


def _newest_first(claims: list[list[_Read]]) -> None:
    """Sort claims by date if every one has a date; otherwise they stay best first."""
    dates = [claim[0].hit.stored.article.published for claim in claims]
    if all(dates):
        claims.sort(key=lambda claim: claim[0].hit.stored.article.published or "", reverse=True)


def _sentence(claim: Sequence[Citation], *, dated: bool) -> str:
    """One claim: its sentence, after its date where several disagree, and the numbers it stands on."""
    date = f"({claim[0].published}) " if dated and claim[0].published else ""
    return date + " ".join(claim[0].quote.split()) + "".join(f"[{citation.number}]" for citation in claim)


def _whole(hit: Hit) -> tuple[int, int]:
    return 0, len(hit.stored.passage.text)


def _citation(number: int, hit: Hit, span: tuple[int, int], *, evidence: bool) -> Citation:
    """Cite a span of a hit's passage; offsets become those of the article."""
    passage, article = hit.stored.passage, hit.stored.article
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
        score=hit.score,
        evidence=evidence,
    )
