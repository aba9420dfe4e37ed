"""First columns that came off the page after the later ones, put back in front of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from byline.retrieval.articles.layout.line_labels import BODY, OUTSIDE, Role, Roles
from byline.retrieval.articles.layout.line_scores import Evidence

_FAR_ODDS = 3.0
"""How much more likely, as a logarithm, a text must run on into a far one than that one is to begin afresh."""

_EDGES = 0.03
"""Weight of what looks like an article's opening, beside cohesion, which differs by tenths."""

_FAR_ARTICLES = 60


def articles_in_order(roles: Roles, evidence: Evidence) -> tuple[list[list[int]], list[Role]]:
    """Sort the lines of a page into its articles, each in the order in which it is to be read.

    Returns:
        Groups of lines, a stray line in a group of its own; and the role of each line of the page, where
        one that a far column runs on into has become `DISPLACED`.
    """
    groups = [_near_columns(group, roles, evidence) for group in _groups(roles.of_line)]
    of_line = list(roles.of_line)
    if len(groups) <= _FAR_ARTICLES:
        for start in _bring_far_columns(groups, roles, evidence):
            of_line[start] = Role.DISPLACED
    return [group for group in groups if group], of_line


def _groups(of_line: Sequence[Role]) -> Iterable[list[int]]:
    """Cut the page where a headline, a stray line or a text without headline begins."""
    group: list[int] = []
    before: Role | None = None
    for line, role in enumerate(of_line):
        alone = role in OUTSIDE or before in OUTSIDE
        if group and (alone or role is Role.HEAD):
            yield group
            group = []
        group.append(line)
        before = role
    if group:
        yield group


def _near_columns(group: list[int], roles: Roles, evidence: Evidence) -> list[int]:
    """Put the columns that `assign_roles` found in their place."""
    inside = set(group)
    for end, start in roles.columns:
        if end in inside and start in inside:
            begin = _first_line(start, end, roles.of_line, evidence)
            column = [line for line in group if begin <= line <= end]
            rest = [line for line in group if not begin <= line <= end]
            group = _inserted(rest, column, start)
    return group


def _inserted(group: list[int], column: list[int], before: int) -> list[int]:
    place = group.index(before)
    return [*group[:place], *column, *group[place:]]


def _first_line(start: int, end: int, of_line: Sequence[Role], evidence: Evidence) -> int:
    """Find where the column begins that ends in `end`: the line most like the opening of an article."""
    bylines = [line for line in range(start, end) if of_line[line] is Role.END_BYLINE]
    after = bylines[-1] if bylines else start
    candidates = [line for line in range(after + 1, end + 1) if of_line[line] is Role.PARAGRAPH]
    if bylines or not candidates:
        return min(candidates, default=end)
    heads = [line for line in range(start) if of_line[line] is Role.HEAD]
    title = heads[-1] if heads else start
    return max(candidates, key=lambda line: evidence.begins_column(line, end, title))


def _bring_far_columns(groups: list[list[int]], roles: Roles, evidence: Evidence) -> list[int]:
    """Where a text breaks off and another article begins with what it broke off from, move it there.

    Returns:
        The lines that such columns run on into.
    """
    of_line = roles.of_line
    found: list[int] = []
    taken = {line for column in roles.columns for line in column}
    for number, group in enumerate(groups):
        end = next((line for line in reversed(group) if of_line[line] in BODY), None)
        if end is None or end in taken or not evidence.breaks_off(end):
            continue
        starts = [
            (evidence.far_column(end, line), other, line)
            for other, members in enumerate(groups)
            for line in [line for line in members if of_line[line] in BODY][:1]
            if other != number and line not in taken
        ]
        odds, other, start = max(starts, default=(0.0, 0, 0))
        column = _far_column(group, end, groups[other], of_line, evidence) if odds > _FAR_ODDS else []
        if column:
            groups[number] = [line for line in group if line not in set(column)]
            groups[other] = _inserted(groups[other], column, start)
            taken |= {end, start}
            found.append(start)
    return found


def _far_column(group: list[int], end: int, other: list[int], of_line: Sequence[Role], evidence: Evidence) -> list[int]:
    """Find how much of a group, up to `end`, belongs to another article; nothing where all of it might."""
    body = [line for line in group if of_line[line] in BODY or of_line[line] is Role.SUBHEAD]
    until = body[: body.index(end) + 1]
    starts = [line for line in until if of_line[line] is Role.PARAGRAPH]
    bylines = [line for line in group if of_line[line] is Role.END_BYLINE and line < end]
    if bylines:
        starts = [line for line in starts if line > bylines[-1]][:1]
    if not bylines and of_line[group[0]] is Role.HEAD:
        starts = starts[1:]
    if not starts:
        return []

    def worth(begin: int) -> float:
        column = [line for line in until if line >= begin]
        rest = [line for line in body if line < begin]
        edges = evidence.opens(begin) + (evidence.leaves(begin - 1) if rest else 0.0)
        return evidence.alike(column, other) - evidence.alike(column, rest) + _EDGES * edges

    begin = max(starts, key=worth)
    return [line for line in until if line >= begin]
