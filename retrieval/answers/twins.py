"""Two texts in the same words with another value between them: reports of one thing that contradict each other."""

from __future__ import annotations

from byline.retrieval.answers.likeness import normalised
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.text.folding import fold

Span = tuple[int, int]

AROUND_CHARS = 10  # looked at on either side of a value
FEWEST_AROUND = 10  # that must be the same on both sides together: fewer are the same in any two reports
LONGEST_VALUE = 24  # characters between the two sides; more is another clause


def twin_value(best: ReadPassage, text: str) -> Span | None:
    """Find what stands in a text where a passage has its short answer, the words around being the same.

    Returns:
        The span of the other value; None where the words around differ, or the value is the same.
    """
    short = best.short_answer
    if not short or len(short) > LONGEST_VALUE:
        return None
    told, other = fold(best.text), fold(text)
    left = told[max(0, best.span.start - AROUND_CHARS) : best.span.start].lstrip()
    right = told[best.span.end : best.span.end + AROUND_CHARS].rstrip()
    if len(left.strip()) + len(right.strip()) < FEWEST_AROUND:
        return None
    begin = other.find(left) + len(left) if left else 0
    if left and left not in other:
        return None
    end = other.find(right, begin) if right else len(other)
    if end < 0 or not 0 < end - begin <= LONGEST_VALUE:
        return None
    value = other[begin:end]
    if normalised(value) == normalised(fold(short)) or not any(map(str.isalnum, value)):
        return None
    return begin, end
