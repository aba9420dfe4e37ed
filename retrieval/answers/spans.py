"""Question and passage to token ids for the encoder, and its scores of tokens back to a span of characters."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.text.question import kind_of
from byline.retrieval.text.sentences import CLOSERS, OPENERS, sentences

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
SPANS_VERSION = 4  # goes up when other spans are chosen from the same scores

# of the encoder's output; answers and polarity count at `<s>` only
START_COLUMN, END_COLUMN, ANSWERS_COLUMN, POLARITY_COLUMN, INSIDE_COLUMN = range(5)
COLUMNS = 5
TOKEN_COLUMNS = [START_COLUMN, END_COLUMN, INSIDE_COLUMN]
TEXT_COLUMNS = [ANSWERS_COLUMN, POLARITY_COLUMN]
# Kinds of questions whose answer may be more than one sentence. F1 on at most 150 held-out questions a set, with the
# first weights, where all others stay within one: DuReader .775 (else .757), crossed languages .635 (.629), CMRC .759
# (.757), DRCD .843 (.841), contrasts .744 (.741), XQuAD en .763 (.766), the rest as before.
ACROSS = frozenset({"explanation", "list"})
MAX_TITLE_CHARS = 60  # of a title, the rest is not read: the longest in the news have about forty

# What may stand between two marked stretches of one item: 3.2, 约翰·史密斯, Ada Quill. A comma or 、 parts items.
_JOINING = re.compile("[-·•.–—~/:：'’‘“”\"《》〈〉「」『』()（）%％ ]*")
# What belongs to no span it hangs on at either end.
_LOOSE = frozenset(" \t\r\n\u3000\xa0、，,。；;：:")
_WORDS_IN_DE = ("目的", "标的", "標的", "有的", "似的")
_NUMERALS = frozenset("0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万萬亿億两兩")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


class TokenScorer(Protocol):
    """The encoder with its head."""

    def score(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Map token ids (tokens,) to (tokens, `COLUMNS`): start, end, answerable, polarity and inside logits."""
        ...


@dataclass(frozen=True, slots=True)
class Window:
    """A question with as much of a passage as the encoder takes at once.

    Attributes:
        ids: int64 (tokens,): `<s> query: … </s></s> passage: … </s>`, the title in a line before the passage's text.
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


def reading_windows(question: Sequence[int], passage: PassageText, tokenizer: Tokenizer) -> Iterator[Window]:
    """Lay the question beside each stretch of a passage, in overlapping windows where a stretch is too long."""
    for start, end in stretches(passage.text):
        stretch = passage.text[start:end]
        yield from token_windows(question, stretch, tokenizer, offset=start, title=passage.heading)


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


def token_windows(
    question: Sequence[int], stretch: str, tokenizer: Tokenizer, *, offset: int = 0, title: str = ""
) -> Iterator[Window]:
    """Lay question and one stretch side by side, in overlapping windows if the encoder cannot take it at once.

    Args:
        question: as `question_ids` gives it.
        stretch: of a passage.
        tokenizer: the encoder's.
        offset: added to the edges, where the stretch is a part of a longer text.
        title: read before every window, never marked.
    """
    opening = PASSAGE_PREFIX + (title[:MAX_TITLE_CHARS] + "\n" if title else "")
    tokens = tokenizer.encode(_LONE_SURROGATE.sub("\ufffd", opening + stretch), add_special_tokens=False)
    edges = np.array(tokens.offsets, np.int64).reshape(-1, 2) - len(opening)
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


def best_span(
    logits: Floats, inside: npt.NDArray[np.bool_], sentence: npt.NDArray[np.int64] | None = None
) -> tuple[int, int, float]:
    """Choose the span of tokens that answers best.

    Args:
        logits: (tokens, at least 2), start and end.
        inside: where a span may start or end.
        sentence: (tokens, 2), the sentences a token starts and ends in; a span then stays within one.

    Returns:
        Its first and last token, and its log-odds against "no answer here", which start and end say by
        pointing at `<s>`.
    """
    starts = np.where(inside, logits[:, START_COLUMN], -np.inf)
    ends = np.where(inside, logits[:, END_COLUMN], -np.inf)
    places = np.arange(len(inside))
    length = places[None, :] - places[:, None]
    allowed = (length >= 0) & (length < LONGEST_ANSWER_TOKENS)
    if sentence is not None:
        # a token of two sentences (a full stop with what follows it) would leave none allowed where it stands alone
        allowed &= (sentence[:, None, 0] == sentence[None, :, 1]) | (length == 0)
    sums = np.where(allowed, starts[:, None] + ends[None, :], -np.inf)
    first, last = np.unravel_index(int(sums.argmax()), sums.shape)
    nothing = logits[0, START_COLUMN] + logits[0, END_COLUMN]
    return int(first), int(last), float(sums[first, last] - nothing)


def mark(passage: str, windows: Sequence[Window], logits: Sequence[Floats], *, across: bool = True) -> AnswerSpan:
    """Choose the best span of all windows of one passage; answerable and polarity are those of the surest window.

    Args:
        passage: the text.
        windows: of it.
        logits: of each window.
        across: whether the span may run over the end of a sentence.
    """
    best = AnswerSpan(0, 0, NO_ANSWER, NO_ANSWER)
    sentence_at = None if across else _sentence_numbers(passage)
    items: list[tuple[int, int]] = []
    for window, scores in zip(windows, logits, strict=True):
        if not window.inside.any():
            continue
        sentence = None if sentence_at is None else sentence_at[window.edges - (0, 1)]
        first, last, span_score = best_span(scores, window.inside, sentence)
        if best.end == 0 or span_score > best.span_score:
            start, end = _trimmed(passage, int(window.edges[first, 0]), int(window.edges[last, 1]))
            start, end = _whole_number(passage, start, end)
            best = replace(best, start=start, end=end, span_score=span_score)
        if best.polarity is None or scores[0, ANSWERS_COLUMN] > best.answerable:
            odds = float(scores[0, ANSWERS_COLUMN]), float(scores[0, POLARITY_COLUMN])
            best = replace(best, answerable=max(best.answerable, odds[0]), polarity=odds[1])
        items += _marked_runs(passage, window, scores)
    return replace(best, items=tuple(_joined(passage, items)))


def _marked_runs(passage: str, window: Window, scores: Floats) -> list[tuple[int, int]]:
    """Find the stretches of a window whose every token belongs to an answer by its own score."""
    runs: list[tuple[int, int]] = []
    belongs = window.inside & (scores[:, INSIDE_COLUMN] > 0.0)
    for (start, end), among in zip(window.edges.tolist(), belongs.tolist(), strict=True):
        if not among:
            continue
        if runs and _JOINING.fullmatch(passage, runs[-1][1], max(start, runs[-1][1])):
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _joined(passage: str, runs: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Put together the runs of windows that overlap, trim each, and leave out those that say nothing."""
    together: list[tuple[int, int]] = []
    for start, end in sorted(runs):
        if together and start < together[-1][1]:
            together[-1] = (together[-1][0], max(end, together[-1][1]))
        else:
            together.append((start, end))
    for start, end in together:
        first, last = _whole_number(passage, *_trimmed(passage, start, end))
        if any(map(str.isalnum, passage[first:last])):
            yield first, last


def _sentence_numbers(passage: str) -> npt.NDArray[np.int64]:
    """Number the sentence of each character; a quotation of several is of the sentence it stands in."""
    numbers = np.zeros(len(passage) + 1, np.int64)
    for start, _ in sentences(passage)[1:]:
        numbers[start:] += 1
    return numbers


@dataclass(frozen=True, slots=True)
class AskedTokens:
    """A question as it is read.

    Attributes:
        ids: as `question_ids` gives them.
        across: whether its answer may run over the end of a sentence.
    """

    ids: list[int]
    across: bool


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

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        """Mark the answer in each passage, in the order given; a passage may be of any length."""
        asked = self.ask(question)
        return [self.read_one(asked, passage) for passage in passages]

    def ask(self, question: str) -> AskedTokens:
        """Prepare a question for all its passages."""
        return AskedTokens(question_ids(question, self._tokenizer), kind_of(question) in ACROSS)

    def read_one(self, question: AskedTokens, passage: PassageText) -> AnswerSpan:
        """Mark the answer in one passage."""
        windows = list(reading_windows(question.ids, passage, self._tokenizer))
        logits = [self._scorer.score(window.ids) for window in windows]
        return mark(passage.text, windows, logits, across=question.across)


def _trimmed(passage: str, start: int, end: int) -> tuple[int, int]:
    """Leave out what a token takes along and no answer holds: white space, commas, half a pair of brackets, 的."""
    first, last = start, end
    while first < last:
        said = passage[first:last]
        if said[0] in _LOOSE or said[0] in CLOSERS or OPENERS.get(said[0], said[0]) not in said:
            first += 1
        elif (
            said[-1] in _LOOSE
            or said[-1] in OPENERS
            or CLOSERS.get(said[-1], said[-1]) not in said
            or (said.endswith("的") and len(said) > 2 and not said.endswith(_WORDS_IN_DE))
        ):
            last -= 1
        else:
            return first, last
    said = passage[start:end]
    start += len(said) - len(said.lstrip())
    return start, max(start, start + len(said.strip()))


def _whole_number(passage: str, start: int, end: int) -> tuple[int, int]:
    """Take in the digits that a token boundary cut off: the vocabulary has pieces like `了一` before `九五八年`."""
    if start == end:
        return start, end
    while start > 0 and passage[start] in _NUMERALS and passage[start - 1] in _NUMERALS:
        start -= 1
    while end < len(passage) and passage[end - 1] in _NUMERALS and passage[end] in _NUMERALS:
        end += 1
    return start, end
