"""The answer to one question, and the citations it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote as quote_path

Reason = Literal["not_in_articles", "no_articles"]


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and its place: `article.text[start:end] == quote`, always.

    Attributes:
        number: what stands in brackets beside the sentence, from 1.
        quote: the cited characters, verbatim.
        score: the retrieval score of the passage it stands in; comparable within one answer only.
        evidence: True if the answer rests on it, False for a nearest passage shown with an abstention.
    """

    number: int
    article_id: str
    passage_id: str
    title: str
    byline: str
    source: str
    published: str | None
    quote: str
    start: int
    end: int
    score: float
    evidence: bool

    @property
    def url(self) -> str:
        """Path of the page that shows the quote marked in its article."""
        return f"/articles/{quote_path(self.article_id, safe='')}?start={self.start}&end={self.end}"


@dataclass(frozen=True, slots=True)
class TookMs:
    """Milliseconds each stage took, as the service saw them."""

    embed: float
    search: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to the person who asked.

    Attributes:
        answer_id: names this answer for feedback and for buttons under it.
        answer: the sentences that answer, each followed by `[number]` of its citation; or, when
            `answered` is False, a sentence that says so in the question's language.
        short_answer: the few characters asked for, standing inside the first citation's quote.
        short_start: where `short_answer` starts in the first citation's article, or None.
        reason: why it abstained.
        confidence: calibrated probability in [0, 1] that the answer is right.
        citations: evidence first, in the order of their numbers.
    """

    answer_id: str
    question: str
    answered: bool
    answer: str
    short_answer: str | None
    short_start: int | None
    reason: Reason | None
    confidence: float
    citations: tuple[Citation, ...]
    took_ms: TookMs
    conversation: str | None = None

    @property
    def heading(self) -> str | None:
        """The short answer where it may stand above the sentence: more than half of a sentence is no summary of it."""
        if not self.short_answer or 2 * len(self.short_answer) > len(self.citations[0].quote):
            return None
        return self.short_answer
