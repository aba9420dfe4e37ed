"""The sentences an answer says in Byline's own voice, in the question's language, for every front end."""

from __future__ import annotations

from typing import Literal

from byline.retrieval.answers.answer import Reason
from byline.retrieval.text.question import Language

_ABSTENTIONS: dict[tuple[Language, Reason | Literal["denied"]], str] = {
    ("zh", "not_in_articles"): "在最相关的段落里没有找到能回答这个问题的句子。",
    ("zh", "unsure"): "不能肯定。可能是这一句：",
    ("zh", "denied"): "文章说的与问题所假定的不同：",
    ("zh", "no_articles"): "还没有收录任何文章，或没有文章符合筛选条件。",
    ("en", "not_in_articles"): "The passages nearest to the question do not answer it.",
    ("en", "unsure"): "Not sure. Possibly this sentence: ",
    ("en", "denied"): "The articles say otherwise: ",
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


def abstention(language: Language, reason: Reason | Literal["denied"]) -> str:
    """Say that there is no answer and why; `denied` where a sentence denies what the question takes for granted."""
    return _ABSTENTIONS[language, reason]


def yes_or_no(language: Language, verdict: bool) -> str:
    """Say yes or no."""
    if language == "zh":
        return "是" if verdict else "不是"
    return "Yes" if verdict else "No"


def between(language: Language) -> str:
    """What stands between an answer in Byline's own words and the sentence it rests on."""
    return "：" if language == "zh" else ": "


def told_on(language: Language, published: str, *, now: bool, before: bool) -> str:
    """Say when a claim was published, beside another that is newer or older."""
    if language == "zh":
        return f"{'最新' if now else '此前' if before else ''}（{published}）："
    return f"{'Latest' if now else 'Before' if before else ''} ({published}): ".lstrip()
