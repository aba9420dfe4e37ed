"""The items of a list: what the reader marked, what 一是…二是… and 1. 2. number, or what 、 parts in a short answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.text.sentences import enclosed, sentences, trimmed
from byline.retrieval.understanding import Question

Span = tuple[int, int]

_HAN = "一二三四五六七八九十"
# Series of words that number items, each in its order.
_SERIES = (
    [f"{number}是" for number in _HAN],
    [f"第{number}" for number in _HAN],
    [f"其{number}" for number in _HAN],
    [f"（{number}）" for number in _HAN],
    [f"{number}、" for number in _HAN],
    [f"{number}要" for number in _HAN],
    *([form.format(number) for number in range(1, 21)] for form in ("{}.", "{}、", "{}．", "（{}）", "({})", "{}）")),
    [chr(0x2460 + number) for number in range(20)],
    ["首先", "其次", "再次", "此外", "最后"],
    ["first,", "second,", "third,", "fourth,", "fifth,"],
)
_ENDS = re.compile("[；;。\n！!？?]")
# What parts items, the plainest first: where 、 does, a comma stands inside one.
_PARTINGS = (
    re.compile("；|;"),
    re.compile("、|，?以及|[和及与](?=[^、]{1,12}$)"),
    re.compile(r",\s(?:and|or)\s|,(?!\d)|\s(?:and|or|&)\s"),
    re.compile("，|和(?![平谐解睦气])"),
)
_ASKS_SEVERAL = re.compile(
    r"(?:哪|[几兩两三四五六七八九十]|\d+)(?:些|件事|件|个|個|条|條|项|項|点|大|种|種|方面|步|类|類|名|位|款|家|所)"
    r"|分别|分別|都说了|都说|每年|\blist\b|\bwhat are\b|\bwhich \w+s\b|\bnames? of\b",
    re.I,
)
MOST_LIST_CHARS = 600  # of a quote that takes in a whole list: half a newspaper column
SHORTEST_ITEM = 2


def asks_several(question: Question) -> bool:
    """Tell whether a question asks for the items of a list."""
    return question.kind == "list" or _ASKS_SEVERAL.search(question.counted) is not None


def items_of(question: Question, read: ReadPassage) -> tuple[Span, ...]:
    """Find the items that a passage lists in answer, half-open in its characters; empty where there are not two.

    What words number or 、 parts goes before what the reader marked, which may break an item in two.
    """
    several = asks_several(question)
    if several and len(numbered := _numbered(read)) > 1:
        return numbered
    if (several or (question.kind in ("person", "other") and "、" in read.short_answer)) and (parted := _parted(read)):
        return parted
    if question.kind not in ("list", "person", "other"):
        return ()
    whole = tuple(span for span in read.span.items if sum(map(str.isalnum, read.text[slice(*span)])) >= SHORTEST_ITEM)
    return whole if len(whole) > 1 else ()


def _numbered(read: ReadPassage) -> tuple[Span, ...]:
    """The items that words of one series number, around the sentence that is quoted; the longest series counts."""
    start, end = read.quote
    runs = [_run(read.text, series, max(0, start - MOST_LIST_CHARS // 2)) for series in _SERIES]
    near = [run for run in runs if len(run) > 1 and run[0][0] <= end + MOST_LIST_CHARS // 4 and run[-1][1] > start]
    return max(near, key=len, default=())


def _run(text: str, series: Sequence[str], begin: int) -> tuple[Span, ...]:
    """What stands behind each word of a series, up to where its sentence or the next item begins."""
    places: list[Span] = []
    at = begin
    for word in series:
        found = _opening(text, word, at)
        if found < 0:
            if places:
                break
            return ()
        places.append((found, found + len(word)))
        at = found + len(word)
    items = []
    for (_, first), following in pairwise([*places, (len(text), len(text))]):
        stop = _ENDS.search(text, first, following[0])
        span = trimmed(text, first, stop.start() if stop else following[0])
        if span is not None:
            items.append(_without_marks(text, span))
    return tuple(items) if items and items[-1][1] - items[0][0] <= MOST_LIST_CHARS else ()


def _opening(text: str, word: str, at: int) -> int:
    """Where a word that numbers stands at the beginning of a clause; -1 if nowhere."""
    place = text.find(word, at)
    while place >= 0:
        before = text[:place].rstrip()[-1:]
        if not before or before in "。；：，、;:,.！？\n）”(（" or text[place - 1] == "\n" or not before.isalnum():
            return place
        place = text.find(word, place + 1)
    return -1


def _parted(read: ReadPassage) -> tuple[Span, ...]:
    """The parts of the short answer between 、 and 和."""
    short = read.short_answer
    if not short:
        return ()
    start, at, spans = read.span.start, 0, []
    parting = next((one for one in _PARTINGS if any(not enclosed(short, m.start()) for m in one.finditer(short))), None)
    if parting is None:
        return ()
    for match in [*(m for m in parting.finditer(short) if not enclosed(short, m.start())), None]:
        stop = match.start() if match else len(short)
        span = trimmed(read.text, start + at, start + stop)
        at = match.end() if match else at
        if span is not None:
            spans.append(_without_marks(read.text, span))
    long_enough = [span for span in spans if span[1] - span[0] >= SHORTEST_ITEM]
    return tuple(long_enough) if len(long_enough) > 1 else ()


def _without_marks(text: str, span: Span) -> Span:
    start, end = span
    while start < end and text[start] in "，、：；:,. 是":
        start += 1
    while start < end and text[end - 1] in "，、：；:,. 等均都":
        end -= 1
    return start, end


def quote_of(read: ReadPassage, spans: Sequence[Span]) -> Span:
    """The sentences from the first that holds one of some spans, or the quote, to the last that does."""
    first = min([read.quote[0], *(start for start, _ in spans)])
    last = max([read.quote[1], *(end for _, end in spans)])
    if last - first > MOST_LIST_CHARS:
        first, last = min(start for start, _ in spans), max(end for _, end in spans)
    holding = [span for span in sentences(read.text) if span[0] < last and first < span[1]]
    return holding[0][0], holding[-1][1]
