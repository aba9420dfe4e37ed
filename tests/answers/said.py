"""The words of answers made by hand."""

from __future__ import annotations

from collections.abc import Sequence

from byline.retrieval.answers.answer import Citation, Marker, Part, Text


def words(text: str) -> tuple[Part, ...]:
    """Byline's own words."""
    return (Text(text),)


def quotes(citations: Sequence[Citation], *, short: str | None = None, between: str = "") -> tuple[Part, ...]:
    """Each quote on one line with its marker, the short answer told apart where it stands in the first."""
    parts: list[Part] = []
    for citation in citations:
        line = " ".join(citation.quote.split())
        marked = " ".join((short or "").split()) if not parts else ""
        at = line.index(marked)
        pieces = (Text(line[:at], citation.number), Text(marked, citation.number, short=True))
        whole = [*pieces, Text(line[at + len(marked) :], citation.number)]
        parts += [Text(between)] if parts and between else []
        parts += [piece for piece in whole if piece.text] + [Marker(citation.number)]
    return tuple(parts)
