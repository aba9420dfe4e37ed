"""Printed corrections: which words of a passage are the error and which take its place, and what they correct."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from byline.retrieval.answers.coverage import covered_terms
from byline.retrieval.answers.likeness import normalised
from byline.retrieval.answers.quoting import quoted_span
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.search import Hit
from byline.retrieval.text.folding import fold
from byline.retrieval.understanding import Question

Span = tuple[int, int]

# What puts right what was printed. 改为, 调整为 and 提高到 tell of a change: both values were true in their time.
_SHOULD_BE = re.compile(
    r"\s*(?:一[词詞句]|[，,])?\s*(?:应更正为|應更正為|更正为|更正為|应为|應為|应是|應是|应作|應作)\s*"
)
_SIGN = re.compile(r"[应應][更为為是作]|更正[为為]")  # in all of them; most passages are done with after this
_WORDS = r"[^\s“”‘’「」『』\"，。、；：！？,;:!?（）()《》]{1,40}"
_BEFORE = re.compile(rf"[“‘「『\"]([^“”‘’「」『』\"]{{1,60}})[”’」』\"]$|({_WORDS})$")
_AFTER = re.compile(rf"[“‘「『\"]([^“”‘’「」『』\"]{{1,60}})[”’」』\"]|({_WORDS})")


@dataclass(frozen=True, slots=True)
class Correction:
    """One thing put right; half-open spans in characters of the passage.

    Attributes:
        wrong: what was printed.
        right: what should have been.
    """

    wrong: Span
    right: Span


def corrections_in(text: str) -> list[Correction]:
    """Find what a text puts right: “20天”应为“30天”, 2147人应为2174人."""
    return list(_corrections(text))


def off_the_error(text: str, start: int, end: int) -> Span:
    """Move a span that stands on an error to what takes its place; any other span stays."""
    for correction in corrections_in(text):
        if start < correction.wrong[1] and correction.wrong[0] < end:
            return correction.right
    return start, end


def put_right(question: Question, read: Sequence[ReadPassage], hits: Sequence[Hit]) -> list[ReadPassage]:
    """Put the correction of the best answer in front of it, and note on what it corrects that it was corrected.

    A hit corrects an answer if what it calls wrong is the answer's own words and it names the article by its title or
    speaks of all the question speaks of that the article does. It is then as sure as the answer was.

    Args:
        question: as understood.
        read: what was read, best first.
        hits: what was found; also hits that were not read may correct.
    """
    if not read or not read[0].short_answer:
        return list(read)
    best = read[0]
    said = normalised(fold(best.short_answer))
    for hit in hits:
        if hit.stored.article.id == best.hit.stored.article.id:
            continue
        text = hit.stored.passage.text
        for correction in corrections_in(text):
            wrong = normalised(fold(text[slice(*correction.wrong)]))
            if wrong and (wrong in said or said in wrong) and _speaks_of(question, hit, best):
                first = _correcting(question, hit, correction, best)
                others = [r for r in read if r.hit.key != hit.key]
                return [first, *(replace(r, corrected=_says(r, wrong)) for r in others)]
    return list(read)


def _corrections(text: str) -> Iterator[Correction]:
    if not _SIGN.search(text):
        return
    for link in _SHOULD_BE.finditer(text):
        before, after = _BEFORE.search(text, 0, link.start()), _AFTER.match(text, link.end())
        if before and after:
            yield Correction(_group_span(before), _group_span(after))


def _group_span(match: re.Match[str]) -> Span:
    return match.span(1) if match.group(1) is not None else match.span(2)


def _speaks_of(question: Question, hit: Hit, best: ReadPassage) -> bool:
    title = best.hit.stored.article.title.strip()
    text = hit.stored.passage.text
    return (bool(title) and title in text) or best.covered <= covered_terms(
        (hit.stored.article.title, text), question.subject
    )


def _says(read: ReadPassage, wrong: str) -> bool:
    return wrong in normalised(fold(read.short_answer))


def _correcting(question: Question, hit: Hit, correction: Correction, best: ReadPassage) -> ReadPassage:
    """The correction as a passage that was read: its mark is what takes the error's place."""
    start, end = correction.right
    span = AnswerSpan(start, end, best.span.span_score, best.span.answerable)
    text = hit.stored.passage.text
    return replace(
        best,
        hit=hit,
        span=span,
        quote=quoted_span(text, span),
        covered=covered_terms((hit.stored.article.title, text), question.subject),
    )
