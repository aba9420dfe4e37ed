"""A question as it is understood: one value, made once, that every later stage works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from byline.retrieval.answers.coverage import DocumentFrequencies, term_weights
from byline.retrieval.text.periods import asks_for_latest
from byline.retrieval.text.question import Kind, Language, kind_of, language_of


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of a question.

    Attributes:
        text: as asked, without white space around it.
        kind: what kind of answer it asks for.
        language: to reply in.
        wants_latest: whether it asks for the newest there is.
        subject: the folded terms that name what it is about, rarer ones weighing more (`coverage.term_weights`).
    """

    text: str
    kind: Kind
    language: Language
    wants_latest: bool
    subject: Mapping[str, float]


def understand(text: str, document_frequencies: DocumentFrequencies) -> Question:
    """Understand a question.

    Args:
        text: as asked, without white space around it.
        document_frequencies: in how many passages of the archive each term stands.
    """
    return Question(
        text=text,
        kind=kind_of(text),
        language=language_of(text),
        wants_latest=asks_for_latest(text),
        subject=term_weights(text, document_frequencies),
    )
