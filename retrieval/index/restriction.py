"""Filters as an SQL condition on `article`."""

from __future__ import annotations

from retrieval.articles.folding import fold
from retrieval.index.store import Filters


def restriction(filters: Filters) -> tuple[str, list[str]]:
    """Put filters into SQL.

    Returns:
        The condition ("" if nothing is restricted) and the values for its question marks, in order.
    """
    conditions: list[str] = []
    values: list[str] = []
    for column, wanted in (("source_folded", filters.source), ("byline_folded", filters.byline)):
        if wanted:
            conditions.append(f"instr(article.{column}, ?) > 0")
            values.append(fold(wanted))
    for comparison, day in ((">=", filters.after), ("<=", filters.before)):
        if day:
            conditions.append(f"article.published != '' AND substr(article.published, 1, {len(day)}) {comparison} ?")
            values.append(day)
    return " AND ".join(conditions), values
