"""Which part of a page each of its lines is: the best reading of all of them together.

Every line gets a role by dynamic programming over the page (Viterbi 1967). A reading is worth the
sum of what the forms of its lines say, of how well each pair of neighbours runs on or begins anew
(`evidence`), and of what the order of roles says. All amounts are natural logarithms of odds, set by
hand from what they mean and checked on pages put together by `tests/articles/layout/page_maker.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

NEVER = -1e9


class Role(IntEnum):
    """What a line is to the page."""

    STRAY = 0
    HEAD = 1
    HEAD_MORE = 2
    SUBTITLE = 3
    BYLINE = 4
    PARAGRAPH = 5
    CONTINUED = 6
    DISPLACED = 7
    SUBHEAD = 8
    END_BYLINE = 9
    SOURCE = 10
    KICKER = 11


BODY = frozenset([Role.PARAGRAPH, Role.CONTINUED, Role.DISPLACED])
OUTSIDE = frozenset([Role.STRAY, Role.KICKER])
JOINED_ALONE = 3.0
"""In a single article a line end is a paragraph's end unless e^3, twenty times, the odds of a page say otherwise."""

_S, _H, _M, _T, _B, _P, _C, _D, _U, _E, _Q, _K = range(12)
_PAGES_ONLY = (_S, _K, _D)
_FIRST = {_S: -1.5, _H: 0.0, _K: -0.8, _P: -3.0, _D: -9.0, _B: -6.0}
_NEXT: dict[int, dict[int, float]] = {
    _S: {_S: -2.5, _H: -0.2, _K: -2.9, _P: -5.0, _D: -9.0, _B: -6.0},
    _K: {_H: 0.0, _K: -3.0},
    _H: {_M: -2.5, _T: 0.0, _B: 0.0, _P: 0.0, _D: -2.5},
    _M: {_M: -4.0, _T: 0.0, _B: 0.0, _P: 0.0, _D: -2.5},
    _T: {_T: -3.0, _B: 0.0, _P: 0.0, _D: -2.5},
    _B: {_B: -2.0, _P: 0.0, _D: -2.5, _H: -9.0, _T: -4.0},
    _P: {_P: -0.1, _C: -0.5, _U: -0.8, _E: -0.6, _Q: 0.0, _H: -1.0, _S: -1.2, _K: -3.5},
    _C: {_P: 0.6, _C: -2.0, _U: -1.2, _E: 0.0, _Q: 0.0, _H: -1.3, _S: -3.0, _K: -1.4},
    _D: {_P: 0.3, _C: -2.0, _U: -2.0, _E: 0.0, _Q: 0.0, _H: -1.0, _S: -3.0, _K: -3.5},
    _U: {_P: 0.5, _U: -4.0},
    _E: {_H: 0.0, _K: -3.2, _S: -2.5, _P: -5.8, _Q: -1.0, _E: -2.0},
    _Q: {_H: 0.0, _K: -2.5, _S: -2.5, _E: 0.0, _P: -6.0},
}
_END = {
    _S: 0.0,
    _H: -6.0,
    _M: -6.0,
    _T: -8.0,
    _B: -8.0,
    _P: 0.0,
    _C: 0.0,
    _D: 0.0,
    _U: -8.0,
    _E: 0.0,
    _Q: 0.0,
    _K: -12.0,
}
_IS_BODY = [role in (_P, _C, _D) for role in range(12)]
_LEAVES = [role in (_S, _H, _K) for role in range(12)]
_CLOSES = [role in (_S, _H, _K, _E, _Q) for role in range(12)]
_UNRESOLVED = -9.0
"""A text that begins in the middle of a sentence, and whose beginning is nowhere on the page."""

_BEAM = 15.0
"""Readings this far behind the best are dropped; made pages are read the same with 10 and with 40."""

_NARROW_BEAM = 4.0
PAGE_LINES = 4000
"""No newspaper page has so many lines; longer texts are read less carefully, so that they take seconds."""

# How far the search for a displaced first column has come.
_NONE, _OPEN, _STARTED = range(3)


Costs = list[list[list[tuple[int, float]]]]
"""For each setting of a line and each role of the line above it: the roles it may have, and the amount for each."""


@dataclass(frozen=True, slots=True, eq=False)
class Grammar:
    """Which roles may follow which.

    Attributes:
        first: roles of a page's first line, with their amounts.
        following: as `Costs` says.
        last: an amount for each role of the last line, in the order of `Role`.
    """

    first: dict[int, float]
    following: Costs
    last: dict[int, float]


def page_grammar(pairs: Sequence[Sequence[Sequence[float]]]) -> Grammar:
    """A page of several articles.

    Args:
        pairs: what was learned of two roles in turn, to add to what is set by hand: by setting, earlier, later role.
    """
    return Grammar(_FIRST, _costs(_NEXT, pairs), _END)


def article_grammar(pairs: Sequence[Sequence[Sequence[float]]]) -> Grammar:
    """One article by itself: every line is of it, in the order in which it stands."""
    first = {role: cost for role, cost in _FIRST.items() if role not in _PAGES_ONLY}
    following = {
        before: {role: cost for role, cost in costs.items() if role not in _PAGES_ONLY and (role != _H or before == _B)}
        for before, costs in _NEXT.items()
        if before not in _PAGES_ONLY
    }
    for role in (_P, _C):
        following[role][_C] -= JOINED_ALONE
    following[_E][_P] = following[_Q][_P] = following[_E][_E] = -1.0
    return Grammar(first, _costs(following, pairs), {**_END, _U: -3.0})


def _costs(following: dict[int, dict[int, float]], pairs: Sequence[Sequence[Sequence[float]]]) -> Costs:
    return [
        [[(role, cost + learned[before][role]) for role, cost in following.get(before, {}).items()] for before in Role]
        for learned in pairs
    ]


class PageEvidence(Protocol):
    """What `assign_roles` asks about a page; every amount is a logarithm of odds."""

    size: int

    def amounts(self, line: int) -> list[float]:
        """What the line and the one before it say about each role, in the order of `Role`."""

    def setting(self, line: int) -> int:
        """In which setting the line stands: which of `Grammar.following` holds."""

    def stops(self, line: int) -> float:
        """A paragraph ends with the line."""

    def leaves(self, line: int) -> float:
        """An article's body ends with the line."""

    def column(self, end: int, start: int) -> float:
        """A displaced first column ends in line `end` and runs on into line `start` above it."""


@dataclass(frozen=True, slots=True)
class Roles:
    """The best reading of a page.

    Attributes:
        of_line: one role a line.
        columns: for each displaced first column, the line it ends in and the line it runs on into.
        value: what the reading is worth, to compare readings of one page.
    """

    of_line: tuple[Role, ...]
    columns: tuple[tuple[int, int], ...]
    value: float = 0.0


@dataclass(slots=True)
class _State:
    """The best way to read the page up to a line that has this role; `opened` is where a displaced text began."""

    role: int
    stage: int
    value: float
    before: _State | None = None
    opened: int = -1
    column: tuple[int, int] | None = None


def assign_roles(evidence: PageEvidence, grammar: Grammar) -> Roles:
    """Find the roles worth most together, in time proportional to the number of lines."""
    if not evidence.size:
        return Roles((), ())
    own = evidence.amounts(0)
    states = [
        _State(role, _OPEN if role == _D else _NONE, cost + own[role], opened=0)
        for role, cost in grammar.first.items()
        if own[role] > NEVER / 2
    ]
    if not states:  # What no grammar foresees is running text.
        states = [_State(_P, _NONE, 0.0)]
    beam = _BEAM if evidence.size <= PAGE_LINES else _NARROW_BEAM
    for line in range(1, evidence.size):
        states = _advance(evidence, grammar, states, line, beam)
    return _read_back(_finish(evidence, grammar, states))


def _advance(evidence: PageEvidence, grammar: Grammar, states: list[_State], line: int, beam: float) -> list[_State]:
    """Take every reading one line further; of those that end alike only the best is kept."""
    amounts = evidence.amounts(line)
    stops, leaves = evidence.stops(line - 1), evidence.leaves(line - 1)
    following = grammar.following[evidence.setting(line)]
    best: dict[int, _State] = {}

    def offer(state: _State, role: int, stage: int, value: float, column: tuple[int, int] | None = None) -> None:
        key = role * 3 + stage
        held = best.get(key)
        if held is None or value > held.value:
            best[key] = _State(role, stage, value, state, line if role == _D else state.opened, column)

    for state in states:
        ended = _IS_BODY[state.role]
        for role, cost in following[state.role]:
            value = state.value + cost + amounts[role]
            if value <= NEVER / 2:
                continue
            closes = ended and _CLOSES[role]
            if closes:
                value += leaves
                if state.stage == _STARTED:
                    column = (line - 1, state.opened)
                    offer(state, role, _NONE, value + evidence.column(*column), column)
            if ended and role != _C:
                value += stops
            if state.stage == _NONE:
                offer(state, role, _OPEN if role == _D else _NONE, value)
            elif _LEAVES[role]:
                offer(state, role, _NONE, value + _UNRESOLVED)
            else:
                offer(state, role, _STARTED if role == _P else state.stage, value)
    if not best:
        before = max(states, key=lambda state: state.value)
        return [_State(_P, before.stage, before.value + NEVER / 1e6, before, before.opened)]
    floor = max(state.value for state in best.values()) - beam
    return [state for state in best.values() if state.value > floor]


def _finish(evidence: PageEvidence, grammar: Grammar, states: list[_State]) -> _State:
    last = evidence.size - 1
    finished: list[_State] = []
    for state in states:
        value = state.value + grammar.last[state.role]
        if state.stage == _STARTED and _IS_BODY[state.role]:
            column = (last, state.opened)
            finished.append(_State(_S, _NONE, value + evidence.column(*column), state, -1, column))
        if _IS_BODY[state.role]:
            value += evidence.stops(last)
        finished.append(_State(_S, _NONE, value + (_UNRESOLVED if state.stage else 0.0), state))
    return max(finished, key=lambda state: state.value)


def _read_back(state: _State) -> Roles:
    roles: list[Role] = []
    columns: list[tuple[int, int]] = []
    value = state.value
    step: _State | None = state
    while step is not None:
        roles.append(Role(step.role))
        if step.column:
            columns.append(step.column)
        step = step.before
    return Roles(tuple(reversed(roles[1:])), tuple(reversed(columns)), value)
