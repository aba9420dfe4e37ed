"""A question that points to something nobody named: asked back with two or three things it may mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from byline.retrieval.answers.answer import Choice, Text
from byline.retrieval.answers.citing import cite_hit, whole
from byline.retrieval.answers.composed import Composed
from byline.retrieval.conversation import wording
from byline.retrieval.conversation.turns import Turn
from byline.retrieval.search import Hit
from byline.retrieval.text.folding import fold
from byline.retrieval.text.question import HAN, Language

MOST_CHOICES = 3
LABEL_CHARS = 40  # of a passage whose article has no title
# Nouns of which there are many of a kind, so that `the actor` means somebody only where somebody was named.
_KINDS = (
    "actor|actress|singer|player|athlete|author|writer|director|character|protagonist|president|artist|band|animal"
    "|bird|species|plant|disease|country|city|state|nation|region|town|county|island|river|mountain|company"
    "|organi[sz]ation|firm|brand|chain|restaurant|franchise|product|device|phone|car|burger|drink|game|mission"
    "|spacecraft|book|novel|series|show|movie|film|song|album|season|episode|team|club|park|stadium|school|university"
    "|hospital|department|agency|museum|language|religion|war|battle|treaty|law|case|lawsuit|fund|stock|bank|update"
    "|version|platform|person|man|woman|place|event"
)
# Modifiers in small letters or an acronym (`that NASA mission`): a capital names one, as in `the Milton Museum`.
_DEFINITE = re.compile(
    r"\b(?i:the|this|that)\s+(?:(?!of\b|in\b|on\b|to\b|for\b|and\b|is\b|are\b|was\b)(?:[a-z'-]+|[A-Z]{2,5})\s+){0,3}?"
    rf"(?P<noun>(?i:{_KINDS}))s?\b"
    r"(?!\s+(?:of|called|named|known|that|which|who|whose|where|in which|for|between)\b)"
    r"(?!\s*['’]s\s+[A-Z])(?!\s+[A-Z])"
)
# In Chinese at the beginning only: what stands before says which, as in 德州那次地震.
_POINTED = re.compile(
    r"(?:请问|請問|在|关于|對於|对于|对|[,，\s])*(?:这|這|那|该|該|此)(?:家|位|个|個|部|款|种|種|座|支|所|起|次|场|名|本|只|条)"
    rf"(?P<noun>(?!新闻|文章|报道|消息)(?:{wording.NOUNS}))"
)
_SOMEBODY = re.compile(r"(?:请问|請問)?(?:他|她)们?(?=[是在的被为有会现当说来去出从叫多哪什今])")
_SAID: dict[Language, str] = {
    "zh": "这个问题可以指不同的事。您问的是哪一个？",
    "en": "This could mean different things. Which one do you mean?",
}
_ASKED: dict[Language, str] = {"zh": "{name}：{question}", "en": "{name}: {question}"}


def points_nowhere(question: str, turns: Sequence[Turn]) -> str:
    """Give the noun by which a question points to something that was not named; empty where it points to none.

    `When was the animal last seen?` does at the beginning of a conversation, and not after a question about an animal.
    """
    before = fold(" ".join(f"{turn.asked} {turn.question}" for turn in turns))
    if HAN.search(question):
        pointed = None if turns else _POINTED.match(question) or _SOMEBODY.match(question)
        return "" if pointed is None else pointed.groupdict().get("noun") or pointed.group()
    if not question[:1].isupper():
        return ""  # who writes no capitals writes none in names either
    for definite in _DEFINITE.finditer(question):
        if not re.search(rf"\b{fold(definite['noun'])}", before):
            return definite["noun"]
    return ""


def asked_back(question: str, hits: Sequence[Hit], language: Language, *, top_k: int) -> Composed | None:
    """Ask which of the articles found a question is about.

    Args:
        question: as asked.
        hits: best first.
        language: to ask in.
        top_k: at most so many nearest passages are shown.

    Returns:
        None where all that was found is of one article: then that is meant.
    """
    first: dict[str, Hit] = {}
    for hit in hits[: max(top_k, MOST_CHOICES)]:
        first.setdefault(hit.stored.article.id, hit)
    if len(first) < 2:
        return None
    choices = []
    for hit in list(first.values())[:MOST_CHOICES]:
        name = hit.stored.article.title or " ".join(hit.stored.passage.text[:LABEL_CHARS].split())
        choices.append(Choice(name, _ASKED[language].format(name=name, question=question)))
    nearest = tuple(
        cite_hit(number, hit, whole(hit), evidence=False) for number, hit in enumerate(hits[:top_k], start=1)
    )
    return Composed(False, (Text(_SAID[language]),), "which", citations=nearest, choices=tuple(choices))
