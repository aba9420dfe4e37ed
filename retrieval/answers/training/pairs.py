"""Questions with passages that answer and passages that do not, drawn anew for every epoch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.answers.training.lookalikes import Lookalikes
from retrieval.answers.training.scripts import convert_passage, converter, reword
from retrieval.answers.training.sets import Asked, Span
from retrieval.answers.training.windows import cut_windows, window_around, without

WINDOW_CHARS = (50, 80, 120, 160, 240)  # the product's 250 and below: short windows teach more an hour
LOOKALIKE_CHARS = 130  # of about the average length of the others, so that length tells nothing
ENGLISH_STRETCH = 2.2  # characters of English per character of Chinese that say the same (XQuAD: 780 to 254, at most)
NEGATIVE_SHARE = 0.55  # negatives drawn per positive: 35% of all pairs
XQUAD_LEFT_OUT = 0.65  # share of XQuAD left out of an epoch
LOOKALIKES_SEEN = 12  # nearest passages a negative is drawn from


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and one passage.

    Attributes:
        spans: the answer's places in the passage; empty where the passage does not answer.
    """

    question: str
    passage: str
    spans: tuple[Span, ...]


class PairMaker:
    """Draws pairs from questions over texts.

    Windows are of random length and place, negatives come from the rest of the answer's own text, from
    passages that share the question's words, and from the answering window with its answer cut out.
    """

    def __init__(self, asked: Sequence[Asked], texts: Sequence[str]) -> None:
        """Index the passages that negatives are drawn from.

        Args:
            asked: the questions to draw for.
            texts: further texts whose passages serve as negatives.
        """
        self._asked = list(asked)
        self._fold = converter("t2s")
        own = dict.fromkeys(one.text for one in asked)
        own.update(dict.fromkeys(texts))
        self._passages = [text[a:b] for text in own for a, b in cut_windows(text, LOOKALIKE_CHARS)]
        self._folded = [self._fold(passage) for passage in self._passages]
        self._index = Lookalikes(self._folded)
        self._near: dict[str, list[int]] = {}

    def draw(self, rng: random.Random, *, varied: bool = True) -> list[Pair]:
        """Draw one epoch: a positive for every question, negatives for most, in random order.

        Args:
            varied: whether script and wording are changed as in training.
        """
        pairs = []
        for one in self._asked:
            if one.source.startswith("xquad") and varied and rng.random() < XQUAD_LEFT_OUT:
                continue  # the same question comes in four pairings of languages
            pairs.append(self.positive(one, rng))
            if rng.random() < NEGATIVE_SHARE:
                pairs.append(self.negative(one, rng))
        rng.shuffle(pairs)
        return [self._vary(pair, rng) for pair in pairs] if varied else pairs

    def positive(self, one: Asked, rng: random.Random) -> Pair:
        """Draw a window that holds an answer; every answer that lies whole inside it is marked."""
        start, end = self._window(one, rng)
        inside = tuple((a - start, b - start) for a, b in one.spans if start <= a and b <= end)
        return Pair(one.question, one.text[start:end], inside)

    def negative(self, one: Asked, rng: random.Random) -> Pair:
        """Draw a passage that holds none of the answers."""
        kind = rng.random()
        passage = ""
        if kind < 0.35:
            passage = self._elsewhere(one, rng)
        elif kind < 0.55:
            passage = without(one.text, self._window(one, rng), one.spans)
        if len(passage) < 30 or self._says(passage, one):
            passage = self._lookalike(one, rng)
        return Pair(one.question, passage, ())

    def _window(self, one: Asked, rng: random.Random) -> Span:
        chars = rng.choice(WINDOW_CHARS)
        if one.source == "xquad_en" or one.id.startswith("zh>en"):
            chars = int(chars * ENGLISH_STRETCH)
        return window_around(one.text, rng.choice(one.spans), chars, rng)

    def _elsewhere(self, one: Asked, rng: random.Random) -> str:
        english = one.source == "xquad_en" or one.id.startswith("zh>en")
        chars = rng.choice(WINDOW_CHARS[1:]) * (ENGLISH_STRETCH if english else 1)
        windows = [one.text[a:b] for a, b in cut_windows(one.text, int(chars))]
        windows = [window for window in windows if not self._says(window, one)]
        return rng.choice(windows) if windows else ""

    def _lookalike(self, one: Asked, rng: random.Random) -> str:
        if one.id not in self._near:
            rows = self._index.nearest(self._fold(one.question), LOOKALIKES_SEEN * 2)
            said = [self._fold(answer) for answer in one.answers]
            self._near[one.id] = [row for row in rows if not any(answer in self._folded[row] for answer in said)]
        near = self._near[one.id][:LOOKALIKES_SEEN]
        if near:
            return self._passages[rng.choice(near)]
        others = (self._passages[row] for row in rng.sample(range(len(self._passages)), len(self._passages)))
        return next((passage for passage in others if not self._says(passage, one)), "")

    def _says(self, passage: str, one: Asked) -> bool:
        return any(answer in passage for answer in one.answers)

    def _vary(self, pair: Pair, rng: random.Random) -> Pair:
        question, passage, spans = reword(pair.question, rng), pair.passage, pair.spans
        traditional = self._fold(pair.question) != pair.question
        convert = converter("t2s" if traditional else "s2t")
        often = 0.5 if traditional else 0.12
        chosen = rng.random()
        if chosen < often:
            question = convert(question)
        if chosen < often * 0.8 or chosen > 1 - often * 0.2:
            passage, spans = convert_passage(passage, spans, convert)
        return Pair(question, passage, spans)
