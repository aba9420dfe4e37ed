"""A question of two parts, answered part by part; it says which part the articles leave open."""

from __future__ import annotations

from collections.abc import Sequence

from byline.retrieval.answers.answer import Citation, Item, Marker, Part, Text
from byline.retrieval.answers.citing import cite, item
from byline.retrieval.answers.composed import Composed
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.marking import marked_quote
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.kinds.parts import ReadPart
from byline.retrieval.kinds.plan import Plan
from byline.retrieval.kinds.wording import lead
from byline.retrieval.text.folding import fold
from byline.retrieval.understanding import Question

POSSIBLE = 0.6  # of the confidence that is answered from, a part is given with the word 可能; below it is left open


def answered_at_once(plan: Plan, read: Sequence[ReadPassage], calibration: Calibration) -> bool:
    """Whether the best sentence names both things that are asked of, so that it answers for both."""
    if plan.operation != "halves" or not read or read[0].confidence < calibration.threshold:
        return False
    quote = fold(read[0].text[slice(*read[0].quote)])
    return all(fold(part.label) in quote for part in plan.parts)


def part_by_part(question: Question, parts: Sequence[ReadPart], calibration: Calibration) -> Composed | None:
    """Answer each part with its own sentence.

    Args:
        question: as understood.
        parts: each with what was read for it.
        calibration: says from which confidence on a part is answered.

    Returns:
        None where the question is better answered as a whole: no part is answered for sure, or all by the same words.
    """
    answers = [_answer_of(part, calibration) for part in parts]
    given = [one for one in answers if one is not None]
    places = {(one.hit.stored.passage.id, one.span.start, one.span.end) for one in given}
    sure = any(one.confidence >= calibration.threshold for one in given)
    if not sure or (len(given) == len(parts) and len(places) == 1):
        return None
    return _composed(question, parts, answers, calibration)


def _answer_of(part: ReadPart, calibration: Calibration) -> ReadPassage | None:
    best = part.read[0] if part.read else None
    return best if best is not None and best.confidence >= POSSIBLE * calibration.threshold else None


def _composed(
    question: Question, parts: Sequence[ReadPart], answers: Sequence[ReadPassage | None], calibration: Calibration
) -> Composed:
    citations: dict[tuple[str, tuple[int, int]], Citation] = {}
    words: list[Part] = []
    items: list[Item] = []
    for part, one in zip(parts, answers, strict=True):
        words.append(Text(("\n" if words else "") + lead("part", question.language, part=part.name)))
        if one is None:
            words.append(Text(lead("open", question.language)))
            continue
        if one.confidence < calibration.threshold:
            words.append(Text(lead("possibly", question.language)))
        place = (one.hit.stored.passage.id, one.quote)
        citation = citations.setdefault(place, cite(len(citations) + 1, one, one.quote, evidence=True))
        marks = [(one.span.start - one.quote[0], one.span.end - one.quote[0])] if one.short_answer else []
        words += [*marked_quote(citation.quote, citation.number, marks), Marker(citation.number)]
        if one.short_answer:
            items.append(item(citation.number, one, (one.span.start, one.span.end)))
    return Composed(True, tuple(words), citations=tuple(citations.values()), items=tuple(items))
