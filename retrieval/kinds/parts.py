"""The parts of a question, each found and read for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from byline.retrieval.answers.coverage import DocumentFrequencies, coverage
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.kinds.cutting import best_cut
from byline.retrieval.kinds.plan import Plan
from byline.retrieval.search import Hit
from byline.retrieval.text.folding import terms
from byline.retrieval.understanding import Question, understand

READ_EVENT = 3  # passages read for an event: of 317, the third holds a gold passage in .96, the first alone in .92
READ_ASKED = 10  # at most so many for a part, as for a question
# A part is told where the reader finds it more likely than not that the passage answers and a fifth of what is asked
# about stands in it, or where half of it does. Of 320 events of ChronoQA's order and same questions, the gold passages
# pass in .97, the second and third found, which tell of others, in .11.
MIN_COVERAGE = 0.2
MOST_COVERAGE = 0.5

Read = Callable[[str, Question, int], Sequence[ReadPassage]]  # what to search, what to read, how many passages


@dataclass(frozen=True, slots=True)
class ReadPart:
    """A part of a question with what was read for it.

    Attributes:
        name: the part in the question's own words.
        question: what is asked of it.
        read: best first.
    """

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


def read_events(
    question: Question, plan: Plan, hits: Sequence[Hit], read: Read, document_frequencies: DocumentFrequencies
) -> list[ReadPart]:
    """Cut a question into the events it names, and read when each was.

    Args:
        question: as understood.
        plan: of it, with cuts.
        hits: found for the whole; they decide where it is cut.
        read: finds and reads passages.
        document_frequencies: of the archive.
    """
    texts = [terms(f"{hit.stored.article.title}\n{hit.stored.passage.text}") for hit in hits]
    parts = []
    for name in best_cut(plan.cuts, texts, question.subject):
        about = understand(name, document_frequencies)
        when = f"{name}是什么时候？" if question.language == "zh" else f"When was {name}?"
        # "when was …" is no part of what the passages must speak of
        asked = replace(understand(when, lambda _: {}), subject=about.subject, plan=None)
        parts.append(ReadPart(name, asked, tuple(read(name, asked, READ_EVENT))))
    return parts


def read_asked(plan: Plan, read: Read, document_frequencies: DocumentFrequencies) -> list[ReadPart]:
    """Read the parts of a question that says itself what they are, each as a question of its own."""
    asked = [(part.label, understand(part.question, document_frequencies)) for part in plan.parts]
    return [
        ReadPart(label, question, tuple(read(question.counted, replace(question, plan=None), READ_ASKED)))
        for label, question in asked
    ]
