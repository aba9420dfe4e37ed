"""Pages of every style written to a folder, to learn from and to measure with.

`python -m tests.articles.layout.styled_pages ARTICLES.jsonl FOLDER` writes, a folder a style, `NNN.txt`,
`NNN.gold.json` in the shape that the page scorers read, and `NNN.lines.json`, which `byline train labels` learns
from: a role for each line of the file, null for a blank one.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tests.articles.layout.page_maker import (
    FAR,
    HARD,
    KICKERS,
    ORDINARY,
    SECTIONS,
    WORDED,
    Gold,
    PageMaker,
    Source,
    sources,
)
from tests.articles.layout.page_styles import STYLES, StyledPageMaker
from tests.articles.layout.typesetting import Labelled


def house_page(maker: PageMaker, articles: Sequence[Source]) -> tuple[list[Labelled], list[Gold]]:
    """A page of `page_maker` with the roles of its lines."""
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
    return _far_ones_told(roles, golds), golds


def _far_ones_told(lines: Sequence[Labelled], golds: Sequence[Gold]) -> list[Labelled]:
    """Where the first column is not among the article's own lines, nothing shows that the rest is not its beginning."""
    told = list(lines)
    heads = [at for at, (_, role) in enumerate(lines) if role == "HEAD"]
    for start, end, gold in zip(heads, [*heads[1:], len(lines)], golds, strict=False):
        first = gold.paragraphs[0][:12]
        near = any(line.startswith(first) for line, _ in lines[start:end])
        for at in range(start, end):
            if told[at][1] == "DISPLACED" and not near:
                told[at] = (told[at][0], "PARAGRAPH")
    return told


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
        page_maker = PageMaker(house, seed)
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
