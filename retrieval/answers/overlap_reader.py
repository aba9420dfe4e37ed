"""A reader without a trained model: the sentence nearest to the question, by shared words and by vector.

It stands in where the trained reader cannot be loaded, and is the baseline the trained one is measured against.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from byline.embeddings.embedder import Embedder
from byline.retrieval.answers.coverage import DocumentFrequencies, coverage, term_weights
from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.text.folding import fold
from byline.retrieval.text.question import Kind, kind_of
from byline.retrieval.text.sentences import sentences

DENSE_PASSAGES = 3  # sentences of so many first passages are embedded; each costs about 3 ms on two cores

_NUMBER = r"(?:[0-9０-９]+(?:[,，][0-9]{3})*(?:\.[0-9]+)?|[一二三四五六七八九十百千万亿两〇零]+)"
_QUANTITY = re.compile(
    rf"(?:近|约|超|逾)?{_NUMBER}(?:余|多|几)?(?:%|％|‰|个?百分点|[十百千万亿]+)?"
    r"(?:多|余)?(?:[美欧日港]?元|人次|人民币|平方米|平方公里|公里|千米|[^\W\d_a-zA-Z的了在是和与及、])?"
)
_TIME = re.compile(
    r"(?:[0-9]{2,4}年)?(?:[0-9]{1,2}月)?[0-9]{1,2}[日号](?:[上下]午|晚|凌晨|早)?(?:[0-9]{1,2}[点时](?:[0-9]{1,2}分)?)?"
    r"|[0-9]{4}年(?:[0-9]{1,2}月)?|[0-9]{1,2}月|[0-9]{1,2}[:：点时][0-9]{0,2}分?"
    r"|\b(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?: [0-9]{1,2})?(?:,? [0-9]{4})?|\b[12][0-9]{3}\b"
)
_TYPED: Mapping[Kind, re.Pattern[str]] = {"quantity": _QUANTITY, "time": _TIME}


class OverlapReader:
    """Marks by shared words (weighted by rarity) and, in the first passages, by vector.

    Its `span_score` is the best sentence's share of the question's words plus its cosine, less one if a number or date
    was asked for and the sentence has none; its `answerable` is the share of the question's words in the passage.
    Neither is a log-odds before calibration.
    """

    fingerprint = "overlap:2"

    def __init__(self, embedder: Embedder, document_frequencies: DocumentFrequencies) -> None:
        self._embedder = embedder
        self._document_frequencies = document_frequencies

    def warm_up(self) -> None:
        """Load nothing: the embedder is warmed by the search."""

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        """Mark the best sentence of each passage, and in it a number or date if one was asked for."""
        texts = [passage.text for passage in passages]
        weights = term_weights(question, self._document_frequencies)
        cosines = self._cosines(question, texts[:DENSE_PASSAGES])
        return [
            self._mark(question, text, weights, cosines[i] if i < len(cosines) else None)
            for i, text in enumerate(texts)
        ]

    def _cosines(self, question: str, passages: Sequence[str]) -> list[list[float]]:
        spans = [sentences(text) for text in passages]
        texts = [text[a:b] for text, each in zip(passages, spans, strict=True) for a, b in each]
        if not texts:
            return []
        flat = iter((self._embedder.embed_passages(texts) @ self._embedder.embed_question(question)).tolist())
        return [[next(flat) for _ in each] for each in spans]

    def _mark(
        self, question: str, text: str, weights: Mapping[str, float], cosines: Sequence[float] | None
    ) -> AnswerSpan:
        spans = sentences(text)
        if not spans:
            return AnswerSpan(0, 0, 0.0, 0.0)
        scores = [coverage(text[a:b], weights) + (cosines[i] if cosines else 0.0) for i, (a, b) in enumerate(spans)]
        best = max(range(len(spans)), key=scores.__getitem__)
        start, end = spans[best]
        typed = _typed(question, text[start:end])
        lacks = kind_of(question) in _TYPED and not typed
        first, last = typed[0] if len(typed) == 1 else (0, 0)
        return AnswerSpan(start + first, start + last, scores[best] - lacks, coverage(text, weights))


def _typed(question: str, sentence: str) -> list[tuple[int, int]]:
    """Find the numbers or dates in a sentence, if such are asked for, that the question does not hold already."""
    pattern = _TYPED.get(kind_of(question))
    if pattern is None:
        return []
    asked = fold(question)
    return [m.span() for m in pattern.finditer(sentence) if m.group() and fold(m.group()) not in asked]
