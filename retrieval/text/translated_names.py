"""Names in an English question as Chinese articles write them: countries, cities and currencies, and names in pinyin.

The vectors carry most words across languages, but names badly. So what a dictionary knows is looked up (CLDR, by
Babel), and what reads as pinyin is tried as the characters that sound so, as far as the archive has them (pypinyin).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache

DocumentFrequencies = Callable[[Sequence[str]], Mapping[str, int]]

MOST_SYLLABLES = 3  # of one word: 上官, 欧阳 and given names have two, 齐齐哈尔 is in the dictionary
# Terms tried for one name, the rarest first: by `tests.benchmarks.english_names` R@5 rises from .42 with four to .59
# with 64, and twice as many add next to nothing.
MOST_SOUNDING_ALIKE = 64
SHORTEST_WORD = 4  # letters of a name that stands alone; shorter words are English more often than pinyin
_WORD = re.compile(r"[A-Za-z]+")
_JOINING = (" ", "-", "'")
_COMMON_ROWS = range(0xB0, 0xD8)  # of GB 2312: the 3,755 characters in common use, ordered by sound


def chinese_names(question: str, document_frequencies: DocumentFrequencies) -> list[str]:
    """Give words to search Chinese articles for beside an English question.

    Args:
        question: in English.
        document_frequencies: of the archive; of characters that sound like a name only pairs that it holds are given.

    Returns:
        Names of the dictionary, then pairs of characters for names in pinyin, the rarest first.
    """
    return [*_of_dictionary(question), *_of_sound(question, document_frequencies)]


def _of_dictionary(question: str) -> Iterator[str]:
    words = question.casefold()
    for english, chinese in _dictionary().items():
        if english in words and re.search(rf"\b{re.escape(english)}\b", words):
            yield chinese


@cache
def _dictionary() -> Mapping[str, str]:
    """English to Chinese names of territories, of cities that name time zones, and of currencies."""
    from babel import Locale

    english, chinese = Locale.parse("en"), Locale.parse("zh_Hans")
    names = {english.territories[code]: chinese.territories.get(code, "") for code in english.territories if code}
    names |= {english.currencies[code]: chinese.currencies.get(code, "") for code in english.currencies}
    for zone, known in chinese.time_zones.items():
        named = english.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        names[named] = known.get("city", "")
    return {name.casefold(): other for name, other in names.items() if len(name) >= SHORTEST_WORD and other}


def _of_sound(question: str, document_frequencies: DocumentFrequencies) -> Iterator[str]:
    for syllable_pairs in _name_pairs(question):
        pairs = {
            first + second
            for one, two in syllable_pairs
            for first in _characters()[one]
            for second in _characters()[two]
        }
        found = document_frequencies(sorted(pairs))
        held = sorted((count, pair) for pair, count in found.items() if count)
        yield from (pair for _, pair in held[:MOST_SOUNDING_ALIKE])


def _name_pairs(question: str) -> Iterator[set[tuple[str, str]]]:
    """Neighbouring syllables of each word that reads as pinyin, and of words that stand side by side: Li Qiang."""
    words = [(match.group(), match.span()) for match in _WORD.finditer(question)]
    for word, _ in words:
        inside = {pair for syllables in _readings(word) for pair in itertools.pairwise(syllables)}
        if len(word) >= SHORTEST_WORD and inside:
            yield inside
    for (word, (_, end)), (following, (start, _)) in itertools.pairwise(words):
        if word[0].isupper() and following[0].isupper() and question[end:start] in _JOINING:
            across = {(one[-1], two[0]) for one in _readings(word) for two in _readings(following)}
            if across:
                yield across


def _readings(word: str) -> list[tuple[str, ...]]:
    """Every way to read a whole word as up to three syllables."""
    whole: list[tuple[str, ...]] = []
    begun: list[tuple[tuple[str, ...], str]] = [((), word.lower())]
    while begun:
        syllables, rest = begun.pop()
        if not rest:
            whole.append(syllables)
        elif len(syllables) < MOST_SYLLABLES:
            begun += [((*syllables, rest[:n]), rest[n:]) for n in range(1, len(rest) + 1) if rest[:n] in _characters()]
    return whole


@cache
def _characters() -> Mapping[str, tuple[str, ...]]:
    """The common characters of each syllable, tones left aside."""
    from pypinyin import Style, pinyin

    cells = [(row, cell) for row in _COMMON_ROWS for cell in range(0xA1, 0xFF) if _is_set(row, cell)]
    common = [bytes(pair).decode("gb2312") for pair in cells]
    by_sound: dict[str, list[str]] = {}
    for character in common:
        for sound in pinyin(character, style=Style.NORMAL, heteronym=True)[0]:
            by_sound.setdefault(sound, []).append(character)
    return {sound: tuple(characters) for sound, characters in by_sound.items()}


def _is_set(row: int, cell: int) -> bool:
    return not (row == max(_COMMON_ROWS) and cell > 0xF9)  # the last row ends early
