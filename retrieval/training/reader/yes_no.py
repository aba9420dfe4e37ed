"""Yes/no questions by script: a question with an answer put in, right or wrong; a clause as it is, or turned."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from byline.retrieval.training.reader.sets import NEWS_SOURCES, Asked, Span

_ENDINGS = ("吗？", "吗", "吗?", "对吗", "是吗？", "对不对？", "，是真的吗", "么")
_WHO = re.compile("谁|哪位|什么人")
_WHEN = re.compile("什么时候|何时|哪一?天|几号|哪一?年|几月几[日号]|啥时候")
_WHERE = re.compile("哪里|哪儿|何地|什么地方")
_AMOUNT = re.compile("(?:多少|几)([\u4e00-\u9fff]{0,3})")
_WHICH = re.compile("(?:哪[一个家座所支位款种项]?|什么|啥)([\u4e00-\u9fff]{0,4})")
_TAIL = re.compile("[？?。呢啊呀吗\\s]+$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CLAUSE = re.compile(r"[^，。！？；：\n“”]{10,32}")
_LEANS = re.compile("\\s*[但且以其并而及和与或将会需可则该此这那后]")  # clauses that say nothing alone
_OPPOSITES = (
    ("增长", "下降"), ("上涨", "下跌"), ("增加", "减少"), ("高于", "低于"), ("上调", "下调"),
    ("提高", "降低"), ("扩大", "缩小"), ("提前", "推迟"), ("支持", "反对"), ("同意", "拒绝"),
    ("允许", "禁止"), ("通过", "否决"), ("成功", "失败"), ("战胜", "不敌"), ("首次", "再次"),
    ("领先", "落后"), ("盈利", "亏损"), ("已经", "尚未"), ("可以", "不得"), ("将会", "不会"),
    ("属于", "不属于"), ("超过", "不到"), ("开放", "关闭"), ("完成", "未完成"), ("符合", "不符合"),
    ("存在", "不存在"), ("需要", "无需"),
)  # fmt: skip
_TURNED = {one: other for pair in _OPPOSITES for one, other in (pair, pair[::-1])}
_TURNING = re.compile("|".join(sorted(_TURNED, key=len, reverse=True)))
PER_TEXT = 2  # clauses of an article that are asked about


def yes_no_questions(asked: Sequence[Asked], rng: random.Random) -> list[Asked]:
    """Make yes/no questions of Chinese news questions that have one answer, and of clauses of their articles.

    Returns:
        As many that are answered with yes as with no, but for chance; the answer marked is what tells.
    """
    usable = [one for one in asked if one.source in NEWS_SOURCES and len(one.spans) == 1 and one.yes is None]
    groups: defaultdict[tuple[str, str], list[Asked]] = defaultdict(list)
    for one in usable:
        groups[one.key, _type(one)].append(one)
    made = []
    for one in usable:
        rivals = [other.answers[0] for other in groups[one.key, _type(one)] if other is not one]
        made += list(_put_in(one, rivals, rng))
    texts = {one.key: one for one in usable}
    made += [said for one in texts.values() for said in _turned_clauses(one, rng)]
    return made


def _type(one: Asked) -> str:
    for name, pattern in (("who", _WHO), ("when", _WHEN), ("where", _WHERE)):
        if pattern.search(one.question):
            return name
    number = _AMOUNT.search(one.question)
    return "amount " + one.answers[0].lstrip("0123456789.约近超") if number else "which"


def _put_in(one: Asked, rivals: Sequence[str], rng: random.Random) -> Iterator[Asked]:
    """Put an answer in the place of the words that ask: the right one, or what the passage has for something else."""
    right = one.answers[0]
    place = _asking(one.question, right)
    if place is None or len(right) > 20:
        return
    wrong = [rival for rival in rivals if rival not in right and right not in rival and len(rival) <= 20]
    turned = _other_number(right, rng)
    said, yes = right, True
    if rng.random() < 0.5:
        choices = wrong + ([turned] if turned else [])
        if not choices:
            return
        said, yes = rng.choice(choices), False
    elif not wrong and not turned:
        return
    before, after = one.question[: place[0]], _TAIL.sub("", one.question[place[1] :])
    if rng.random() < 0.25 and before.endswith("是"):
        before = before[:-1] + "是不是"
        question = before + said + after + rng.choice(("？", ""))
    else:
        question = before + said + after + rng.choice(_ENDINGS)
    yield _asked(one, "put-in", question, one.spans[0], yes=yes)


def _asking(question: str, answer: str) -> Span | None:
    """Find the words that an answer stands for, as 多少家 for 4家 and 哪家医院 for 人民医院."""
    for pattern in (_WHO, _WHEN, _WHERE):
        if found := pattern.search(question):
            return found.span()
    for pattern in (_AMOUNT, _WHICH):
        if found := pattern.search(question):
            behind = found.group(1)
            for length in range(len(behind), 0, -1):
                if answer.endswith(behind[:length]):
                    return found.start(), found.start(1) + length
            if behind.startswith("钱") and answer.endswith(("元", "币")):
                return found.start(), found.start(1) + 1
            if not behind and found.re is _WHICH:
                return found.span()
            return None
    return None


def _other_number(text: str, rng: random.Random) -> str:
    """Change one number; empty if there is none."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return ""
    found = rng.choice(numbers)
    digits = list(found.group())
    at = rng.choice([i for i, digit in enumerate(digits) if digit.isdigit()])
    digits[at] = rng.choice([digit for digit in "123456789" if digit != digits[at]])
    return text[: found.start()] + "".join(digits) + text[found.end() :]


def _turned_clauses(one: Asked, rng: random.Random) -> Iterator[Asked]:
    text = one.text
    clauses = [
        found for found in _CLAUSE.finditer(text) if _TURNING.search(found.group()) and not _LEANS.match(found.group())
    ]
    for number, found in enumerate(rng.sample(clauses, min(PER_TEXT, len(clauses)))):
        clause, yes = found.group().strip(), rng.random() < 0.5
        word = _TURNING.search(clause)
        if word is None or "不" in clause[max(0, word.start() - 1) : word.start()]:
            continue
        said = clause if yes else clause[: word.start()] + _TURNED[word.group()] + clause[word.end() :]
        start = found.start() + found.group().index(clause)
        yield _asked(one, f"clause{number}", said + rng.choice(_ENDINGS), (start, start + len(clause)), yes=yes)


def _asked(one: Asked, way: str, question: str, span: Span, *, yes: bool) -> Asked:
    made = replace(one, id=f"{way}-{one.id}", source="made_yes_no", question=question, spans=(span,), yes=yes)
    return replace(made, kind="yes_no", title="", window=one.window if way == "put-in" else None)
