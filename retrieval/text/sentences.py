"""Where sentences end, in Chinese and in English, outside quotations, numbers, abbreviations and addresses."""

from __future__ import annotations

import re

Span = tuple[int, int]

LINE = re.compile(r"[^\n\r\v\f\x85\u2028\u2029]+")
OPENERS = {
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "﹁": "﹂",
    "﹃": "﹄",
    "《": "》",
    "〈": "〉",
    "（": "）",
    "(": ")",
    "【": "】",
    "[": "]",
}
CLOSERS = {close: open_ for open_, close in OPENERS.items()}
MARK = re.compile("[" + re.escape("".join(OPENERS) + "".join(CLOSERS)) + '"]')
# What may close behind a full stop and belong to the sentence; 》 closes a title, which is no sentence.
TRAILING = "”’」』﹂﹄）)】]\"'"
STOP = re.compile(r"[。！？；｡!?;．.…]+")
ALWAYS = frozenset("。！？；｡")
ABBREVIATION = re.compile(
    r"mr|mrs|ms|dr|prof|st|nos?|vs|etc|e\.g|i\.e|inc|ltd|co|corp|jr|sr|figs?|al|approx|dept|gen|gov|rep|sen|rev|hon"
    r"|capt|col|lt|sgt|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|vol|pp?|eds?|cf|ph\.d"
    r"|(?!i$)[a-z]|(?:[a-z]\.)+[a-z]"
)
WORD_BEFORE = re.compile(r"[A-Za-z][A-Za-z.]*$")
HAN = re.compile(r"[㐀-鿿豈-﫿々〇𠀀-𲎯]")
# After a closing quotation mark these go on with the sentence around it: “…吗？”的问题, “好！”，他说, “……”等.
CONTINUES = frozenset("，、：；,:;的地得等和与與及或是")
# “……。”他说。 is one sentence: who spoke stays with what was said.
SPEAKER = re.compile(
    r"[^，。！？；\s]{0,12}(?:[说說道问問答]|表示|[称稱]|介[绍紹]|指出|坦言|回[忆憶]|[强強][调調]|告[诉訴][记記]者)[。！？]"
)


def sentences(text: str) -> list[Span]:
    """Find the sentences of a text.

    A sentence ends at 。！？；… and at . ! ? where they end one, together with the quotation marks and brackets that
    close there, and at every line end. It never ends inside “…” 「…」 《…》 （…） or the like that is closed on the
    same line, a decimal, an abbreviation, initials, an address or the number of a list item.

    Returns:
        Half-open spans in order, without white space at either end. Every character that is not white space stands
        in exactly one of them.
    """
    spans: list[Span] = []
    for line in LINE.finditer(text):
        spans.extend(_of_line(text, line.start(), line.end()))
    return spans


def sentence_ends(text: str, start: int, end: int) -> list[int]:
    """Find where sentences end inside one line, also inside quotations; for what is too long to stay whole."""
    return [stop for stop in _stops(text, start, end) if stop < end]


def _of_line(text: str, start: int, end: int) -> list[Span]:
    enclosed = _enclosed(text, start, end)
    spans: list[Span] = []
    begun = start
    for stop in [*_stops(text, start, end), end]:
        if stop <= begun or any(opened < stop <= closed for opened, closed in enclosed):
            continue
        span = trimmed(text, begun, stop)
        begun = stop
        if span is None:
            continue
        if spans and _belongs_to_previous(text, spans[-1], span):
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    return spans


def _belongs_to_previous(text: str, previous: Span, span: Span) -> bool:
    sentence = text[span[0] : span[1]]
    if not any(map(str.isalnum, sentence)):
        return True
    return text[previous[1] - 1] in "”」』" and SPEAKER.fullmatch(sentence) is not None


def trimmed(text: str, start: int, end: int) -> Span | None:
    """Draw a span in until neither end is white space; None if nothing else is there."""
    inner = text[start:end]
    left = len(inner) - len(inner.lstrip())
    right = len(inner.rstrip())
    return (start + left, start + right) if left < right else None


def _enclosed(text: str, start: int, end: int) -> list[Span]:
    """Outermost pairs of marks on one line, as (place of the opening, place of the closing mark).

    A mark whose partner is missing encloses nothing; a paragraph of a long quotation opens without closing.
    """
    pairs: list[Span] = []
    opened: list[tuple[str, int]] = []
    straight = text.count('"', start, end) % 2 == 0
    for match in MARK.finditer(text, start, end):
        mark, place = match.group(), match.start()
        if mark == '"':
            if not straight:
                continue
            partner = '"' if any(held == '"' for held, _ in opened) else ""
        else:
            partner = CLOSERS.get(mark, "")
        if not partner:
            opened.append((mark, place))
        elif any(held == partner for held, _ in opened):
            while opened[-1][0] != partner:
                opened.pop()
            pairs.append((opened.pop()[1], place))
    outer: list[Span] = []
    for pair in sorted(pairs):
        if not outer or pair[0] > outer[-1][1]:
            outer.append(pair)
    return outer


def enclosed(text: str, at: int) -> bool:
    """Whether a place stands between a mark that opens and the one that closes it."""
    opened: list[str] = []
    for character in text[:at]:
        if character in OPENERS:
            opened.append(character)
        elif opened and OPENERS[opened[-1]] == character:
            opened.pop()
    return bool(opened) and any(character in CLOSERS for character in text[at:])


def _stops(text: str, start: int, end: int) -> list[int]:
    """Places just behind each full stop and what closes with it, in order, enclosed ones too."""
    stops: list[int] = []
    for match in STOP.finditer(text, start, end):
        place = match.end()
        while place < end and text[place] in TRAILING:
            place += 1
        closed = place > match.end()
        begun = stops[-1] if stops else start
        if _ends(text, begun, match, place, end) and not (closed and place < end and text[place] in CONTINUES):
            stops.append(place)
    return stops


def _ends(text: str, begun: int, match: re.Match[str], place: int, end: int) -> bool:
    """Whether the punctuation matched, closed up to `place`, ends the sentence that began at `begun`."""
    mark = match.group()
    after = text[place] if place < end else ""
    if not ALWAYS.isdisjoint(mark):
        return True
    free = not after or after.isspace() or HAN.match(after) is not None or after in OPENERS
    if mark[-1] in "!?":
        return free
    before = text[match.start() - 1] if match.start() > begun else ""
    if mark[-1] == ";":
        return HAN.match(before) is not None
    if not free:
        return False
    follows = text[place:end].lstrip()[:1] if after.isspace() else after
    if len(mark) > 1 or mark == "…":
        return not after or (not follows.islower() and follows not in CONTINUES)
    return not follows.islower() and not _is_abbreviation(text, begun, match.start(), after)


def _is_abbreviation(text: str, begun: int, dot: int, after: str) -> bool:
    """Whether the dot belongs to a short form, an initial or the number of a list item."""
    before = text[max(begun, dot - 12) : dot]
    if before[-1:].isdigit():
        return not text[begun:dot].strip().strip("0123456789") and after != ""
    word = WORD_BEFORE.search(before)
    if word is None:
        return False
    return ABBREVIATION.fullmatch(word.group().lower()) is not None
