"""Filters of a question as an SQL condition on `article`, and as the passages they allow."""

from __future__ import annotations

import sqlite3

import numpy as np
import numpy.typing as npt

from byline.retrieval.index.store import Filters
from byline.retrieval.text.folding import fold


def restriction(filters: Filters) -> tuple[str, list[str]]:
    """Put filters into SQL.

    Returns:
        The condition ("" if nothing is restricted) and the values for its question marks, in order.
    """
    conditions: list[str] = []
    values: list[str] = []
    if filters.source:
        conditions.append("instr(article.source_folded, ?) > 0")
        values.append(fold(filters.source))
    if filters.byline:  # names of two characters are printed with a blank in them: 崔　浩
        conditions.append("instr(replace(article.byline_folded, ' ', ''), ?) > 0")
        values.append(fold(filters.byline).replace(" ", ""))
    for comparison, day in ((">=", filters.after), ("<=", filters.before)):
        if day:
            conditions.append(f"article.published != '' AND substr(article.published, 1, {len(day)}) {comparison} ?")
            values.append(day)
    return " AND ".join(conditions), values


def allowed_keys(connection: sqlite3.Connection, filters: Filters) -> npt.NDArray[np.int64] | None:
    """Keys of the passages that may answer; None if all may."""
    condition, values = restriction(filters)
    if not condition:
        return None
    found = connection.execute(
        f"SELECT passage.key FROM passage JOIN article ON article.key = passage.article_key WHERE {condition}", values
    )
    return np.fromiter((key for (key,) in found), dtype=np.int64)
