"""Labelled questions to figures: how often the right article is found, the right answer given, silence kept.

The figures are those of `POST /v1/search` and `POST /v1/ask` as a client would count them, taken in process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from byline.retrieval.answers.answer import Answer
from byline.retrieval.answers.likeness import character_f1, normalised
from byline.retrieval.errors import NotFound, UnreadableFile
from byline.retrieval.evaluation.percentiles import nearest_rank
from byline.retrieval.evaluation.reliability import Judged, calibration_error, reliability
from byline.retrieval.service import Service

SEARCH_HITS = 50  # passages fetched to rank articles: ten articles of five passages each
RANK_CUT = 10  # MRR counts no rank below, as in MS MARCO's MRR@10


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question and what a right answer holds.

    Attributes:
        answers: groups of wordings; a right answer holds one wording of each group. Empty: the articles do
            not say, and silence is right.
        articles: ids of the articles that answer; empty where nobody labelled them.
    """

    question: str
    answers: tuple[tuple[str, ...], ...]
    articles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was answered to one question, and whether it was right."""

    asked: LabelledQuestion
    answer: Answer
    right: bool
    took_ms: float


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in [0, 1] over the questions each applies to, milliseconds, or None where none applies.

    Attributes:
        recall_at: by cut-off 1, 5 and 10, the share of questions with a labelled article so high.
        mrr: mean reciprocal rank of the first labelled article, ranks below 10 counting nothing.
        answered: answerable questions that got an answer.
        hit: answerable questions whose answer text, short answer or first quote holds a right answer.
        exact_match: mean over answerable questions of the short answer being a right one, punctuation aside.
        f1: the same by characters shared.
        cited: answerable questions whose first citation is of a labelled article.
        abstained: unanswerable questions that got no answer.
        exact: citations whose quote is, character for character, its span of the article.
        calibration_error: expected calibration error of the answers given.
    """

    questions: int
    recall_at: tuple[float | None, float | None, float | None] = (None, None, None)
    mrr: float | None = None
    search_p50_ms: float | None = None
    search_p95_ms: float | None = None
    answered: float | None = None
    hit: float | None = None
    exact_match: float | None = None
    f1: float | None = None
    cited: float | None = None
    abstained: float | None = None
    exact: float | None = None
    citations: int = 0
    ask_p50_ms: float | None = None
    ask_p95_ms: float | None = None
    calibration_error: float | None = None

    def named(self) -> dict[str, float | int | None]:
        """The figures by the names they are reported under; what does not apply is left out."""
        named = {
            "questions": self.questions,
            "R@1": self.recall_at[0],
            "R@5": self.recall_at[1],
            "R@10": self.recall_at[2],
            "MRR": self.mrr,
            "search_p50": self.search_p50_ms,
            "search_p95": self.search_p95_ms,
            "answered": self.answered,
            "hit": self.hit,
            "EM": self.exact_match,
            "F1": self.f1,
            "cited": self.cited,
            "abstained": self.abstained,
            "exact": self.exact,
            "citations": self.citations,
            "ask_p50": self.ask_p50_ms,
            "ask_p95": self.ask_p95_ms,
            "ECE": self.calibration_error,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures, and what they were counted from."""

    figures: Figures
    outcomes: tuple[Outcome, ...]


def read_questions(path: Path, *, unanswerable: bool = False) -> list[LabelledQuestion]:
    """Read labelled questions, one JSON object a line: `question`, `answers`, `article` or `articles`.

    Args:
        path: UTF-8; `answers` is a list of wordings, a list of lists of them, or empty.
        unanswerable: take every question for one that the articles do not answer.

    Raises:
        UnreadableFile: the file does not open, or a line is no labelled question.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise UnreadableFile(str(path), f"not readable as UTF-8 text ({fault})") from fault
    questions = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            labelled = _labelled(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            expected = '{"question": "…", "answers": ["…"], "article": "…"}'
            raise UnreadableFile(str(path), f"line {number} is no labelled question; expected {expected}") from fault
        questions.append(LabelledQuestion(labelled.question, ()) if unanswerable else labelled)
    if not questions:
        raise UnreadableFile(str(path), "holds no question")
    return questions


def evaluate(
    service: Service,
    questions: Sequence[LabelledQuestion],
    *,
    search: bool = True,
    ask: bool = True,
    progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Put every question to the service and count.

    Args:
        service: warmed, or the first question pays for loading.
        questions: as labelled.
        search: rank articles for the questions that have labelled ones.
        ask: answer every question.
        progress: told how many questions are done.
    """
    ranks: list[int] = []
    search_ms: list[float] = []
    outcomes: list[Outcome] = []
    for done, asked in enumerate(questions, 1):
        if search and asked.articles:
            began = perf_counter()
            hits = service.search(asked.question, top_k=SEARCH_HITS).hits
            search_ms.append((perf_counter() - began) * 1e3)
            ranks.append(article_rank([hit.stored.article.id for hit in hits], asked.articles))
        if ask:
            began = perf_counter()
            answer = service.ask(asked.question)
            took_ms = (perf_counter() - began) * 1e3
            outcomes.append(Outcome(asked, answer, is_right(answer, asked.answers), took_ms))
        if progress is not None:
            progress(done)
    exact = [quote_is_exact(service, outcome.answer) for outcome in outcomes]
    return Evaluation(_figures(len(questions), ranks, search_ms, outcomes, exact), tuple(outcomes))


def article_rank(article_ids: Sequence[str], gold: frozenset[str]) -> int:
    """Rank from 1 of the first labelled article among the distinct ones, in the order of the hits; 0 if none."""
    for rank, article_id in enumerate(dict.fromkeys(article_ids), 1):
        if article_id in gold:
            return rank
    return 0


def is_right(answer: Answer, answers: tuple[tuple[str, ...], ...]) -> bool:
    """Whether silence was kept where the articles do not say, or what was said holds a right answer."""
    if not answers or not answer.answered:
        return not answers and not answer.answered
    first_quote = answer.citations[0].quote if answer.citations else ""
    return holds(" ".join((answer.answer, answer.short_answer or "", first_quote)), answers)


def holds(text: str, answers: tuple[tuple[str, ...], ...]) -> bool:
    """Whether a text holds one wording of each group, punctuation and spaces aside."""
    said = normalised(text)
    return all(any(normalised(wording) in said for wording in group) for group in answers)


def quote_is_exact(service: Service, answer: Answer) -> list[bool]:
    """For each citation, whether its quote is a non-empty, verbatim span of its article."""
    found = []
    for citation in answer.citations:
        try:
            text = service.store.article(citation.article_id).text
        except NotFound:
            text = ""
        found.append(bool(citation.quote) and text[citation.start : citation.end] == citation.quote)
    return found


def judged(outcomes: Iterable[Outcome]) -> list[Judged]:
    """The answers given, for `byline.retrieval.evaluation.reliability`; silence has no confidence to be judged by."""
    return [Judged(one.answer.confidence, one.right) for one in outcomes if one.answer.answered]


def _labelled(line: dict[str, Any]) -> LabelledQuestion:
    question, answers = line["question"], line.get("answers") or []
    if not isinstance(question, str) or not isinstance(answers, list):
        raise TypeError("question is no string, or answers no list")
    if answers and isinstance(answers[0], list):
        groups = tuple(tuple(group) if isinstance(group, list) else (group,) for group in answers)
    else:
        groups = (tuple(answers),) if answers else ()
    if not all(isinstance(wording, str) for group in groups for wording in group):
        raise TypeError("an answer is no string")
    named = line.get("articles") or ([line["article"]] if line.get("article") else [])
    return LabelledQuestion(question, groups, frozenset(named))


def _figures(
    questions: int,
    ranks: Sequence[int],
    search_ms: Sequence[float],
    outcomes: Sequence[Outcome],
    exact: Sequence[Sequence[bool]],
) -> Figures:
    answerable = [outcome for outcome in outcomes if outcome.asked.answers]
    unanswerable = [outcome for outcome in outcomes if not outcome.asked.answers]
    answered = [outcome for outcome in answerable if outcome.answer.answered]
    of_answerable = len(answerable)
    search_ms, ask_ms = sorted(search_ms), sorted(outcome.took_ms for outcome in outcomes)
    return Figures(
        questions=questions,
        recall_at=(_recall(ranks, 1), _recall(ranks, 5), _recall(ranks, 10)),
        mrr=_mean(1 / rank if 0 < rank <= RANK_CUT else 0.0 for rank in ranks),
        search_p50_ms=nearest_rank(search_ms, 0.50),
        search_p95_ms=nearest_rank(search_ms, 0.95),
        answered=len(answered) / of_answerable if answerable else None,
        hit=_mean(outcome.right for outcome in answerable),
        exact_match=sum(_best(outcome, _same) for outcome in answered) / of_answerable if answerable else None,
        f1=sum(_best(outcome, character_f1) for outcome in answered) / of_answerable if answerable else None,
        cited=(
            sum(outcome.answer.citations[0].article_id in outcome.asked.articles for outcome in answered)
            / of_answerable
            if answerable and any(outcome.asked.articles for outcome in outcomes)
            else None
        ),
        abstained=_mean(not outcome.answer.answered for outcome in unanswerable),
        exact=_mean(one for of_answer in exact for one in of_answer),
        citations=sum(len(of_answer) for of_answer in exact),
        ask_p50_ms=nearest_rank(ask_ms, 0.50),
        ask_p95_ms=nearest_rank(ask_ms, 0.95),
        calibration_error=calibration_error(reliability(judged(outcomes))),
    )


def _recall(ranks: Sequence[int], cut: int) -> float | None:
    return _mean(0 < rank <= cut for rank in ranks)


def _best(outcome: Outcome, score: Callable[[str, str], float]) -> float:
    wordings = [wording for group in outcome.asked.answers for wording in group]
    return max(score(outcome.answer.short_answer or "", wording) for wording in wordings)


def _same(given: str, right: str) -> float:
    return float(normalised(given) == normalised(right))


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
