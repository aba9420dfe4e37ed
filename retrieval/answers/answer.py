"""The answer that front ends show: its parts, its citations with exact spans, and its form in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal
from urllib.parse import quote as quote_path

Reason = Literal["not_in_articles", "no_articles", "unsure", "which", "small_talk"]
DerivedFrom = Literal[
    "order", "same", "differ", "compare", "difference", "ratio", "count", "interval", "yes_no", "field"
]

MOST_HEADING_CHARS = 80  # of the items of a list above the sentences: two lines of a page, four of a phone


@dataclass(frozen=True, slots=True)
class Text:
    """A run of an answer's words.

    Attributes:
        text: the characters.
        citation: number of the citation whose quote they repeat; None for words that are Byline's own.
        short: whether they are the short answer.
    """

    text: str
    citation: int | None = None
    short: bool = False


@dataclass(frozen=True, slots=True)
class Marker:
    """The `[number]` of a citation, after the words that rest on it."""

    number: int

    @property
    def text(self) -> str:
        """As it is written."""
        return f"[{self.number}]"


Part = Text | Marker


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and its place: `article.text[start:end] == quote`, always.

    Attributes:
        number: what stands in brackets beside the sentence, from 1.
        quote: the cited characters, verbatim.
        score: the retrieval score of the passage it stands in; comparable within one answer only.
        evidence: True if the answer rests on it, False for a nearest passage shown with an abstention.
        confidence: calibrated probability in [0, 1] that what its passage says is the right answer.
        likely: it probably answers, and nothing is sure; only of the first, with the reason `unsure`.
    """

    number: int
    article_id: str
    passage_id: str
    title: str
    byline: str
    source: str
    published: str | None
    quote: str
    start: int
    end: int
    score: float
    evidence: bool
    confidence: float = 0.0
    likely: bool = False

    @property
    def supports(self) -> bool:
        """Whether the answer, or what may be the answer, rests on it."""
        return self.evidence or self.likely

    @property
    def url(self) -> str:
        """Path of the page that shows the quote marked in its article."""
        return f"/articles/{quote_path(self.article_id, safe='')}?start={self.start}&end={self.end}"


@dataclass(frozen=True, slots=True)
class QuotedOperand:
    """What a derived answer rests on: `article.text[start:end]`, inside the quote of a citation."""

    citation: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FieldOperand:
    """What a derived answer rests on: a field of the cited article (`published`, `byline`, `source`, `edition`)."""

    citation: int
    field: str
    value: str


Operand = QuotedOperand | FieldOperand


@dataclass(frozen=True, slots=True)
class Derived:
    """An answer that follows from several quotes and stands in none.

    Attributes:
        operation: how it follows.
        value: what follows, in words; the short answer.
        operands: all it rests on, in the order they are named.
    """

    operation: DerivedFrom
    value: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A question to ask instead, and the few words that stand on its button."""

    text: str
    question: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: `article.text[start:end] == text`, inside the quote of the citation."""

    text: str
    citation: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Premise:
    """What a question takes for granted, and the citation whose sentence denies it."""

    denied: bool
    citation: int


@dataclass(frozen=True, slots=True)
class Understood:
    """How a question was read.

    Attributes:
        question: so that it stands alone, with the times that lean on its asking written out.
        kind: what it asks for.
        after: ISO date, the first day of the period it asks about; None if it names none.
        before: the last.
        otherwise: the question to ask instead, for another reading of its time; None where there is one reading.
        follows: whether it leans on the questions before it; asked as it stands it may be read otherwise.
        subject: what the conversation is about now.
    """

    question: str
    kind: str
    after: str | None = None
    before: str | None = None
    otherwise: str | None = None
    follows: bool = False
    subject: str = ""


@dataclass(frozen=True, slots=True)
class TookMs:
    """Milliseconds each stage took, as the service saw them."""

    embed: float
    search: float
    read: float
    total: float


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to the person who asked.

    Attributes:
        answer_id: names this answer for feedback and for buttons under it.
        parts: the sentences that answer, each followed by the markers of its citations; or, when `answered` is
            False, a sentence that says so in the question's language.
        short_answer: the few characters asked for, standing inside the first citation's quote; with the reason
            `unsure`, what they may be; with `derived`, its value.
        short_start: where `short_answer` starts in the first citation's article, or None.
        reason: why it abstained; `unsure` with what may be the answer as first citation.
        confidence: calibrated probability in [0, 1] that the answer is right: that of the first citation, 0 of none.
        citations: evidence first, in the order of their numbers.
        conversation: id of the conversation it is part of; None for a question asked alone.
        derived: how the short answer follows, where it stands in no quote.
        items: of a list, in the order of the article.
        understood: how the question was read; None in answers kept by an earlier version.
        premise: the sentence that denies what the question takes for granted.
        spelled_out: the day or year that a short answer like 昨天 means, counted from its article's date.
        choices: questions to ask instead: with the reason `which` those it may mean, with `small_talk` examples.
    """

    answer_id: str
    question: str
    answered: bool
    parts: tuple[Part, ...]
    short_answer: str | None
    short_start: int | None
    reason: Reason | None
    confidence: float
    citations: tuple[Citation, ...]
    took_ms: TookMs
    conversation: str | None = None
    derived: Derived | None = None
    items: tuple[Item, ...] = ()
    understood: Understood | None = None
    premise: Premise | None = None
    spelled_out: str | None = None
    choices: tuple[Choice, ...] = ()

    @property
    def answer(self) -> str:
        """The words of all parts together."""
        return "".join(part.text for part in self.parts)

    @property
    def heading(self) -> str | None:
        """The short answer where it may stand above the sentence: more than half of a sentence is no summary of it.

        One that is derived stands in no sentence, so that it is always shown; of a list, the items are.
        """
        if self.derived is not None:
            return self.short_answer
        if self.items and not self.short_answer:
            listed = "；".join(item.text for item in self.items)
            return listed if len(listed) <= MOST_HEADING_CHARS else None
        if not self.short_answer or 2 * len(self.short_answer) > len(self.citations[0].quote):
            return None
        return f"{self.short_answer} ({self.spelled_out})" if self.spelled_out else self.short_answer

    @property
    def is_unsure(self) -> bool:
        """Whether it says what may be the answer."""
        return self.reason == "unsure"

    @property
    def repeated(self) -> frozenset[int]:
        """Numbers of the citations whose whole quote stands in the answer's words."""
        return frozenset(p.citation for p in self.parts if isinstance(p, Text) and p.citation is not None)

    @property
    def only_quotes(self) -> bool:
        """Whether the answer says nothing that its quotes do not say, so that printing both would repeat it."""
        return all(isinstance(p, Marker) or p.citation is not None or not p.text.strip() for p in self.parts)


def to_json(answer: Answer) -> dict[str, Any]:
    """Give an answer as JSON can hold it, for `from_json`."""
    kept = asdict(answer)
    kept["parts"] = [part_to_json(part) for part in answer.parts]
    kept["answer"] = answer.answer
    kept["derived"] = derived_to_json(answer.derived) if answer.derived else None
    return kept


def derived_to_json(derived: Derived) -> dict[str, Any]:
    """Give what was derived as the contract has it, its operands in `from`."""
    return {
        "operation": derived.operation,
        "value": derived.value,
        "from": [asdict(operand) for operand in derived.operands],
    }


def part_to_json(part: Part) -> dict[str, Any]:
    """Give a part as the contract has it: `{"marker": 1}`, or `{"text": …}` with what else is known of it."""
    if isinstance(part, Marker):
        return {"marker": part.number}
    return {"text": part.text, "citation": part.citation, "short": part.short}


def from_json(kept: Mapping[str, Any]) -> Answer:
    """Read an answer back, also one kept by another version: what is unknown is left out, what is missing is empty.

    Answers kept before they had parts have their words in `answer`; these come back as one part.
    """
    said = _known(Answer, kept) | {
        "citations": tuple(Citation(**(_NO_CITATION | _known(Citation, one))) for one in kept.get("citations") or ()),
        "took_ms": TookMs(**(_NO_TIME | _known(TookMs, kept.get("took_ms") or {}))),
        "choices": tuple(Choice(**_known(Choice, one)) for one in kept.get("choices") or ()),
        "parts": tuple(map(_part, kept["parts"])) if "parts" in kept else (Text(str(kept.get("answer") or "")),),
        "derived": _derived(kept["derived"]) if kept.get("derived") else None,
        "items": tuple(Item(**_known(Item, one)) for one in kept.get("items") or ()),
        "understood": Understood(**_known(Understood, kept["understood"])) if kept.get("understood") else None,
        "premise": Premise(**_known(Premise, kept["premise"])) if kept.get("premise") else None,
    }
    return Answer(**(_NO_ANSWER | said))


_NO_TIME = {"embed": 0.0, "search": 0.0, "read": 0.0, "total": 0.0}
_NO_ANSWER: dict[str, Any] = {
    "answer_id": "",
    "question": "",
    "answered": False,
    "short_answer": None,
    "short_start": None,
    "reason": None,
    "confidence": 0.0,
}
_NO_CITATION: dict[str, Any] = {
    "number": 0,
    "article_id": "",
    "passage_id": "",
    "title": "",
    "byline": "",
    "source": "",
    "published": None,
    "quote": "",
    "start": 0,
    "end": 0,
    "score": 0.0,
    "evidence": False,
}


def _known(kind: type, kept: Mapping[str, Any]) -> dict[str, Any]:
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in kept.items() if name in names}


def _part(kept: Mapping[str, Any]) -> Part:
    if "marker" in kept:
        return Marker(int(kept["marker"]))
    return Text(str(kept.get("text") or ""), kept.get("citation"), bool(kept.get("short")))


def _derived(kept: Mapping[str, Any]) -> Derived:
    operands = tuple(
        FieldOperand(**_known(FieldOperand, one)) if "field" in one else QuotedOperand(**_known(QuotedOperand, one))
        for one in kept["from"]
    )
    return Derived(kept["operation"], str(kept["value"]), operands)
