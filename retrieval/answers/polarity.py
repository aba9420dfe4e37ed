"""Whether a sentence answers a yes/no question with yes or with no, where that is plain; and rumours it denies."""

from __future__ import annotations

import re

from byline.retrieval.answers.coverage import coverage
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.text.question import without_yes_no
from byline.retrieval.text.sentences import sentences
from byline.retrieval.understanding import Question

Span = tuple[int, int]

# What a sentence says not to be so; and the words that only look like it: 不仅, 未来, 非常, 不得不.
_NEGATION = re.compile(
    r"不(?![仅断过少同久止管论得一]|如|但|妨|约|等|锈|动产|良|幸|满|足|远|明|法|俗|休|惜|愧|料|禁)|(?<![从并])没(?!想|收|落|关系)(?:有)?|(?<!从)未(?![来知婚必])|尚未|暂无|暂停|无需|无须|无法|毋须|无(?=[人法需意权])"
    r"|并非|绝非|非(?=[该本]|事实)|取消|停止|终止|否认|禁止|拒绝|免于|免收|不再|\b(?:not|no|never|cannot|n't|denied|denies|without|refused)\b",
    re.I,
)
_DENIAL = re.compile(
    r"不实|不属实|并不属实|谣言|辟谣|虚假(?:信息|消息|不实)|假消息|假新闻|纯属虚构|子虚乌有|并非事实|没有的事|造谣"
    r"|\b(?:untrue|false rumou?r|hoax|fabricated|not true)\b",
    re.I,
)
_RUMOUR = re.compile(r"网传|传言|传闻|流传|谣传|有网友称|有消息称|有传|据传|爆料称|rumou?r", re.I)
_CLAUSE = re.compile(r"[^，；。！？,;!?]+")

PLAIN_ODDS = 2.0  # log-odds of a reader's polarity from which it is plain by itself: .88 to .12
KNOWN_ODDS = 0.5  # and from which it is a voice at all
TOLD = 0.5  # share of what the question says that a clause must say again for a yes to be plain


def verdict_of(question: Question, read: ReadPassage) -> bool | None:
    """Tell whether what would be quoted answers with yes or no; None where that is not plain.

    The reader's polarity and the words of the sentence must not contradict each other.
    """
    told = _by_words(question, read)
    odds = read.span.polarity
    if odds is None or abs(odds) < KNOWN_ODDS:
        return told
    if told is None:
        return odds > 0.0 if abs(odds) >= PLAIN_ODDS else None
    return told if told == (odds > 0.0) else None


def denial_in(text: str) -> Span | None:
    """Find the sentence of a passage that calls a rumour untrue; None if there is none."""
    return next((span for span in sentences(text) if _DENIAL.search(text, *span)), None)


def tells_rumour(sentence: str) -> bool:
    """Whether a sentence only passes on what others say."""
    return _RUMOUR.search(sentence) is not None and _DENIAL.search(sentence) is None


def _by_words(question: Question, read: ReadPassage) -> bool | None:
    start, end = read.quote
    quote = read.text[start:end]
    asked_not = _NEGATION.search(without_yes_no(question.counted)) is not None
    if _DENIAL.search(quote):
        return asked_not
    clause = _clause(question, read)
    negated = _NEGATION.search(clause) is not None
    share = coverage(clause, question.subject)
    if negated:
        return asked_not if share > 0.0 else None
    return (not asked_not) if share >= TOLD else None


def _clause(question: Question, read: ReadPassage) -> str:
    """The clause of the quote that was marked, or that says most of what the question says."""
    start, end = read.quote
    clauses = [(match.start() + start, match.group()) for match in _CLAUSE.finditer(read.text[start:end])]
    marked = [
        clause
        for at, clause in clauses
        if read.span.start < at + len(clause) and at < read.span.end and read.span.end > read.span.start
    ]
    among = marked or [clause for _, clause in clauses]
    return max(among, key=lambda clause: coverage(clause, question.subject), default="")
