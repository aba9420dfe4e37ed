"""Questions that compare: which of two is more, by how much, how many times; cut into what is asked of each."""

from __future__ import annotations

import re
from collections.abc import Mapping

from byline.retrieval.kinds.coordination import halves_of
from byline.retrieval.kinds.cutting import cuts_of
from byline.retrieval.kinds.events import named_in
from byline.retrieval.kinds.plan import Asked, Plan

SHARED_ENDING = 2  # characters two names end with that are short for one with the same beginning: 日场票和夜场票
_MORE = "多|高|大|贵|長|长|快|远|重|强|好|深|宽"
_LESS = "少|低|小|便宜|短|慢|近|轻|弱|差|浅|窄"
_THING = "(?:一?[个個家位座款次种項项部辆场艘所者边方支]|一个|的)?"
# A和B哪个X更多, A、B、C谁的X最高
_WHICH = re.compile(
    rf"[，,：:]?\s?(?:两者|二者)?(?:之间|当中|中|里)?(?:哪{_THING}|谁|誰)(?:的)?(?P<what>[^，。？?更最较比]{{0,12}}?)(?:更|最|较|比较|要|得)*"
    rf"(?:(?P<more>{_MORE})|(?P<less>{_LESS}))(?:一些|一点|些|点)?[？?]?$"
)
# 是A X快还是B
_EITHER = re.compile(
    rf"^(?P<before>.{{0,12}}?)(?:是)?(?P<a>[^是，]{{2,20}}?)(?P<what>[^，。？?是更]{{0,6}}?)(?:更)?(?:(?P<more>{_MORE})|(?P<less>{_LESS}))"
    r"(?:一些|一点)?(?:，|,)?(?:还是|還是)(?P<b>[^，。？?]{2,20}?)[？?]?$"
)
# A和B的X相差多少, A比B多多少; A是B的几倍
_APART = re.compile(r"(?:之间)?(?:相差|差了?|差距是|差距有)(?:多少|几|幾)(?P<unit>[\u4e00-\u9fff]{0,3})[？?]?$")
_MORE_THAN = re.compile(
    r"^(?P<a>.{2,24}?)比(?P<b>[^，。？?比]{2,24}?)(?:[更要]?(?:多|高|大|贵|长|重|少|低|小|便宜|短|轻)(?:了|出)?)(?:多少|几|幾)"
    r"(?P<unit>[\u4e00-\u9fff]{0,3})[？?]?$"
)
_TIMES = re.compile(r"^(?P<a>.{2,24}?)是(?P<b>[^，。？?]{2,24}?)的(?:多少|几|幾)倍[？?]?$")
# what is asked of each, where the adjective alone says it
_ASKED_BY = {"便宜": "票价多少钱", "贵": "多少钱", "年纪": "年龄多大", "年龄": "年龄多大"}
_OF_EACH = re.compile(r"^(?P<name>.+?)的(?P<what>[^的]{1,8})$")


def comparison_plan(question: str, weights: Mapping[str, float]) -> Plan | None:
    """Plan a question that compares amounts of two things or more; None if it is none.

    Args:
        question: as searched.
        weights: of its terms, as `halves_of` takes them.
    """
    if apart := _APART.search(question):
        halves = halves_of(f"{question[: apart.start()]}是多少？", weights)
        return Plan("difference", parts=halves) if len(halves) == 2 else None
    for pattern, operation in ((_MORE_THAN, "difference"), (_TIMES, "ratio")):
        if named := pattern.match(question):
            parts = tuple(Asked(f"{named[name]}是多少？", named[name]) for name in ("a", "b"))
            return Plan("difference" if operation == "difference" else "ratio", parts=parts)
    if which := _WHICH.search(question):
        return _which(question[: which.start()], which)
    if either := _EITHER.match(question):
        a, b, what = f"{either['before']}{either['a']}", either["b"], either["what"]
        shared = next((n for n in range(len(what), 0, -1) if b.endswith(what[:n])), 0)
        a, what = a + what[:shared], what[shared:]
        return _compared((a, f"{either['before']}{b}"), _asked(what, either), largest=bool(either["more"]))
    return None


def _which(enumeration: str, which: re.Match[str]) -> Plan | None:
    """Cut what is enumerated; what stands before the first name may be said of the second too: 书展日场票和夜场票."""
    named = named_in(enumeration)
    cuts = cuts_of(named)
    if not cuts:
        return None
    what = which["what"]
    if not what and (last := _OF_EACH.match(cuts[0][-1])):
        named, what = named[: -len(last["what"]) - 1], last["what"]
        cuts = cuts_of(named) or cuts
    names = cuts[0]
    if len(names) == 2 and names[0][-SHARED_ENDING:] == names[1][-SHARED_ENDING:]:
        names = (names[0], names[0][: max(0, len(names[0]) - len(names[1]))] + names[1])
    return _compared(names, _asked(what, which), largest=bool(which["more"]))


def _asked(what: str, compared: re.Match[str]) -> str:
    adjective = compared["more"] or compared["less"]
    said = next((asked for word, asked in _ASKED_BY.items() if word in what or word == adjective), None)
    return said or (f"{what}是多少" if what else "多少")


def _compared(names: tuple[str, ...], what: str, *, largest: bool) -> Plan:
    parts = tuple(Asked(f"{name}{'' if what == '多少' else '的'}{what}？", name) for name in names)
    return Plan("compare", parts=parts, largest=largest)
