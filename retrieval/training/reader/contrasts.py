"""Figures by kind on questions written in contrasts, each over the window it was written for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from byline.retrieval.answers.reader import AnswerSpan, PassageText, Reader
from byline.retrieval.training.reader.figures import best_f1, is_exact, overlap_f1, roc_area
from byline.retrieval.training.reader.sets import Asked

ALL = "all"


@dataclass(frozen=True, slots=True)
class KindFigures:
    """What a reader does on one kind; NaN where there is nothing to measure.

    Attributes:
        questions: measured.
        answered: of these have an answer in their window.
        f1: of the marked span against the nearest right answer, in characters.
        exact: share of spans that are a right answer, punctuation aside.
        placed: share of spans that touch a right answer where it stands.
        items: F1 of the characters of `AnswerSpan.items` against those of all right answers.
        area: under the ROC curve of `answerable`, windows that answer against windows of the kind that do not.
        polarity: share of yes/no questions whose polarity has the right sign.
    """

    questions: int
    answered: int
    f1: float
    exact: float
    placed: float
    items: float
    area: float
    polarity: float


def measure_contrasts(reader: Reader, asked: Sequence[Asked]) -> dict[str, KindFigures]:
    """Measure a reader kind by kind, kinds with most questions first, and on all together."""
    read = [(one, *_window(one)) for one in asked]
    marked = [reader.read(one.question, [PassageText(text, one.title)])[0] for one, text, _ in read]
    cases = [(one, text, spans, mark) for (one, text, spans), mark in zip(read, marked, strict=True)]
    kinds = sorted({one.kind for one in asked}, key=lambda kind: -sum(one.kind == kind for one in asked))
    figures = {kind: _figures([case for case in cases if case[0].kind == kind]) for kind in kinds}
    return figures | {ALL: _figures(cases)}


def _window(one: Asked) -> tuple[str, list[tuple[int, int]]]:
    """The text of the window a question was written over, and its answers there."""
    start, end = one.window or (0, len(one.text))
    return one.text[start:end], [(a - start, b - start) for a, b in one.spans if start <= a and b <= end]


def _figures(cases: Sequence[tuple[Asked, str, list[tuple[int, int]], AnswerSpan]]) -> KindFigures:
    answered = [case for case in cases if case[2]]
    said = [
        (
            text[mark.start : mark.end],
            [text[a:b] for a, b in spans],
            any(a < mark.end and mark.start < b for a, b in spans),
        )
        for _, text, spans, mark in answered
    ]
    open_odds = [mark.answerable for _, _, spans, mark in cases if not spans]
    signs = [(mark.polarity or 0.0) * (1 if one.yes else -1) > 0 for one, _, _, mark in answered if one.yes is not None]
    return KindFigures(
        questions=len(cases),
        answered=len(answered),
        f1=_mean([best_f1(span, answers) for span, answers, _ in said]),
        exact=_mean([is_exact(span, answers) for span, answers, _ in said]),
        placed=_mean([touches for _, _, touches in said]),
        items=_mean([overlap_f1(mark.items, spans) for _, _, spans, mark in answered]),
        area=roc_area([case[3].answerable for case in answered], open_odds) if answered and open_odds else float("nan"),
        polarity=_mean(signs),
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
