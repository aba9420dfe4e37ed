"""What the form of one line says about it: a byline, a sub-headline, a source, a line that ends or breaks off."""

from __future__ import annotations

import re
from dataclasses import dataclass

BYLINE_MARKS = "□■◇◆○●◎▲△☐▢"
_BYLINE_ONLY = "□☐▢"
SURNAMES = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘缪干解应宗丁宣邓郁单杭"
    "洪包诸左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封靳松段富巫乌焦巴牧山谷车侯全班仰秋仲伊宫宁仇栾甘厉祖武符刘景詹龙叶幸司黎薄印白蒲"
    "从鄂索赖卓蔺屠蒙池乔阴胥闻党翟谭劳姬申扶堵冉宰雍桑桂牛寿边燕冀尚农温庄晏柴瞿阎慕连茹习艾鱼容向古易慎戈廖终居衡步都耿满匡"
    "国文寇广东欧沃利越隆师巩聂晁勾敖融冷辛阚那简饶曾沙丰关查游权司上官欧阳诸葛东方尉迟公孙慕容令狐仝肖代付闫覃植岳鹿逄佟南商"
)
"""First characters of common Chinese family names, so that `记者调查` is not taken for a reporter called 调查."""

_HAN_NAME = r"[\u4e00-\u9fff]{2,4}"
_NAME = rf"(?:{_HAN_NAME}|[\u4e00-\u9fff]{{1,8}}(?:·[\u4e00-\u9fff]{{1,8}}){{1,3}}|[A-Z][\w.'-]{{0,20}})"
_PAPER = (
    r"(?:本报|本刊|本网|本台|新华社|中新社|中新网|人民网|央视"
    r"|[\u4e00-\u9fff]{2,6}(?:日报|晚报|时报|晨报|邮报|早报|周刊))"
)
_LONG_ROLE = (
    r"(?:全媒体|融媒体|特约|特派|实习|见习|首席|驻[\u4e00-\u9fff]{1,6}?)?"
    r"(?:记者|通讯员|评论员|撰稿人|撰稿|实习生|编辑|作者|摄影报道|摄影记者|摄影|报道|供稿|供图|撰文|整理)"
)
_BYLINE_TOKEN = re.compile(rf"(?P<paper>{_PAPER})?(?P<role>{_LONG_ROLE})?(?P<name>{_NAME})?")
_SHORT_ROLES = frozenset(["文", "图", "摄", "文图", "图文"])
_BETWEEN_NAMES = re.compile(r"[\s、,，:：/]+")
_MARKED = re.compile(rf"^[{BYLINE_MARKS}]\s*(?P<names>[^。！？；]{{1,60}})$")
_IN_BRACKETS = re.compile(r"^[(（](?P<names>[^()（）]{2,60})[)）]$")
_ENGLISH = re.compile(r"^(?:[Bb]y|BY)\s+(?P<names>[A-Z][\w.'-]*(?:(?:,| and| &)?\s[A-Z][\w.'-]*){0,8})$")
_SUBTITLE = re.compile(r"^(?:[—–―─]{1,3}|--+)\s*(?P<text>[^—–―─\s-].{0,80})$")
_SOURCE = re.compile(
    r"[(（]\s*(?:摘自|原载于?|转载自|转自|选自|来源[:：])\s*(?P<open>《)?(?P<name>[^()（）《》。]{1,40})(?(open)》)[^()（）《》。]{0,20}[)）]$"
)
_NUMBERED = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}、|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.．、](?!\d)|第[一二三四五六七八九十]+[章节部])"
)
_FURNITURE = re.compile(
    r"^(?:第?\s*[A-Z]?\d{1,3}\s*[版页]?|[—–-]\s*\d{1,3}\s*[—–-]|Page \d{1,3}(?: of \d{1,3})?"
    r"|\d{4}年\d{1,2}月\d{1,2}日(?:\s*星期[一二三四五六日天])?(?:\s*第?\s*[A-Z]?\d{1,3}\s*版)?"
    r"|(?:本版)?(?:责任编辑|责编|美编|版式|校对|组版|值班编委)[\s:：]+(?:[\u4e00-\u9fff]{2,4}[\s、]*){1,3}"
    r"(?:(?:美编|版式|校对|组版|制图|电子信箱)[\s:：]+(?:[\u4e00-\u9fff]{2,4}[\s、]*){1,3}){0,3})$"
)
_CAPTION_START = re.compile(
    r"^(?:图为|上图|下图|左图|右图|题图|图[①-⑳一二三四五六七八九十\d]|[▲△▼]|\(?Photo:|Pictured)"
)
_CAPTION_END = re.compile(r"(?:摄影报道|摄影|(?<=[\u4e00-\u9fff\s])摄|供图|/图)[)）]?[。.]?$")
_FINISHED = re.compile(r"(?:[。！？!?…⋯]|(?<!\d)\.)[”’」』）)》〉】\"'*\]]*$")
_PAUSED = re.compile(r"[；;：:][”’」』\"']*$")
_CANNOT_BEGIN = re.compile(r"^[，。、；：！？）》〉】」』”’％%,.;:!?)\]}·~～]")
_CANNOT_END = re.compile(r"[，、,（(《〈「『“‘【\[—·~～]$")
_PAIRS = (("“", "”"), ("《", "》"), ("（", "）"), ("(", ")"), ("「", "」"), ("『", "』"), ("‘", "’"), ("【", "】"))


@dataclass(frozen=True, slots=True)
class Form:
    """What can be told from one line alone.

    Attributes:
        names: the byline it holds, without its mark; None if it is no byline.
        marked: the byline began with a mark such as □, so nothing else can be meant.
        subtitle: a `——…` line without its dashes; None if it is none.
        source: start of a trailing `(摘自…)` and the name in it; None if there is none.
        finished: it ends where a sentence ends.
        paused: it ends in a semicolon or colon, where a paragraph may end or go on.
        cannot_begin: no paragraph begins with such a sign.
        cannot_end: neither a headline nor a paragraph ends with such a sign.
        unclosed: a bracket or quotation mark was opened and not closed.
        unopened: one was closed and not opened.
        furniture: a page number, the day's date or the page's editors.
        numbered: it begins as `一、` or `（一）` do.
        latin: most of its letters are Latin.
        parts: lengths of its parts between spaces, in characters.
    """

    names: str | None
    marked: bool
    subtitle: str | None
    source: tuple[int, str] | None
    finished: bool
    paused: bool
    cannot_begin: bool
    cannot_end: bool
    unclosed: bool
    unopened: bool
    furniture: bool
    numbered: bool
    latin: bool
    caption_start: bool
    caption_end: bool
    parts: tuple[int, ...]


def form_of(text: str) -> Form:
    """Look at one line; only its first and last few hundred characters count."""
    short = len(text) <= 120
    names, marked = _names(text) if short else (None, False)
    subtitle = _SUBTITLE.match(text) if short else None
    source = _SOURCE.search(text, max(0, len(text) - 80))
    body = text[: source.start()].rstrip() if source else text
    tail = body[-12:]
    unclosed, unopened = _balance(body[:2000])
    return Form(
        names=names,
        marked=marked,
        subtitle=subtitle["text"].strip() if subtitle and not _FINISHED.search(tail) else None,
        source=(source.start(), source["name"].strip()) if source else None,
        finished=bool(_FINISHED.search(tail)) or bool(source and not body),
        paused=bool(_PAUSED.search(tail)),
        cannot_begin=bool(_CANNOT_BEGIN.match(text)),
        cannot_end=bool(_CANNOT_END.search(tail)),
        unclosed=unclosed,
        unopened=unopened,
        furniture=bool(short and _FURNITURE.match(text)),
        numbered=bool(_NUMBERED.match(text)),
        latin=_is_latin(text[:80]),
        caption_start=bool(_CAPTION_START.match(text)),
        caption_end=bool(_CAPTION_END.search(tail)),
        parts=tuple(map(len, text.split())) if short else (len(text),),
    )


def _names(text: str) -> tuple[str | None, bool]:
    marked = _MARKED.match(text)
    if marked and (text[0] in _BYLINE_ONLY or _is_names(marked["names"].strip())):
        return marked["names"].strip(), True
    bracketed = _IN_BRACKETS.match(text)
    inner = bracketed["names"].strip() if bracketed else text
    english = _ENGLISH.match(inner)
    if english:
        return english["names"].strip(), False
    return (inner, False) if len(inner) <= 60 and _is_unmarked_byline(inner) else (None, False)


def _is_names(text: str) -> bool:
    """Tell names and roles from a sentence after a mark that may also be a bullet."""
    return all(len(word) <= 4 or _BYLINE_TOKEN.fullmatch(word) for word in _BETWEEN_NAMES.split(text))


def _is_unmarked_byline(text: str) -> bool:
    """Every word must be a role, a name, or both in one; at least one of each must be there."""
    roles = names = 0
    for token in _BETWEEN_NAMES.split(text):
        if not token:
            continue
        if token in _SHORT_ROLES:
            roles += 1
            continue
        found = _BYLINE_TOKEN.fullmatch(token)
        if found is None or (found["paper"] and not found["role"]):
            return False
        name = found["name"]
        if name and "\u4e00" <= name[0] <= "\u9fff" and "·" not in name and name[0] not in SURNAMES:
            return False
        roles += found["role"] is not None
        names += name is not None
    return roles > 0 and names > 0


def _balance(text: str) -> tuple[bool, bool]:
    """Tell whether a pair is left open at the end, and whether one is closed that was never opened."""
    unclosed = unopened = False
    for opener, closer in _PAIRS:
        closers = text.count(closer)
        openers = text.count(opener)
        unclosed = unclosed or openers > closers or text.rfind(opener) > text.rfind(closer)
        unopened = unopened or closers > openers or (closers > 0 and text.find(closer) < text.find(opener))
    return unclosed, unopened


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and sum(character < "\u0250" for character in letters) * 2 > len(letters)
