"""A question to its plan: the one place where its kind of parts is decided."""

from __future__ import annotations

from byline.retrieval.kinds.events import event_plan
from byline.retrieval.kinds.plan import Plan


def plan_of(question: str) -> Plan | None:
    """Plan how to answer a question from several parts; None for a plain question, which most are.

    Args:
        question: with the times that lean on its asking written out.
    """
    return event_plan(question)
