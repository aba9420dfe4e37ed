"""Which questions are about the archive: how many articles, who wrote one, when it appeared, what one says."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from typing import Literal

from byline.retrieval.index.store import Filters
from byline.retrieval.text.question import without_interrogatives

Asks = Literal[
    "count",
    "author",
    "editor",
    "published",
    "source",
    "newest",
    "oldest",
    "sources",
    "summary",
    "subject",
    "name",
    "pile",
]

_ITEM = "文章|报道|報道|報導|报导|稿子|稿件|新闻稿|新闻|新聞|通讯|評論|评论|消息|快讯|特写|专访|社论"
_ANY_ITEM = f"(?:{_ITEM})"
_LITERATURE = re.compile("论文|論文|小说|小說|诗|詩|作文|散文|日记|日記|笔记|筆記|博客|帖子|著作|专著")
_QUESTION_END = r"[\s?？!！。.呢啊呀吗]*$"

_COUNT = re.compile(
    rf"(?:多少|几|幾)\s*(?:篇|条|條|则|則|个|個)\s*{_ANY_ITEM}|(?:多少|几|幾)\s*篇(?!{_LITERATURE.pattern})"
    rf"|多少{_ANY_ITEM}"
    r"|\bhow many (?:articles|stories|reports|pieces|news items|items)\b",
    re.I,
)
_TITLED = re.compile(r"《(?P<title>[^《》]{2,80})》|“(?P<quoted>[^“”]{4,80})”|\"(?P<straight>[^\"]{4,80})\"")
# An article named as one: 报道 and 评论 may be verbs, unless something stands before them that makes them nouns.
_ONE = (
    rf"(?:这|那|该|此|一)[条條则則]|篇|文章|稿|(?:的|这个?|那个?|该|此)(?:{_ITEM})"
    r"|\b(?:article|story|report|piece)\b"
)
_COMPARES = re.compile("同一|更早|更晚|先后|哪个先|谁先|哪一个|相差|间隔|相隔")
_AUTHOR = re.compile(
    r"(?:谁|誰|哪[位个個名](?:记者|記者|作者|人)?|什么人|哪些(?:记者|人))\s*(?:采|撰|编|所)?(?:写|寫|撰|采访|報道"
    r"|报道|署名)"
    r"|(?:作者|记者|記者|撰稿人?|署名|执笔|采写)(?:是|叫|为)?(?:什么|谁|誰|哪|名字)|(?:谁|誰)的(?:署名|作品|稿)"
    r"|\bwho (?:wrote|writes|authored|reported)\b|\bauthor of\b|\bwritten by (?:whom|who)\b|\b(?:whose|what) byline\b",
    re.I,
)
_EDITOR = re.compile(r"(?:编辑|編輯|责编|责任编辑|校对)(?:是|叫|为)?(?:谁|誰|什么|哪)|\bwho edited\b", re.I)
_PUBLISHED = re.compile(
    r"(?:什么时候|什麼時候|何时|何時|哪[一]?[天年日]|几月几[日号]|几号|几时|哪个月|什么时间|什么日期)\s*(?:被|给)?"
    r"(?:发表|發表|刊登|刊发|刊發|刊出|发布|發布|见报|見報|登出|登|发|發|出|报道|報道|上线|写)"
    r"|(?:发表|發表|刊登|刊发|发布|见报|报道|出版)(?:的)?(?:时间|日期|时候)|(?:时间|日期)是(?:哪|什么)"
    r"|\bwhen (?:was|were|did)\b.*\b(?:published|appear|printed|written|come out|released)\b|\bpublication date\b",
    re.I,
)
_SOURCE = re.compile(
    r"(?:登|刊|发|發|发表|刊登|刊发)在(?:了)?(?:哪|什么|第几)|哪[家个個份](?:媒体|媒體|报纸|報紙|报|網站|网站|报社"
    r"|单位)\s*(?:发|發|登|刊|报道|報道|写)"
    r"|(?:来源|來源|出处|出處|来自)(?:是|为)?(?:哪|什么)|第几版|哪(?:一)?版|\b(?:which|what) (?:paper|newspaper"
    r"|source|outlet|page)\b",
    re.I,
)
_NEWEST = re.compile(
    rf"(?:最新|最近|最后|最晚)(?:收录|发表|刊登|的)*(?:的)?(?:一|[两二三几]"
    rf"|\d+)?[篇条則则]?\s*(?:的)?(?!消息){_ANY_ITEM}(?:是|有|都|标题|叫|$|[?？])"
    r"|最近(?:有|收录了?)(?:什么|哪些)(?:新|文章|报道|消息|内容)|\b(?:newest|latest|most recent) (?:article|story"
    r"|report|piece)s?\b",
    re.I,
)
_OLDEST = re.compile(
    rf"最(?:早|旧|老)(?:收录|发表|的)*(?:的)?(?:一)?[篇条]?\s*(?:的)?{_ANY_ITEM}(?:是|有|标题|叫|$|[?？])|\b(?:oldest"
    rf"|earliest|first) (?:article|story)\b",
    re.I,
)
_SOURCES = re.compile(
    r"(?:有|收录了?|包括|用了?)(?:哪些|哪几[家个种]|多少[家个种]|几[家个种])(?:来源|媒体|报纸|报刊|出处"
    r"|网站)(?:的)?(?:文章|报道)?[\s?？]*$|(?:来源|媒体|报纸)(?:都)?有(?:哪些|几|多少)"
    r"|\b(?:which|what) (?:sources|papers|newspapers|outlets) (?:are|do|have)\b",
    re.I,
)
_PILE = re.compile(
    rf"^(?:请问)?(?:这些|這些|所有|全部|这批|库里的?|收录的?|你的|这里的?)(?:{_ITEM}|资料|内容|东西)(?:主要|大概|都"
    rf"|总共)*(?:是)?(?:讲|講|说|說|写|关于|涉及)(?:了)?(?:些|的)?(?:什么|哪些|啥)(?:内容)?"
    r"|^what (?:are|do) (?:these|the|all|all the|your) (?:articles|documents|stories|texts) (?:about|say)|^(?:总结"
    r"|概括)(?:一下)?(?:这些|所有|全部)",
    re.I,
)
_SUMMARY = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"^(?:请|麻烦|帮我|帮忙|给我)*(?:总结|總結|概括|概述|归纳|歸納|简述|摘要|梳理|简要介绍)(?:一下|下)?(?:关于"
        r"|有关)?(?P<of>.{2,}?)" + _QUESTION_END,
        rf"^(?P<of>.{{2,}}?(?:》|[篇条](?:{_ITEM})?|{_ANY_ITEM}))(?:主要|大概|到底|都)?(?:讲|講|说|說|写)(?:的是|的"
        rf"|了)(?:些)?(?:什么|啥)(?:内容|事)?" + _QUESTION_END,
        rf"^(?P<of>.{{2,}}?(?:》|[篇条](?:{_ITEM})?|{_ANY_ITEM}))(?:的)?(?:主要内容|大意)(?:是什么)?" + _QUESTION_END,
        r"^(?P<of>.{2,}?)(?:到底|究竟)?(?:是)?怎么(?:一)?回事" + _QUESTION_END,
        r"^(?:请|给我|帮我)*(?:介绍|介紹)(?:一下|下)(?P<of>.{2,}?)" + _QUESTION_END,
        r"^(?:请|你)?(?:给|跟|和)(?:我|我们)(?:讲讲|讲一讲|说说|说一说|讲一下|介绍一?下?|聊聊)(?P<of>.{2,}?)"
        + _QUESTION_END,
        r"^(?P<of>.{2,}?)(?:的)?(?:总结|概要|摘要|梗概|来龙去脉|前因后果)(?:是什么)?" + _QUESTION_END,
        r"^(?:please |can you |could you )*(?:summari[sz]e|sum up|give (?:me )?(?:a |an )?(?:summary|overview) of"
        r"|summary of) "
        r"(?:the )?(?:article |story |report )?(?P<of>.{2,}?)" + _QUESTION_END,
        r"^what (?:is|does) (?:the )?(?:article|story|report) (?P<of>.{2,}?) (?:about|say)" + _QUESTION_END,
    )
)
_SUBJECT = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        rf"^(?:关于|關於|有关)(?P<of>.{{2,24}}?)(?:的)?(?:事|{_ITEM})?(?:，|,)?(?:我们|你|库里|这里)?(?:都)?(?:知道"
        rf"|有|收录了?)(?:些|哪些|什么|多少)*(?:{_ITEM}|资料|内容|信息)?" + _QUESTION_END,
        rf"^(?:关于|關於)(?P<of>.{{2,24}}?)(?:的(?:一切|资料|内容|情况|{_ITEM}))?" + _QUESTION_END,
        rf"^(?:有(?:没有|哪些)?|找(?:一下)?|看看|查一?下?)(?:关于|有关)?(?P<of>.{{2,24}}?)的(?:{_ITEM}|资料)"
        + _QUESTION_END,
        r"^(?:what (?:do (?:we|you) (?:know|have)|is there) (?:about|on)|tell me (?:everything |all )?about|about"
        r"|articles (?:about|on)) "
        r"(?P<of>.{2,60}?)" + _QUESTION_END,
    )
)
_DAY = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s*(?:年|[-./])?\s*(?:(?P<month>1[0-2]|0?[1-9])\s*(?:月|[-./])\s*(?:(?P<day>3[01]|[12]\d"
    r"|0?[1-9])\s*[日号]?)?)?"
)
_SINCE = re.compile(r"^\s*(?:年|月|日)?(?:以来|以後|以后|之后|起|至今|到现在|开始)")
_UNTIL = re.compile(r"^\s*(?:以前|之前|前)")
_NAME = r"[\u3400-\u9fff·]{2,4}"
_BY = re.compile(
    rf"(?:(?:是|由|有|篇)(?P<by>{_NAME}?)(?:写|寫|采写|撰写|署名|报道)的)|(?P<wrote>{_NAME}?)(?:记者|先生"
    rf"|女士)?(?:一共|总共|總共|共)?"
    rf"(?:写|寫|采写|撰写|署名)(?:了|过)?(?=.{{0,3}}(?:多少|几|幾))|(?P<with>{_NAME}?)(?:写|采写|署名"
    rf"|撰写)的{_ANY_ITEM}"
    r"|\bby (?P<en>[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3})|\bdid (?P<did>[A-Z][\w.'-]*(?: [A-Z][\w.'-]*){0,3}) write\b"
)
_FROM = re.compile(
    r"(?P<of>[\u3400-\u9fffA-Za-z0-9·]{2,16}?)(?:一共|总共|總共|共)?(?:发|發|登|刊|刊登|发表|报道)(?:了|过)(?=(?:多少"
    r"|几|幾))|(?:来自|出自)(?P<from>[^的?？]{2,16})的"
)
_ABOUT = re.compile(
    rf"(?:关于|關於|有关|提到|提及|涉及|谈到|说到|写到|讲到|讲的?是?|说的?是?"
    rf"|报道了?)(?P<a>[^?？]{{2,30}}?)(?:的)?(?:{_ITEM})?(?:，|,)?(?:一共|总共|共)?(?:有|收录了?|写了?|$)?"
    rf"(?=(?:多少|几|幾)|[?？]|$)|\b(?:about|mention(?:s|ing)?|on|of|name) (?P<en>[^?]{{2,60}}?)(?: (?:are|have|were"
    rf"|do|does|is) .*)?(?=\?|$)"
)
# A name or keyword alone; a question in keywords is longer, or ends in what it asks for.
_BARE = re.compile(
    r"(?!.*(?:[吗呢么何谁誰哪几幾多怎]|什么|时间|地点|人数|数量|原因|结果|名字|冠军|总投资|多久|怎样))[\u3400-\u9fff·]{2,6}"
    r"|[A-Z][A-Za-z0-9'’-]+(?: [A-Z][A-Za-z0-9'’-]+){0,2}"
)
_NO_FILTERS = Filters()
_FILLER = re.compile(
    rf"(?:{_ITEM})|一共|总共|總共|收录|文章库|知识库|库里|库中|这里|這裡|目前|现在|请问|那?[篇条則则]|的|了|是|有|在"
    rf"|里|中|你|我们|共|\b(?:articles?|stories|story|reports?|"
    r"there|are|is|do|you|have|we|the|archive|collection|index(?:ed)?|in|here|altogether|total)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class ArchiveQuestion:
    """A question about the archive or one of its articles.

    Attributes:
        asks: what for.
        about: the words that say which articles or article, without the words that ask; empty for all of them.
        title: what stands in 《》 or quotation marks, if anything does.
        filters: which articles count, by author, source and date.
        surely: whether it can mean nothing else. Else, as in 《三体》的作者是谁, only an article of just that title is
            meant, and without one it is read as any question.
    """

    asks: Asks
    about: str = ""
    title: str = ""
    filters: Filters = _NO_FILTERS
    surely: bool = False


def recognise(question: str) -> ArchiveQuestion | None:
    """Tell whether a question is about the archive or its articles; None for all others."""
    if _PILE.search(question):
        return ArchiveQuestion("pile", surely=True)
    if _COUNT.search(question) and not _LITERATURE.search(question):
        return _counting(question)
    if _SOURCES.search(question):
        return ArchiveQuestion("sources", surely=True)
    title = title_in(question)
    if _COMPARES.search(question):
        return None
    outside = _TITLED.sub(" ", question)
    of_one = bool(title) or re.search(_ONE, outside, re.I) is not None
    fields: tuple[tuple[Asks, re.Pattern[str]], ...] = (
        ("editor", _EDITOR), ("author", _AUTHOR), ("published", _PUBLISHED), ("source", _SOURCE),
    )  # fmt: skip
    for asks, pattern in fields:
        if of_one and (found := pattern.search(question)):
            rest = question[: found.start()] + " " + question[found.end() :]
            surely = re.search(_ONE, outside, re.I) is not None
            return ArchiveQuestion(asks, _subject(rest), title, surely=surely)
    for asks, pattern in (("newest", _NEWEST), ("oldest", _OLDEST)):
        if found := pattern.search(question):
            rest = question[: found.start()] + " " + question[found.end() :]
            about = _subject(rest)
            if about and not re.search("关于|有关|關於|about|on ", question, re.I):
                return None  # what is newest of an event is a question to the articles, not about them
            return ArchiveQuestion(asks, about, filters=_within(question))
    for asks, patterns in (("summary", _SUMMARY), ("subject", _SUBJECT)):
        for pattern in patterns:
            if said := pattern.search(question):
                return ArchiveQuestion(asks, _event(said["of"]), title)
    bare = question.strip()
    return ArchiveQuestion("name", bare) if _BARE.fullmatch(bare) else None


def title_in(question: str) -> str:
    """The title a question names in 《》 or quotation marks, or nothing."""
    return _first_group(_TITLED.search(question)).strip()


def _first_group(found: re.Match[str] | None) -> str:
    return next((part for part in found.groups() if part), "") if found else ""


def _counting(question: str) -> ArchiveQuestion:
    filters = _within(question)
    rest = (
        re.sub(rf"(?:{_DAY.pattern})(?:以来|以後|以后|之后|起|至今|以前|之前|前)?", " ", question)
        if not filters.empty
        else question
    )
    by, source, said = (_first_group(pattern.search(rest)) for pattern in (_BY, _FROM, _ABOUT))
    if by or source:
        filters = Filters(source="" if by else source, byline=by, after=filters.after, before=filters.before)
    elif not said:
        said = _FILLER.sub(" ", without_interrogatives(_COUNT.sub(" ", rest)))
    title = title_in(question)
    return ArchiveQuestion("count", title or _stripped(said), filters=filters, surely=True)


def _within(question: str) -> Filters:
    """The dates a question names: 2023年, 2023年8月以来, since 2023."""
    found = _DAY.search(question)
    if not found:
        return Filters()
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    first = f"{year:04}-{month or 1:02}-{day or 1:02}"
    last = f"{year:04}-{month or 12:02}-{day or calendar.monthrange(year, month or 12)[1]:02}"
    if _SINCE.search(question[found.end() :]) or re.search(r"\bsince\s*$", question[: found.start()], re.I):
        return Filters(after=first)
    if _UNTIL.search(question[found.end() :]) or re.search(r"\bbefore\s*$", question[: found.start()], re.I):
        return Filters(before=first)
    return Filters(after=first, before=last)


def _subject(rest: str) -> str:
    """The words that say which article is meant."""
    said = re.sub(
        rf"(?:这|那|哪|该|此)?(?:一)?[篇条條则則](?:{_ITEM})?|(?:的)?(?:{_ITEM})|(?:讲|写|说|关于|有关"
        rf"|报道)(?=.{{2,}})|\b(?:the|article|story|report|piece|"
        r"about|on|was|is|titled|called|published|of|did|when)\b|[《》“”\"?？!！。]",
        " ",
        rest,
        flags=re.I,
    )
    return _stripped(without_interrogatives(said))


def _event(said: str) -> str:
    bare = re.sub(
        rf"^(?:关于|有关)|(?:这|那)(?:件|个|起|场)?(?:事情|事件|事儿|事)$|(?:这|那)?[篇条](?:{_ITEM})?$|事件$"
        rf"|(?:的)?(?:{_ITEM})$|[《》]",
        "",
        said,
    )
    return _stripped(bare)


def _stripped(said: str) -> str:
    return " ".join(re.sub(r"^[\s的,，、“”\"]+|[\s的了是都,，、“”\"?？]+$", "", said).split())
