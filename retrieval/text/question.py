"""What kind of answer a question asks for, and in which language."""

from __future__ import annotations

import re
from typing import Literal

Kind = Literal["quantity", "time", "person", "list", "explanation", "other"]
Language = Literal["zh", "en"]

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")

# The interrogatives of both languages, traditional forms beside the simplified. The first kind with one in the question
# decides: 为什么 before 什么, 什么时候 before 几.
_WORDS: dict[Kind, tuple[str, ...]] = {
    "explanation": (
        "为什么|為什麼|为何|為何|怎么|怎麼|怎样|怎樣|如何|原因|什么影响|什麼影響",
        r"\bwhy\b|\bhow (?:do|does|did|can|is|are|was|were|to)\b",
    ),
    "list": ("哪些|有哪几|有哪幾|分别|分別", r"\bwhich \w+s\b|\bwhat are\b|\blist\b"),
    "time": (
        "什么时候|什麼時候|何时|何時|几月|幾月|几点|幾點|几日|幾日|几号|幾號|哪一?[年月日天]|何年|时间|時間|日期",
        r"\bwhen\b|\bwhat (?:year|date|day|time)\b",
    ),
    "quantity": (
        "多少|几|幾|多大|多长|多長|多高|多远|多遠|多久|多重|比例",
        r"\bhow (?:many|much|long|old|far|big|tall)\b",
    ),
    "person": ("谁|誰|哪位|什么人|什麼人|叫什么名字|叫什麼名字", r"\bwho(?:m|se)?\b"),
}
_KINDS: dict[Kind, re.Pattern[str]] = {kind: re.compile("|".join(words), re.I) for kind, words in _WORDS.items()}


def kind_of(question: str) -> Kind:
    """Tell what kind of answer is asked for; `other` where no interrogative says."""
    for kind, pattern in _KINDS.items():
        if pattern.search(question):
            return kind
    return "other"


# Words that make a sentence a question and say nothing of its subject; they never count as matched or missed.
_INTERROGATIVES = re.compile(
    "为什么|為什麼|为何|為何|怎么样|怎麼樣|怎么|怎麼|怎样|怎樣|如何|什么时候|什麼時候|何时|何時|什么|什麼|多少"
    "|哪些|哪个|哪個|哪里|哪裡|哪位|哪儿|哪|几|幾|谁|誰|是否|吗|嗎|呢|请问|請問|[?？]"
    r"|\b(?:what|who|whom|whose|when|where|which|why|how|many|much|did|does|do|is|are|was|were)\b"
    r"|\b(?:the|a|an|of|in|to|by|for|on)\b",
    re.I,
)


def language_of(text: str) -> Language:
    """Tell the language to reply in.

    The words that ask decide, as names of the other language often stand among them (`Who leads 邮政支局?`); where
    there are none, any Chinese character does.
    """
    asks = _INTERROGATIVES.findall(text)
    if any(word.isascii() and word.isalpha() for word in asks) and not any(HAN.search(word) for word in asks):
        return "en"
    return "zh" if HAN.search(text) else "en"


def without_interrogatives(question: str) -> str:
    """Blank out the words that only ask, leaving those that name the subject."""
    return _INTERROGATIVES.sub(" ", question)


_ASKS = re.compile(
    "什么|什麼|谁|誰|哪|几|幾|多少|多大|多长|多長|多高|多远|多遠|多久|多重|多深|如何|怎么|怎麼|怎样|怎樣|为何|為何|何时|何時|是否|吗|嗎"
    r"|\b(?:what|who|whom|whose|when|where|which|why|how)\b",
    re.I,
)


def asks(clause: str) -> bool:
    """Tell whether a clause holds a word that asks."""
    return _ASKS.search(clause) is not None


# 吗 at the end, 是否, and a verb with its negation: 卖不卖, 有没有
_YES_NO = re.compile(
    r"[吗嗎][？?。！!]?$|是否|能否|可否|会否|(?P<verb>[\u4e00-\u9fff])不(?P=verb)|有没有|有沒有|没有[？?]?$|对不对|对吧|真假"
    r"|^(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|may)\b",
    re.I,
)
_YES_NO_WORDS = re.compile(r"是否|能否|可否|会否|([\u4e00-\u9fff])不\1|有没有|有沒有|没有[？?]?$|[吗嗎]|对不对|真的")


def asks_yes_no(question: str) -> bool:
    """Tell whether a question is answered with yes or no: it asks so, and for nothing else besides."""
    stripped = question.strip()
    found = _YES_NO.search(stripped)
    if found is None:
        return False
    if found.group().isascii():
        return "?" in stripped and not re.search(r"\b(?:what|who|when|where|which|why|how|or)\b", stripped, re.I)
    return not asks(_YES_NO_WORDS.sub(" ", stripped)) and "还是" not in stripped


def without_yes_no(question: str) -> str:
    """Blank out what only asks for yes or no; a negation that is left is the question's own: 不会坏吗."""
    return _YES_NO_WORDS.sub(" ", question)
