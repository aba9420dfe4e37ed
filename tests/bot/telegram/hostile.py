"""Answers made to break a chat: every title and text somebody or something could have written."""

from __future__ import annotations

import random

from byline.retrieval.answers.answer import Answer, Citation, TookMs
from byline.retrieval.articles.article import Article
from tests.answers.said import quotes, words

BITS = (
    *"<>&_*[]()~`|\\#+-=.!{}\"'@/:%",
    *"。！？；「」“”《》、，【】…",
    *" \n\t\r\x00\x0b\x1b\x7f\x85\u00a0\u200b\u200d\u2028\u2029\u2060\ufeff\ufffc\u3164\u115f\u2800",
    *"\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c",
    *"אבגשלוםمرحبا",
    *"\ud83d\ude00\udbff\udfff",
    *"e\u0301\u0308\u20dd\u0489\u0333\u030a",
    "😀",
    "👨‍👩‍👧‍👦",
    "👍🏽",
    "🇨🇳🇫🇷",
    "🏴\U000e0067\U000e0062\U000e007f",
    "\U0001d400𠮷𪚥",
    "[1]",
    "[链接](http://x.y)",
    "```py\n",
    "<b>",
    "</blockquote>",
    "&lt;",
    "/start",
    "@byline_bot",
    "https://example.org/?a=1&b=2",
    "山高水长",
    "青石桥昨天通车。",
    "The bridge opened. ",
    "680万元",
)


def text(dice: random.Random, longest: int) -> str:
    """Up to so many characters, often short, now and then of one kind only, sometimes none."""
    length = min(longest, int(dice.paretovariate(0.75)) - 1)
    bits = BITS if dice.random() < 0.8 else dice.sample(BITS, 2)
    return "".join(dice.choices(bits, k=length))[:longest]


def article(dice: random.Random) -> Article:
    body = text(dice, 20_000) + "正" + text(dice, 200)
    names = [text(dice, 3000) for _ in range(4)]
    return Article(
        names[0] or "id", names[1], body, byline=names[2], source=names[3], published=dice.choice([None, "2024-01-02"])
    )


def citation(dice: random.Random, of: Article, number: int, *, evidence: bool) -> Citation:
    start = dice.randrange(len(of.text))
    end = min(len(of.text), start + 1 + int(dice.paretovariate(0.5)))
    header = (of.title, of.byline, of.source, of.published)
    return Citation(number, of.id, "p", *header, of.text[start:end], start, end, 1.0, evidence)


def answer(dice: random.Random, number: int, articles: list[Article]) -> Answer:
    """An answer with any number of sources, or an abstention; ids are as long as they get."""
    answered = dice.random() < 0.8
    citations = tuple(
        citation(dice, dice.choice(articles), n, evidence=answered)
        for n in range(1, 1 + dice.choice([1, 1, 2, 3, 5, 7, 40]))
    )
    first = citations[0]
    short = first.quote[:40] if answered and dice.random() < 0.6 else None
    told = quotes(citations) if dice.random() < 0.5 else words(text(dice, 9000) + "答")
    return Answer(
        answer_id=f"{number:022d}",
        question=text(dice, 2000) + "问",
        answered=answered,
        parts=told if answered else words("没有找到。"),
        short_answer=short,
        short_start=first.start if short else None,
        reason=None if answered else "not_in_articles",
        confidence=0.5,
        citations=citations,
        took_ms=TookMs(0, 0, 0, 0),
    )
