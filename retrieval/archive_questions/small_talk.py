"""Greetings, thanks and "who are you": a human line, and questions to ask instead of a refusal."""

from __future__ import annotations

import re
from typing import Literal

from byline.retrieval.text.question import Language

Topic = Literal["greeting", "thanks", "self", "help", "farewell", "noted"]

_END = r"[\s,，。.!！?？~～^_☺😊🙏👍❤️🌹]*"
_ADDRESS = r"(?:\s*(?:机器人|小助手|助手|朋友|老师|byline|bot|there|everyone|all))?"
_WORDS: dict[Topic, str] = {
    "greeting": r"(?:你|您|大家|你们)?好(?:啊|呀|吗|么)?|您好|嗨+|哈[喽啰罗]|哈啰|早(?:上好|安)?|(?:上午|中午"
    r"|下午|晚上)好|在(?:吗|么|不在)"
    r"|有人吗|(?:你|您)好[,，]?(?:在吗|请问)?|hi+|hello|hey+|good (?:morning|afternoon|evening|day)|greetings"
    r"|howdy|how are you(?: doing)?",
    "thanks": r"(?:好的?|嗯)?[,，\s]*(?:非常|太|十分|多)?(?:感谢|感謝|谢谢|謝謝|谢了|多谢|多謝)(?:你|您|啦|了|哈"
    r"|你的(?:回答|帮助))?|辛苦(?:你|您)?了?|棒|太棒了|很好|"
    r"(?:many )?thanks(?: a lot| so much)?|thank you(?: so much| very much)?|thx|ty|cheers|great|awesome|perfect",
    "self": r"(?:请问)?(?:你|您)(?:是谁|是什么(?:机器人|东西|人|模型)?|叫什么(?:名字)?"
    r"|是(?:不是)?(?:一个)?(?:机器人|人工智能|AI|ai|真人|chatgpt)(?:吗)?)|(?:自我介绍|介绍一下(?:你"
    r"|您)自己)(?:一下)?"
    r"|who are you|what are you|what(?:'s| is) your name|are you (?:a )?(?:bot|robot|human|ai|real)"
    r"|introduce yourself",
    "help": r"(?:你|您)?(?:能|会|可以)(?:做|干|帮我做|回答)?(?:些)?(?:什么|啥)|(?:怎么|如何)(?:使)?用|使用(?:说明"
    r"|方法)|帮助|(?:我)?(?:能|可以|该)?(?:怎么|如何|问你?)(?:提问|问|什么)"
    r"|what can (?:you|i) (?:do|ask)(?: you)?|how do(?:es)? (?:this|it|i) (?:work|use (?:this|it|you))"
    r"|help(?: me)?|what do you do",
    "farewell": r"再见|再見|拜拜|拜|晚安|下次(?:见|再聊)|bye(?:\s?bye)?|good\s?bye|good night|see you(?: later)?",
    "noted": r"好(?:的|吧|嘞|哒)?|嗯+|哦+|噢|行|可以|对|是的|明白了?|知道了|了解了?|收到|哈+|呵+|ok(?:ay)?|k"
    r"|i see|got it|understood|yes|no|test(?:ing)?|测试(?:一下)?",
}
_SAID = {topic: re.compile(rf"(?:{words}){_ADDRESS}{_END}", re.I) for topic, words in _WORDS.items()}
_SELF = {
    "zh": "我是 Byline，根据这里收录的文章回答问题，每个回答都附上原文里的那句话，点开就能核对；文章里没有的，"
    "我会直说。",
    "en": "I am Byline. I answer from the articles kept here and show the sentence each answer stands on; what they "
    "do not say, I say so.",
}
_LINES: dict[Topic, dict[Language, str]] = {
    "greeting": {"zh": "您好！想从文章里知道什么，直接问就行。", "en": "Hello! Ask me anything the articles may say."},
    "thanks": {"zh": "不客气！还想知道什么，接着问。", "en": "You are welcome! Ask on if there is more."},
    "self": {"zh": _SELF["zh"], "en": _SELF["en"]},
    "help": {"zh": _SELF["zh"], "en": _SELF["en"]},
    "farewell": {"zh": "再见！随时再来问。", "en": "Goodbye! Come back any time."},
    "noted": {"zh": "好的。还想知道什么，接着问。", "en": "All right. Ask on if there is more."},
}  # fmt: skip
_EXAMPLES = {"zh": "比如可以问：", "en": "For example:"}
_EMPTY = {"zh": "这里还没有收录文章。", "en": "There are no articles here yet."}


def small_talk(text: str) -> Topic | None:
    """Tell what a message says that asks nothing of the articles; None for every question."""
    said = text.strip()
    return next((topic for topic, pattern in _SAID.items() if pattern.fullmatch(said)), None)


def reply(topic: Topic, language: Language, *, examples: bool, articles: bool) -> str:
    """The line to say.

    Args:
        topic: what was said.
        language: to reply in.
        examples: whether questions to ask follow.
        articles: whether there is anything to ask of.
    """
    line = _LINES[topic][language]
    if not articles:
        return f"{line}{'' if language == 'zh' else ' '}{_EMPTY[language]}"
    return f"{line}{'' if language == 'zh' else ' '}{_EXAMPLES[language]}" if examples else line
