"""Which language a page speaks, and which language a text is in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

Language = Literal["zh", "en"]

# The most frequent characters that are written differently in the two scripts, and their simplified forms: enough
# to tell the script of a sentence, which is all that choosing between two sets of glyphs needs.
TRADITIONAL = "們這國來時會個為說對過學發經現業後開關長問動點體種進實樣機產電無應將當與從還兩頭車東馬話見書"
SIMPLIFIED = "们这国来时会个为说对过学发经现业后开关长问动点体种进实样机产电无应将当与从还两头车东马话见书"

ONLY_TRADITIONAL = frozenset(TRADITIONAL) - frozenset(SIMPLIFIED)
ONLY_SIMPLIFIED = frozenset(SIMPLIFIED) - frozenset(TRADITIONAL)


def page_language(accept_language: str) -> Language:
    """Choose the page's language by an `Accept-Language` header (RFC 9110, 12.5.4); English where it says nothing."""
    best: tuple[float, Language] = (0.0, "en")
    for part in accept_language.split(","):
        name, _, parameters = part.strip().partition(";")
        prefix = name.strip().lower().split("-")[0]
        if prefix in ("zh", "en"):
            weight = _weight(parameters)
            if weight > best[0]:
                best = (weight, "zh" if prefix == "zh" else "en")
    return best[1]


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def text_language(text: str) -> str:
    """Tell the `lang` of a text: `zh-Hans`, `zh-Hant` or `en`, for glyphs, line breaking and the voice of a reader."""
    sample = text[:2000]  # a page of print; the script does not change after it
    han = sum("\u4e00" <= character <= "\u9fff" for character in sample)
    latin = sum(character.isascii() and character.isalpha() for character in sample)
    if han * 4 < latin:  # a Chinese character says about what four letters say
        return "en"
    if not han:
        return "en" if latin else "zh-Hans"
    traditional = sum(character in ONLY_TRADITIONAL for character in sample)
    simplified = sum(character in ONLY_SIMPLIFIED for character in sample)
    return "zh-Hant" if traditional > simplified else "zh-Hans"


@cache
def words(language: Language) -> Mapping[str, str]:
    """Load every word the pages say in one language; `bot/pages/words.toml` holds both side by side."""
    table = tomllib.loads(files("byline.bot.pages").joinpath("words.toml").read_text(encoding="utf-8"))
    return {name: both[language] for name, both in table.items()}
