"""How a question was read, as it is shown beside the answer, and what to ask for the other reading of its time."""

from __future__ import annotations

from datetime import date

from byline.retrieval.answers.answer import Understood
from byline.retrieval.text.asked_times import counted_from, leans_on_today, without_leaning
from byline.retrieval.understanding import Question


def understood(question: Question, asked_at: date | None) -> Understood:
    """Say how a question was read.

    Args:
        question: as understood.
        asked_at: the day it was said to be asked; None if nobody said.
    """
    span = question.span
    otherwise = None
    if leans_on_today(question.text):
        counted = counted_from(question.text, asked_at or date.today())
        # read from the day of asking: any time instead; read as each article's own: from today instead
        otherwise = without_leaning(question.text) if counted == question.counted else counted
    return Understood(
        question=question.counted,
        kind=question.plan.operation if question.plan else "yes_no" if question.yes_no else question.kind,
        after=span[0].isoformat() if span else None,
        before=span[1].isoformat() if span else None,
        otherwise=otherwise,
    )
