"""A passage: the unit that is embedded, searched and read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passage:
    """`article.text[start:end] == text`, beginning and ending where sentences do."""

    article_id: str
    start: int
    end: int
    text: str

    @property
    def id(self) -> str:
        """Deterministic, so that indexing the same article again, anywhere, gives the same id."""
        return f"{self.article_id}:{self.start}-{self.end}"
