"""Which articles the reader was trained on: a rule, not a list, so that everyone draws the same line."""

from __future__ import annotations

import hashlib

FOLDS = 10
READING_TRAIN_FOLDS = frozenset(range(8))  # 80% of the reading sets; folds 8 and 9 are held out
NEWS_TRAIN_FOLDS = frozenset(range(6))  # 60% of the news; folds 6 to 9 are held out


def fold(key: str) -> int:
    """Give the fold, 0 to 9, of an article.

    Args:
        key: the article's id for news; for the reading sets `Asked.key`, which is the article's id in DRCD
            and CMRC, the paragraph's first question id in XQuAD (equal in every language) and in DuReader.
    """
    digest = hashlib.blake2b(key.encode("utf-8"), digest_size=8).digest()
    return int.from_bytes(digest, "big") % FOLDS


def is_trained_on(key: str, *, news: bool) -> bool:
    """Tell whether the shipped reader may have seen the article; False means held out."""
    return fold(key) in (NEWS_TRAIN_FOLDS if news else READING_TRAIN_FOLDS)
