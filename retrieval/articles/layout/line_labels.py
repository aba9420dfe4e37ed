"""Which part of a page each of its lines is: the best reading of all of them together.

Every line gets a role by dynamic programming over the page (Viterbi 1967). A reading is worth the
sum of what the forms of its lines say, of how well each pair of neighbours runs on or begins anew
(`evidence`), and of what the order of roles says. All amounts are natural logarithms of odds, set by
hand from what they mean and checked on pages put together by `tests/articles/layout/page_maker.py`.
"""

from __future__ import annotations

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

_S, _H, _M, _T, _B, _P, _C, _D, _U, _E, _Q, _K = range(12)
_FIRST = {_S: -1.5, _H: 0.0, _K: -0.8, _P: -3.0, _D: -9.0, _B: -6.0}
_NEXT: dict[int, dict[int, float]] = {
    _S: {_S: -2.5, _H: -0.2, _K: -2.9, _P: -5.0, _D: -9.0, _B: -6.0},
    _K: {_H: 0.0, _K: -3.0},
    _H: {_M: -2.5, _T: 0.0, _B: 0.0, _P: 0.0, _D: -2.5},
    _M: {_M: -4.0, _T: 0.0, _B: 0.0, _P: 0.0, _D: -2.5},
    _T: {_T: -3.0, _B: 0.0, _P: 0.0, _D: -2.5},
    _B: {_B: -2.0, _P: 0.0, _D: -2.5, _H: -9.0},
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
_NEXT_LISTED = [list(_NEXT[role].items()) for role in range(12)]
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


class PageEvidence(Protocol):
    """What `assign_roles` asks about a page; every amount is a logarithm of odds."""

    size: int

    def as_roles(self, line: int) -> list[float]:
        """What the line itself says for each role, in the order of `Role`."""

    def between(self, line: int) -> list[float]:
        """What the line says about each role together with the line before it, in the order of `Role`."""

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
    """

    of_line: tuple[Role, ...]
    columns: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class _State:
    """The best way to read the page up to a line that has this role; `opened` is where a displaced text began."""

    role: int
    stage: int
    value: float
    before: _State | None = None
    opened: int = -1
    column: tuple[int, int] | None = None


def assign_roles(evidence: PageEvidence) -> Roles:
    """Find the roles worth most together, in time proportional to the number of lines."""
    if not evidence.size:
        return Roles((), ())
    own, joint = evidence.as_roles(0), evidence.between(0)
    states = [
        _State(role, _OPEN if role == _D else _NONE, cost + own[role] + joint[role], opened=0)
        for role, cost in _FIRST.items()
        if own[role] > NEVER and joint[role] > NEVER
    ]
    beam = _BEAM if evidence.size <= PAGE_LINES else _NARROW_BEAM
    for line in range(1, evidence.size):
        states = _advance(evidence, states, line, beam)
    return _read_back(_finish(evidence, states))


def _advance(evidence: PageEvidence, states: list[_State], line: int, beam: float) -> list[_State]:
    """Take every reading one line further; of those that end alike only the best is kept."""
    own, joint = evidence.as_roles(line), evidence.between(line)
    amounts = [mine + shared for mine, shared in zip(own, joint, strict=True)]
    stops, leaves = evidence.stops(line - 1), evidence.leaves(line - 1)
    best: dict[int, _State] = {}

    def offer(state: _State, role: int, stage: int, value: float, column: tuple[int, int] | None = None) -> None:
        key = role * 3 + stage
        held = best.get(key)
        if held is None or value > held.value:
            best[key] = _State(role, stage, value, state, line if role == _D else state.opened, column)

    for state in states:
        ended = _IS_BODY[state.role]
        for role, cost in _NEXT_LISTED[state.role]:
            value = state.value + cost + amounts[role]
            if value <= NEVER:
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
    floor = max(state.value for state in best.values()) - beam
    return [state for state in best.values() if state.value > floor]


def _finish(evidence: PageEvidence, states: list[_State]) -> _State:
    last = evidence.size - 1
    finished: list[_State] = []
    for state in states:
        value = state.value + _END[state.role]
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
    step: _State | None = state
    while step is not None:
        roles.append(Role(step.role))
        if step.column:
            columns.append(step.column)
        step = step.before
    return Roles(tuple(reversed(roles[1:])), tuple(reversed(columns)))
