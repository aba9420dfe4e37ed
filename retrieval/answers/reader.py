"""The protocol of a reader, which extracts the answer to a question from passages; what it takes and what it gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

MIN_TITLE_CHARS = 4  # a shorter title (图片, 简讯) names no subject


@dataclass(frozen=True, slots=True)
class PassageText:
    """A passage as a reader takes it.

    Attributes:
        text: what is read; spans count its characters.
        title: of its article, empty if there is none.
    """

    text: str
    title: str = ""

    @property
    def heading(self) -> str:
        """The title in one line, if it tells a reader more than the text does; else empty."""
        title = " ".join(self.title.split())
        return title if len(title) >= MIN_TITLE_CHARS and title not in self.text else ""


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """What a reader found in one passage.

    Attributes:
        start: first character of the short answer in the passage's text.
        end: one past the last; equal to `start` if nothing is marked.
        span_score: how well the marked span answers, as a log-odds against "no answer here".
        answerable: log-odds that the passage answers at all.
        polarity: log-odds that what it says answers a yes/no question with yes; means nothing for other questions, and
            is None from a reader that cannot tell.
        items: what belongs to an answer that stands in several places (the items of a list, the sentences of a
            reason), half-open and in order; empty from a reader that cannot tell.
    """

    start: int
    end: int
    span_score: float
    answerable: float
    polarity: float | None = None
    items: tuple[tuple[int, int], ...] = ()


class Reader(Protocol):
    """Reads a question against passages."""

    @property
    def fingerprint(self) -> str:
        """Names the reader; calibration figures are kept per fingerprint."""
        ...

    def warm_up(self) -> None:
        """Load what reading needs now rather than with the first question.

        Raises:
            ModelUnavailable: it is not on this machine.
        """
        ...

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        """Mark the answer in each passage, in the order given."""
        ...
