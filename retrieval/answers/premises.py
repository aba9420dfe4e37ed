"""Sentences that deny what a question takes for granted: 为什么停飞 where nothing was grounded, or a rumour."""

from __future__ import annotations

import re

from byline.retrieval.answers.coverage import coverage
from byline.retrieval.answers.polarity import denial_in, tells_rumour
from byline.retrieval.answers.read_passage import ReadPassage
from byline.retrieval.text.folding import fold
from byline.retrieval.text.question import without_interrogatives
from byline.retrieval.text.sentences import sentences
from byline.retrieval.understanding import Question

Span = tuple[int, int]

SUBJECT_TOLD = 0.5  # share of what a question is about that a sentence must speak of to deny what it says of it
_NOT = re.compile(
    r"(?:并?没有|并未|从未|未曾|尚未|不会|不曾|否认(?:了)?|并非|暂不|拒绝)(?:[^，。；！？\n]{0,3}?)(?P<said>[\u4e00-\u9fff]{2})"
)
_NEGATED = re.compile("没有|没|未|不|非|无|否认|拒绝")
# Verbs of which one denies the other; a question and a sentence that each have one of a pair contradict each other.
_OPPOSITES = (
    ("上调", "下调"), ("上涨", "下跌"), ("上升", "下降"), ("增加", "减少"), ("增长", "下降"), ("提高", "降低"),
    ("通过", "否决"), ("批准", "驳回"), ("恢复", "暂停"), ("开放", "关闭"), ("当选", "落选"), ("胜诉", "败诉"),
    ("晋级", "出局"), ("盈利", "亏损"), ("扩大", "缩小"), ("提前", "推迟"), ("支持", "反对"), ("加入", "退出"),
)  # fmt: skip


def denied_premise(question: Question, read: ReadPassage) -> Span | None:
    """Find the sentence of a passage that denies what a question takes for granted.

    Only a question that asks for the reason, the time, the person or the amount of something takes it for granted; what
    is asked with yes or no, or is itself negated, does not.

    Returns:
        Half-open span of the sentence in the passage; None if nothing there denies it.
    """
    if question.yes_no or question.kind not in ("explanation", "time", "quantity", "person"):
        return None
    if tells_rumour(read.text[slice(*read.quote)]) and (denial := denial_in(read.text)) is not None:
        return denial
    asked = fold("".join(without_interrogatives(question.counted).split()))
    if _NEGATED.search(asked):
        return None
    return next((span for span in sentences(read.text) if _denies(question, asked, read.text[slice(*span)])), None)


def _denies(question: Question, asked: str, sentence: str) -> bool:
    told = fold(sentence)
    if coverage(sentence, question.subject) < SUBJECT_TOLD:
        return False
    if any(match["said"] in asked for match in _NOT.finditer(told)):
        return True
    return any(
        said in asked and said not in told and opposite in told and opposite not in asked
        for pair in _OPPOSITES
        for said, opposite in (pair, pair[::-1])
    )
