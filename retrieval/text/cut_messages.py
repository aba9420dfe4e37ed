"""Texts that Telegram cut into several messages: which are pieces, and what stood between them."""

from __future__ import annotations

MESSAGE_UNITS = 4_096
"""What a message holds at most, in UTF-16 units (Telegram's limit)."""
# Clients cut at a line end or blank near the limit, and trim it.
_SLACK_UNITS = 200
_SENTENCE_ENDS = ("。", "！", "？", "”", "!", "?", ".")


def is_cut(text: str) -> bool:
    """Whether a message is as long as one that was cut off."""
    units = len(text.encode("utf-16-le", "replace")) // 2
    return MESSAGE_UNITS - _SLACK_UNITS <= units <= MESSAGE_UNITS


def joined(before: str, after: str) -> str:
    """Put two pieces together: at a line end where the first closes a sentence, else as the words ask."""
    if before.endswith(_SENTENCE_ENDS) or after.startswith("\u3000"):
        return f"{before}\n{after}"
    return f"{before} {after}" if before[-1:].isascii() and after[:1].isascii() else before + after
