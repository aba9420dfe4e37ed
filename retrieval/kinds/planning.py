"""A question to its plan: the one place where its kind of parts is decided."""

from __future__ import annotations

from collections.abc import Mapping

from byline.retrieval.kinds.comparisons import comparison_plan
from byline.retrieval.kinds.coordination import clauses_of, halves_of
from byline.retrieval.kinds.events import event_plan
from byline.retrieval.kinds.plan import Plan


def plan_of(question: str, weights: Mapping[str, float]) -> Plan | None:
    """Plan how to answer a question from several parts; None for a plain question, which most are.

    Args:
        question: with the times that lean on its asking written out.
        weights: of its terms.
    """
    if times := event_plan(question):
        return times
    if compared := comparison_plan(question, weights):
        return compared
    if clauses := clauses_of(question):
        return Plan("clauses", parts=clauses)
    if halves := halves_of(question, weights):
        return Plan("halves", parts=halves)
    return None
