"""The protocol of a reader: whatever marks the answer to a question in a passage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AnswerSpan:
    """What a reader found in one passage.

    Attributes:
        start: first character of the short answer in the passage's text.
        end: one past the last; equal to `start` if nothing is marked.
        span_score: how well the marked span answers, as a log-odds against "no answer here".
        answerable: log-odds that the passage answers at all.
    """

    start: int
    end: int
    span_score: float
    answerable: float


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

    def read(self, question: str, passages: Sequence[str]) -> list[AnswerSpan]:
        """Mark the answer in each passage, in the order given."""
        ...
