"""Text as it is matched, never as it is shown: widths, case and traditional characters made one.

Two forms. `fold` keeps every character's place, so that what is found in folded text can be pointed at in the
source's own characters. `terms` cuts the words lexical search counts. Both are part of the index on disk: whoever
changes what they return raises `byline.retrieval.index.schema.VERSION`.
"""

from __future__ import annotations

import re
import unicodedata

from byline.retrieval.text.han_variants import SIMPLIFIED, TRADITIONAL

# OpenCC leaves these alone, as the simplified form depends on the word (著作, but 看着); to match, one form will do.
MERGED = {"著": "着", "瞭": "了", "藉": "借", "覆": "复", "祇": "只", "妳": "你", "牠": "它"}
SIMPLE_FORMS = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)) | MERGED

# Scripts written without spaces between words, as far as pairs of characters serve for words: Han with its
# iteration mark and zero, kana, Hangul.
UNSPACED = "㐀-䶿一-鿿豈-﫿𠀀-𲎯々〇ぁ-ゟァ-ヿ가-힣"
TERM = re.compile(
    rf"(?P<unspaced>[{UNSPACED}]+)"
    rf"|(?P<number>(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)*%?(?!(?![{UNSPACED}_])\w))"
    rf"|(?P<word>(?:(?![{UNSPACED}_])\w)+(?:'[a-z]+)?)"
)
SHORTEST_PLURAL = 4  # `gas`, `his`, `bus` are no plurals; Harman's S stemmer likewise leaves words of three letters


def _narrow(character: str) -> str:
    return unicodedata.normalize("NFKC", character)


def _simplified(character: str) -> str:
    return SIMPLE_FORMS.get(character, character)


class _Folded(dict[int, str]):
    """Code point to folded character, filled as characters turn up."""

    def __missing__(self, code: int) -> str:
        folded = chr(code)
        # Twice where one form can lead to another: `ſ`, and 薴 by way of 苧 to 苎.
        for form in (_narrow, str.casefold, _narrow, _simplified, _simplified):
            formed = form(folded)
            if len(formed) == 1:
                folded = formed
        self[code] = folded
        return folded


_FOLDED = _Folded()


def fold(text: str) -> str:
    """Make text comparable: full and half width, capitals and small letters, traditional and simplified alike.

    Returns:
        A string of the same length; character i is `text[i]` folded, so spans carry over both ways. What would
        become several characters (`㎡`, `ß`, `…`) stays as it is. Folding twice changes nothing more.
    """
    return text.translate(_FOLDED)


def terms(text: str) -> list[str]:
    """Cut text into the terms lexical search counts, in order, repeats kept.

    Overlapping pairs of characters where a script writes no spaces (one character alone where it stands alone);
    numbers with their decimals and percent sign, thousands' commas dropped (`1,200` is `1200`); words of all
    else, English plurals folded by Harman's S stemmer (JASIS 42, 1991), and `glasses` to `glass` as Porter's does.
    """
    found: list[str] = []
    for match in TERM.finditer(fold(unicodedata.normalize("NFKC", text.replace("’", "'")))):
        term = match.group()
        if match.lastgroup == "word":
            found.append(_singular(term.partition("'")[0]))
        elif match.lastgroup == "number":
            found.append(term.replace(",", ""))
        elif len(term) == 1:
            found.append(term)
        else:
            found.extend(term[i : i + 2] for i in range(len(term) - 1))
    return found


def _singular(word: str) -> str:
    if len(word) < SHORTEST_PLURAL or not word.endswith("s") or not word.isascii():
        return word
    if word.endswith("ies") and not word.endswith(("eies", "aies")):
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("es"):
        return word if word.endswith(("aes", "ees", "oes")) else word[:-1]
    return word if word.endswith(("us", "ss")) else word[:-1]
