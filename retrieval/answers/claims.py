"""Read passages grouped into claims, for `compose`: which agree, which contradict, and which is stated first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.likeness import normalised
from byline.retrieval.answers.quoting import quoted_span
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.answers.twins import twin_value
from byline.retrieval.text.folding import fold
from byline.retrieval.understanding import Question

MAX_CLAIMS = 2  # a reader weighs two answers against each other; a third makes it a list of search hits


@dataclass(frozen=True, slots=True)
class Claim:
    """Passages that give the same answer, the best first."""

    passages: tuple[ReadPassage, ...]

    @property
    def first(self) -> ReadPassage:
        """The one that is quoted."""
        return self.passages[0]

    @property
    def corrected(self) -> bool:
        """Whether another article puts it right."""
        return self.first.corrected

    @property
    def confidence(self) -> float:
        """Probability that the claim is right: that of the passage that is quoted for it."""
        return self.first.confidence


def twins_first(read: Sequence[ReadPassage], calibration: Calibration) -> list[ReadPassage]:
    """Put behind the best passage those that tell the same in the same words with another value.

    Two that contradict each other are no rivals: what is in doubt is the value, not whether the articles answer. So the
    confidence of the best is counted against the others, and what its twin marks is the value that stands in its place.
    """
    best, *rest = read
    twins = [(other, value) for other in rest if (value := _other_value(best, other)) is not None]
    if not twins:
        return list(read)
    others = [one for one in rest if not any(one is twin for twin, _ in twins)]
    margin = best.rank_score - max(one.rank_score for one in others) if others else None
    alone = calibration.confidence(best.features, margin)
    marked = [
        replace(
            twin,
            span=replace(twin.span, start=value[0], end=value[1]),
            quote=quoted_span(twin.text, replace(twin.span, start=value[0], end=value[1])),
            confidence=alone,
            confidence_alone=max(twin.confidence_alone, best.confidence_alone),
        )
        for twin, value in twins
    ]
    return [replace(best, confidence=max(best.confidence, alone)), *marked, *others]


def _other_value(best: ReadPassage, other: ReadPassage) -> tuple[int, int] | None:
    if other.hit.stored.article.id == best.hit.stored.article.id or not _same_subject(best, other):
        return None
    return twin_value(best, other.text)


def newest_first(read: Sequence[ReadPassage], calibration: Calibration, *, earliest: bool = False) -> list[ReadPassage]:
    """Put the newest of the passages that answer about the same subject first, for a question that wants the latest.

    An older telling is then no rival of the newest, so that its confidence is counted against the others alone.

    Args:
        read: best first.
        calibration: decides what answers.
        earliest: the oldest that has a date instead.
    """
    best = read[0]
    tellings = [r for r in read if _answers(r, calibration) and (r is best or _same_subject(best, r))]
    if len(tellings) < 2:
        return list(read)
    tellings.sort(key=lambda r: r.published or ("9999" if earliest else ""), reverse=not earliest)
    others = [r for r in read if not any(r is telling for telling in tellings)]
    newest = tellings[0]
    margin = newest.rank_score - max(r.rank_score for r in others) if others else None
    first = replace(newest, confidence=calibration.confidence(newest.features, margin))
    return [first, *tellings[1:], *others]


def claims_of(question: Question, read: Sequence[ReadPassage], calibration: Calibration) -> list[Claim]:
    """Group what answers into claims, at most `MAX_CLAIMS`, the one to be given first in front.

    The best-ranked goes first, but where both claims have a date and contradict each other the newer does, if it would
    be answered even with the other as its rival and speaks of everything in the question that the other speaks of. Only
    what speaks of most of the same subject and of no other time contradicts; an explanation is contradicted by nothing,
    and neither is an article by its own next passage. Where the first corrects others, these are the second claim.

    Args:
        question: as understood.
        read: best first.
        calibration: decides what answers.
    """
    claims = [[read[0]]]
    corrected = [other for other in read[1:] if other.corrected]
    if corrected:
        return [Claim((read[0],)), Claim(tuple(corrected))]
    for other in read[1:]:
        if not _answers(other, calibration):
            continue
        same = next((claim for claim in claims if _says_the_same(claim[0], other)), None)
        if same is not None:
            same.append(other)
        elif (
            question.kind != "explanation" and len(claims) < MAX_CLAIMS and _contradicts(question, claims[0][0], other)
        ):
            claims.append([other])
    ordered = [Claim(tuple(claim)) for claim in claims]
    if len(ordered) > 1 and _supersedes(ordered[1].first, ordered[0].first, question, calibration):
        ordered[:2] = ordered[1], ordered[0]
    return ordered


def _answers(one: ReadPassage, calibration: Calibration) -> bool:
    """Whether it would be given as an answer if it were the only passage."""
    return one.confidence_alone >= calibration.threshold


def _says_the_same(one: ReadPassage, other: ReadPassage) -> bool:
    """Whether one short answer is the other, or the other with more words around it: 武契奇 and 亚历山大·武契奇.

    An amount or a date is another where a digit more stands beside it: 1月8日 is not 11月8日.
    """
    shorter, longer = sorted((normalised(fold(r.short_answer)) for r in (one, other)), key=len)
    at = longer.find(shorter) if shorter else -1
    if at < 0:
        return False
    before, after = longer[:at][-1:], longer[at + len(shorter) :][:1]
    return not (shorter[0].isdigit() and before.isdigit()) and not (shorter[-1].isdigit() and after.isdigit())


def _contradicts(question: Question, best: ReadPassage, other: ReadPassage) -> bool:
    """Whether two articles give two short answers about one thing; within one article the better passage stands."""
    weight = question.subject
    missed = sum(weight[term] for term in best.covered - other.covered)
    return (
        question.kind != "explanation"
        and bool(best.short_answer and other.short_answer)
        and best.hit.stored.article.id != other.hit.stored.article.id
        and best.features.period <= other.features.period
        and 2 * missed <= sum(weight[term] for term in best.covered)
    )


def _same_subject(best: ReadPassage, other: ReadPassage) -> bool:
    """Whether the other speaks of everything in the question that the best speaks of, and of no other time."""
    return best.covered <= other.covered and best.features.period <= other.features.period


def _supersedes(newer: ReadPassage, best: ReadPassage, question: Question, calibration: Calibration) -> bool:
    if question.wants_latest or question.wants_earliest or not (newer.published and best.published):
        return False  # `newest_first` has ordered them already, or nobody knows which is newer
    return newer.published > best.published and newer.confidence >= calibration.threshold and _same_subject(best, newer)
