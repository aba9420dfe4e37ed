"""What the lines of a page say for and against each role, as logarithms of odds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.articles.lines import Form, form_of
from retrieval.articles.seams import BREAK, SeamModel, windows

if TYPE_CHECKING:
    from retrieval.articles.roles import Role

_LAST = 4
_UNKNOWN = "\x01\x01\x01\x01"
_SPACE = re.compile(r"\s+")
_NEVER = -1e9
_REACH_CHARS = 800


class Evidence:
    """Scores for one page, worked out once for all lines."""

    unresolved = -9.0

    def __init__(self, texts: Sequence[str], model: SeamModel) -> None:
        self.texts = texts
        self.size = len(texts)
        self.forms = [form_of(text) for text in texts]
        self._model = model
        self.latin = sum(form.latin for form in self.forms) * 2 > self.size
        self._seams()
        self._columns: dict[tuple[int, int], float] = {}
        self._shapes = Counter(form.parts for form in self.forms if len(form.parts) > 1 and not form.finished)
        self._grams = [_bigrams(text[:1000]) for text in texts]
        self._cohesion: dict[int, tuple[float, float]] = {}
        self.newspaper = self._looks_like_newspaper()

    def _seams(self) -> None:
        """Score each line's start as a new paragraph, as the middle of something, and after the line before it."""
        ends = [_tight(text[-24:]) for text in self.texts]
        starts = [_tight(text[:24]) for text in self.texts]
        size = self.size
        lefts = ["。" + BREAK] * size + [_UNKNOWN] * size + ["。" + BREAK, *ends[:-1]] + ends
        rights = starts * 3 + [BREAK] * size
        scores = self._model.log_probabilities(windows(lefts, rights, _LAST), _LAST)
        sums = scores.sum(axis=1)
        self.begins = sums[:size].tolist()
        self.middles = sums[size : 2 * size].tolist()
        self.follows = sums[2 * size : 3 * size].tolist()
        self.closes = scores[3 * size :, 0].tolist()
        self._ends, self._starts = ends, starts
        for line, form in enumerate(self.forms):
            if form.latin:
                self._latin_seam(line)
            if form.cannot_begin:
                self.begins[line] = min(self.begins[line], self.middles[line]) - 6

    def _latin_seam(self, line: int) -> None:
        start = self.texts[line][:1]
        lower = start.islower()
        after_end = line > 0 and self.forms[line - 1].finished
        self.begins[line] = -6.0 if lower else -1.0
        self.middles[line] = -1.0 if lower else -2.5
        self.follows[line] = (-1.0 if lower else -3.0) - (3.0 if after_end else 0.0)

    def starts(self, line: int) -> float:
        """A new paragraph, compared with the middle of a sentence."""
        return self.begins[line] - self.middles[line]

    def stops(self, line: int) -> float:
        """The end of a paragraph."""
        form = self.forms[line]
        if form.finished:
            return -0.1
        if form.source:
            return -0.1
        if form.paused:
            return -1.0
        return max(self.closes[line], -7.0) - (2.0 if form.cannot_end or form.unclosed else 0.0)

    def runs_on(self, line: int) -> float:
        """The line continues the one before it, compared with the middle of any sentence."""
        before = self.forms[line - 1]
        score = self.follows[line] - self.middles[line]
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
            if form.finished or form.source:
                score = -12.0
            else:
                joined = self._model.log_probabilities(windows([self._ends[end]], [self._starts[start]], _LAST), _LAST)
                score = float(joined.sum()) - self.middles[start]
                if form.unclosed and self.forms[start].unopened:
                    score += 2.0
            self._columns[key] = score
        return self._columns[key]

    def opens(self, line: int) -> float:
        """How like the first paragraph of an article the line is."""
        return self.starts(line)

    def as_role(self, line: int, role: Role) -> float:
        """What the form of the line itself says."""
        from retrieval.articles.roles import BODY, Role

        form = self.forms[line]
        length = len(self.texts[line])
        if role in BODY:
            return self._as_body(form, length) + (0.0 if role is not Role.DISPLACED else 0.0)
        if role in (Role.BYLINE, Role.END_BYLINE):
            return 0.0 if form.names is not None else _NEVER
        if role is Role.SUBTITLE:
            return 0.0 if form.subtitle is not None else _NEVER
        if role is Role.SOURCE:
            return 0.0 if form.source and form.source[0] == 0 else _NEVER
        if form.names is not None and form.marked:
            return _NEVER
        score = self._as_title(form, length)
        if role in (Role.HEAD, Role.HEAD_MORE):
            before, after = self.cohesion(line)
            score += 4.0 * (after - before) - (2.5 if self._shapes[form.parts] > 1 else 0) - (5 if form.numbered else 0)
        elif role is Role.SUBHEAD:
            before, after = self.cohesion(line)
            score += (2.5 if self._shapes[form.parts] > 1 else 0) + (4 if form.numbered else 0) - 1.5 * after
            score -= max(0, length - 24) * 0.3
        elif role is Role.STRAY:
            before, after = self.cohesion(line)
            score += -1.0 - 3 * after - max(0, length - 8) * 0.3 - 2 * (len(form.parts) - 1)
        return score

    def _as_body(self, form: Form, length: int) -> float:
        score = 0.0
        if form.names is not None:
            score -= 12.0 if form.marked else 4.0
        if form.subtitle is not None:
            score -= 5.0
        if form.source and form.source[0] == 0:
            score -= 6.0
        return score

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

    def between(self, line: int, before: Role, role: Role) -> float:
        """What the line says together with the role of the one before it."""
        from retrieval.articles.roles import BODY, Role

        if role is Role.CONTINUED:
            return self.runs_on(line)
        if role is Role.PARAGRAPH:
            return self.starts(line)
        if role is Role.HEAD_MORE:
            return self.runs_on(line)
        if role in (Role.HEAD, Role.KICKER, Role.STRAY) and before in BODY:
            return 0.0 if self.newspaper else -9.0
        return 0.0

    def cohesion(self, line: int) -> tuple[float, float]:
        """Share of the line's character pairs found in the text before it and in the text after it."""
        if line not in self._cohesion:
            own = self._grams[line]
            if not own or len(self.texts[line]) > 80:
                self._cohesion[line] = (0.0, 0.0)
            else:
                self._cohesion[line] = (
                    self._share(own, range(line - 1, -1, -1)),
                    self._share(own, range(line + 1, self.size)),
                )
        return self._cohesion[line]

    def _share(self, own: frozenset[str], lines: range) -> float:
        left = own
        reach = 0
        for other in lines[:12]:
            left = left - self._grams[other]
            reach += len(self.texts[other])
            if reach > _REACH_CHARS:
                break
        return 1 - len(left) / len(own)

    def _looks_like_newspaper(self) -> bool:
        marks = sum(form.names is not None for form in self.forms) + sum(
            form.subtitle is not None for form in self.forms
        )
        broken = sum(
            not form.finished and not form.paused and len(text) > 45
            for text, form in zip(self.texts, self.forms, strict=True)
        )
        return marks + broken >= 2


def _bigrams(text: str) -> frozenset[str]:
    return frozenset(
        text[place : place + 2] for place in range(len(text) - 1) if text[place].isalnum() and text[place + 1].isalnum()
    )


def _tight(text: str) -> str:
    """Drop the spaces around Chinese, which the model was not taught."""
    return _SPACE.sub("", text) if not text.isascii() else text
