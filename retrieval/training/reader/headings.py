"""What stands in for the title of an article that has none, and titles that only look like it."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from byline.retrieval.training.reader.lookalikes import Lookalikes

LEAD_CHARS = (10, 30)  # of a clause that reads like a title
LEAD_CLAUSES = 4  # a title is sought in so many first clauses
SIMILAR = 6  # nearest titles a wrong one is drawn from
_DATELINE = re.compile(
    r"^\s*(?:原标题[:：])?[^。！？\n]{0,40}?\d\s*日?[^。，！？\n]{0,12}?(?:电|讯|消息)(?![话视影台器])"
    r"\s*(?:[（(【][^）)】]*[）)】])?[\s，,：:]*"
)
_CREDIT = re.compile(r"^\s*(?:原标题[:：]|来源[:：]\s*\S+|[（(【][^）)】]*[）)】])\s*")
_CLAUSE = re.compile(r"[^，。！？；\n]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")


def lead_of(text: str) -> str:
    """Give the first clause of a Chinese article that could be its title, without its dateline; empty if none could."""
    if len(_HAN.findall(text[:80])) < 20:
        return ""
    opening = _CREDIT.sub("", _DATELINE.sub("", text[:300]))
    for clause in [match.group().strip(" “”\u3000") for match in _CLAUSE.finditer(opening)][:LEAD_CLAUSES]:
        if LEAD_CHARS[0] <= len(clause) <= LEAD_CHARS[1]:
            return clause
    return ""


class Headings:
    """Titles to draw a wrong one from."""

    def __init__(self, titles: Sequence[str]) -> None:
        """Index titles."""
        self._titles = list(dict.fromkeys(titles))
        self._index = Lookalikes(self._titles)

    def similar(self, title: str, rng: random.Random) -> str:
        """Draw a title of another article that shares words with `title`; empty if none does."""
        near = [self._titles[row] for row in self._index.nearest(title, SIMILAR + 1)]
        near = [other for other in near if title not in other and other not in title][:SIMILAR]
        return rng.choice(near) if near else ""


def only_in_title(question: str, title: str, passage: str) -> list[str]:
    """Give the character pairs of a question that stand in the title and not in the passage."""
    pairs = (question[at : at + 2] for at in range(len(question) - 1))
    return [pair for pair in dict.fromkeys(pairs) if pair in title and pair not in passage]
