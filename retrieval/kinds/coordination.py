"""Two things of which one thing is asked, and two things asked of one: a question to a question for each."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from byline.retrieval.kinds.plan import Asked
from byline.retrieval.text.folding import fold
from byline.retrieval.text.question import asks, without_interrogatives
from byline.retrieval.text.sentences import enclosed

LONGEST_NAME = 12  # characters of what 和 joins that are tried
LONGEST_STEM = 4  # Chinese characters of a name that goes on in Latin ones
ALONE_FROM = 8  # characters that name something in a clause which needs no subject from the clause before it
EDGE = 1.6  # what a mark, 的 or a verb like 是 is worth as a boundary; a pair of characters never seen has 1.44
START = 1.2  # what the start of the question is worth
LONG = 0.08  # what each character costs: names are short
END = 0.9  # what the end of the question is worth: what is asked mostly stands behind both names
UNLIKE = 0.25  # what a character more on one side costs: names that 和 joins are mostly of one length
ALIKE = 0.5  # what ending, or beginning, with the same character is worth: 男单和女单, 最佳影片奖和最佳导演奖

_JOIN = re.compile(r"(?<![共总缓饱温柔祥谐暖])和(?![平谐解睦气])|以及|(?<![参赠给])与(?![会其否])|、|\band\b")
_CLAUSE = re.compile(r"[，,；;？?。]+(?!\d)|(?<=[么谁里少级个天年日])以及(?=.{0,12}[多几谁哪何什])")
_RESPECTIVELY = re.compile(r"分别|分別|各自|各(?=[有为是多几])")
# What is asked of both together: whether, why, what is between them, which of them.
_OF_BOTH = re.compile(
    r"[吗嗎么][？?]?$|是否|是不是|有没有|为什么|為什麼|为何|如何|怎么|怎样|之间|关系|区别|差别|差异|相差|相比|一起|共同|合作|总共|一共|合计"
    r"|哪[一]?[个家者边方]|谁[更最]|[更最][多少高低大小快慢早晚好]|\b(?:between|why|how do|how did|together|which)\b",
    re.I,
)
_EDGES = re.compile(r"[\s，,、。？?；;：:“”‘’《》（）()的]")
_REST = re.compile(r"分别|分別|各|是|有|谁|誰|哪|多少|几|获得|得了|将|会在|在|于|的|两|之间")
_EDGES_BEHIND = re.compile(f"{_EDGES.pattern}|{_REST.pattern}")
_TIME_OR_TITLE = r"(?:19|20)\d\d年(?:\d{1,2}月(?:\d{1,2}[日号])?)?|\d{1,2}月(?:\d{1,2}[日号])?|《[^》]*》"
_TOKEN_BEFORE = re.compile(rf"(?:{_TIME_OR_TITLE}|[A-Za-z][A-Za-z\d.\- ]*)$")
_TOKEN_AFTER = re.compile(rf"(?:{_TIME_OR_TITLE}|[A-Za-z][A-Za-z\d.\-]*(?:\s[A-Z\d][A-Za-z\d.\-]*)*)")
# 什么时候, 多少人, 是几级: what a clause asks, which the next does not go on asking
_ASKED = re.compile(
    r"(?:是|有|为|在|于)?(?:什么时候|什么时间|什么|多少[个名人次只头元天年]?|多[大高长远重深久]|几[个名人级次岁天月日点分成家只场年]?|谁"
    r"|哪[一]?[个里儿年天位家些级月]?|何时|何地|如何|怎么样?|怎样)"
)


def clauses_of(question: str) -> tuple[Asked, ...]:
    """Cut a question that asks twice, as 是几级，震源多深, into a question each; empty if it asks once.

    A clause that names nothing of its own is asked of what the first names.
    """
    pieces = [piece.strip() for piece in _CLAUSE.split(question) if piece.strip()]
    joined: list[str] = []
    for piece in pieces:
        # what asks nothing belongs to the clause behind it
        if joined and not asks(joined[-1]):
            joined[-1] = f"{joined[-1]}，{piece}"
        else:
            joined.append(piece)
    asking = [piece for piece in joined if asks(piece)]
    if len(asking) < 2:
        return ()
    subject = _ASKED.sub("", asking[0])
    parts = [Asked(f"{asking[0]}？", asking[0])]
    for piece in asking[1:]:
        named = "".join(without_interrogatives(piece).split())
        alone = len(named) >= ALONE_FROM
        parts.append(Asked(f"{piece}？" if alone else f"{subject}，{piece}？", piece))
    return tuple(parts)


def halves_of(question: str, weights: Mapping[str, float]) -> tuple[Asked, ...]:
    """Distribute what is asked over the things that 和 joins: 上海和北京的GDP asks of each; empty if nothing is joined.

    Args:
        question: as searched.
        weights: of its terms; where one name ends and the next word begins stands a pair of characters that is rare.
    """
    joins = [match for match in _JOIN.finditer(question) if not enclosed(question, match.start())]
    if not joins or _OF_BOTH.search(question):
        return ()
    words = {match.group() for match in joins} - {"、"}
    if len(words) > 1:  # 速度与激情10内地和北美: the last word joins, those before stand in names
        joins = joins[-1:]
    first, last = joins[0], joins[-1]
    between = [question[a.end() : b.start()] for a, b in itertools.pairwise(joins)]
    if len(joins) > 1 and any(len(name) > LONGEST_NAME or _EDGES.search(name) for name in between):
        first, between = last, []
    before, behind = question[: first.start()], question[last.end() :]
    if not before or not behind:
        return ()
    left, right = _names(before, behind, weights)
    stem, rest = before[: len(before) - left], _RESPECTIVELY.sub("", behind[right:])
    names = [before[len(before) - left :], *between, behind[:right]]
    return tuple(Asked(f"{stem}{name}{rest}", name) for name in names)


def _names(before: str, behind: str, weights: Mapping[str, float]) -> tuple[int, int]:
    """How many characters before and behind 和 name the things that it joins."""
    lefts = _lengths(before[::-1], _EDGES, _TOKEN_BEFORE.search(before))
    rights = _lengths(behind, _EDGES_BEHIND, _TOKEN_AFTER.match(behind))

    def fits(pair: tuple[int, int]) -> float:
        left, right = pair
        name, other = before[len(before) - left :], behind[:right]
        alike = ALIKE * (name[-1] == other[-1]) + ALIKE * (name[0] == other[0])
        at_left = _boundary(before, len(before) - left, weights)
        at_right = _boundary(behind, right, weights)
        return at_left + at_right + alike - UNLIKE * abs(left - right) - LONG * (left + right)

    return max(((left, right) for left in lefts for right in rights), key=fits)


def _lengths(text: str, edges: re.Pattern[str], token: re.Match[str] | None) -> list[int]:
    """The lengths of a name that begins a text: that of a year, a title or a Latin word, else all up to an edge."""
    if token is not None and token.group().strip():
        whole = len(token.group())
        behind = text[whole : whole + LONGEST_STEM]
        # 兰博基尼Lanzador: a Latin word may end a name that begins in Chinese
        more = len(behind) if token.group().strip().isascii() and behind and not edges.search(behind) else 0
        return [whole, whole + more] if more else [whole]
    edge = edges.search(text)
    longest = min(LONGEST_NAME, edge.start() if edge else len(text))
    return list(range(min(2, max(1, longest)), max(1, longest) + 1))


def _boundary(text: str, at: int, weights: Mapping[str, float]) -> float:
    """How likely a name ends or begins at a place: the weight of the pair of characters across it."""
    if not text[at:].strip("？?。 "):
        return END
    if at == 0:
        return START
    if _EDGES.match(text[at - 1]) or _REST.match(text, at) or re.search(r"\d[年月日]$", text[:at]):
        return EDGE
    if text[at - 1].isascii() != text[at].isascii() and text[at] not in "年月日":
        return EDGE
    return weights.get(fold(text[at - 1 : at + 1]), 0.0)
