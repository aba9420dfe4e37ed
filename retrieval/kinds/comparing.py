"""What follows from the amounts of two things or more: which is the largest, how far apart, how many times."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from byline.retrieval.answers.answer import Citation, Derived, Marker, Operand, Part, Text
from byline.retrieval.answers.citing import cite, operand
from byline.retrieval.answers.composed import Composed
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.marking import marked_quote
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.kinds.part_by_part import POSSIBLE, part_by_part
from byline.retrieval.kinds.parts import ReadPart
from byline.retrieval.kinds.plan import Plan
from byline.retrieval.kinds.quantities import Quantity, in_words, quantities
from byline.retrieval.kinds.wording import lead
from byline.retrieval.understanding import Question

MOST_WHOLE = 3  # passages read for the whole question of which one may give all amounts
_CLAUSES = re.compile("[^，；。]+")
SHORTEST_NAME = 3  # characters at the end of a part's name by which a sentence may name it


@dataclass(frozen=True, slots=True)
class Measured:
    """A part of a comparison with the amount that its sentence gives for it; spans are of the passage."""

    name: str
    read: ReadPassage
    quantity: Quantity


def compare(
    question: Question,
    plan: Plan,
    parts: Sequence[ReadPart],
    whole: Sequence[ReadPassage],
    calibration: Calibration,
) -> Composed | None:
    """Compare what the parts' sentences give, or quote them side by side where they cannot be compared.

    Args:
        question: as understood.
        plan: of it.
        parts: each with what was read for it.
        whole: what was read for the question as one: a sentence that gives the amounts of all goes before others.
        calibration: says from which confidence on a sentence answers.

    Returns:
        None where the question is better answered as a whole.
    """
    names = [part.name for part in parts]
    read = sorted([*whole[:MOST_WHOLE], *(part.read[0] for part in parts if part.read)], key=lambda r: -r.confidence)
    together = [one for one in read if one.confidence >= POSSIBLE * calibration.threshold]
    measured = next((all_of for one in together if None not in (all_of := _of_all(one, names))), None)
    if measured is None:
        measured = [_measured(part, names, calibration) for part in parts]
    known = [one for one in measured if one is not None]
    sure = any(one.read.confidence >= calibration.threshold for one in known)
    places = {(one.read.hit.stored.passage.id, one.quantity.start) for one in known}
    if len(known) < len(parts) or not sure or len(places) < len(parts):
        return part_by_part(question, parts, calibration) if plan.operation == "compare" else None
    if not all(known[0].quantity.comparable(one.quantity) for one in known[1:]):
        return _side_by_side(question, known, None, Text(lead("unlike", question.language)))
    if plan.operation == "ratio" and not known[1].quantity.amount:
        return None
    follows = _follows(question, plan, known)
    said = Text(follows.value, short=True) if follows else Text(lead("equal", question.language))
    return _side_by_side(question, known, follows, said)


def _of_all(one: ReadPassage, names: Sequence[str]) -> list[Measured | None]:
    """The amounts of all parts in one sentence, as far as it names them."""
    return [
        Measured(name, one, amount) if (amount := _amount_of(one, name, names)) is not None else None for name in names
    ]


def _measured(part: ReadPart, names: Sequence[str], calibration: Calibration) -> Measured | None:
    """The amount that the best passage gives for a part: what it says of its name, else what was marked."""
    best = part.read[0] if part.read else None
    if best is None or best.confidence < POSSIBLE * calibration.threshold:
        return None
    amount = _amount_of(best, part.name, names)
    if amount is None:
        marked = [one for one in quantities(best.text, *best.quote) if _overlaps(one, best)]
        amount = marked[0] if marked else None
    return Measured(part.name, best, amount) if amount is not None else None


def _overlaps(amount: Quantity, read: ReadPassage) -> bool:
    return amount.start < read.span.end and read.span.start < amount.end


def _amount_of(read: ReadPassage, name: str, names: Sequence[str]) -> Quantity | None:
    """The amount that a sentence gives for one of several names; None where it does not name it.

    Behind 分别 it is the one in the place the name has; else one in the clause that names it, of the measure that was
    marked in the sentence, or the first behind the name.
    """
    start, end = read.quote
    amounts = list(quantities(read.text, start, end))
    behind = _behind(read.text[start:end], name, names)
    if behind is None:
        return None
    at, place = behind
    if place is not None:
        listed = [one for one in amounts if one.start >= start + at]
        return listed[place] if place < len(listed) else None
    measure = next((one.measure for one in amounts if _overlaps(one, read)), None)
    like = [one for one in amounts if measure is None or one.measure == measure]
    quote = read.text[start:end]
    for clause in _CLAUSES.finditer(quote):
        if _named(clause.group(), name, names) is not None:
            told = [one for one in like if clause.start() <= one.start - start < clause.end()]
            if told:
                return told[0]
    return next((one for one in like if one.start >= start + at), None)


def _behind(quote: str, name: str, names: Sequence[str]) -> tuple[int, int | None] | None:
    """Where in a quote the amounts of a name begin, and behind 分别 which is its; None where it is not named."""
    told = [_named(quote, one, names) for one in names]
    own = told[list(names).index(name)]
    if own is None:
        return None
    respectively = quote.find("分别")
    if respectively >= 0 and all(end is not None and end <= respectively for end in told):
        return respectively, sum(end is not None and end < own for end in told)
    return own, None


def _named(quote: str, name: str, names: Sequence[str]) -> int | None:
    """Where the name of a part ends in a quote; an end of it that no other name has may stand for the whole."""
    for length in range(len(name), SHORTEST_NAME - 1, -1):
        ending = name[-length:]
        at = quote.find(ending)
        if at >= 0 and sum(one.endswith(ending) for one in names) == 1:
            return at + length
    return None


def _follows(question: Question, plan: Plan, known: Sequence[Measured]) -> Derived | None:
    """What follows, still without what it rests on; None where nothing does."""
    amounts = [one.quantity.amount for one in known]
    if plan.operation == "ratio":
        return Derived("ratio", lead("times", question.language, count=in_words(amounts[0] / amounts[1])), ())
    if plan.operation == "difference":
        units = {one.quantity.unit for one in known}
        unit = known[0].quantity.unit if len(units) == 1 else known[0].quantity.measure
        factor = known[0].quantity.factor if len(units) == 1 else 1.0
        return Derived("difference", f"{in_words(abs(amounts[0] - amounts[1]) / factor)}{unit}", ())
    best = max(amounts) if plan.largest else min(amounts)
    winners = [one.name for one in known if one.quantity.amount == best]
    return Derived("compare", "、".join(winners), ()) if len(winners) < len(known) else None


def _side_by_side(question: Question, known: Sequence[Measured], follows: Derived | None, said: Text) -> Composed:
    """Quote the sentence of each, its amount told apart, below what follows from them."""
    citations: dict[tuple[str, tuple[int, int]], Citation] = {}
    operands: list[Operand] = []
    words: list[Part] = [said]
    for one in known:
        read, quote = one.read, one.read.quote
        place = (read.hit.stored.passage.id, quote)
        citation = citations.setdefault(place, cite(len(citations) + 1, read, quote, evidence=True))
        span = (one.quantity.start, one.quantity.end)
        operands.append(operand(citation.number, read, span))
        mark = (span[0] - quote[0], span[1] - quote[0])
        words += [Text("\n" + lead("part", question.language, part=one.name))]
        words += [*marked_quote(citation.quote, citation.number, [mark]), Marker(citation.number)]
    derived = replace(follows, operands=tuple(operands)) if follows else None
    return Composed(
        answered=True,
        parts=tuple(words),
        short_answer=derived.value if derived else None,
        citations=tuple(citations.values()),
        derived=derived,
    )
