"""One thing of a question put in the place of another of its kind: `那2023年呢?` into the question before."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from byline.retrieval.text.folding import UNSPACED, fold

Likeness = Callable[[str, Sequence[str]], Sequence[float]]

_DIGITS = "0-9０-９〇零一二三四五六七八九十"
_YEAR = r"(?:19|20)\d\d\s*年?度?"
_MONTH = rf"(?:[{_DIGITS}]{{1,3}}|上个?|这个?|本|下个?|当|同)月份?"
_DAY = rf"[{_DIGITS}]{{1,3}}[日号號]|[昨今明前后]天"
_PART = r"[上下]半年|[前第][一二三四1-4](?:个|個)?季度|[一二三四]季度|全年|年底|年初"
_WORD = r"去年|今年|明年|前年|上年|本年|同年|当年|次年|上一年|前一年|后一年|下一年|第二年|这一年|那一年|头一年"
_WEEK = r"(?:上|本|这|下)?(?:周|星期|礼拜)[一二三四五六日天末]"
_FESTIVAL = r"春节|国庆|五一|端午|中秋|元旦|清明|暑期|寒假|暑假"
PERIOD = re.compile(
    rf"(?:{_YEAR}|{_WORD})?(?:的|，)?(?:{_MONTH})?(?:{_DAY})?(?:{_PART})?(?:{_WEEK})?(?:{_FESTIVAL})?(?:期间)?", re.I
)
_GRAINS = {
    "year": re.compile(f"{_YEAR}|{_WORD}|\\b(?:19|20)\\d\\d\\b|\\b(?:last|this|next|previous|the) year\\b", re.I),
    "month": re.compile(
        rf"{_MONTH}|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b", re.I
    ),
    "day": re.compile(_DAY),
    "part": re.compile(_PART),
    "week": re.compile(rf"{_WEEK}|\b(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b", re.I),
    "festival": re.compile(_FESTIVAL),
}
_STEPS = {
    "前一年": -1, "上一年": -1, "头一年": -1, "上年": -1, "后一年": 1, "下一年": 1, "次年": 1, "第二年": 1,
    "year before": -1, "previous year": -1, "year after": 1, "following year": 1, "next year": 1,
}  # fmt: skip
_STATED_YEAR = re.compile(r"((?:19|20)\d\d)")
# Where one piece of a question ends and the next begins.
_BORDER = re.compile(
    r"[的了在是有和与與及对對被将於于为從从向给把跟同比,，、\s?？!！。“”\"'《》()（）]+|为什么|怎么样?|如何|什么时候"
    r"|什么|多少|多[大长高远久重]|哪[些个位里儿]?|几|谁|是否|吗|呢"
)
_UNIT = re.compile(r"[A-Za-z]+|\d+(?:\.\d+)?|[^\sA-Za-z\d]")
LEAST_ALIKE = (
    0.3  # a shared character of three: 遥七 and 遥六, 男子 and 女子, 中国队 and 印度队 are kin; 北京 and 广东 are not
)


def substituted(question: str, thing: str, *, like: Likeness | None = None) -> str:
    """Ask a question about another thing.

    Args:
        question: one that stands alone.
        thing: what takes the place of what is of its kind in the question.
        like: how alike a thing is to each of some others, for things that share no character.

    Returns:
        The question with the thing in it; where nothing of its kind is found, with the thing put in front.
    """
    thing = thing.strip(" ，,的")
    stepped = _year_step(question, thing)
    if stepped:
        return stepped
    by_period = _by_period(question, thing)
    if by_period:
        return by_period
    place = _kindred(question, thing)
    if place is None and like is not None:
        place = _likest(question, thing, like)
    if place is None:
        return f"{thing} {question}" if thing.isascii() else f"{thing}{question}"
    start, end = place
    return question[:start] + thing + question[end:]


def kindred(text: str, thing: str) -> str:
    """Put a thing in the place of what shares its characters in a text; empty where nothing does."""
    place = _kindred(text, thing)
    return "" if place is None else text[: place[0]] + thing + text[place[1] :]


def is_period(thing: str) -> bool:
    """Tell whether a thing names a time and nothing else."""
    bare = thing.strip(" ，,的")
    return bool(bare) and (
        PERIOD.fullmatch(bare) is not None
        or bare.casefold() in _STEPS
        or any(g.fullmatch(bare) for g in _GRAINS.values())
    )


def _year_step(question: str, thing: str) -> str:
    """`前一年` counted from the year the question names."""
    step = _STEPS.get(thing.casefold().removeprefix("the "))
    stated = _STATED_YEAR.search(question)
    if step is None or stated is None:
        return ""
    year = str(int(stated[1]) + step)
    return question[: stated.start(1)] + year + question[stated.end(1) :]


def _by_period(question: str, thing: str) -> str:
    """Replace the time a question names, as far as the other says it; or put it in front."""
    if not is_period(thing):
        return ""
    grains = [name for name, grain in _GRAINS.items() if grain.search(thing)]
    places = [match.span() for name in grains if (match := _GRAINS[name].search(question))]
    if not places:
        # 那2月呢 after 2023年: the year stays, the month is set behind it.
        year = _GRAINS["year"].search(question)
        if year and "year" not in grains:
            return question[: year.end()] + thing + question[year.end() :]
        whole = next((m for name in _GRAINS if (m := _GRAINS[name].search(question))), None)
        if whole:
            return question[: whole.start()] + thing + question[whole.end() :]
        return f"{thing}{question}" if re.search(f"[{UNSPACED}]", question) else f"{question.rstrip('?？ ')} {thing}?"
    start, end = min(places)[0], max(end for _, end in places)
    return question[:start] + thing + question[end:]


def _kindred(question: str, thing: str) -> tuple[int, int] | None:
    """The piece of a question that shares most of its characters, or Latin words, with a thing at the same end."""
    wanted = [fold(unit) for unit, _, _ in _units(thing, 0)]
    if fold(thing) in fold(question):
        return None
    latin = all(unit.isascii() for unit in wanted)
    best: tuple[float, int, int] | None = None
    for start, end in _between_borders(question):
        units = _units(question[start:end], start)
        for first in range(len(units)):
            for last in range(first + 1, min(len(units), first + 2 * len(wanted) + 1) + 1):
                piece = [fold(unit) for unit, _, _ in units[first:last]]
                if latin and not all(unit.isascii() for unit in piece):
                    continue  # a model's name is no part of the word beside it: 荣耀90 and 电池 of 荣耀90电池
                score = _alike(piece, wanted)
                if score >= LEAST_ALIKE and (best is None or score > best[0]):
                    best = score, units[first][1], units[last - 1][2]
    return None if best is None else (best[1], best[2])


def _alike(piece: Sequence[str], wanted: Sequence[str]) -> float:
    """Share of units two runs have in common at their ends; of equally alike pieces the one of the same length."""
    shorter, longer = sorted((len(piece), len(wanted)))
    prefix = _shared(piece, wanted)
    suffix = _shared(piece[::-1], wanted[::-1]) if prefix < shorter else 0
    return min(prefix + suffix, shorter) / longer - 0.001 * (longer - shorter)


def _units(text: str, at: int) -> list[tuple[str, int, int]]:
    """Characters of a text, Latin words and numbers as one, with their places; `at` is added to these."""
    return [(unit.group(), at + unit.start(), at + unit.end()) for unit in _UNIT.finditer(text)]


def _likest(question: str, thing: str, like: Likeness) -> tuple[int, int] | None:
    """The whole piece between borders that means most nearly the same kind of thing."""
    pieces = [(start, end) for start, end in _between_borders(question) if end - start >= 2]
    options = sorted({*pieces, *((s, s + len(thing)) for s, e in pieces if e - s > len(thing) + 1)})
    options += [(e - len(thing), e) for s, e in pieces if e - s > len(thing) + 1 and (e - len(thing), e) not in options]
    if not options:
        return None
    scores = like(thing, [question[start:end] for start, end in options])
    return max(zip(scores, options, strict=True))[1]


def _between_borders(question: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for border in _BORDER.finditer(question):
        if border.start() > at:
            spans.append((at, border.start()))
        at = border.end()
    return [*spans, (at, len(question))] if at < len(question) else spans


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
