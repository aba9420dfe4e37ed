"""What is known of the questions asked before in a conversation, and of their answers."""

from __future__ import annotations

from dataclasses import dataclass

from byline.retrieval.answers.answer import Answer
from byline.retrieval.text.question import Kind, kind_of

LAST_TURNS = 6  # earlier ones are worth less than .3 ** 6 of a question's own words, that is nothing


@dataclass(frozen=True, slots=True)
class Turn:
    """A question of the conversation and what was answered.

    Attributes:
        asked: the question as it was asked.
        question: as it was read, so that it stands alone.
        kind: what kind of answer it asked for.
        subject: what the conversation was about when it was asked; empty where the question alone says.
        short_answer: the few characters that answered it, empty if it was not answered.
        quotes: the sentences it was answered with.
        passages: ids of the passages these stand in.
        articles: ids of the articles it was answered from; of one without an answer the nearest.
    """

    question: str
    kind: Kind
    subject: str = ""
    short_answer: str = ""
    quotes: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()
    asked: str = ""
    articles: tuple[str, ...] = ()


def turn_of(answer: Answer) -> Turn:
    """Keep of an answer what the next question may lean on."""
    read_as = answer.understood.question if answer.understood else answer.question
    evidence = [citation for citation in answer.citations if citation.evidence]
    return Turn(
        question=read_as,
        kind=kind_of(read_as),
        subject=answer.understood.subject if answer.understood else "",
        short_answer=(answer.short_answer or "").strip() if answer.answered else "",
        quotes=tuple(citation.quote for citation in evidence),
        passages=tuple(citation.passage_id for citation in evidence),
        asked=answer.question,
        articles=tuple(dict.fromkeys(one.article_id for one in evidence or answer.citations[:1])),
    )
