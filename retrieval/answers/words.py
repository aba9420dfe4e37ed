"""The sentences an answer says in Byline's own voice, in the question's language, for every front end."""

from __future__ import annotations

from byline.retrieval.answers.answer import Reason
from byline.retrieval.text.question import Language

_ABSTENTIONS: dict[tuple[Language, Reason], str] = {
    ("zh", "not_in_articles"): "在最相关的段落里没有找到能回答这个问题的句子。",
    ("zh", "unsure"): "不能肯定。可能是这一句：",
    ("zh", "no_articles"): "还没有收录任何文章，或没有文章符合筛选条件。",
    ("en", "not_in_articles"): "The passages nearest to the question do not answer it.",
    ("en", "unsure"): "Not sure. Possibly this sentence: ",
    ("en", "no_articles"): "There are no articles to answer from, or none that pass the filters.",
}


_CORRECTED: dict[Language, str] = {"zh": "（已更正）", "en": "(corrected since) "}


def corrected(language: Language) -> str:
    """Say before a quote that another article has put it right."""
    return _CORRECTED[language]


_THAT_IS: dict[Language, str] = {"zh": "（即{time}）", "en": " (that is, {time})"}


def that_is(language: Language, time: str) -> str:
    """Write out after a quote the time that its 昨天 or 去年 means."""
    return _THAT_IS[language].format(time=time)


def abstention(language: Language, reason: Reason) -> str:
    """Say that there is no answer and why."""
    return _ABSTENTIONS[language, reason]
