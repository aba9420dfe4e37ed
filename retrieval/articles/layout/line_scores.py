"""What the lines of a page say for and against each role, as natural logarithms of odds."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

import numpy as np

from byline.retrieval.articles.layout.cohesion import Cohesion
from byline.retrieval.articles.layout.continuation_model import BREAK, SeamModel, windows
from byline.retrieval.articles.layout.line_features import Form, form_of
from byline.retrieval.articles.layout.line_labels import NEVER, PAGE_LINES, Role
from byline.retrieval.articles.layout.score_weights import W

_LAST = 4
"""Characters after a seam that are scored; later ones hardly depend on what stood before it (measured: 2 to 6)."""

_UNKNOWN = "\x01\x01\x01\x01"
_SPACE = re.compile(r"\s+")
_INNER_SPACE = re.compile(r"[^\x00-\x7f]\s+[^\x00-\x7f]")
_LONGEST_TITLE = 90
_SHORT_LINE = 40
_SHORT_COLUMN = 25
_LONG_SUBHEAD = 16
_LONGEST_NUMBERED = 32
_CONNECTED = re.compile(r"(?:同时|此外|据悉|据了解|随后|不过|但|而|如今|目前|另外|其中|因此)[^，,]{0,12}[，,]")
_LATER = re.compile(
    r"如今|目前|据|此外|同时|另|下一步|今年|去年|前年|他|她|这|接下来|未来|随后|最后|起初|不过|但|而|[一二三四五六七八九十两]+年来"
)
"""Words that begin the second paragraph of an article or a later one."""

_SENTENCE_INSIDE = re.compile(r"[。！？；][^”’」』）)]")
_COMMA_INSIDE = re.compile(r"[，,](?!\d{3})")
_TINY_BODY = 45
_LARGER = 1.15
_SAME_SIZE = 0.04
_PHRASE_ENDS = "，。、"
_LEAST_EDGE = -2.0
"""Features open in ways news does not, so that an unusual opening says less than a usual one."""

_SHORTEST_PIECE = 10
_BROKEN_OFF = -3.0
_NO_COLUMN = -12.0
_COLUMN_LINES = 80
_MOST_PAIRS = 50_000


class Evidence:
    """Scores for one page, worked out once for all lines."""

    def __init__(
        self,
        texts: Sequence[str],
        model: SeamModel,
        *,
        joined: Sequence[bool] = (),
        type_sizes: Sequence[float | None] = (),
    ) -> None:
        """Look at a page.

        Args:
            texts: its lines, none empty.
            model: judges what runs on.
            joined: for each line, whether it stands in one block with the line before it; empty if blocks say nothing.
            type_sizes: for each line the height of its type, None where unknown; empty if none is known.
        """
        self.texts = texts
        self.size = len(texts)
        self._joined = joined
        self._larger = _relative_sizes(texts, type_sizes)
        self.forms = [form_of(text) for text in texts]
        self._model = model
        self._shapes = Counter(form.parts for form in self.forms if len(form.parts) > 1 and not form.finished)
        self._cohesion = Cohesion(texts, model)
        if texts:
            self._score_seams()
        self._columns = self._score_columns()
        self._elsewhere = self._score_elsewhere()
        self._bound: dict[int, tuple[float, float, float]] = {}

    def _score_seams(self) -> None:
        """Score each line's start as a new paragraph, as the middle of something, and after the line before it."""
        self._ends = ends = [_tight(text[-32:]) for text in self.texts]
        self._starts = starts = [_tight(text[:32]) for text in self.texts]
        size = self.size
        lefts = ["。" + BREAK] * size + [_UNKNOWN] * size + ["。" + BREAK, *ends[:-1]]
        scores = self._model.log_probabilities(windows(lefts, starts * 3, _LAST), _LAST).sum(axis=1).tolist()
        self._begins: list[float] = scores[:size]
        self._middles: list[float] = scores[size : 2 * size]
        self._follows: list[float] = scores[2 * size :]
        stops = [BREAK, *_PHRASE_ENDS]
        marks = [mark for mark in stops for _ in range(size)]
        after = self._model.log_probabilities(windows(ends * len(stops), marks, 1), 1).reshape(len(stops), size)
        self._closes: list[float] = after[0].tolist()
        self._phrases: list[float] = np.log(np.exp(after[1:]).sum(axis=0)).tolist()
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
        self._middles[line] = 0.0
        self._begins[line] = -5.0 if lower else 1.5
        self._follows[line] = 1.5 if lower else -3.0
        self._opens[line] = self._ends_article[line] = 0.0
        self._phrases[line] = -W.title_phrase_middle

    def opens(self, line: int) -> float:
        """The line is the first paragraph of an article, rather than another one."""
        return max(_LEAST_EDGE, min(3.0, self._opens[line]))

    def starts(self, line: int) -> float:
        """The line is a new paragraph, compared with the middle of a sentence."""
        odds = self._begins[line] - self._middles[line]
        return W.begin * (odds if self.forms[line].cannot_begin else max(-3.0, min(4.0, odds)))

    def stops(self, line: int) -> float:
        """A paragraph ends with the line."""
        form = self.forms[line]
        if form.finished or form.source:
            return -0.1
        if form.paused:
            return -1.0
        here = W.stop * max(self._closes[line], -7.0) - (W.stop_broken if form.cannot_end or form.unclosed else 0.0)
        return max(here, self._elsewhere.get(line, NEVER))

    def leaves(self, line: int) -> float:
        """An article's body ends with the line, rather than just a paragraph."""
        if self.forms[line].source:
            return W.leaves_source
        return W.leaves * max(_LEAST_EDGE, min(3.0, self._ends_article[line]))

    def runs_on(self, line: int) -> float:
        """The line continues the one before it, compared with the middle of any sentence."""
        if not line:
            return NEVER
        before = self.forms[line - 1]
        score = W.seam * max(-4.0, min(8.0, self._follows[line] - self._middles[line]))
        if before.finished:
            score -= W.on_finished
        if before.source:
            score -= W.on_source
        if before.unclosed and self.forms[line].unopened:
            score += W.balance
        return score

    def column(self, end: int, start: int) -> float:
        """A first column that ends in line `end` runs on into line `start` above it."""
        return self._columns.get((end, start), _NO_COLUMN)

    def begins_column(self, line: int, end: int, title: int) -> float:
        """An article's text begins with `line` rather than with another paragraph of a column that ends in `end`.

        Opening words tell it, how the line before ends, and words of the headline in line `title`.
        """
        edges = max(-3.0, min(3.0, self._opens[line])) + 0.5 * max(-3.0, min(3.0, self._ends_article[line - 1]))
        below = min(line + 1, end)
        named = self._cohesion.shared(title, line) + 0.5 * self._cohesion.shared(title, below)
        runs_on = self._cohesion.between(range(max(0, line - 2), line), range(line, below + 1))
        return (
            edges
            + W.column_named * named
            - W.column_near * runs_on
            - W.column_later * bool(_LATER.match(self.texts[line]))
        )

    def is_large(self, line: int) -> bool:
        """The line is set in larger type than the running text."""
        return bool(self._larger) and self._larger[line] > _LARGER

    def same_shape(self, line: int) -> bool:
        """Another line of the page has parts of the same lengths, as the sub-headlines of one article do."""
        return self._shapes[self.forms[line].parts] > 1

    def breaks_off(self, line: int) -> bool:
        """The line ends in the middle of a sentence."""
        form = self.forms[line]
        return not form.finished and not form.paused and not form.source and self._closes[line] < _BROKEN_OFF

    def far_column(self, end: int, start: int) -> float:
        """A text that breaks off in `end` runs on into `start`, compared with a new paragraph there."""
        window = windows([self._ends[end]], [self._starts[start]], _LAST)
        joined = float(self._model.log_probabilities(window, _LAST).sum())
        balanced = self.forms[end].unclosed and self.forms[start].unopened
        return joined - self._begins[start] + (W.balance if balanced else 0.0)

    def alike(self, lines: Sequence[int], others: Sequence[int]) -> float:
        """How much two sets of lines share, from 0 to 1."""
        return self._cohesion.between(lines, others)

    def _score_columns(self) -> dict[tuple[int, int], float]:
        """Score in one go the pairs of lines that could be the end of a first column and what it runs on into."""
        titles = [self._could_be_furniture(line) for line in range(self.size)]
        starts = [line for line in range(1, self.size) if titles[line - 1] and self.forms[line].names is None]
        ends = [
            line
            for line in range(1, self.size)
            if not self.forms[line].finished
            and not self.forms[line].source
            and (line + 1 == self.size or titles[line + 1])
        ]
        pairs = _near_pairs(ends, starts)
        if not pairs:
            return {}
        window = windows([self._ends[end] for end, _ in pairs], [self._starts[start] for _, start in pairs], _LAST)
        scores = self._model.log_probabilities(window, _LAST).sum(axis=1).tolist()
        return {
            (end, start): W.column_base
            + W.column * (score - self._middles[start])
            + (W.balance if self.forms[end].unclosed and self.forms[start].unopened else 0.0)
            - (W.column_short if len(self.texts[end]) < _SHORT_COLUMN else 0.0)
            for (end, start), score in zip(pairs, scores, strict=True)
        }

    def _score_elsewhere(self) -> dict[int, float]:
        """How well each line that breaks off would run on into the best of the texts elsewhere on the page."""
        best: dict[int, float] = {}
        signs = [0]
        for form in self.forms:
            signs.append(signs[-1] + (form.names is not None or form.subtitle is not None))
        for (end, start), score in self._columns.items():
            if signs[max(start, end)] == signs[min(start, end) + 1]:
                continue  # Nothing shows that they are not in the same article, which `assign_roles` sees to.
            odds = W.far + score + self._middles[start] - self._begins[start]
            best[end] = max(best.get(end, NEVER), min(odds, W.far_most))
        return best

    def _could_be_furniture(self, line: int) -> bool:
        """The line may be something else than body: a headline, a byline, a section name."""
        form = self.forms[line]
        return form.names is not None or (len(self.texts[line]) <= _LONGEST_TITLE and not form.finished)

    def between(self, line: int) -> list[float]:
        """What the line says about each role together with the line before it, in the order of `Role`."""
        scores = [0.0] * len(Role)
        runs_on = self.runs_on(line)
        scores[Role.CONTINUED] = runs_on
        scores[Role.HEAD_MORE] = runs_on
        if line and self._joined and self._joined[line]:
            scores[Role.HEAD_MORE] += W.joined
        if line and self._larger:
            alike = abs(self._larger[line] / self._larger[line - 1] - 1) < _SAME_SIZE
            scores[Role.HEAD_MORE] += W.sized if alike else -W.sized
        scores[Role.PARAGRAPH] = self.starts(line)
        return scores

    def as_roles(self, line: int) -> list[float]:
        """What the form of the line itself says for each role, in the order of `Role`."""
        form, text = self.forms[line], self.texts[line]
        scores = [NEVER] * len(Role)
        body = self._as_body(form, text)
        scores[Role.PARAGRAPH] = scores[Role.CONTINUED] = scores[Role.DISPLACED] = body
        scores[Role.PARAGRAPH] += self._as_piece(form, text)
        if form.label is not None:
            self._as_label(form.label, scores)
            return scores
        if form.names is not None:
            scores[Role.BYLINE] = scores[Role.END_BYLINE] = 0.0
        if form.subtitle is not None:
            scores[Role.SUBTITLE] = 0.0
        if form.source and form.source[0] == 0:
            scores[Role.SOURCE] = 0.0
        if not form.marked and len(text) <= _LONGEST_TITLE:
            self._as_titles(line, scores)
        return scores

    def _as_label(self, label: tuple[str, str], scores: list[float]) -> None:
        """A line that says itself what it is, though running text may begin so too (`来源：…`)."""
        field, value = label
        if field == "title":
            scores[Role.HEAD] = W.labelled
        elif field == "subtitle":
            scores[Role.SUBTITLE] = W.labelled
        elif field != "text" or not value:
            scores[Role.BYLINE] = scores[Role.END_BYLINE] = 0.0

    def _as_body(self, form: Form, text: str) -> float:
        score = 0.0
        if form.names is not None:
            score -= W.body_marked if form.marked else W.body_named
        if form.subtitle is not None:
            score -= W.body_subtitle
        if form.source and form.source[0] == 0:
            score -= W.body_source
        if len(text) < _SHORT_LINE and _INNER_SPACE.search(text):
            score -= W.body_spaced
        return score

    def _as_piece(self, form: Form, text: str) -> float:
        """A paragraph cut off after a few characters; columns are wider than that."""
        if form.finished or form.paused or form.source:
            return 0.0
        return -W.body_piece * max(0, _SHORTEST_PIECE - len(text))

    def _as_titles(self, line: int, scores: list[float]) -> None:
        form, length = self.forms[line], self._length(line)
        title = self._as_title(line)
        before, after, continuity = self.bound(line)
        same = self._same_article(continuity) if self.size <= PAGE_LINES else 0.0
        alike = self.same_shape(line)
        head = title + W.head_base + W.head_cohesion * after - W.head_before * before
        head -= (W.head_alike if alike else 0.0) + (W.head_numbered if form.numbered else 0.0)
        if self._larger:
            larger = self._larger[line]
            title += W.sized * max(-1.0, min(1.0, (larger - _LARGER) * 10))
            head += W.sized * max(-1.0, min(4.0, (larger - _LARGER) * 10))
        if self._body_below(line) < _TINY_BODY:
            head -= W.head_tiny
        scores[Role.HEAD] = scores[Role.HEAD_MORE] = head - same
        scores[Role.KICKER] = head - same - max(0, length - 16) * W.kicker_long
        subhead = title + (W.sub_alike if alike else 0.0) + (W.sub_numbered if form.numbered else 0.0)
        longest = _LONGEST_NUMBERED if form.numbered else _LONG_SUBHEAD
        subhead += W.sub_base + W.sub_same * same - W.sub_cohesion * after
        scores[Role.SUBHEAD] = subhead - max(0, length - longest) * W.sub_long
        stray = title - W.stray_base - W.stray_cohesion * after - max(0, length - 8) * W.stray_long
        scores[Role.STRAY] = stray - same - W.stray_parts * (len(form.parts) - 1)
        if form.furniture:
            scores[Role.STRAY] = W.furniture
            for role in (Role.HEAD, Role.HEAD_MORE, Role.SUBHEAD, Role.KICKER):
                scores[role] -= W.furniture
        follower = line + 1
        if follower < self.size and len(self.texts[follower]) >= _SHORT_LINE:
            scores[Role.HEAD] += W.head_opens * self.opens(follower)
            scores[Role.SUBHEAD] -= W.head_opens * self.opens(follower)

    def _length(self, line: int) -> float:
        """Length in Chinese characters, of which a Latin word of five letters is worth two."""
        length = len(self.texts[line])
        return length / 2.5 if self.forms[line].latin else float(length)

    def _body_below(self, line: int) -> int:
        """Characters that follow the line before the next one that might be no body, or at least as many as matter."""
        reached = 0
        for below in range(line + 1, self.size):
            if reached >= _TINY_BODY or (reached and self._could_be_furniture(below)):
                break
            if self.forms[below].names is None and self.forms[below].subtitle is None:
                reached += len(self.texts[below])
        return reached

    def bound(self, line: int) -> tuple[float, float, float]:
        """How much of a line stands again above it and below it, and how much the text above shares with that below."""
        if self.size > PAGE_LINES:
            return 0.0, 0.0, 0.0
        if line not in self._bound:
            self._bound[line] = (*self._cohesion.shares(line), self._cohesion.continuity(line))
        return self._bound[line]

    def _same_article(self, continuity: float) -> float:
        """The text above the line and the text below it belong to one article."""
        return max(-W.same_least, min(W.same_most, W.same * (continuity + W.same_middle)))

    def _as_title(self, line: int) -> float:
        form, text = self.forms[line], self.texts[line]
        length = self._length(line)
        score = -max(0.0, length - 32) * W.title_long - max(0.0, 4 - length) * W.title_short
        if form.finished:
            score -= W.title_finished
        if form.paused:
            score -= W.title_paused
        if form.cannot_end or form.cannot_begin:
            score -= W.title_broken
        if form.unclosed or form.unopened:
            score -= W.title_unbalanced
        if form.subtitle is not None or form.names is not None:
            score -= W.title_other
        if _SENTENCE_INSIDE.search(text):
            score -= W.title_sentence
        score += W.title_phrase * max(-3.0, min(1.5, self._phrases[line] + W.title_phrase_middle))
        if _CONNECTED.match(text):
            score -= W.title_connected
        score -= W.title_comma * len(_COMMA_INSIDE.findall(text))
        return score


def _near_pairs(ends: Sequence[int], starts: Sequence[int]) -> list[tuple[int, int]]:
    """Pair each end with the starts no more than `_COLUMN_LINES` away; none at all where they are too many."""
    pairs: list[tuple[int, int]] = []
    for end in ends:
        low = bisect_left(starts, end - _COLUMN_LINES)
        high = bisect_left(starts, end + _COLUMN_LINES)
        pairs += [(end, start) for start in starts[low:high] if abs(end - start) > 1]
        if len(pairs) > _MOST_PAIRS:
            return []
    return pairs


def _relative_sizes(texts: Sequence[str], sizes: Sequence[float | None]) -> list[float]:
    """Compare each line's type with that of the running text: the size in which most characters are set."""
    characters: Counter[float] = Counter()
    for text, size in zip(texts, sizes, strict=False):
        if size:
            characters[round(size, 1)] += len(text)
    if not characters:
        return []
    usual = characters.most_common(1)[0][0]
    return [size / usual if size else 1.0 for size in sizes]


def _tight(text: str) -> str:
    """Drop the spaces in Chinese, which the model was not taught."""
    return text if text.isascii() else _SPACE.sub("", text)
