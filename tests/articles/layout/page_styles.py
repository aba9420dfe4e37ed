"""Newspaper pages in the styles of many papers, put together from articles, with the role of each of their lines."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tests.articles.layout.page_maker import (
    GIVEN,
    KICKERS,
    LONG_SUBHEADS,
    SECTIONS,
    SUBHEAD_THINGS,
    SUBHEAD_VERBS,
    SURNAMES,
    TAILS,
    Gold,
    Source,
)
from tests.articles.layout.typesetting import Labelled, SetColumns, SetPage

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
    kicker: float = 0.05
    source: float = 0.03
    caption: float = 0.03
    note: float = 0.03
    articles: tuple[int, int] = (2, 5)


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
    "spaced": Style(("reporter", "local", "box", "closing"), wrapped=0.0, blank_paragraphs=1.0, indent=0.5, head=0.4),
    "labelled": Style(("labels",), wrapped=0.0, indent=0.3, kicker=0.0),
    "author": Style(("author", "reporter"), indent=0.6, wrapped=0.6),
    "none": Style(("none", "none", "local"), indent=0.9),
    "mixed": Style(
        ("box", "reporter", "local", "agency", "closing", "author", "none", "labels"), indent=0.7, head=0.3, jump=0.1
    ),
}


def prose_paragraphs(text: str, chance: random.Random) -> list[str]:
    """Group clauses into paragraphs; some end in a semicolon, as a list of measures does."""
    marks = "。！？" if chance.random() < 0.6 else "。！？；"
    text = "".join(text.split("\n"))
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


def of_turns(style: Style) -> float:
    """How often a file of this style holds two pages: as often as not where its pages have heads."""
    return 0.5 * style.head


class StyledPageMaker:
    """Makes one page after another in a style; the same seed gives the same pages."""

    def __init__(self, style: Style, seed: int) -> None:
        self._of = style
        self._chance = random.Random(seed)

    def page(self, articles: Sequence[Source]) -> tuple[list[Labelled], list[Gold]]:
        """Put articles on a page: its lines with their roles, and what should be found in it."""
        page = SetPage()
        if self._is(self._of.head):
            self._page_head(page)
        elif self._is(self._of.section):
            page.add(self._chance.choice(SECTIONS), "STRAY")
            page.blank()
        blank_between = self._is(self._of.blank_between)
        wrapped, indent = self._is(self._of.wrapped), self._is(self._of.indent)
        gold = []
        turn = self._chance.randrange(1, len(articles)) if self._is(of_turns(self._of)) else 0
        for number, article in enumerate(articles):
            if number and number == turn:
                page.blank()
                self._page_head(page)
            if self._is(0.3):
                indent = self._is(self._of.indent)
            gold.append(self._article(article, page, wrapped=wrapped, indent=indent))
            if blank_between:
                page.blank()
        return page.lines, gold

    def whole(self, article: Source) -> tuple[list[Labelled], Gold]:
        """Set one article by itself as people keep them: a title, paragraphs, and often lines without a full stop."""
        chance, page = self._chance, SetPage()
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

    def _page_head(self, page: SetPage) -> None:
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
        apart = self._is(self._of.blank_paragraphs)
        for line in chance.choice(shapes):
            page.add(line, "STRAY")
            if apart:
                page.blank()
        if self._is(0.8):
            page.blank()

    def _kicker(self) -> str:
        """A line above a headline that names a series: `身边榜样 爱岗敬业：何苗`."""
        chance = self._chance
        series = chance.choice(
            ("身边榜样", "榜样墙", "走基层", "新春走笔", "一线故事", "記者手记", "党建引领", "人物风采")
        )
        theme = chance.choice(SUBHEAD_VERBS) + chance.choice(SUBHEAD_THINGS)
        shapes = (
            f"{series} {theme}{chance.choice(':：')}{self._name()}",
            f"{series}·{theme}",
            f"“{theme}”系列报道{chance.choice('①②③④')}",
            f"{theme}{chance.choice((' ', ''))}{chance.choice(SUBHEAD_VERBS)}{chance.choice(SUBHEAD_THINGS)}",
            chance.choice(KICKERS),
        )
        return chance.choice(shapes)

    def _article(self, article: Source, page: SetPage, *, wrapped: bool, indent: bool) -> Gold:
        of, chance = self._of, self._chance
        if self._is(of.kicker):
            page.add(self._kicker(), "KICKER")
        title = article.title or printed_headline(article.text, chance)
        gold = Gold(title, "", self._paragraphs(article.text))
        kind = chance.choice(of.bylines)
        if kind == "labels":
            self._labels(gold, page)
            self._body(gold, page, wrapped=False, indent=indent)
            return gold
        head, _, more = title.partition(" ")
        if more and self._is(0.08) and min(len(head), len(more)) > 5:
            page.add(head, "HEAD")
            page.add(more, "HEAD_MORE")
        else:
            page.add(title, "HEAD")
        if self._is(of.subtitle):
            page.add("——" + chance.choice(("记", "走进", "")) + title[:9] + chance.choice(TAILS), "SUBTITLE")
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

    def _labels(self, gold: Gold, page: SetPage) -> None:
        """Write an article's fields under their names, as an archive's export does."""
        chance = self._chance
        colon = chance.choice("：：:")
        gold.byline = self._names()[0]
        day = f"2023-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        page.add(f"{chance.choice(('标题', '标题', '题目'))}{colon}{gold.title}", "HEAD")
        fields = [f"作者{colon}{gold.byline}", f"{chance.choice(('时间', '日期', '发布时间'))}{colon}{day}"]
        if self._is(0.4):
            fields.append(f"来源{colon}{chance.choice(PAPERS)}")
        for field_ in fields:
            page.add(field_, "BYLINE")
        if self._is(0.7):
            page.add(f"正文{colon}", "BYLINE")

    def _say_who(self, kind: str, names: Sequence[str], gold: Gold, page: SetPage) -> str:
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

    def _body(self, gold: Gold, page: SetPage, *, wrapped: bool, indent: bool) -> None:
        chance = self._chance
        lines = SetColumns(chance, page, indent=indent) if wrapped else None
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
