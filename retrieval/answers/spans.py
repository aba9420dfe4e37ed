"""Question and passage to token ids, and token scores back to a span of the passage's characters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.text.sentences import sentences

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Floats = npt.NDArray[np.float32]

QUESTION_PREFIX = "query: "
PASSAGE_PREFIX = "passage: "
BEGIN, END = 0, 2  # `<s>` and `</s>` in XLM-R's vocabulary
MAX_TOKENS = 512  # the encoder's positions
STRETCH_WIDTH = 250  # Chinese characters read at once; see `stretches`
FIRST_WIDE = "\u2e80"  # the first of the CJK blocks; what stands before is counted as letters
NARROW = 0.45  # XQuAD's paragraphs have 2.2 English characters for a Chinese one
MAX_QUESTION_TOKENS = 128  # the rest of a longer question is not read
OVERLAP_TOKENS = 192  # of neighbouring windows of a long passage: twice the longest answer
LONGEST_ANSWER_TOKENS = 96  # 99.9% of the answers in the training sets are shorter, and 98% of CMRC's
NO_ANSWER = -20.0  # log-odds for a passage without a token to mark
SPANS_VERSION = 3  # goes up when other spans are chosen from the same scores

START_COLUMN, END_COLUMN, ANSWERS_COLUMN = 0, 1, 2  # of the encoder's output; the last counts at `<s>` only

_NUMERALS = frozenset("0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万萬亿億两兩")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class TokenScorer(Protocol):
    """The encoder with its head."""

    def score(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Map token ids (tokens,) to (tokens, 3): start, end and answerable logits."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """A question with as much of a passage as the encoder takes at once.

    Attributes:
        ids: int64 (tokens,): `<s> query: … </s></s> passage: … </s>`.
        edges: int64 (tokens, 2): start and end of each token in characters of the passage.
        inside: bool (tokens,): tokens of the passage itself, where an answer may start or end.
    """

    ids: npt.NDArray[np.int64]
    edges: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]


def question_ids(question: str, tokenizer: Tokenizer) -> list[int]:
    """Encode a question, cut to `MAX_QUESTION_TOKENS`."""
    text = _LONE_SURROGATE.sub("\ufffd", QUESTION_PREFIX + question)
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids[:MAX_QUESTION_TOKENS]


def reading_windows(question: Sequence[int], passage: str, tokenizer: Tokenizer) -> Iterator[Window]:
    """Lay the question beside each stretch of a passage, in overlapping windows where a stretch is too long."""
    for start, end in stretches(passage):
        yield from token_windows(question, passage[start:end], tokenizer, offset=start)


def stretches(passage: str) -> list[tuple[int, int]]:
    """Cut a passage at sentence ends into stretches of about equal width, each about `STRETCH_WIDTH`.

    Passages of the index are read whole, or in two if they are long: that abstains better than stretches of half the
    size (`reader_weights.md`). A whole article given as a passage is read stretch by stretch.
    """
    ends = [end for _, end in sentences(passage)]
    widths = list(itertools.accumulate(NARROW if character < FIRST_WIDE else 1.0 for character in passage))
    wide = widths[-1] if widths else 0.0
    count = max(1, round(wide / STRETCH_WIDTH))
    cuts = {0, len(passage)}
    for number in range(1, count):
        goal = wide * number / count
        nearest = min(ends, key=lambda end: abs(widths[end - 1] - goal), default=len(passage))
        cuts.add(nearest)
    edges = sorted(cuts)
    return list(itertools.pairwise(edges)) or [(0, 0)]


def token_windows(question: Sequence[int], stretch: str, tokenizer: Tokenizer, *, offset: int = 0) -> Iterator[Window]:
    """Lay question and one stretch side by side, in overlapping windows if the encoder cannot take it at once.

    Args:
        offset: added to the edges, where the stretch is a part of a longer text.
    """
    tokens = tokenizer.encode(PASSAGE_PREFIX + _LONE_SURROGATE.sub("\ufffd", stretch), add_special_tokens=False)
    edges = np.array(tokens.offsets, np.int64).reshape(-1, 2) - len(PASSAGE_PREFIX)
    prefix = int(np.searchsorted(edges[:, 1], 1))  # tokens that end before the stretch begins
    ids, edges = tokens.ids, np.maximum(edges, 0) + offset
    before = [BEGIN, *question, END, END, *ids[:prefix]]
    room = MAX_TOKENS - len(before) - 1
    for at in range(prefix, max(prefix + 1, len(ids) - OVERLAP_TOKENS), room - OVERLAP_TOKENS):
        part = ids[at : at + room]
        inside = np.zeros(len(before) + len(part) + 1, bool)
        inside[len(before) : -1] = True
        placed = np.zeros((len(inside), 2), np.int64)
        placed[len(before) : -1] = edges[at : at + room]
        yield Window(np.array([*before, *part, END], np.int64), placed, inside)


def best_span(logits: Floats, inside: npt.NDArray[np.bool_]) -> tuple[int, int, float]:
    """Choose the span of tokens that answers best.

    Returns:
        Its first and last token, and its log-odds against "no answer here", which start and end say by
        pointing at `<s>`.
    """
    starts = np.where(inside, logits[:, START_COLUMN], -np.inf)
    ends = np.where(inside, logits[:, END_COLUMN], -np.inf)
    places = np.arange(len(inside))
    length = places[None, :] - places[:, None]
    allowed = (length >= 0) & (length < LONGEST_ANSWER_TOKENS)
    sums = np.where(allowed, starts[:, None] + ends[None, :], -np.inf)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    nothing = logits[0, START_COLUMN] + logits[0, END_COLUMN]
    return int(first), int(last), float(sums[first, last] - nothing)


def mark(passage: str, windows: Sequence[Window], logits: Sequence[Floats]) -> AnswerSpan:
    """Choose the best span of all windows of one passage; answerable is that of the surest window."""
    best = AnswerSpan(0, 0, NO_ANSWER, NO_ANSWER)
    for window, scores in zip(windows, logits, strict=True):
        if not window.inside.any():
            continue
        first, last, span_score = best_span(scores, window.inside)
        answerable = max(best.answerable, float(scores[0, ANSWERS_COLUMN]))
        if best.end == 0 or span_score > best.span_score:
            start, end = _trimmed(passage, int(window.edges[first, 0]), int(window.edges[last, 1]))
            start, end = _whole_number(passage, start, end)
            best = AnswerSpan(start, end, span_score, answerable)
        else:
            best = AnswerSpan(best.start, best.end, best.span_score, answerable)
    return best


class SpanReader:
    """Reads passages one after the other with any scorer, in the calling thread."""

    def __init__(self, scorer: TokenScorer, tokenizer: Tokenizer, fingerprint: str) -> None:
        self._scorer = scorer
        self._tokenizer = tokenizer
        self._fingerprint = fingerprint

    @property
    def fingerprint(self) -> str:
        """As given."""
        return self._fingerprint

    def warm_up(self) -> None:
        """Load nothing: scorer and tokenizer were given."""

    def read(self, question: str, passages: Sequence[str]) -> list[AnswerSpan]:
        """Mark the answer in each passage, in the order given; a passage may be of any length."""
        asked = question_ids(question, self._tokenizer)
        return [self.read_one(asked, passage) for passage in passages]

    def read_one(self, question: Sequence[int], passage: str) -> AnswerSpan:
        """Mark the answer in one passage; `question` as `question_ids` gives it."""
        windows = list(reading_windows(question, passage, self._tokenizer))
        return mark(passage, windows, [self._scorer.score(window.ids) for window in windows])


def _trimmed(passage: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the white space that a token takes along."""
    said = passage[start:end]
    inner = said.strip()
    if not inner:
        return start, end
    start += len(said) - len(said.lstrip())
    return start, start + len(inner)


def _whole_number(passage: str, start: int, end: int) -> tuple[int, int]:
    """Take in the digits that a token boundary cut off: the vocabulary has pieces like `了一` before `九五八年`."""
    if start == end:
        return start, end
    while start > 0 and passage[start] in _NUMERALS and passage[start - 1] in _NUMERALS:
        start -= 1
    while end < len(passage) and passage[end - 1] in _NUMERALS and passage[end] in _NUMERALS:
        end += 1
    return start, end
