"""Questions with passages that answer and passages that do not, drawn anew for every epoch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from byline.retrieval.training.reader.lookalikes import Lookalikes
from byline.retrieval.training.reader.scripts import convert_passage, converter, reword
from byline.retrieval.training.reader.sets import Asked, Span
from byline.retrieval.training.reader.windows import cut_windows, window_around, without

WINDOW_CHARS = (80, 120, 170, 250, 250, 320)  # the product's passages have 250
LOOKALIKE_CHARS = 130  # passages are found by so many characters, and shown with as many as the others
ENGLISH_STRETCH = 2.2  # English characters to a Chinese one that say the same (XQuAD: 780 to 254, at most)
NEGATIVE_SHARES = (0.8, 0.35)  # chance of a first and of a second passage that does not answer
# How often an epoch draws a question, on average. XQuAD's come in four pairings of languages; CMRC's answers, often
# whole sentences, are few beside the others; of the questions written over news there are most, half of them taught in
# the run before.
DRAWN = {"xquad_zh": 0.35, "xquad_en": 0.35, "xquad_cross": 0.35, "cmrc": 2.0, "news": 1.0, "made_news": 0.6}
LOOKALIKES_SEEN = 12  # nearest passages a negative is drawn from
SHORTEST = 30  # characters of a passage worth asking about


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
        own = dict.fromkeys(one.text for one in asked if not one.made_from_itself)
        own.update(dict.fromkeys(texts))
        self._places = [(text, a, b) for text in own for a, b in cut_windows(text, LOOKALIKE_CHARS)]
        self._folded = [self._fold(text[a:b]) for text, a, b in self._places]
        self._index = Lookalikes(self._folded)
        self._near: dict[str, list[int]] = {}

    def draw(self, rng: random.Random, *, varied: bool = True) -> list[list[Pair]]:
        """Draw one epoch in random order: for each question a passage that answers, where there is one, and others.

        Args:
            varied: whether script and wording are changed as in training.
        """
        groups = []
        for one in self._asked:
            often = DRAWN.get(one.source, 1.0) if varied else 1.0
            for _ in range(int(often) + (rng.random() < often % 1)):
                group = self._group(one, rng)
                groups.append(self._vary(group, rng) if varied else group)
        rng.shuffle(groups)
        return groups

    def _group(self, one: Asked, rng: random.Random) -> list[Pair]:
        group = [self.positive(one, rng) if one.spans else Pair(one.question, self._inner(one, rng), ())]
        shares = NEGATIVE_SHARES if one.spans else NEGATIVE_SHARES[1:]
        return group + [self.negative(one, rng) for share in shares if rng.random() < share]

    def positive(self, one: Asked, rng: random.Random) -> Pair:
        """Draw a window that holds an answer; every answer that lies whole inside it is marked."""
        start, end = self._window(one, rng)
        inside = tuple((a - start, b - start) for a, b in one.spans if start <= a and b <= end)
        return Pair(one.question, one.text[start:end], inside)

    def negative(self, one: Asked, rng: random.Random) -> Pair:
        """Draw a passage that holds none of the answers."""
        kind = rng.random() if one.spans else 1.0
        passage = ""
        if kind < 0.35:
            passage = self._elsewhere(one, rng)
        elif kind < 0.5:
            passage = without(one.text, self._window(one, rng), one.spans)
        if len(passage) < SHORTEST or self._says(passage, one):
            passage = self._lookalike(one, rng)
        return Pair(one.question, passage, ())

    def _inner(self, one: Asked, rng: random.Random) -> str:
        """Part of a text none of which answers."""
        at = rng.randrange(len(one.text))
        start, end = window_around(one.text, (at, at + 1), self._chars(one, rng), rng)
        return one.text[start:end]

    def _window(self, one: Asked, rng: random.Random) -> Span:
        return window_around(one.text, rng.choice(one.spans), self._chars(one, rng), rng)

    def _chars(self, one: Asked, rng: random.Random) -> int:
        return int(rng.choice(WINDOW_CHARS) * (ENGLISH_STRETCH if one.in_english else 1))

    def _elsewhere(self, one: Asked, rng: random.Random) -> str:
        windows = [one.text[a:b] for a, b in cut_windows(one.text, self._chars(one, rng))]
        windows = [window for window in windows if not self._says(window, one)]
        return rng.choice(windows) if windows else ""

    def _lookalike(self, one: Asked, rng: random.Random) -> str:
        if one.id not in self._near:
            rows = self._index.nearest(self._fold(one.question), LOOKALIKES_SEEN * 2)
            said = [self._fold(answer) for answer in one.answers]
            self._near[one.id] = [row for row in rows if not any(answer in self._folded[row] for answer in said)]
        near = self._near[one.id][:LOOKALIKES_SEEN]
        for row in [rng.choice(near)] if near else rng.sample(range(len(self._places)), len(self._places)):
            text, start, end = self._places[row]
            a, b = window_around(text, (start, start + 1), self._chars(one, rng), rng)
            for passage in (text[a:b], text[start:end]):
                if not self._says(passage, one):
                    return passage
        return ""

    def _says(self, passage: str, one: Asked) -> bool:
        return any(answer in passage for answer in one.answers)

    def _vary(self, group: Sequence[Pair], rng: random.Random) -> list[Pair]:
        """Change one question's wording, and the script of question and passages."""
        question = reword(group[0].question, rng)
        traditional = self._fold(question) != question
        convert = converter("t2s" if traditional else "s2t")
        often = 0.5 if traditional else 0.12
        chosen = rng.random()
        if chosen < often:
            question = convert(question)
        if chosen < often * 0.8 or chosen > 1 - often * 0.2:
            converted = [convert_passage(pair.passage, pair.spans, convert) for pair in group]
            return [Pair(question, passage, spans) for passage, spans in converted]
        return [Pair(question, pair.passage, pair.spans) for pair in group]
