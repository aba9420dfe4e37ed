"""The parts of a question that were read, to the answer that follows from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from byline.retrieval.answers.composed import Composed
from byline.retrieval.kinds.parts import ReadPart
from byline.retrieval.kinds.times import derive_since, derive_times
from byline.retrieval.understanding import Question


def derive(question: Question, parts: Sequence[ReadPart], *, asked_at: date | None) -> Composed | None:
    """Derive an answer, or say which part is missing.

    Args:
        question: as understood, with a plan.
        parts: of it, in its order, each with what was read for it.
        asked_at: the day of asking; None takes today where the operation needs one.

    Returns:
        None where no part is told at all, so that the question is better answered as a whole.
    """
    if question.plan is None or not any(part.told() for part in parts):
        return None
    if question.plan.operation == "since":
        return derive_since(question, parts[0], asked_at or date.today())
    return derive_times(question, question.plan, parts)
