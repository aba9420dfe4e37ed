"""What the lines of a page say for and against each role, as natural logarithms of odds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from retrieval.articles.lines import Form, form_of
from retrieval.articles.roles import NEVER, Role
from retrieval.articles.seams import BREAK, SeamModel, windows

_LAST = 4
"""Characters after a seam that are scored; later ones hardly depend on what stood before it (measured: 2 to 6)."""

_UNKNOWN = "\x01\x01\x01\x01"
_SPACE = re.compile(r"\s+")
_INNER_SPACE = re.compile(r"[^\x00-\x7f]\s+[^\x00-\x7f]")
_REACH_LINES = 12
_REACH_CHARS = 800
_LONGEST_TITLE = 90


class Evidence:
    """Scores for one page, worked out once for all lines."""

    def __init__(self, texts: Sequence[str], model: SeamModel) -> None:
        self.texts = texts
        self.size = len(texts)
        self.forms = [form_of(text) for text in texts]
        self._model = model
        self._columns: dict[tuple[int, int], float] = {}
        self._shapes = Counter(form.parts for form in self.forms if len(form.parts) > 1 and not form.finished)
        self._grams: dict[int, frozenset[str]] = {}
        if texts:
            self._score_seams()
        self._newspaper = self._looks_like_newspaper()

    def _score_seams(self) -> None:
        """Score each line's start as a new paragraph, as the middle of something, and after the line before it."""
        self._ends = ends = [_tight(text[-32:]) for text in self.texts]
        self._starts = starts = [_tight(text[:32]) for text in self.texts]
        size = self.size
        lefts = ["。" + BREAK] * size + [_UNKNOWN] * size + ["。" + BREAK, *ends[:-1], *ends]
        scores = self._model.log_probabilities(windows(lefts, starts * 3 + [BREAK] * size, _LAST), _LAST)
        sums = scores.sum(axis=1)
        self._begins: list[float] = sums[:size].tolist()
        self._middles: list[float] = sums[size : 2 * size].tolist()
        self._follows: list[float] = sums[2 * size : 3 * size].tolist()
        self._closes: list[float] = scores[3 * size :, 0].tolist()
        self._opens: list[float] = self._model.opens_article(starts).tolist()
        self._ends_article: list[float] = self._model.closes_article(ends).tolist()
        for line, form in enumerate(self.forms):
            if form.latin:
                self._score_latin_seam(line)
            if form.cannot_begin:
                self._begins[line] = min(self._begins[line], self._middles[line]) - 6

    def _score_latin_seam(self, line: int) -> None:
        """Judge by capitals, since the model knows Chinese only."""
        lower = self.texts[line][:1].islower()
        self._begins[line] = -6.0 if lower else -1.0
        self._middles[line] = -1.0 if lower else -2.5
        self._follows[line] = -1.0 if lower else -3.0
        self._opens[line] = 0.0

    def opens(self, line: int) -> float:
        """The line is the first paragraph of an article, rather than another one."""
        return max(-3.0, min(3.0, self._opens[line]))

    def starts(self, line: int) -> float:
        """The line is a new paragraph, compared with the middle of a sentence."""
        return self._begins[line] - self._middles[line]

    def stops(self, line: int) -> float:
        """A paragraph ends with the line."""
        form = self.forms[line]
        if form.finished or form.source:
            return -0.1
        if form.paused:
            return -1.0
        return max(self._closes[line], -7.0) - (2.0 if form.cannot_end or form.unclosed else 0.0)

    def leaves(self, line: int) -> float:
        """An article's body ends with the line, rather than just a paragraph."""
        if self.forms[line].source:
            return 3.0
        return 0.5 * max(-3.0, min(3.0, self._ends_article[line]))

    def runs_on(self, line: int) -> float:
        """The line continues the one before it, compared with the middle of any sentence."""
        if not line:
            return NEVER
        before = self.forms[line - 1]
        score = self._follows[line] - self._middles[line]
        if before.finished:
            score -= 5.0
        if before.source:
            score -= 8.0
        if before.unclosed and self.forms[line].unopened:
            score += 2.0
        return score

    def column(self, end: int, start: int) -> float:
        """A first column that ends in line `end` runs on into line `start` above it."""
        key = (end, start)
        if key not in self._columns:
            form = self.forms[end]
            score = -12.0
            if not form.finished and not form.source:
                window = windows([self._ends[end]], [self._starts[start]], _LAST)
                score = float(self._model.log_probabilities(window, _LAST).sum()) - self._middles[start]
                if form.unclosed and self.forms[start].unopened:
                    score += 2.0
            self._columns[key] = score
        return self._columns[key]

    def between(self, line: int) -> list[float]:
        """What the line says about each role together with the line before it, in the order of `Role`."""
        scores = [0.0] * len(Role)
        runs_on = self.runs_on(line)
        scores[Role.CONTINUED] = scores[Role.HEAD_MORE] = runs_on
        scores[Role.PARAGRAPH] = self.starts(line)
        if line and not self._newspaper:
            for role in (Role.HEAD, Role.KICKER, Role.STRAY):
                scores[role] = -9.0
        return scores

    def as_roles(self, line: int) -> list[float]:
        """What the form of the line itself says for each role, in the order of `Role`."""
        form, text = self.forms[line], self.texts[line]
        scores = [NEVER] * len(Role)
        body = self._as_body(form, text)
        scores[Role.PARAGRAPH] = scores[Role.CONTINUED] = scores[Role.DISPLACED] = body
        if form.names is not None:
            scores[Role.BYLINE] = scores[Role.END_BYLINE] = 0.0
        if form.subtitle is not None:
            scores[Role.SUBTITLE] = 0.0
        if form.source and form.source[0] == 0:
            scores[Role.SOURCE] = 0.0
        if not form.marked and len(text) <= _LONGEST_TITLE:
            self._as_titles(line, scores)
        return scores

    def _as_body(self, form: Form, text: str) -> float:
        score = 0.0
        if form.names is not None:
            score -= 12.0 if form.marked else 4.0
        if form.subtitle is not None:
            score -= 5.0
        if form.source and form.source[0] == 0:
            score -= 6.0
        if len(text) < 40 and _INNER_SPACE.search(text):
            score -= 2.5
        return score

    def _as_titles(self, line: int, scores: list[float]) -> None:
        form, length = self.forms[line], len(self.texts[line])
        title = self._as_title(form, length)
        before, after = self._cohesion(line)
        alike = self._shapes[form.parts] > 1
        head = title + 4.0 * (after - before) - (2.5 if alike else 0.0) - (5.0 if form.numbered else 0.0)
        scores[Role.HEAD] = scores[Role.HEAD_MORE] = scores[Role.KICKER] = head
        subhead = title + (2.5 if alike else 0.0) + (4.0 if form.numbered else 0.0)
        scores[Role.SUBHEAD] = subhead - 1.5 * after - max(0, length - 24) * 0.3
        scores[Role.STRAY] = title - 1.0 - 3 * after - max(0, length - 8) * 0.3 - 2 * (len(form.parts) - 1)
        follower = line + 1
        if follower < self.size and len(self.texts[follower]) >= 30:
            scores[Role.HEAD] += 0.5 * self.opens(follower)
            scores[Role.SUBHEAD] -= 0.5 * self.opens(follower)

    def _as_title(self, form: Form, length: int) -> float:
        score = -max(0, length - 32) * 0.35 - max(0, 4 - length) * 1.0
        if form.finished:
            score -= 5.0
        if form.paused:
            score -= 2.0
        if form.cannot_end or form.cannot_begin:
            score -= 5.0
        if form.unclosed or form.unopened:
            score -= 3.0
        if form.subtitle is not None or form.names is not None:
            score -= 4.0
        return score

    def _cohesion(self, line: int) -> tuple[float, float]:
        """Share of the line's character pairs found in the text before it, and in the text after it."""
        own = self._pairs(line)
        if not own:
            return 0.0, 0.0
        above = range(line - 1, max(-1, line - 1 - _REACH_LINES), -1)
        return self._share(own, above), self._share(own, range(line + 1, min(self.size, line + 1 + _REACH_LINES)))

    def _share(self, own: frozenset[str], lines: range) -> float:
        missing = own
        reach = 0
        for other in lines:
            missing = missing - self._pairs(other)
            reach += len(self.texts[other])
            if reach > _REACH_CHARS or not missing:
                break
        return 1 - len(missing) / len(own)

    def _pairs(self, line: int) -> frozenset[str]:
        if line not in self._grams:
            text = self.texts[line][:1000]
            pairs = map("".join, zip(text, text[1:], strict=False))
            self._grams[line] = frozenset(pair for pair in pairs if pair.isalnum())
        return self._grams[line]

    def _looks_like_newspaper(self) -> bool:
        """Tell a page of several articles from a single one: two signs of print, such as a byline or a broken column."""
        signs = sum(form.names is not None or form.subtitle is not None for form in self.forms)
        signs += sum(
            not form.finished and not form.paused and len(text) > 45
            for text, form in zip(self.texts, self.forms, strict=True)
        )
        return signs >= 2


def _tight(text: str) -> str:
    """Drop the spaces in Chinese, which the model was not taught."""
    return text if text.isascii() else _SPACE.sub("", text)
