"""What the form of one line says about it: a byline, a sub-headline, a source, a line that ends or breaks off."""

from __future__ import annotations

import re
from dataclasses import dataclass

from byline.retrieval.articles.layout.bylines import SURNAMES, Opening, closing_of, label_of, names_in, opening_of

BYLINE_MARKS = "□■◇◆○●◎▲△☐▢"
_BYLINE_ONLY = "□☐▢"
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
    r"|(?:[\u4e00-\u9fff]{2,12}报\s+)?\d{4}年\d{1,2}月\d{1,2}日(?:\s*星期[一二三四五六日天])?(?:\s*农历\S{2,12})?"
    r"(?:\s*第?\s*[A-Z]?\d{1,3}\s*版(?:\s*[\u4e00-\u9fff]{2,6})?)?)$"
)
_EDITORS = re.compile(
    r"^(?:本版)?(?:(?:责任编辑|责编|编辑|美术编辑|美编|版式|版面设计|校对|组版|制图|值班编委|值班主任|统筹|主编|电话|热线|传真|邮编|邮箱"
    r"|投稿邮箱|电子信箱|电子邮箱|网址|国内统一刊号)(?:[:：]\s*|\s+)[^\s，。！？]{1,30}(?:\s+[\u4e00-\u9fff]{2,4}(?![:：\u4e00-\u9fff]))*"
    r"(?:\s+|$)){1,8}$"
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
        label: the field it gives and its value, where it begins as `标题：` does.
        opening: `本报讯（记者 …）` or the like at its beginning.
        closing: where `（… …）` with names begins at its end, and the names.
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
    label: tuple[str, str] | None
    opening: Opening | None
    closing: tuple[int, str] | None


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
        furniture=bool(short and (_FURNITURE.match(text) or _EDITORS.match(text))),
        numbered=bool(_NUMBERED.match(text)),
        latin=_is_latin(text[:80]),
        caption_start=bool(_CAPTION_START.match(text)),
        caption_end=bool(_CAPTION_END.search(tail)),
        parts=tuple(map(len, text.split())) if short else (len(text),),
        label=label_of(text),
        opening=opening_of(text),
        closing=closing_of(text),
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
    is_byline = len(inner) <= 60 and (_is_unmarked_byline(inner) or (bracketed is not None and bool(names_in(inner))))
    return (inner, False) if is_byline else (None, False)


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
