"""A question as it is understood: one value, made once, that every later stage works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from byline.retrieval.answers.coverage import DocumentFrequencies, term_weights
from byline.retrieval.kinds.plan import Plan
from byline.retrieval.kinds.planning import plan_of
from byline.retrieval.text.asked_times import counted_from, span_of
from byline.retrieval.text.periods import asks_for_earliest, asks_for_latest
from byline.retrieval.text.question import Kind, Language, asks_yes_no, kind_of, language_of


@dataclass(frozen=True, slots=True)
class Question:
    """What is known of a question.

    Attributes:
        text: as asked, without white space around it.
        kind: what kind of answer it asks for.
        language: to reply in.
        wants_latest: whether it asks for the newest there is.
        wants_earliest: whether it asks for the first that was told.
        subject: the folded terms that name what it is about, rarer ones weighing more (`coverage.term_weights`).
        counted: the same with the times that lean on its asking written out (去年 as 2023年); it is searched and read.
        yes_no: whether it is answered with yes or no.
        plan: how it is answered from several parts; None for a plain question.
    """

    text: str
    kind: Kind
    language: Language
    wants_latest: bool
    subject: Mapping[str, float]
    counted: str
    wants_earliest: bool = False
    yes_no: bool = False
    plan: Plan | None = None

    @property
    def span(self) -> tuple[date, date] | None:
        """First and last day of the one period it names; None if it names none or several."""
        return span_of(self.counted)


def understand(text: str, document_frequencies: DocumentFrequencies, asked_at: date | None = None) -> Question:
    """Understand a question.

    Args:
        text: as asked, without white space around it.
        document_frequencies: in how many passages of the archive each term stands.
        asked_at: the day that 去年 and 三个月前 are counted from; None leaves them to each article's own date.
    """
    counted = text if asked_at is None else counted_from(text, asked_at)
    subject = term_weights(counted, document_frequencies)
    return Question(
        text=text,
        kind=kind_of(text),
        language=language_of(text),
        wants_latest=asks_for_latest(text),
        subject=subject,
        counted=counted,
        wants_earliest=asks_for_earliest(text),
        yes_no=asks_yes_no(text),
        plan=plan_of(counted, subject),
    )
