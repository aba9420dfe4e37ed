"""The parts of a question: what was found for each, and what was read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from byline.retrieval.answers.coverage import DocumentFrequencies, coverage
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.kinds.cutting import best_cut
from byline.retrieval.kinds.plan import Plan
from byline.retrieval.search import Hit
from byline.retrieval.text.folding import terms
from byline.retrieval.text.question import Language
from byline.retrieval.understanding import Question, understand

CUT_BY_HITS = 20  # hits of the whole question that decide between its cuts: twice what is read
# A part is told where the reader finds it more likely than not that the passage answers and a fifth of what is asked
# about stands in it, or where half of it does. Of 320 events of ChronoQA's order and same questions, the gold passages
# pass in .97, the second and third found, which tell of others, in .11.
MIN_COVERAGE = 0.2
MOST_COVERAGE = 0.5

Find = Callable[[str], tuple[Hit, ...]]


@dataclass(frozen=True, slots=True)
class FoundPart:
    """A part of a question with what was found for it.

    Attributes:
        name: the part in the question's own words.
        question: what is asked of it.
        hits: best first.
    """

    name: str
    question: Question
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part of a question with what was read for it, best first; both as `FoundPart` and `ReadPassage` have them."""

    name: str
    question: Question
    read: tuple[ReadPassage, ...]

    def coverage(self, one: ReadPassage) -> float:
        """The share of what the part is about that stands in a passage or its title."""
        return coverage(f"{one.hit.stored.article.title}\n{one.text}", self.question.subject)

    def told(self) -> list[ReadPassage]:
        """The passages that tell of it, best first."""
        shares = [(one, self.coverage(one)) for one in self.read]
        return [
            one
            for one, share in shares
            if share >= MOST_COVERAGE or (share >= MIN_COVERAGE and one.span.answerable >= 0.0)
        ]


def find_parts(
    question: Question, hits: Sequence[Hit], find: Find, document_frequencies: DocumentFrequencies
) -> tuple[FoundPart, ...]:
    """Cut a question as its plan has it, and find passages for each part; empty for a plain question.

    Args:
        question: as understood.
        hits: found for the whole; they decide where it is cut.
        find: finds passages for a part.
        document_frequencies: of the archive.
    """
    if question.plan is None:
        return ()
    texts = [terms(f"{hit.stored.article.title}\n{hit.stored.passage.text}") for hit in hits[:CUT_BY_HITS]]
    cut = best_cut(question.plan.cuts, texts, question.subject)
    found = []
    for name in cut:
        about = understand(name, document_frequencies)
        asked = understand(asked_of(question.plan, name, question.language), lambda _: {})
        # what the asking adds ("when was …") is no part of what the passages must speak of
        found.append(FoundPart(name, replace(asked, subject=about.subject, plan=None), find(name)))
    return tuple(found)


def asked_of(plan: Plan, part: str, language: Language) -> str:
    """What is asked of a part, as the reader is asked."""
    if plan.operation in ("order", "same", "interval", "since"):
        return f"{part}是什么时候？" if language == "zh" else f"When was {part}?"
    return part
