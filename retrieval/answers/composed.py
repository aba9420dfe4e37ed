"""The part of an answer that is made of words."""

from __future__ import annotations

from dataclasses import dataclass

from byline.retrieval.answers.answer import Choice, Citation, Derived, Item, Part, Premise, Reason


@dataclass(frozen=True, slots=True)
class Composed:
    """The part of an `Answer` that is made of words; see there."""

    answered: bool
    parts: tuple[Part, ...]
    reason: Reason | None = None
    short_answer: str | None = None
    short_start: int | None = None
    citations: tuple[Citation, ...] = ()
    derived: Derived | None = None
    items: tuple[Item, ...] = ()
    premise: Premise | None = None
    spelled_out: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def confidence(self) -> float:
        """That of the first citation, 0 of none; what follows from several is as sure as the least sure of them."""
        if self.derived is not None and self.derived.operation not in ("differ", "yes_no"):
            return min(citation.confidence for citation in self.citations)
        return self.citations[0].confidence if self.citations else 0.0
