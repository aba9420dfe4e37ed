"""From an answer span to the sentences that are quoted for it."""

from __future__ import annotations

from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.text.sentences import sentences

MAX_QUOTED_SENTENCES = 2  # a sentence, and one more where it announces what follows
ANNOUNCES = ("：", ":", "；", ";")


def quoted_span(text: str, marked: AnswerSpan) -> tuple[int, int]:
    """Find the sentences that hold what was marked.

    A sentence that ends in a colon or semicolon only begins what it says, so the next is taken along.

    Args:
        text: the passage.
        marked: a span in it, or an empty span at the start of a sentence.

    Returns:
        Half-open span in characters of `text`, beginning and ending where sentences do.
    """
    spans = sentences(text)
    last_marked = max(marked.end - 1, marked.start)
    first = next((i for i, (_, end) in enumerate(spans) if marked.start < end), len(spans) - 1)
    last = next((i for i, (_, end) in enumerate(spans) if last_marked < end), len(spans) - 1)
    while (
        last + 1 < len(spans) and last - first + 1 < MAX_QUOTED_SENTENCES and text[: spans[last][1]].endswith(ANNOUNCES)
    ):
        last += 1
    return spans[first][0], spans[last][1]
