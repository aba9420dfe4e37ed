"""Texts to passages for training: cut at sentence ends, of lengths about those the index makes."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from byline.retrieval.training.reader.sets import Span

# A sentence ends at 。！？；!?; or a line end, closing quotes included, or at a full stop before a space.
_SENTENCE = re.compile(r"[^。！？；!?;\n]*?(?:[。！？；!?;\n]+[”’」』）)]*|\.(?=\s)|$)\s*", re.DOTALL)


def sentences(text: str) -> list[Span]:
    """Cut a text into sentences that together are the whole text."""
    return [match.span() for match in _SENTENCE.finditer(text) if match.end() > match.start()]


def window_around(text: str, span: Span, chars: int, rng: random.Random) -> Span:
    """Take whole sentences around a span until `chars` are reached, growing to either side at random.

    Returns:
        Where the window stands in `text`; at least the sentences the span touches.
    """
    cut = sentences(text)
    first = next(i for i, (_, end) in enumerate(cut) if end > span[0])
    last = next(i for i in range(first, len(cut)) if cut[i][1] >= span[1])
    while cut[last][1] - cut[first][0] < chars:
        left = first > 0
        right = last < len(cut) - 1
        if not left and not right:
            break
        if left and (not right or rng.random() < 0.5):
            first -= 1
        else:
            last += 1
    return cut[first][0], cut[last][1]


def cut_windows(text: str, chars: int) -> list[Span]:
    """Cut a whole text into windows of about `chars`, at sentence ends, without overlap."""
    windows: list[Span] = []
    start = 0
    for _, end in sentences(text):
        if end - start >= chars:
            windows.append((start, end))
            start = end
    if len(text) - start > 0:
        windows.append((start, len(text)))
    return windows


def without(text: str, window: Span, spans: Sequence[Span]) -> str:
    """Give the window's text with every sentence left out that one of the spans touches."""
    kept = [
        text[start:end]
        for start, end in sentences(text)
        if window[0] <= start and end <= window[1] and not any(a < end and start < b for a, b in spans)
    ]
    return "".join(kept)
