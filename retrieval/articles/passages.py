"""An article to passages: whole sentences, evenly long, each with its exact span."""

from __future__ import annotations

import re

from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passage import Passage
from byline.retrieval.text.sentences import Span, sentence_ends, sentences, trimmed

TARGET_CHARS = 250  # by `tests.benchmarks.passage_size`; the retrieval figures beside it were taken with it
LONGEST = 1.6  # times the target; 400 Chinese characters are about 300 of the bundled model's 512 tokens
# A character of an unspaced script is about 0.75 tokens of the bundled model, one of a Latin word about 0.25.
NARROW = 1 / 3
WIDE = re.compile(r"[⺀-鿿가-힣豈-﫿︰-﹏！-｠￠-￦𠀀-𲎯“”‘’…—]")
# Costs of ending a passage there, in squared deviations from the target: half a passage off costs 0.25.
INSIDE_PARAGRAPH = 0.05
BEFORE_SUBHEAD = -0.10
PAUSE = re.compile(r"[，、：,:;；]|\s")


def cut(article: Article, *, target_chars: int = TARGET_CHARS) -> tuple[Passage, ...]:
    """Cut an article into passages of whole sentences.

    Of all ways to cut, the one is taken whose passages are evenly near the target, ending at paragraph ends and
    before sub-headlines where that costs little (least squares over all cuts, by dynamic programming). No passage is
    longer than 1.6 times the target; a single sentence that is gets cut at sentence ends inside its quotations, at
    commas, or wherever it must. A sub-headline is never the end of a passage unless it ends the article.

    Args:
        article: its `text` may be of any length, also empty.
        target_chars: size to aim at in characters of Chinese; a character of a Latin word counts a third, since
            that is how long it is to the model.

    Returns:
        Passages in the order of the text, `article.text[start:end] == text`. They do not overlap, and every
        character that is not white space stands in one of them.
    """
    text = article.text
    units = [piece for span in sentences(text) for piece in _pieces(text, span, target_chars * LONGEST)]
    spans = [(units[first][0], units[last][1]) for first, last in _best_cut(article, units, target_chars)]
    return tuple(Passage(article.id, start, end, text[start:end]) for start, end in spans)


def passage_text_for_embedding(title: str, text: str) -> str:
    """What is embedded of a passage: its article's title, which often alone says what it is about, and its text.

    A change here is a change of every vector: raise `byline.retrieval.index.schema.VERSION`.
    """
    return f"{title}\n{text}" if title else text


def size(text: str) -> float:
    """How long a text is to the model, in characters of Chinese."""
    wide = len(WIDE.findall(text))
    return wide + (len(text) - wide) * NARROW


def _best_cut(article: Article, units: list[Span], target: float) -> list[tuple[int, int]]:
    """Choose passages as (first, last) unit, by least cost over all cuts."""
    text = article.text
    subheads = {start for start, _ in article.subheads}
    is_subhead = [any(start <= unit[0] < end for start, end in article.subheads) for unit in units]
    cost = [0.0] + [float("inf")] * len(units)
    came_from = [0] * (len(units) + 1)
    sizes = [size(text[start:end]) for start, end in units]
    for last in range(len(units)):
        ending = 0.0
        if last + 1 < len(units):
            between = text[units[last][1] : units[last + 1][0]]
            if is_subhead[last]:
                ending = 1e6
            elif units[last + 1][0] in subheads:
                ending = BEFORE_SUBHEAD
            elif "\n" not in between:
                ending = INSIDE_PARAGRAPH
        length = 0.0
        for first in range(last, -1, -1):
            length += sizes[first]
            if length > target * LONGEST and first < last:
                break
            total = cost[first] + ((length - target) / target) ** 2 + ending
            if total < cost[last + 1]:
                cost[last + 1], came_from[last + 1] = total, first
    chosen: list[tuple[int, int]] = []
    end = len(units)
    while end > 0:
        chosen.append((came_from[end], end - 1))
        end = came_from[end]
    return chosen[::-1]


def _pieces(text: str, span: Span, longest: float) -> list[Span]:
    """Cut one sentence only if it is too long, where that hurts least."""
    start, end = span
    if size(text[start:end]) <= longest:
        return [span]
    for places in (sentence_ends(text, start, end), [m.end() for m in PAUSE.finditer(text, start, end - 1)]):
        middle = min(places, key=lambda place: abs(place - (start + end) / 2), default=None)
        if middle is not None and min(middle - start, end - middle) >= (end - start) / 4:
            break
    else:
        middle = (start + end) // 2
    halves = (trimmed(text, start, middle), trimmed(text, middle, end))
    return [piece for half in halves if half is not None for piece in _pieces(text, half, longest)]
