"""Newspaper pages put together from articles, with what a reader should find in them.

`python -m tests.articles.layout.page_maker ARTICLES.jsonl FOLDER` writes `NNN.txt` and `NNN.gold.json`, in the
shape that the page scorer reads.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from byline.retrieval.training.continuation_model import held_out

SURNAMES = "赵钱孙李周吴郑王冯陈卫蒋沈韩杨朱秦许何吕施张孔曹严金魏陶姜谢邹苏潘葛范彭鲁韦马方任袁柳唐薛雷贺倪汤"
GIVEN = "明伟芳娜敏静丽强磊军洋勇艳杰娟涛超秀霞平刚桂宇浩欣佳思雨晨博文志建国春海玉兰梅青云"
SECTIONS = ("本地要闻", "城事", "乡土", "读者之声", "人物", "科教天地", "深读", "生活周刊", "百姓关切", "新风采")
KICKERS = ("推进老旧小区改造系列报道", "身边的榜样：好邻居", "迎接丰收节特别策划", "开局之年看变化")
SUBHEAD_VERBS = ("守好", "织密", "点亮", "蹚出", "做细", "用活", "唤醒", "补齐", "理清", "拓宽")
SUBHEAD_THINGS = (
    "产业链",
    "服务网",
    "夜经济",
    "新路子",
    "小细节",
    "老手艺",
    "沉睡资源",
    "民生短板",
    "一笔账",
    "销售渠道",
)
LONG_SUBHEADS = ("一、把准方向，在关键处下功夫", "二、从群众最关心的事情做起", "三、让制度真正长出牙齿来")
TAILS = ("侧记", "纪实", "小记", "见闻", "调查")


@dataclass(frozen=True, slots=True)
class Proportions:
    """How often a page has what; the defaults are those of an ordinary day."""

    articles: tuple[int, int] = (3, 5)
    cut: float = 0.35
    displaced: float = 0.18
    displaced_after_byline: float = 0.0
    displaced_far: float = 0.0
    subtitle: float = 0.4
    byline_at_head: float = 0.5
    byline_at_end: float = 0.3
    source: float = 0.08
    subheads: float = 0.4
    long_subheads: float = 0.0
    section: float = 0.6
    kicker: float = 0.0
    two_parts: float = 0.3
    two_lines: float = 0.0
    borrowed: float = 0.0
    untitled: float = 0.0
    caption: float = 0.0
    paragraph_chars: int = 90


ORDINARY = Proportions()
WORDED = Proportions(borrowed=0.8, displaced=0.25)
FAR = Proportions(displaced=0.4, displaced_far=0.6)
HARD = Proportions(
    articles=(4, 8),
    cut=0.55,
    displaced=0.45,
    displaced_after_byline=0.3,
    subtitle=0.25,
    byline_at_head=0.25,
    byline_at_end=0.25,
    source=0.15,
    subheads=0.5,
    long_subheads=0.3,
    kicker=0.12,
    two_lines=0.1,
    caption=0.15,
    paragraph_chars=130,
)


@dataclass(slots=True)
class Gold:
    """One article as it should be read."""

    title: str
    byline: str
    paragraphs: list[str]
    breaks: list[tuple[str, str]] = field(default_factory=list)
    displaced: bool = False
    subheads: list[str] = field(default_factory=list)
    kind: str = "article"


@dataclass(frozen=True, slots=True)
class Source:
    """An article to put on a page; without a title one is taken from the text."""

    title: str
    text: str


def sources(path: Path, only_held_out: bool = True) -> Iterator[Source]:
    """Read articles; of a training corpus only those the seam model never saw."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            article = json.loads(line)
            if not only_held_out or held_out(str(article.get("id", number))):
                text = re.sub(r"(?<=[^\x00-\x7f])[ \t]+|[ \t]+(?=[^\x00-\x7f])", "", article["text"])
                yield Source(article.get("title", ""), text)


def paragraphs_of(text: str, at_least: int, chance: random.Random) -> list[str]:
    """Group sentences into paragraphs, each of at least about so many characters."""
    if "\n" in text:
        return [paragraph for paragraph in text.split("\n") if paragraph]
    paragraphs = [""]
    for sentence in re.findall(r"[^。！？]*[。！？]+[”’」』）]*|[^。！？]+$", text):
        paragraphs[-1] += sentence
        if len(paragraphs[-1]) >= at_least * chance.uniform(0.4, 1.6):
            paragraphs.append("")
    if not re.search(r"[。！？][”’」』）]*$", paragraphs[-1]):
        paragraphs[-1] += "。"
    return [paragraph for paragraph in paragraphs if len(paragraph) > 1]


def headline(text: str, two_parts: bool, chance: random.Random) -> str:
    """Take one clause or two of the first sentences for a headline."""
    clauses = [
        clause.strip("“”‘’《》（）()：:；;、 ")
        for clause in re.split(r"[，。！？；：]", text[:260])
        if 7 <= len(clause) <= 22 and not re.search("[“”‘’（）()]", clause)
    ]
    clauses = clauses or [text[:14].strip("，。！？；：、 ")]
    chosen = chance.sample(clauses, min(len(clauses), 2 if two_parts else 1))
    return " ".join(chosen)


class PageMaker:
    """Makes one page after another; the same seed gives the same pages."""

    def __init__(self, proportions: Proportions, seed: int) -> None:
        self._of = proportions
        self._chance = random.Random(seed)
        self._far: list[str] = []
        self._last_title = ""

    def page(self, articles: Sequence[Source]) -> tuple[str, list[Gold]]:
        """Put articles on a page: its text, and what should be found in it."""
        lines: list[str] = []
        self._far = []
        section = self._chance.choice(SECTIONS) if self._is(self._of.section) else ""
        first = self._is(0.5)
        if section and first:
            lines.append(section)
        gold = [self._article(article, lines) for article in articles]
        lines.extend(self._far)
        if section and not first:
            lines.append(section)
        return "\n\n" + "\n\n".join(lines) + "\n", gold

    def _is(self, share: float) -> bool:
        return self._chance.random() < share

    def _article(self, article: Source, lines: list[str]) -> Gold:
        of, chance = self._of, self._chance
        title = article.title or self._headline(article.text)
        paragraphs = paragraphs_of(article.text, of.paragraph_chars, chance)
        if self._is(of.caption):
            return self._caption(title, paragraphs[0], lines)
        names = [self._name() for _ in range(chance.choice((1, 2)))]
        where = chance.random()
        at_head, at_end = where < of.byline_at_head, of.byline_at_head <= where < of.byline_at_head + of.byline_at_end
        role = chance.choice(("本报记者 ", "本报记者 ", "本报通讯员 ")) if at_head or self._is(0.3) else ""
        byline = role + " ".join(names) if at_head or at_end else ""
        gold = Gold("" if self._is(of.untitled) else title, byline, paragraphs)
        pieces = self._cut(gold)
        if self._is(of.kicker) and gold.title:
            lines.append(chance.choice(KICKERS))
        self._head(gold, at_head, lines)
        closing = ["□" + byline] if at_end else []
        if self._is(of.source):
            pieces[-1] += "(摘自《" + chance.choice(("经济日报", "工人日报", "农民日报")) + "》)"
        lines.extend(self._body(gold, pieces, closing))
        return gold

    def _headline(self, text: str) -> str:
        """Take a headline from the text; a borrowed one has half its words from the last article's, as headlines do
        that say a thing in other words than the text.
        """
        title = headline(text, self._is(self._of.two_parts), self._chance)
        other, self._last_title = self._last_title or title, title
        if not self._is(self._of.borrowed):
            return title
        return title[: len(title) // 2].rstrip() + other[len(other) // 2 :].lstrip()

    def _head(self, gold: Gold, at_head: bool, lines: list[str]) -> None:
        if gold.title:
            halves = gold.title.split(" ")
            lines.extend(halves if len(halves) == 2 and self._is(self._of.two_lines) else [gold.title])
            if self._is(self._of.subtitle):
                lines.append(
                    "——" + self._chance.choice(("记", "走进", "")) + gold.title[:9] + self._chance.choice(TAILS)
                )
        if at_head:
            lines.append("□" + gold.byline)

    def _caption(self, title: str, text: str, lines: list[str]) -> Gold:
        text += "图为" + self._chance.choice(("活动现场。", "工作人员在忙碌。", "市民在参观。"))
        byline = f"本报记者 {self._name()} 摄影报道"
        gold = Gold(title, byline, [text], kind="caption")
        lines.append(title)
        lines.extend(self._cut(gold))
        lines.append("□" + byline)
        return gold

    def _name(self) -> str:
        return self._chance.choice(SURNAMES) + "".join(self._chance.sample(GIVEN, self._chance.choice((1, 2))))

    def _cut(self, gold: Gold) -> list[str]:
        """Cut paragraphs where columns end; every piece is one line of the page."""
        pieces: list[str] = []
        for paragraph in gold.paragraphs:
            places = [0, len(paragraph)]
            if len(paragraph) >= 30 and self._is(self._of.cut):
                count = 1 + (len(paragraph) > 150 and self._is(0.3))
                places += self._chance.sample(range(12, len(paragraph) - 8), count)
            places.sort()
            for start, end in pairwise(places):
                if start:
                    gold.breaks.append((paragraph[max(0, start - 6) : start], paragraph[start : start + 6]))
                pieces.append(paragraph[start:end])
        return pieces

    def _body(self, gold: Gold, pieces: list[str], closing: list[str]) -> list[str]:
        with_subheads = self._with_subheads(gold, pieces)
        whole = set(gold.paragraphs)
        starts = {paragraph[:12] for paragraph in gold.paragraphs}
        inner = [
            place
            for place in range(1, len(with_subheads))
            if with_subheads[place] not in whole
            and with_subheads[place] not in gold.subheads
            and with_subheads[place][:12] not in starts
        ]
        if not inner or not self._is(self._of.displaced):
            return with_subheads + closing
        gold.displaced = True
        place = self._chance.choice(inner)
        later, column = with_subheads[place:], with_subheads[:place]
        if not self._far and self._is(self._of.displaced_far):
            self._far = column
            return later + closing
        if self._is(self._of.displaced_after_byline):
            return later + closing + column
        return later + column + closing

    def _with_subheads(self, gold: Gold, pieces: list[str]) -> list[str]:
        if len(gold.paragraphs) < 4 or not self._is(self._of.subheads):
            return list(pieces)
        starts = [paragraph[:12] for paragraph in gold.paragraphs[1:-1]]
        places = sorted(
            self._chance.sample(
                [number for number, piece in enumerate(pieces) if number and piece[:12] in starts] or [1], 1
            )
            + [number for number, piece in enumerate(pieces) if piece[:12] == gold.paragraphs[-1][:12]][:1]
        )
        shape = self._chance.choice((1, 2))
        long = self._is(self._of.long_subheads)
        result = list(pieces)
        for number, place in enumerate(reversed(places)):
            parts = [self._chance.choice(SUBHEAD_VERBS) + self._chance.choice(SUBHEAD_THINGS) for _ in range(shape)]
            subhead = LONG_SUBHEADS[len(places) - 1 - number] if long else " ".join(parts)
            gold.subheads.insert(0, subhead)
            result.insert(place, subhead)
        return result


def make_pages(articles: Sequence[Source], proportions: Proportions, seed: int) -> Iterator[tuple[str, list[Gold]]]:
    """Use each article once; stop when too few are left for a page."""
    chance = random.Random(seed)
    maker = PageMaker(proportions, seed)
    waiting = list(articles)
    chance.shuffle(waiting)
    while True:
        count = chance.randint(*proportions.articles)
        if count > len(waiting):
            return
        yield maker.page([waiting.pop() for _ in range(count)])


def main() -> None:
    """Write pages and their gold to a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kind", choices=("ordinary", "hard", "far", "worded"), default="ordinary")
    parser.add_argument("--all", action="store_true", help="articles the seam model was trained on, too")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--half", type=int, choices=(0, 1), help="every second article only")
    parser.add_argument("--most", type=int, default=100)
    arguments = parser.parse_args()
    proportions = {"ordinary": ORDINARY, "hard": HARD, "far": FAR, "worded": WORDED}[arguments.kind]
    arguments.folder.mkdir(parents=True, exist_ok=True)
    found = [source for source in sources(arguments.articles, not arguments.all) if 200 < len(source.text) < 1500]
    if arguments.half is not None:
        found = found[arguments.half :: 2]
    for number, (text, gold) in enumerate(make_pages(found, proportions, arguments.seed)):
        if number >= arguments.most:
            break
        (arguments.folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
        written = [
            {
                "title": one.title,
                "byline": one.byline,
                "paragraphs": one.paragraphs,
                "breaks": one.breaks,
                "displaced": one.displaced,
                "subheads": one.subheads,
                "kind": one.kind,
            }
            for one in gold
        ]
        (arguments.folder / f"{number:03}.gold.json").write_text(json.dumps(written, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
