"""The sentences Byline says in its own voice, in the language of the question."""

from __future__ import annotations

from retrieval.answers.answer import Reason
from retrieval.question import Language

_ABSTENTIONS: dict[tuple[Language, Reason], str] = {
    ("zh", "not_in_articles"): "已收录的文章里没有找到能回答这个问题的句子。",
    ("zh", "no_articles"): "还没有收录任何文章，或没有文章符合筛选条件。",
    ("en", "not_in_articles"): "The articles do not say.",
    ("en", "no_articles"): "There are no articles to answer from, or none that pass the filters.",
}


def abstention(language: Language, reason: Reason) -> str:
    """Say that there is no answer and why."""
    return _ABSTENTIONS[language, reason]
