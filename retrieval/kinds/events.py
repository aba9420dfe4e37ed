"""Questions about when several things happened, cut into these: which came first, on the same day, how far apart."""

from __future__ import annotations

import re

from byline.retrieval.kinds.cutting import cuts_of
from byline.retrieval.kinds.plan import Plan, Unit
from byline.retrieval.text.periods import mentions
from byline.retrieval.text.question import asks

_FIRST = "更早|最早|较早|早些|早一些|更先|最先|首先|率先|先|在前|之前|earlier|earliest|first"
_LAST = "更晚|最晚|较晚|晚些|晚一些|更迟|最迟|最后|在后|后|later|latest|last"
_THING = "(?:个|個|一个|一|项|項|一项|件|一件|款|部|家|场|場|次|位|起|种|種|只|支|条|條|座|艘|所|者)?"
# 哪个事件发生得更早, 哪个产品的发布日期最早, 谁先宣布: what asks, behind or in front of what is named
_ASKS_ORDER = re.compile(
    rf"(?:[，,。：:；;\s]|其中|之中|之间|中|是|的)*(?:(?:发生|發生)?在?(?:时间|時間)?上?)?"
    rf"(?:是?哪{_THING}|谁|誰|which(?: one| event)?)(?P<what>[^，。？?：:；;]{{0,16}}?)"
    rf"(?:(?P<first>{_FIRST})|(?P<last>{_LAST}))(?P<rest>[^：:？?]{{0,12}}?)(?:[：:？?]|[。]?$)"
    rf"|(?:[，,。：:；;\s]|其中|中|这些事件)*(?:(?P<first2>{_FIRST})|(?P<last2>{_LAST}))(?P<what2>[^，。？?：:]{{0,8}}?)的是哪{_THING}"
    r"(?:事件)?(?:[：:？?]|$)",
    re.I,
)
# A比B早吗 and A早还是B早 name both themselves.
_OR_ORDER = re.compile(
    r"^(?P<a>.{2,60}?)(?:发生得?|發生得?)?(?P<word>早|晚|先|后){1}(?:[^，。？?]{0,4})(?:，|,)?(?:还是|還是)(?P<b>.{2,60}?)(?:发生得?|發生得?)?(?P=word)"
)
_ENGLISH_ORDER = re.compile(
    r"^(?:which|what)\s(?:\w+\s){0,3}?(?:(?P<first>first|earlier|earliest)|(?P<last>last|later|latest))\s?[,:，：-]?\s(?P<named>.+?)\??$",
    re.I,
)
_LEADING = re.compile(
    r"^(?:请问|請問|在|对于|关于|是)?(?:(?:以下|下列|下面|这些|這些|上述)?(?:几个|三个|两个)?(?:的)?事件(?:中|里|之中)?[，,：:]?)?(?:在|是)?"
)
_YEAR_LEAD = re.compile(r"^(?:在)?(?P<year>(?:19|20)\d\d年)(?:(?:发生)?的?(?:以下)?事件(?:中|里)?)?[，,：:]")
_TRAILING = re.compile(
    r"(?:[，,：:\s]|之间|中|里|当中|这(?:两|三|几)(?:个(?:事件|活动)|件事|者)|(?:两|三)(?:个(?:事件|活动)|件事|者)(?:之间|中)?|发生的?时间|的时间|的事件中"
    r"|相比|比较|比起来)+$"
)
_SAME = re.compile(
    r"^(?P<events>.{5,}?)(?:[，,]?\s?(?:这两个事件|这两件事|两者|二者)?)?"
    r"(?:都|均)?(?:是否|是不是|是|否)?(?:都|均)?(?:发生|發生|在|于)*(?:是否|是不是)?(?:在|于)?"
    r"(?:同一?个?|相同的?(?:一)?|同樣的?)(?P<unit>天|日期|日|月份|月|年份|年度|年)(?P<rest>[^，,。]{0,14}?)(?:吗|嗎|么)?[？?]?$"
)
_ENGLISH_SAME = re.compile(
    r"^(?:did|were|was|are|is|do|does|have|has)\s(?P<events>.+?)\s(?:\w+\s)?(?:on|in|during|at)\sthe\ssame\s(?P<unit>day|date|month|year)\??$",
    re.I,
)
_UNITS: dict[str, Unit] = {"天": "day", "日": "day", "日期": "day", "date": "day", "day": "day", "月": "month"}
_UNITS |= {"月份": "month", "month": "month", "年": "year", "年份": "year", "年度": "year", "year": "year"}
_APART = re.compile(
    r"^(?:从|從)?(?P<events>.{5,}?)(?:[，,]|之间|两者|发生的?时间)*(?:相隔|间隔|間隔|相差|隔了?|差了?)(?:了|的时间是|的时间有)?"
    r"(?:多久|多长时间|多長時間|(?:多少|几|幾)(?:个|個)?(?P<unit>天|日|月|年)(?:时间)?)[？?]?$"
)
_SINCE = re.compile(
    r"^(?:距离|距離|距)?(?P<event>.{3,60}?)(?:[，,])?(?:到(?:现在|今天|目前)|至今|距今|迄今|如今)?(?:已经?)?"
    r"(?:(?:过去|過去|过|過)了?|有|是|距今|已)(?:多少|几|幾)(?P<unit>天|个月|年)(?P<ago>前的?事?)?(?:了)?[？?]?$"
)
_AGO = re.compile(
    r"^(?P<event>.{3,60}?)(?:发生|發生)?(?:是|在)(?:多少|几|幾)(?P<unit>天|个月|年)(?:之|以)?前(?:的事)?[？?]?$"
)

_DURING = re.compile(
    r"^(?:在)?(?P<event>[^，,？?]{4,60}?)的?(?:当天|當天|当日|當日|那天|那一天)(?:，|,)?(?P<asked>.{3,})$"
)


def event_plan(question: str) -> Plan | None:
    """Plan a question about the times of events; None if it is none."""
    return _same(question) or _apart(question) or _order(question) or _since(question) or _during(question)


def _order(question: str) -> Plan | None:
    if english := _ENGLISH_ORDER.match(question):
        cuts = cuts_of(english["named"])
        return Plan("order", cuts, largest=bool(english["last"])) if cuts else None
    if either := _OR_ORDER.match(question):
        return Plan("order", ((either["a"], either["b"]),), largest=either["word"] in "晚后")
    for found in _ASKS_ORDER.finditer(question):
        behind = question[found.end() :]
        named = behind if behind.strip() else question[: found.start()]
        if cuts := cuts_of(named_in(named)):
            return Plan("order", cuts, largest=bool(found["last"] or found["last2"]))
    return None


def named_in(enumeration: str) -> str:
    """What is enumerated, without the words around it: 在以下事件中：…之间."""
    year = _YEAR_LEAD.match(enumeration)
    text = enumeration[year.end() :] if year else _LEADING.sub("", enumeration, count=1)
    return _TRAILING.sub("", text.strip("？?。 "))


def _same(question: str) -> Plan | None:
    found = _SAME.match(question) or _ENGLISH_SAME.match(question)
    if found is None:
        return None
    cuts = cuts_of(named_in(found["events"]))
    return Plan("same", cuts, unit=_UNITS[found["unit"].lower()]) if cuts else None


def _apart(question: str) -> Plan | None:
    found = _APART.match(question)
    if found is None:
        return None
    events = found["events"]
    cuts = cuts_of(named_in(events)) or (cuts_of(events.replace("到", "、", 1)) if question[0] in "从從" else ())
    binary = tuple(cut for cut in cuts if len(cut) == 2)
    return Plan("interval", binary, unit=_UNITS.get(found["unit"] or "")) if binary else None


def _since(question: str) -> Plan | None:
    found = _AGO.match(question) or _SINCE.match(question)
    if found is None or not (
        found.re is _AGO or re.search("距|至今|迄今|到现在|过去了|過去了|到今天|到目前", question)
    ):
        return None
    unit = {"天": "day", "个月": "month", "年": "year"}[found["unit"]]
    return Plan("since", ((found["event"].strip("，, "),),), unit=_UNITS[unit])


def _during(question: str) -> Plan | None:
    """A question about the day of an event, which another article tells of: 封城当天，哪里发布了通告."""
    found = _DURING.match(question)
    if found is None or not asks(found["asked"]) or mentions(found["event"]):
        return None
    return Plan("during", ((found["event"],),), asked=found["asked"])
