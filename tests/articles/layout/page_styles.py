"""Newspaper pages in the styles of many papers, put together from articles, with the role of each of their lines.

`python -m tests.articles.layout.page_styles ARTICLES.jsonl FOLDER` writes `NNN.txt`, `NNN.gold.json` in the shape that
the page scorers read, and `NNN.lines.json`, which `byline train labels` learns from: a role for each line of the file,
null for a blank one.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tests.articles.layout.page_maker import (
    FAR,
    GIVEN,
    HARD,
    KICKERS,
    LONG_SUBHEADS,
    ORDINARY,
    SECTIONS,
    SUBHEAD_THINGS,
    SUBHEAD_VERBS,
    SURNAMES,
    TAILS,
    WORDED,
    Gold,
    PageMaker,
    Source,
    sources,
)

PAPERS = ("白鹭江日报", "芦滩晚报", "清水湖时报", "云岔周刊", "江城商报", "河东日报")
PLACES = ("北京", "上海", "芦滩", "白鹭江", "武汉", "合肥", "广州", "联合国", "东京")
ODD_ENDS = (
    "更多消息请关注本报",
    "读者凭身份证入场,额满为止",
    "(完)",
    "（完）",
    "地点:文化馆二楼",
    "咨询电话：0951-6045678",
    "电话 13800138000",
    "详情见 https://example.cn/917",
    "《春潮》《山路弯弯》",
    "何苗说:“欢迎大家来”",
    "何苗说：“欢迎大家来",
    "特此公告",
    "芦滩镇人民政府",
    "2023年7月28日",
    "责任编辑：何静",
    "来源：白鹭江日报",
    "一等奖 沈一舟",
    "早班 6:30—12:00",
    "序号 名称 数量",
    "1 闸门 12扇",
    "春江潮水连海平，",
    "海上明月共潮生。",
    "白日依山尽 黄河入海流",
    "（作者单位：芦滩镇中学）",
    "邮编 750001",
    "报名截止日期为8月31日",
    "一、总则",
    "附：获奖名单",
    "沈一舟 何苗 罗青山 魏长贵",
    "未来，研究人员希望将这一高效、环保的方法商业化，不断降低",
    "图为活动现场",
    "（未完待续）",
    "欢迎拨打24小时热线",
    "责任编辑 何静",
    "摄影：林曦",
)
"""Lines without a full stop that end an article, as notices, programmes and cut copies do."""

Labelled = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Style:
    """How a page is set and how its articles say who wrote them; shares between 0 and 1."""

    bylines: tuple[str, ...]
    indent: float = 1.0
    wrapped: float = 1.0
    blank_between: float = 1.0
    blank_paragraphs: float = 0.0
    head: float = 0.0
    jump: float = 0.0
    section: float = 0.1
    subtitle: float = 0.1
    subheads: float = 0.12
    kicker: float = 0.02
    source: float = 0.03
    caption: float = 0.03
    note: float = 0.03
    articles: tuple[int, int] = (3, 5)


STYLES: dict[str, Style] = {
    "box": Style(("box",), indent=0.0),
    "box_head": Style(("box",), indent=0.0, head=1.0, jump=0.3),
    "plain": Style(("reporter",), indent=0.0),
    "indent": Style(("reporter",)),
    "benbaoxun": Style(("local",)),
    "xinhua": Style(("agency",)),
    "end_names": Style(("closing",)),
    "unwrapped": Style(("reporter",), wrapped=0.0),
    "unwrapped_tight": Style(("reporter",), wrapped=0.0, blank_between=0.0),
    "unwrapped_local": Style(("local", "agency", "closing", "none"), wrapped=0.0, blank_between=0.5),
    "spaced": Style(("reporter", "local", "box", "closing"), wrapped=0.0, blank_paragraphs=1.0, indent=0.5),
    "author": Style(("author", "reporter"), indent=0.6, wrapped=0.6),
    "none": Style(("none", "none", "local"), indent=0.9),
    "mixed": Style(("box", "reporter", "local", "agency", "closing", "author", "none"), indent=0.7, head=0.3, jump=0.1),
}


@dataclass(slots=True)
class _Page:
    lines: list[Labelled] = field(default_factory=list)

    def add(self, text: str, role: str) -> None:
        self.lines.append((text, role))

    def blank(self) -> None:
        if self.lines and self.lines[-1][1] is not None:
            self.lines.append(("", None))

    @property
    def text(self) -> str:
        return "".join(text + "\n" for text, _ in self.lines)


def prose_paragraphs(text: str, chance: random.Random) -> list[str]:
    """Group clauses into paragraphs; some end in a semicolon, as a list of measures does."""
    marks = "。！？" if chance.random() < 0.6 else "。！？；"
    parts = re.findall(rf"[^{marks}]*[{marks}]+[”’」』）]*|[^{marks}]+$", text)
    paragraphs = [""]
    for part in parts:
        paragraphs[-1] += part
        if len(paragraphs[-1]) >= chance.uniform(30, 170):
            paragraphs.append("")
    paragraphs = [one for one in paragraphs if len(one) > 1]
    if not re.search(r"[。！？][”’」』）]*$", paragraphs[-1]):
        paragraphs[-1] = paragraphs[-1].rstrip("；，、") + "。"
    return paragraphs


def printed_headline(text: str, chance: random.Random) -> str:
    """Make a headline of 6 to 35 characters from clauses of the text, with the signs that headlines have."""
    clauses = [clause.strip("；;、 ") for clause in re.split(r"[，。！？；：]", text[:300])]
    clauses = [clause for clause in clauses if 6 <= len(clause) <= 24] or [text[:14].strip("，。！？；：、 ")]
    first = chance.choice(clauses)
    shape = chance.random()
    if shape < 0.45:
        return first
    if shape < 0.65:
        return f"{first} {chance.choice(clauses)}"
    if shape < 0.75:
        return f"{first}：{chance.choice((chance.choice(clauses), '一线见闻', '记者实地走访', '用心守护'))}"
    if shape < 0.85:
        return first + chance.choice("？！？…")
    cut = chance.randint(3, 5)
    return f"“{first[:cut]}”{first[cut:]}" if shape < 0.93 else f"{first}！{chance.choice(clauses)}"[:35]


class StyledPageMaker:
    """Makes one page after another in a style; the same seed gives the same pages."""

    def __init__(self, style: Style, seed: int) -> None:
        self._of = style
        self._chance = random.Random(seed)

    def page(self, articles: Sequence[Source]) -> tuple[list[Labelled], list[Gold]]:
        """Put articles on a page: its lines with their roles, and what should be found in it."""
        page = _Page()
        if self._is(self._of.head):
            self._page_head(page)
        elif self._is(self._of.section):
            page.add(self._chance.choice(SECTIONS), "STRAY")
            page.blank()
        blank_between = self._is(self._of.blank_between)
        wrapped, indent = self._is(self._of.wrapped), self._is(self._of.indent)
        gold = []
        for article in articles:
            if self._is(0.3):
                indent = self._is(self._of.indent)
            gold.append(self._article(article, page, wrapped=wrapped, indent=indent))
            if blank_between:
                page.blank()
        return page.lines, gold

    def whole(self, article: Source) -> tuple[list[Labelled], Gold]:
        """Set one article by itself as people keep them: a title, paragraphs, and often lines without a full stop."""
        chance, page = self._chance, _Page()
        paragraphs = self._paragraphs(article.text)
        title = printed_headline(article.text, chance) if self._is(0.85) else ""
        gold = Gold(title, "", paragraphs)
        blank, indent = self._is(0.4), self._is(0.5)
        if title:
            page.add(title, "HEAD")
        if title and self._is(0.6):
            names = self._names()
            gold.byline = names[0]
            page.add(chance.choice(("□本报记者 ", "本报记者 ", "记者 ", "作者：", "文/")) + " ".join(names), "BYLINE")
        if blank or self._is(0.3):
            page.blank()
        if self._is(0.15):
            paragraphs[0] = self._opening()[0] + paragraphs[0]
        if self._is(0.75):
            count = chance.choice((1, 1, 1, 2, 3, 6))
            odd = [chance.choice(ODD_ENDS) for _ in range(count)]
            if self._is(0.25):
                clause = re.split("[。！？]", paragraphs[-1])[0]
                odd[-1] = clause[: max(6, len(clause) * 2 // 3)].rstrip("，、；：")
            at = len(paragraphs) if self._is(0.8) else chance.randint(1, len(paragraphs))
            paragraphs[at:at] = odd
        for paragraph in paragraphs:
            page.add(("　　" if indent else "") + paragraph, "PARAGRAPH")
            if blank:
                page.blank()
        return page.lines, gold

    def _is(self, share: float) -> bool:
        return self._chance.random() < share

    def _paragraphs(self, text: str) -> list[str]:
        return prose_paragraphs(text, self._chance)

    def _page_head(self, page: _Page) -> None:
        chance = self._chance
        number, section, paper = (
            chance.randint(1, 16),
            chance.choice(("要闻", "综合", *SECTIONS)),
            chance.choice(PAPERS),
        )
        day = f"2023年{chance.randint(1, 12)}月{chance.randint(1, 28)}日 星期{chance.choice('一二三四五六日')}"
        editors = "　".join(
            f"{role}{chance.choice((':', '：', ' '))}{self._name()}"
            for role in chance.sample(("责任编辑", "美术编辑", "校对", "版式"), 2)
        )
        shapes = (
            [f"{number:02}", section, day, f"责任编辑:{self._name()} 美术编辑:{self._name()} 电话:(010)65238888"],
            [f"{paper} {day} 第{number}版 {section}"],
            [paper, day, f"{number:02}版 {section}", editors],
            [f"A{number:02} {section}", day],
            [section, f"第{number}版", day, editors],
        )
        for line in chance.choice(shapes):
            page.add(line, "STRAY")
        if self._is(0.8):
            page.blank()

    def _article(self, article: Source, page: _Page, *, wrapped: bool, indent: bool) -> Gold:
        of, chance = self._of, self._chance
        if self._is(of.kicker):
            page.add(chance.choice(KICKERS), "KICKER")
        title = article.title or printed_headline(article.text, chance)
        gold = Gold(title, "", self._paragraphs(article.text))
        head, _, more = title.partition(" ")
        if more and self._is(0.08) and min(len(head), len(more)) > 5:
            page.add(head, "HEAD")
            page.add(more, "HEAD_MORE")
        else:
            page.add(title, "HEAD")
        if self._is(of.subtitle):
            page.add("——" + chance.choice(("记", "走进", "")) + title[:9] + chance.choice(TAILS), "SUBTITLE")
        kind = chance.choice(of.bylines)
        if self._is(of.caption):
            gold.kind, gold.paragraphs, kind = "caption", [gold.paragraphs[0] + "图为活动现场。"], "photo"
        names = self._names()
        gold.byline = names[0] if kind != "none" else ""
        closing = self._say_who(kind, names, gold, page)
        if self._is(of.note):
            gold.paragraphs.insert(0, "编者按：" + gold.paragraphs[0][:60].rstrip("，、；。") + "。")
        if self._is(of.source):
            gold.paragraphs[-1] += "(摘自《" + chance.choice(("经济日报", "工人日报", "农民日报")) + "》)"
        if self._is(of.jump):
            gold.paragraphs[-1] += f"（下转第{chance.choice('二三四五')}版）"
        self._body(gold, page, wrapped=wrapped, indent=indent)
        if closing:
            page.add(closing, "END_BYLINE")
        return gold

    def _say_who(self, kind: str, names: Sequence[str], gold: Gold, page: _Page) -> str:
        """Put the byline where the style has it; what is to stand after the text comes back."""
        chance = self._chance
        joined = " ".join(names)
        reporter = f"本报记者 {names[0]}" + (f" 通讯员 {names[1]}" if len(names) > 1 else "")
        match kind:
            case "box":
                if self._is(0.12):
                    return "□" + reporter
                page.add("□" + chance.choice((reporter, reporter, joined)), "BYLINE")
            case "reporter":
                if self._is(0.06):
                    return reporter
                page.add(chance.choice((reporter, reporter, reporter.removeprefix("本报"))), "BYLINE")
            case "author":
                page.add(chance.choice(("作者：", "文/", "作者:", "记者：")) + joined, "BYLINE")
            case "photo":
                return f"{chance.choice(('□', ''))}本报记者 {names[0]} 摄影报道"
            case "closing":
                marks = chance.choice(("（{}）", "({})"))
                if self._is(0.25):
                    return marks.format(joined)
                gold.paragraphs[-1] += marks.format(chance.choice(("", "", "记者 ")) + joined)
            case "local" | "agency":
                gold.paragraphs[0] = self._opening(kind, names)[0] + gold.paragraphs[0]
        return ""

    def _opening(self, kind: str = "local", names: Sequence[str] = ()) -> tuple[str, Sequence[str]]:
        chance = self._chance
        names = names or self._names()
        two = f" 通讯员 {names[1]}" if len(names) > 1 else ""
        day = f"{chance.randint(1, 12)}月{chance.randint(1, 28)}日"
        if kind == "local":
            paper = chance.choice(("本报", "本报", "本报", chance.choice(PAPERS)))
            return chance.choice((f"{paper}讯（记者 {names[0]}{two}）", f"{paper}讯 （记者{names[0]}{two}）")), names
        agency, place = chance.choice(("新华社", "新华社", "中新社", "本报")), chance.choice(PLACES)
        return f"{agency}{place}{day}电（记者{'、'.join(names)}）", names

    def _names(self) -> list[str]:
        return [self._name() for _ in range(self._chance.choice((1, 2)))]

    def _name(self) -> str:
        return self._chance.choice(SURNAMES) + "".join(self._chance.sample(GIVEN, self._chance.choice((1, 2))))

    def _body(self, gold: Gold, page: _Page, *, wrapped: bool, indent: bool) -> None:
        chance = self._chance
        lines = _Wrapped(chance, page, indent=indent) if wrapped else None
        subheads = self._subheads(gold)
        blank = self._is(self._of.blank_paragraphs)
        for number, paragraph in enumerate(gold.paragraphs):
            if number in subheads:
                gold.subheads.append(subheads[number])
                (lines.one if lines else page.add)(subheads[number], "SUBHEAD")
                if blank:
                    page.blank()
            if lines:
                lines.paragraph(paragraph)
            else:
                page.add(("　　" if indent else "") + paragraph, "PARAGRAPH")
                if blank:
                    page.blank()

    def _subheads(self, gold: Gold) -> dict[int, str]:
        chance = self._chance
        if len(gold.paragraphs) < 5 or not self._is(self._of.subheads):
            return {}
        places = sorted(chance.sample(range(1, len(gold.paragraphs) - 1), 2))
        if self._is(0.3):
            return dict(zip(places, LONG_SUBHEADS, strict=False))
        parts = chance.choice((1, 2))

        def subhead() -> str:
            return " ".join(chance.choice(SUBHEAD_VERBS) + chance.choice(SUBHEAD_THINGS) for _ in range(parts))

        return {place: subhead() for place in places}


class _Wrapped:
    """One article's body set in columns of one width; a blank line where a column ends."""

    def __init__(self, chance: random.Random, page: _Page, *, indent: bool) -> None:
        self._page, self._indent = page, indent
        self._width = chance.randint(11, 24)
        by_type = chance.random() < 0.3
        self._cut: Callable[[str, int], list[str]] = _cut_by_type if by_type else _cut_by_count
        self._height = chance.randint(14, 40)
        self._set = chance.randint(0, self._height // 2)

    def one(self, text: str, role: str) -> None:
        self._advance()
        self._page.add(text, role)

    def paragraph(self, text: str) -> None:
        role = "PARAGRAPH"
        for line in self._cut(("　　" if self._indent else "") + text, self._width):
            self._advance()
            self._page.add(line, role)
            role = "CONTINUED"

    def _advance(self) -> None:
        if self._set == self._height:
            self._page.blank()
            self._set = 0
        self._set += 1


def _cut_by_count(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)]


def _cut_by_type(text: str, width: int) -> list[str]:
    """Wrap as print does: narrow letters take half the room, no line begins with a mark, no number is cut."""
    lines, line, room = [], "", 0
    for piece in re.findall(r"[A-Za-z0-9.%+-]+|.", text):
        size = sum(2 if unicodedata.east_asian_width(one) in "WFA" else 1 for one in piece)
        if room + size > 2 * width and piece not in "，。、；：？！”’）》%" and line:
            lines.append(line)
            line, room = "", 0
        line, room = line + piece, room + size
    return [*lines, line] if line else lines


def house_page(maker: PageMaker, articles: Sequence[Source]) -> tuple[list[Labelled], list[Gold]]:
    """A page of `page_maker` with the roles of its lines; pages with a column far away are not for this."""
    text, golds = maker.page(articles)
    roles: list[Labelled] = []
    starts = {paragraph[:12] for gold in golds for paragraph in gold.paragraphs}
    titles = {gold.title for gold in golds}
    halves = {half for gold in golds for half in gold.title.split(" ")}
    subheads = {subhead for gold in golds for subhead in gold.subheads}
    before = ""
    for line in text.split("\n"):
        role: str | None = "CONTINUED"
        if not line:
            role = None
        elif line.startswith("□"):
            role = "BYLINE" if before in ("HEAD", "HEAD_MORE", "SUBTITLE") else "END_BYLINE"
        elif line.startswith("——") and before in ("HEAD", "HEAD_MORE"):
            role = "SUBTITLE"
        elif line in titles or (line in halves and before != "HEAD"):
            role = "HEAD"
        elif line in halves:
            role = "HEAD_MORE"
        elif line in SECTIONS:
            role = "STRAY"
        elif line in KICKERS:
            role = "KICKER"
        elif line in subheads:
            role = "SUBHEAD"
        elif line[:12] in starts:
            role = "PARAGRAPH"
        elif before in ("HEAD", "HEAD_MORE", "SUBTITLE", "BYLINE"):
            role = "DISPLACED"
        roles.append((line, role))
        before = role or before
    return roles, golds


def make_styled(articles: Sequence[Source], name: str, seed: int) -> Iterator[tuple[list[Labelled], list[Gold]]]:
    """Pages of one style (`STYLES`, `house`, `hard`, `worded`, or single `whole` articles); each article once."""
    chance = random.Random(seed)
    waiting = list(articles)
    chance.shuffle(waiting)
    if name == "whole":
        maker = StyledPageMaker(STYLES["mixed"], seed)
        for article in waiting:
            lines, gold = maker.whole(article)
            yield lines, [gold]
        return
    house = {"house": ORDINARY, "hard": HARD, "worded": WORDED, "far": FAR}.get(name)
    if house:
        page_maker = PageMaker(replace(house, displaced_far=0.0) if name != "far" else house, seed)
    styled = StyledPageMaker(STYLES.get(name, STYLES["mixed"]), seed)
    while True:
        count = chance.randint(*(house.articles if house else STYLES[name].articles))
        if count > len(waiting):
            return
        some = [waiting.pop() for _ in range(count)]
        yield house_page(page_maker, some) if house else styled.page(some)


def main() -> None:
    """Write pages, their gold and their roles to a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--styles", nargs="+", default=[*STYLES, "house", "hard", "worded", "whole"])
    parser.add_argument("--all", action="store_true", help="articles the seam model was trained on, too")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second article only")
    parser.add_argument("--most", type=int, default=100, help="pages of each style")
    arguments = parser.parse_args()
    found = [source for source in sources(arguments.articles, not arguments.all) if 200 < len(source.text) < 1500]
    if arguments.half is not None:
        found = found[arguments.half :: 2]
    for name in arguments.styles:
        folder = arguments.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, (lines, gold) in enumerate(make_styled(found, name, arguments.seed)):
            if number >= arguments.most:
                break
            text = "".join(line + "\n" for line, _ in lines)
            (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
            (folder / f"{number:03}.gold.json").write_text(
                json.dumps([asdict(one) for one in gold], ensure_ascii=False), encoding="utf-8"
            )
            (folder / f"{number:03}.lines.json").write_text(json.dumps([role for _, role in lines]), encoding="utf-8")


if __name__ == "__main__":
    main()
