"""Changes to questions and passages that leave the answer the same: Chinese script, wording."""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable, Sequence
from functools import cache

from byline.retrieval.training.reader.sets import Span

Convert = Callable[[str], str]

_ASKING_TAIL = re.compile(
    r"(?:的?(?:是|为|有|在|叫)?(?:什么|甚麼|什麼|多少|谁|誰|哪里|哪裡|何时|何時|哪些|哪一年|几年|幾年)(?:时候|時候|地方|名字)?)[？?]?$"
)


@cache
def converter(config: str) -> Convert:
    """Load OpenCC's conversion: `t2s` to simplified, `s2t` to traditional characters."""
    from opencc import OpenCC

    convert: Convert = OpenCC(config).convert
    return convert


def convert_passage(text: str, spans: Sequence[Span], convert: Convert) -> tuple[str, tuple[Span, ...]]:
    """Convert a passage piece by piece so that its spans keep marking the answer.

    Pieces end where a span does, so a conversion that changes a length shifts the later spans with it.
    """
    cuts = sorted({0, len(text), *(edge for span in spans for edge in span)})
    moved = {0: 0}
    pieces: list[str] = []
    for start, end in itertools.pairwise(cuts):
        pieces.append(convert(text[start:end]))
        moved[end] = moved[start] + len(pieces[-1])
    return "".join(pieces), tuple((moved[start], moved[end]) for start, end in spans)


def reword(question: str, rng: random.Random) -> str:
    """Ask the same the way people type: without the question mark, without the asking words, a slip."""
    if rng.random() < 0.12:
        shorter = _ASKING_TAIL.sub("", question)
        question = shorter if len(shorter) >= 4 else question
    if rng.random() < 0.3:
        question = question.rstrip("？?")
    if len(question) > 12 and rng.random() < 0.08:
        at = rng.randrange(2, len(question) - 2)
        question = question[:at] + question[at + 1 :]
    return question
