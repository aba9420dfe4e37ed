"""Questions with passages that answer and passages that do not, drawn anew for every epoch."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from byline.retrieval.answers.reader import PassageText
from byline.retrieval.training.reader.headings import Headings, lead_of, only_in_title
from byline.retrieval.training.reader.lookalikes import Lookalikes
from byline.retrieval.training.reader.noise import Homophones, disturb
from byline.retrieval.training.reader.scripts import Convert, convert_passage, converter, reword
from byline.retrieval.training.reader.sets import Asked, Span
from byline.retrieval.training.reader.windows import cut_windows, window_around, without

WINDOW_CHARS = (80, 120, 170, 250, 250, 320)  # the product's passages have 250
LOOKALIKE_CHARS = 130  # passages are found by so many characters, and shown with as many as the others
ENGLISH_STRETCH = 2.2  # English characters to a Chinese one that say the same (XQuAD: 780 to 254, at most)
NEGATIVE_SHARES = (0.8, 0.35)  # chance of a first and of a second passage that does not answer
# How often an epoch draws a question, on average. XQuAD's come in four pairings of languages; CMRC's answers, often
# whole sentences, are few beside the others; contrasts are new, and what the runs before taught is only kept alive.
DRAWN = {
    "xquad_zh": 0.2, "xquad_en": 0.25, "xquad_cross": 0.2, "cmrc": 1.0, "drcd": 0.4, "dureader": 0.5, "news": 0.6,
    "made_news": 0.08, "made_own": 0.12, "made_drcd": 0.15, "made_cmrc": 0.25, "made_dureader": 0.15,
    "made_xquad_en": 0.25, "made_contrast": 3.5, "made_yes_no": 1.0,
}  # fmt: skip
YES_NO_DRAWN = 2.0  # times as often: 558 questions teach what nothing else does
CONTRAST_SHARES = (0.25, 0.0)  # as `NEGATIVE_SHARES`, of contrasts: what does not answer is among them
AS_WRITTEN = 0.5  # share of contrasts that show the window they were written over, the others another length
TITLED = 0.35  # share of the passages from inside an article that stand under its title
OTHER_TITLE = 0.6  # share of questions that lean on a title that are also asked under another
UNDISTURBED = frozenset({"near_name", "false_premise"})  # kinds in which one character is the question
LOOKALIKES_SEEN = 12  # nearest passages a negative is drawn from
SHORTEST = 30  # characters of a passage worth asking about


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and one passage.

    Attributes:
        spans: the answer's places in the passage; empty where the passage does not answer.
        title: that stands before the passage, or empty.
        yes: of a yes/no question, whether the answer is yes.
    """

    question: str
    passage: str
    spans: tuple[Span, ...]
    title: str = ""
    yes: bool | None = None

    @property
    def shown(self) -> PassageText:
        """The passage as a reader is given it."""
        return PassageText(self.passage, self.title)


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
        self._leads = {text: lead_of(text) for text in own}
        titles = [one.title for one in asked if one.title]
        self._headings = Headings([*titles, *filter(None, self._leads.values())])
        self._homophones = Homophones(own)

    def draw(self, rng: random.Random, *, varied: bool = True, portion: float = 1.0) -> list[list[Pair]]:
        """Draw one epoch in random order: for each question a passage that answers, where there is one, and others.

        Args:
            varied: whether script and wording are changed as in training.
            portion: how much of an epoch.
        """
        groups = []
        for one in self._asked:
            often = DRAWN.get(one.source, 1.0) * (1.0 if one.yes is None else YES_NO_DRAWN) if varied else 1.0
            often *= portion
            for _ in range(int(often) + (rng.random() < often % 1)):
                group = self._group(one, rng)
                groups.append(self._vary(one, group, rng) if varied else group)
        rng.shuffle(groups)
        return groups

    def _group(self, one: Asked, rng: random.Random) -> list[Pair]:
        first = self.positive(one, rng) if one.spans else self._silent(one, rng)
        either = CONTRAST_SHARES if one.kind else NEGATIVE_SHARES
        shares = either if one.spans else either[1:]
        group = [first, *(self.negative(one, rng) for share in shares if rng.random() < share)]
        if one.title and one.spans and rng.random() < OTHER_TITLE:
            group += self._under_another_title(first, rng)
        return group

    def positive(self, one: Asked, rng: random.Random) -> Pair:
        """Draw a window that holds an answer; every answer that lies whole inside it is marked."""
        start, end = self._window(one, rng)
        inside = tuple((a - start, b - start) for a, b in one.spans if start <= a and b <= end)
        pair = Pair(one.question, one.text[start:end], inside, yes=one.yes)
        return self._titled(pair, one, one.lead, rng)

    def negative(self, one: Asked, rng: random.Random) -> Pair:
        """Draw a passage that holds none of the answers."""
        kind = rng.random() if one.spans else 1.0
        passage, lead = "", one.lead
        if kind < 0.35:
            passage = self._elsewhere(one, rng)
        elif kind < 0.5:
            passage = without(one.text, self._window(one, rng), one.spans)
        if len(passage) < SHORTEST or self._says(passage, one):
            passage, lead = self._lookalike(one, rng)
        return self._titled(Pair(one.question, passage, ()), one, lead, rng)

    def _titled(self, pair: Pair, one: Asked, lead: str, rng: random.Random) -> Pair:
        """Put a passage under its article's title: always where the question leans on it, else now and then."""
        if one.title and pair.passage in one.text:
            return replace(pair, title=one.title)
        if lead and rng.random() < TITLED and not self._says(lead, one):
            return replace(pair, title=lead)
        return pair

    def _under_another_title(self, pair: Pair, rng: random.Random) -> list[Pair]:
        """Put a passage whose subject stands only in its title under another's: then it answers nothing."""
        leaning = only_in_title(pair.question, pair.title, pair.passage) if pair.shown.heading else []
        if len(leaning) < 2:
            return []
        other = self._headings.similar(pair.title, rng)
        if not other or rng.random() < 0.5:
            name = rng.choice(leaning)
            slips = self._homophones.of(name[0]) or self._homophones.near(name[0])
            other = pair.title.replace(name, rng.choice(slips) + name[1]) if slips else other
        return [replace(pair, title=other, spans=(), yes=None)] if other else []

    def _silent(self, one: Asked, rng: random.Random) -> Pair:
        """Part of a text none of which answers, or of a contrast now and then all that was read."""
        if one.window and rng.random() < AS_WRITTEN:
            start, end = one.window
        else:
            at = rng.randrange(len(one.text))
            start, end = window_around(one.text, (at, at + 1), self._chars(one, rng), rng)
        return self._titled(Pair(one.question, one.text[start:end], ()), one, one.lead, rng)

    def _window(self, one: Asked, rng: random.Random) -> Span:
        if one.window and rng.random() < AS_WRITTEN:
            return one.window
        return window_around(one.text, rng.choice(one.spans), self._chars(one, rng), rng)

    def _chars(self, one: Asked, rng: random.Random) -> int:
        return int(rng.choice(WINDOW_CHARS) * (ENGLISH_STRETCH if one.in_english else 1))

    def _elsewhere(self, one: Asked, rng: random.Random) -> str:
        windows = [one.text[a:b] for a, b in cut_windows(one.text, self._chars(one, rng))]
        windows = [window for window in windows if not self._says(window, one)]
        return rng.choice(windows) if windows else ""

    def _lookalike(self, one: Asked, rng: random.Random) -> tuple[str, str]:
        """Give a passage that shares the question's words and not its answer, and its article's title."""
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
                    return passage, self._leads[text]
        return "", ""

    def _says(self, passage: str, one: Asked) -> bool:
        return any(answer in passage for answer in one.answers)

    def _vary(self, one: Asked, group: Sequence[Pair], rng: random.Random) -> list[Pair]:
        """Change one question's wording, and the script of question and passages."""
        question = one.question
        if one.kind not in UNDISTURBED:
            question = disturb(reword(question, rng), rng, self._homophones)
        traditional = self._fold(question) != question
        convert = converter("t2s" if traditional else "s2t")
        often = 0.5 if traditional else 0.12
        chosen = rng.random()
        if chosen < often:
            question = convert(question)
        if chosen < often * 0.8 or chosen > 1 - often * 0.2:
            group = [_converted(pair, convert) for pair in group]
        return [replace(pair, question=question) for pair in group]


def _converted(pair: Pair, convert: Convert) -> Pair:
    passage, spans = convert_passage(pair.passage, pair.spans, convert)
    return replace(pair, passage=passage, spans=spans, title=convert(pair.title))
