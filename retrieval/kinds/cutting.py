"""An enumeration to its parts: where 、 and 和 part two things, and where they stand inside one."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence

from byline.retrieval.text.folding import terms
from byline.retrieval.text.sentences import enclosed

Cut = tuple[str, ...]

SHORTEST = 2  # characters of a part: one alone names nothing
MOST_PARTS = 6
MOST_TRIED = 3  # texts that may be a part's own: with six parts 729 ways to give them out
# Words that part two things, and the longer words they stand in. 还是 parts whatever else does; then 以及.
_STRONG = re.compile("还是|還是|抑或|\\bor\\b|\\bvs\\.?\\b", re.I)
_MIDDLE = re.compile("以及")
_WEAK = re.compile(
    r"(?<![共总缓饱温柔祥谐暖])和(?![平谐解睦气])|(?<![参赠给])与(?![会其否])|(?<![以普涉埃危触提波顾论])及(?![时其格早])"
    r"|或者?(?!许)|(?<!不)跟(?![踪进随])|\band\b",
    re.I,
)
_LISTED = re.compile(r"、|；|;")
_NUMBERED = re.compile(r"(?:^|(?<=[\s，,；;。]))[1-6①-⑥]\s?[.、．）)]\s*|[①-⑥]")
_COMMA = re.compile(r"，|,(?!\d)")
_AROUND = " \t，,。；;：:、？?“”‘’\"'"
_JOINS_FRONT = re.compile(r"^(?:以及|还有|和|与|及|或者?|还是|and\b|or\b|the\b)\s*", re.I)


def cuts_of(enumeration: str) -> tuple[Cut, ...]:
    """Find the ways to cut an enumeration into two or more parts; none if it names one thing."""
    text = enumeration.strip(_AROUND)
    numbered = [piece for piece in _NUMBERED.split(text) if piece.strip(_AROUND)]
    if len(numbered) > 1:
        return _clean([numbered])
    if strong := _cut_at(text, _STRONG):
        first, *rest = strong
        listed = _cut_at(first, _LISTED) or _cut_at(first, _COMMA) or [first]
        return _clean([[*listed, *rest]])
    if listed := _cut_at(text, _LISTED):
        return _clean([*_with_last_cut(listed), listed, *_binary(text)])
    if (commas := _cut_at(text, _COMMA)) and len(commas) > 1:
        return _clean([*_with_last_cut(commas), commas, *_binary(text)])
    return _clean(_binary(text))


def best_cut(cuts: Sequence[Cut], texts: Sequence[Iterable[str]], weights: Mapping[str, float]) -> Cut:
    """Choose the cut whose parts stand each in a text of its own.

    Args:
        cuts: the likeliest first; it stays where the texts do not decide.
        texts: the terms of each text that was found for the whole question.
        weights: of the question's terms (`coverage.term_weights`); what stands in none weighs nothing.
    """
    if len(cuts) == 1 or not texts:
        return cuts[0]
    sets = [frozenset(text) for text in texts]
    return max(cuts, key=lambda cut: _apart(cut, sets, weights))


def _apart(cut: Cut, texts: Sequence[frozenset[str]], weights: Mapping[str, float]) -> float:
    """How well the parts are told by different texts: the share of their terms that stand in the text given to each."""
    # a term that a cut makes is not among the question's; it weighs as the rarest of these does
    heaviest = max(weights.values(), default=1.0)
    named = [{term: weights.get(term, heaviest) for term in terms(part)} for part in cut]
    found = [
        sorted(((sum(w for t, w in of_part.items() if t in text), at) for at, text in enumerate(texts)), reverse=True)
        for of_part in named
    ]
    ways = itertools.product(*(ranked[:MOST_TRIED] for ranked in found))
    best = max((sum(w for w, _ in way) for way in ways if len({at for _, at in way}) == len(cut)), default=0.0)
    return best / max(sum(sum(of_part.values()) for of_part in named), heaviest)


def _binary(text: str) -> list[list[str]]:
    middle = _cut_at(text, _MIDDLE)
    if middle and len(middle) == 2:
        return [middle]
    places = [match.span() for match in _WEAK.finditer(text) if not enclosed(text, match.start())]
    return [[text[:start], text[end:]] for start, end in places]


def _with_last_cut(parts: Sequence[str]) -> list[list[str]]:
    """The last of an enumeration may hold two more: A、B和C; or begin with the word that joins it: A、B、和C."""
    *before, last = parts
    if _JOINS_FRONT.match(last):
        return [[*before, last]]
    return [[*before, *two] for two in _binary(last)]


def _cut_at(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Cut at every match that stands in no quotation or bracket; empty if there is none."""
    pieces, begun = [], 0
    for match in pattern.finditer(text):
        if not enclosed(text, match.start()):
            pieces.append(text[begun : match.start()])
            begun = match.end()
    return [*pieces, text[begun:]] if pieces else []


def _clean(cuts: Iterable[Sequence[str]]) -> tuple[Cut, ...]:
    bare = ([part.strip(_AROUND) for part in cut if part.strip(_AROUND)] for cut in cuts)
    cleaned = (tuple(_JOINS_FRONT.sub("", part).strip(_AROUND) for part in cut) for cut in bare)
    fit = [cut for cut in cleaned if 2 <= len(cut) <= MOST_PARTS and all(len(part) >= SHORTEST for part in cut)]
    return tuple(dict.fromkeys(fit))
