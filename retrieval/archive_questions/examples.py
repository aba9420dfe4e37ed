"""Questions to begin with, made from the archive's own sentences and tried before they are shown."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator

from byline.retrieval.answers.answer import Answer, Choice
from byline.retrieval.archive_questions.words import WORDS
from byline.retrieval.articles.article import Article
from byline.retrieval.index.store import Store
from byline.retrieval.text.question import HAN
from byline.retrieval.text.sentences import sentences

EXAMPLES = 3
MOST_TRIED = 9  # a question takes a fifth of a second; nobody waits longer than two for a greeting
NEWEST = 24  # articles they are made from
OPENING = 6  # sentences of each: what an article is about it says first
_UNITS = (
    "公里|千米|平方公里|平方米|立方米|米|亿元|万元|元|亿|万|人次|人|名|吨|亩|公顷|户|个|家|座|辆|架|艘|枚|项|篇|场|届"
    "|支|岁|公斤|千克|"
    "千瓦时|千瓦|兆瓦|小时|分钟|天|年|所|条|台|套|件|册|度|张|块|级|%|％"
)
_AMOUNT = re.compile(
    rf"^(?P<subject>[^，。；：、“”（）()]{{4,24}}?)(?P<about>约为?|大约|近|超过|达到?|共计?|约)?(?P<number>\d[\d,.]*"
    rf"|[一二三四五六七八九十百千]+)"
    rf"(?P<more>多|余)?(?P<unit>(?:万|亿|千|百万)?(?:{_UNITS}))$"
)
_DATE = re.compile(
    r"^(?P<subject>[^，。；：、“”（）()]{4,24}?)(?P<verb>将?于|定于|将在|在)(?P<date>(?:\d{4}年|今年|明年"
    r"|去年)?\d{1,2}月(?:\d{1,2}日)?|(?:今年|明年|\d{4}年)(?:年底|年初"
    r"|[上下]半年)?)(?P<rest>[^，。；：、“”（）()\d]{2,8})$"
)
_LEANS = re.compile(
    r"^(?:其中?|他|她|它|该|这|那|此|并|而|但|则|已|将|也|还|同时|目前|截至|为|以|从|在|对|其|双方|本|我|记者|据|至"
    r"|比|较)|的$|[为是]多少"
)


class Examples:
    """Example questions of an archive; made when first asked for, and again after the archive changed."""

    def __init__(self, store: Store, ask: Callable[[str], Answer]) -> None:
        """Make examples from a store, and try them by `ask`."""
        self._store, self._ask = store, ask
        self._lock = threading.Lock()
        self._made: tuple[Choice, ...] = ()
        self._generation: int | None = None

    def get(self) -> tuple[Choice, ...]:
        """Up to three questions the archive answers, of different articles; none while it has no articles."""
        with self._lock:
            generation = self._store.status().generation
            if generation != self._generation:
                self._made = tuple(self._make())
                self._generation = generation
            return self._made

    def _make(self) -> Iterator[Choice]:
        made = tried = 0
        for header in self._store.articles(limit=NEWEST).articles:
            article = self._store.article(header.id)
            for question, answer in questions_of(article):
                if made == EXAMPLES or tried == MOST_TRIED:
                    return
                tried += 1
                if _answers(self._ask(question), article, answer):
                    made += 1
                    yield Choice(question, question)
                    break


def questions_of(article: Article) -> Iterator[tuple[str, str]]:
    """Make questions from an article's sentences and fields, each with what has to stand in the answer."""
    if HAN.search(article.text):
        for start, end in sentences(article.text)[:OPENING]:
            for clause in re.split(r"[，。；：！？、\n]", article.text[start:end]):
                yield from _blanked(clause.strip())
    words = WORDS["zh" if HAN.search(article.title) else "en"]
    if article.title and article.byline:
        title = words.title(article.title)
        yield (f"{title}是谁写的？" if words.language == "zh" else f"Who wrote {title}?"), article.byline
    if article.title and article.published:
        title = words.title(article.title)
        when = f"{title}是什么时候发表的？" if words.language == "zh" else f"When was the article {title} published?"
        yield when, ""


def _blanked(clause: str) -> Iterator[tuple[str, str]]:
    """Ask for the amount a clause ends with, or the day it names: in Chinese the asking word takes their place."""
    if _LEANS.search(clause):
        return
    if found := _AMOUNT.match(clause):
        if not _LEANS.search(found["subject"]) and not re.search(r"[\d第]$", found["subject"]):
            yield f"{found['subject']}多少{found['unit'].replace('%', '').replace('％', '')}？", found["number"]
    elif found := _DATE.match(clause):
        yield f"{found['subject']}{found['verb']}什么时候{found['rest']}？", found["date"]


def _answers(answer: Answer, article: Article, wanted: str) -> bool:
    """Whether what was made from an article is answered from it, with what it was made from."""
    if not answer.answered or not answer.citations or answer.citations[0].article_id != article.id:
        return False
    return wanted in (answer.short_answer or "") or wanted in answer.citations[0].byline
