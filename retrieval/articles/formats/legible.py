"""Characters that a font names in no alphabet: symbols that are known, and the rest, which nobody may take for text."""

from __future__ import annotations

UNREADABLE = "\ufffd"
# Bullets of Symbol and Wingdings, which programs put into the private use area (U+F000 and the code).
_SYMBOLS = dict.fromkeys("\uf0b7\uf06c\uf0a7\uf0d8\uf06e\uf076\uf0fc\uf09f\uf02d\uf075\uf077", "•")
# As for bytes in another encoding than was thought (`text.encoding`): more damage than this is worth a word.
_MAX_SHARE = 0.02
_MAX_FEW = 3


def legible(char: str) -> str:
    """A character as it can be read: a symbol of a private area as its Unicode one, controls and the rest as `�`."""
    if char in _SYMBOLS:
        return _SYMBOLS[char]
    if "\ue000" <= char <= "\uf8ff" or char >= "\U000f0000" or (char < " " and char not in "\t\n\r\f"):
        return UNREADABLE
    return UNREADABLE if "\x7f" <= char <= "\x9f" else char


def fault_of_page(number: int, unreadable: int, glyphs: int) -> str:
    """A sentence on a page whose fonts do not say what they show; empty if it is a few characters at most."""
    if unreadable > glyphs / 2 and unreadable > _MAX_FEW:
        return f"page {number}: its fonts do not say which characters they show"
    if unreadable > max(_MAX_FEW, _MAX_SHARE * glyphs):
        return f"page {number}: its fonts do not say which characters {unreadable} signs are; they are lost"
    return ""
