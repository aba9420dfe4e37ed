"""Which part of a page each of its lines is: the best reading of all of them together.

Every line gets a role by dynamic programming over the page (Viterbi 1967). A reading is worth the
sum of what the forms of its lines say, of how well each pair of neighbours runs on or begins anew
(`seams`), and of what the order of roles says. All amounts are natural logarithms of odds, set by hand from
what they mean and checked on pages put together by `tests/articles/page_maker.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from retrieval.articles.evidence import Evidence

_NEVER = -1e9


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

_S, _H, _M, _T, _B, _P, _C, _D, _U, _E, _Q, _K = Role
_AFTER: dict[Role | None, dict[Role, float]] = {
    None: {_S: -1.5, _H: 0, _K: -2, _P: -3, _D: -9, _B: -6},
    _S: {_S: -2.5, _H: -0.2, _K: -2.5, _P: -5, _D: -9, _B: -6},
    _K: {_H: 0, _K: -3},
    _H: {_M: -2.5, _T: 0, _B: 0, _P: 0, _D: -2.5},
    _M: {_M: -4, _T: 0, _B: 0, _P: 0, _D: -2.5},
    _T: {_T: -3, _B: 0, _P: 0, _D: -2.5},
    _B: {_B: -2, _P: 0, _D: -2.5, _H: -9},
    _P: {_P: 0, _C: -1.2, _U: -2, _E: 0, _Q: 0, _H: -1, _S: -3, _K: -3.5},
    _C: {_P: 0, _C: -2, _U: -2, _E: 0, _Q: 0, _H: -1, _S: -3, _K: -3.5},
    _D: {_P: 0, _C: -2, _U: -2, _E: 0, _Q: 0, _H: -1, _S: -3, _K: -3.5},
    _U: {_P: 0, _U: -4},
    _E: {_H: 0, _K: -2.5, _S: -2.5, _P: -5, _Q: -1, _E: -2},
    _Q: {_H: 0, _K: -2.5, _S: -2.5, _E: 0, _P: -6},
}
_END = {_S: 0.0, _H: -6, _M: -6, _T: -8, _B: -8, _P: 0, _C: 0, _D: 0, _U: -8, _E: 0, _Q: 0, _K: -12}


@dataclass(slots=True)
class _State:
    value: float
    before: tuple[Role, bool] | None
    start: int
    resolved: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Roles:
    """The best reading of a page.

    Attributes:
        of_line: one role a line.
        columns: for each displaced first column, the line it ends in and the line it runs on into.
    """

    of_line: tuple[Role, ...]
    columns: tuple[tuple[int, int], ...]


def assign_roles(evidence: Evidence) -> Roles:
    """Find the roles worth most together, in time proportional to the number of lines."""
    size = evidence.size
    if not size:
        return Roles((), ())
    table: list[dict[tuple[Role, bool], _State]] = []
    first: dict[tuple[Role, bool], _State] = {}
    for role, cost in _AFTER[None].items():
        value = cost + evidence.as_role(0, role) + (evidence.starts(0) if role in BODY else 0)
        first[role, role is _D] = _State(value, None, 0, None)
    table.append(first)
    for line in range(1, size):
        here: dict[tuple[Role, bool], _State] = {}
        emitted = {role: evidence.as_role(line, role) for role in Role}
        for (before, pending), state in table[-1].items():
            for role, cost in _AFTER[before].items():
                if emitted[role] <= _NEVER:
                    continue
                step = cost + emitted[role] + evidence.between(line, before, role)
                _step(evidence, here, state, (before, pending), (role, line), step)
        table.append(here)
    return _read_back(evidence, table)


def _step(
    evidence: Evidence,
    here: dict[tuple[Role, bool], _State],
    state: _State,
    before: tuple[Role, bool],
    now: tuple[Role, int],
    step: float,
) -> None:
    """Carry one state on into one role, with its displaced column left open or closed."""
    role, line = now
    was, pending = before
    ended = was in BODY and role not in (_C,)
    if not pending:
        value = state.value + step + (evidence.stops(line - 1) if ended else 0)
        if role is _D:
            _offer(here, (role, True), _State(value, before, line, None))
        else:
            _offer(here, (role, False), _State(value, before, -1, None))
        return
    if role is _D:
        return
    leaves = role in (_H, _S, _K)
    kept = state.value + step + (evidence.stops(line - 1) if ended else 0)
    if leaves:
        _offer(here, (role, False), _State(kept + evidence.unresolved, before, -1, None))
    else:
        _offer(here, (role, True), _State(kept, before, state.start, None))
    if ended and role in (_H, _S, _K, _E, _Q):
        joined = state.value + step + evidence.column(line - 1, state.start)
        _offer(here, (role, False), _State(joined, before, -1, (line - 1, state.start)))


def _offer(here: dict[tuple[Role, bool], _State], key: tuple[Role, bool], state: _State) -> None:
    held = here.get(key)
    if held is None or state.value > held.value:
        here[key] = state


def _read_back(evidence: Evidence, table: Sequence[dict[tuple[Role, bool], _State]]) -> Roles:
    last = len(table) - 1
    best, key, column = _NEVER * 10, (_S, False), None
    for (role, pending), state in table[last].items():
        value = state.value + _END[role]
        options: list[tuple[float, tuple[int, int] | None]] = [
            (value + (evidence.stops(last) if role in BODY else 0) + (evidence.unresolved if pending else 0), None)
        ]
        if pending and role in BODY:
            options.append((value + evidence.column(last, state.start), (last, state.start)))
        for worth, joined in options:
            if worth > best:
                best, key, column = worth, (role, pending), joined
    roles: list[Role] = []
    columns = [column] if column else []
    step: tuple[Role, bool] | None = key
    for line in range(last, -1, -1):
        assert step is not None
        state = table[line][step]
        roles.append(step[0])
        if state.resolved:
            columns.append(state.resolved)
        step = state.before
    return Roles(tuple(reversed(roles)), tuple(reversed(columns)))
