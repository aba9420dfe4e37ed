"""Which articles the reader was trained on: a rule, not a list, so that everyone draws the same line."""

from __future__ import annotations

import hashlib

FOLDS = 10
READING_TRAIN_FOLDS = frozenset(range(8))  # 80% of the reading sets; folds 8 and 9 are held out
NEWS_TRAIN_FOLDS = frozenset(range(6))  # 60% of the news; folds 6 to 9 are held out

CONTRAST_TESTS = 10  # one article in so many keeps its contrasts for testing
# News articles that stand in a set that only measures too.
MEASURED_ONLY = frozenset(
    f"news-{number}"
    for number in (
        139, 1057, 1963, 3135, 3225, 6964, 8117, 11142, 11542, 11588, 13858, 14132, 15950, 16140, 20726, 23014, 23255,
        23624, 24785, 25272, 27218, 36800, 38647, 42751, 44565, 66226, 66836, 67311, 68728,
    )
)  # fmt: skip


def fold(key: str) -> int:
    """Give the fold, 0 to 9, of an article.

    Args:
        key: the article's id for news; for the reading sets `Asked.key`, which is the article's id in DRCD
            and CMRC, the paragraph's first question id in XQuAD (equal in every language) and in DuReader.
    """
    return _number(key) % FOLDS


def is_trained_on(key: str, *, news: bool) -> bool:
    """Tell whether the shipped reader may have seen the article; False means held out."""
    return fold(key) in (NEWS_TRAIN_FOLDS if news else READING_TRAIN_FOLDS)


def is_contrast_test(article: str) -> bool:
    """Tell whether an article's contrasts are kept for testing, whatever else of it was trained on."""
    return _number("contrasts " + article) % CONTRAST_TESTS == 0


def _number(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8"), digest_size=8).digest(), "big")
