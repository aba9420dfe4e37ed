"""How sure a page is of how it was told apart: by how much each line's role wins over the next best.

What the signs are worth was fitted by logistic regression on made pages whose truth is known (Platt 1999), by
`byline.retrieval.training.line_labels`, and lies with the weights of the lines.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from byline.retrieval.articles.layout.labelled_lines import Choice, PageLines
from byline.retrieval.articles.layout.line_labels import BODY, NEVER, OUTSIDE, Grammar, Role

SIGNS = 8
_MOST = 12.0
_CLOSES = np.array([role in (Role.STRAY, Role.HEAD, Role.KICKER, Role.END_BYLINE, Role.SOURCE) for role in Role])
_IS_BODY = np.array([role in BODY for role in Role])
_CONTINUES_NOT = np.array([role is not Role.CONTINUED for role in Role])


def confidence_of(signs: Sequence[float], weights: Sequence[float]) -> float:
    """The odds that every article of the page is right, from 0 to 1; `weights` has the constant last."""
    total = sum(sign * weight for sign, weight in zip(signs, weights, strict=False)) + weights[-1]
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


def signs_of(page: PageLines, choice: Choice) -> list[float]:
    """What tells a page read right from one read wrong: `SIGNS` numbers of about 0 to 1."""
    roles, alone, odds = choice.roles, choice.alone, choice.odds
    margins = sorted(_margins(page, roles.of_line, page.grammars[alone]))
    near = [min(max(margin, 0.0), _MOST) / _MOST for margin in margins[:3]]
    near += [1.0] * (3 - len(near))
    close = sum(margin < 3.0 for margin in margins)
    heads = [line for line, role in enumerate(roles.of_line) if role is Role.HEAD]
    untitled = bool(roles.of_line) and not alone and roles.of_line[0] not in OUTSIDE | {Role.HEAD}
    return [
        *near,
        min(close, 5) / 5,
        float(bool(roles.columns)),
        float(untitled),
        min(abs(odds), 40.0) / 40.0 if heads else 0.5,
        math.log1p(page.size) / 5,
    ]


def _margins(page: PageLines, of_line: Sequence[Role], grammar: Grammar) -> list[float]:
    """By how much each line's role beats the best other one, the roles of its neighbours as they are."""
    lines = np.arange(page.size)
    roles = np.array(of_line, dtype=np.int64)
    before, after = roles[:-1], roles[1:]
    settings = np.array(page.settings, dtype=np.int64)[1:]
    tables = _tables(grammar)
    stops = np.array([page.stops(line) for line in range(page.size)])
    leaves = np.array([page.leaves(line) for line in range(page.size)])
    score = np.array([page.amounts(line) for line in range(page.size)])
    score[0] += _first(grammar)
    score[1:] += tables[settings, before]
    score[:-1] += tables[settings, :, after]
    left = _CONTINUES_NOT * stops[:-1, None] + _CLOSES * leaves[:-1, None]
    score[1:] += _IS_BODY[before][:, None] * left
    score[:-1] += _IS_BODY * (_CONTINUES_NOT[after] * stops[:-1] + _CLOSES[after] * leaves[:-1])[:, None]
    score[-1] += np.array([grammar.last[role] for role in Role]) + _IS_BODY * stops[-1]
    won = score[lines, roles]
    score[lines, roles] = -np.inf
    margins: list[float] = (won - score.max(axis=1)).tolist()
    return margins


def _first(grammar: Grammar) -> npt.NDArray[np.float64]:
    return np.array([grammar.first.get(role, NEVER) for role in Role])


@functools.lru_cache(maxsize=8)
def _tables(grammar: Grammar) -> npt.NDArray[np.float64]:
    """(settings, earlier role, later role); `NEVER` where the grammar has none."""
    tables = np.full((len(grammar.following), len(Role), len(Role)), NEVER)
    for setting, costs in enumerate(grammar.following):
        for before, following in enumerate(costs):
            for role, cost in following:
                tables[setting, before, role] = cost
    return tables
