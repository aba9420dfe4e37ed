"""An answer span trimmed to what may be shown as a short answer: whole names and amounts, no loose punctuation."""

from __future__ import annotations

import re

from byline.retrieval.text.question import Kind
from byline.retrieval.text.sentences import CLOSERS, OPENERS, sentences

Span = tuple[int, int]

# Kinds whose answer may run on: a clause that explains, items over several sentences.
RUNS_ON: frozenset[Kind] = frozenset({"explanation", "list"})
# Never at either end of an answer; brackets and quotation marks are looked at in pairs.
_HANGING = " \t\u3000\r\n，、。；：,;:！？!?—－~～·•…．. "
# Particles and prepositions that belong to the sentence around the answer, with the words that end or begin alike.
_BEFORE = re.compile(r"(?:在(?![野职校岗线编])|是(?!枝)|由(?!布)|为(?!期|了|何)|即(?![将时])|约为|约合)")
_AFTER = re.compile(
    r"(?:(?<![目的])的|(?<![除为明])了|(?<![平])均|(?<![存现所内])在|(?<![上中大少名健老猛麻小])将|(?<![而早])已|(?<![自理])由|(?<![首成])都|也)$"
)
_UNIT = (
    r"个?百分点|平方公里|平方千米|平方米|立方米|公里|千米|海里|厘米|毫米|微米|纳米|毫安时|毫安|千瓦时|万千瓦|千瓦|兆瓦|公顷|公斤|千克|毫克"
    r"|人民币|人次|美元|欧元|港元|港币|日元|英镑|韩元|卢布|新台币|小时|分钟|秒钟|个月|亿股|万股|吨|克|米|斤|亩|元|人|名|个|户|家|件|辆|台|架|艘|套|份|张|次|起|场|座"
    r"|级|岁|周岁|年|天|日|月|秒|倍|成|篇|股|条|项|所|间|位|枚|块|度|分|头|只|批|片|幢|栋|颗|匹|桶|宗|轮|届|%|％|‰"
)
_QUANTITY = re.compile(
    rf"(?:\d[\d,，]*(?:\.\d+)?|[〇零一二三四五六七八九十百千万亿两几]+)(?:多|余)?(?:\s?[十百千万亿]+)*(?:多|余)?\s?(?:{_UNIT})?"
)
_DATE = re.compile(
    r"(?:(?:19|20)\d\d\s?年\s?)?\d{1,2}\s?月\s?\d{1,2}\s?[日号](?:(?:上午|下午|晚上?|凌晨|早上?|中午|傍晚)?\s?\d{1,2}[时点:：]\d{0,2}分?(?:许)?)?"
    r"|(?:19|20)\d\d\s?年(?:\s?\d{1,2}\s?月)?"
)
_COMMA = re.compile(r"，|,(?!\d)")
_NEXT_OFFICE = re.compile(
    r"[、，及](?=[^、，]{0,6}(?:长|長|主任|书记|書記|主席|经理|經理|总监|總監|委员|委員|教授|院士))"
)
_MOST_GROWN = 12  # characters a cut amount or date is completed by; 中央处理 of longer ones is another answer


def trimmed(text: str, start: int, end: int, kind: Kind) -> Span:
    """Trim a marked span.

    An amount or a date that was cut is completed, a span that runs over a sentence's end is cut there unless the kind
    of answer may run on, and what hangs on at either end goes.

    Args:
        text: the passage.
        start: first character marked.
        end: one past the last; equal to `start` if nothing is marked.
        kind: of answer asked for.

    Returns:
        A span inside the passage, `(start, start)` if nothing clean remains. It neither begins nor ends with white
        space or punctuation, and every bracket and quotation mark in it has its fellow in it.
    """
    if kind not in RUNS_ON:
        end = min(end, _sentence_end(text, start, end))
        start, end = _completed(text, start, end)
    if kind == "person":
        end = _first_person_end(text, start, end)
    if kind == "quantity":
        end = _first_amount_end(text, start, end)
    before = (-1, -1)
    while before != (start, end):
        before = start, end
        start, end = _without_hanging(text, start, end)
        start, end = _paired(text, start, end)
        if kind not in RUNS_ON:
            start, end = _without_particles(text, start, end)
    return (start, end) if end > start and any(c.isalnum() for c in text[start:end]) else (before[0], before[0])


def _sentence_end(text: str, start: int, end: int) -> int:
    """Where the sentence ends in which most of what was marked begins."""
    return next((stop for first, stop in sentences(text) if start < stop and first < end), end)


def _first_amount_end(text: str, start: int, end: int) -> int:
    """Where the first clause that holds an amount ends: what is said of it in the next is not the amount."""
    clause = start
    for comma in _COMMA.finditer(text, start, end):
        if any(character.isdigit() for character in text[clause : comma.start()]):
            return comma.start()
        clause = comma.end()
    return end


def _first_person_end(text: str, start: int, end: int) -> int:
    """Where the first person ends, if the next comes with another office: 柏青、秘书长殷实."""
    next_office = _NEXT_OFFICE.search(text, start + 1, end)
    return next_office.start() if next_office else end


def _completed(text: str, start: int, end: int) -> Span:
    """Take in the rest of a date or an amount that the span cuts."""
    near = max(0, start - _MOST_GROWN), min(len(text), end + _MOST_GROWN)
    for pattern in (_DATE, _QUANTITY):
        for match in pattern.finditer(text, *near):
            first, last = match.span()
            if first < start < last <= end or (first < start and end < last):
                start = first
            if start <= first < end < last:
                end = last
    return start, end


def _without_hanging(text: str, start: int, end: int) -> Span:
    while start < end and text[start] in _HANGING:
        start += 1
    while start < end and text[end - 1] in _HANGING:
        end -= 1
    return start, end


def _paired(text: str, start: int, end: int) -> Span:
    """Drop marks at the ends without a fellow inside, and quotation marks around the whole; else nothing is clean.

    A bracket that stands alone inside ends or begins the answer: what is on its far side belongs elsewhere.
    """
    opened: list[int] = []
    for at in range(start, end):
        mark = text[at]
        if mark in OPENERS:
            opened.append(at)
        elif mark in CLOSERS:
            if opened and OPENERS[text[opened[-1]]] == mark:
                opened.pop()
            elif at == end - 1:
                return start, at
            else:
                return at + 1, end
    if opened:
        first = opened[0]
        if end < len(text) and len(opened) == 1 and text[end] == OPENERS[text[first]]:
            return start, end + 1
        return (first + 1, end) if first == start else (start, first)
    if end - start > 2 and OPENERS.get(text[start]) == text[end - 1] and text[start] in "“‘「『":
        inner = text[start + 1 : end - 1]
        if not any(mark in inner for mark in (text[start], text[end - 1])):
            return start + 1, end - 1
    return start, end


def _without_particles(text: str, start: int, end: int) -> Span:
    leading = _BEFORE.match(text, start, end)
    if leading and leading.end() < end:
        start = leading.end()
    trailing = _AFTER.search(text[start:end])
    if trailing and trailing.start() > 1:
        end = start + trailing.start()
    return start, end
