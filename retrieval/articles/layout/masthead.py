"""What the head of a newspaper page says of all its articles: the paper, the edition, the day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from byline.retrieval.articles.article import Article
from byline.retrieval.text.dates import date_on_page

_PAPER = re.compile(
    r"[\u4e00-\u9fff·]{2,12}?(?:日报|晚报|时报|晨报|早报|商报|都市报|邮报|军报|青年报|法治报|法制报|教育报|文艺报"
    r"|经济导报|新报|周报|导报|周刊|报)(?![\u4e00-\u9fff])"
)
_NUMBER = re.compile(r"(?:第\s*)?(?P<number>[A-Z]?\d{1,3}|[一二三四五六七八九十]{1,3})\s*版")
_BARE_NUMBER = re.compile(r"(?P<number>[A-Z]?\d{1,3})(?P<section>\s*[\u4e00-\u9fff·]{2,8})?")
_SECTION = re.compile(r"[\u4e00-\u9fff·]{2,8}")
_DAY = re.compile(
    r"\d{4}\s*[年./-]\s*\d{1,2}\s*[月./-]\s*\d{1,2}\s*日?|星期[一二三四五六日天]|农历\S*|癸卯年\S*|总第?\s*\d+\s*期|第\s*\d+\s*期"
)
_NO_SECTION = re.compile(r"责任?编辑?|美编|校对|版式|组版|电话|邮箱|热线|刊号")


@dataclass(frozen=True, slots=True)
class Masthead:
    """The paper's name and the edition (`第2版 要闻`), each empty where the page does not say it."""

    source: str = ""
    edition: str = ""


def masthead_of(lines: Sequence[str]) -> Masthead:
    """Read the lines of a page that belong to no article, in page order."""
    source = number = section = ""
    for position, line in enumerate(lines):
        rest = _DAY.sub(" ", line).strip()
        if not rest or _NO_SECTION.search(rest) or len(line) > 60:
            continue
        for word in rest.split():
            named = _PAPER.fullmatch(word) if word[-1] == "报" or len(lines) > 1 or rest != line else None
            numbered = _NUMBER.search(word) or (None if number else _BARE_NUMBER.fullmatch(word))
            if named and not source:
                source = word
            elif numbered and not number:
                number = _edition_number(numbered["number"])
                beside = (word[: numbered.start()] + word[numbered.end() :]).strip("：:·-— ")
                beside = beside or (numbered.groupdict().get("section") or "").strip()
                section = section or (beside if _SECTION.fullmatch(beside) else "")
            elif _SECTION.fullmatch(word) and not section and (number or position == 0 or len(rest) == len(word)):
                section = word
    return Masthead(source, f"{number} {section}".strip() if number else "")


def with_mastheads(articles: Sequence[Article], lines: Sequence[tuple[int, str]]) -> list[Article]:
    """Give articles the paper and the edition of the page they stand on, where they say none themselves.

    Args:
        articles: those of a file, which may hold several pages.
        lines: the lines that belong to no article, each with the number of articles that stand above it.
    """
    found = list(articles)
    pages = _pages(lines)
    source = next((head.source for head in (masthead_of(said) for _, said in pages) if head.source), "")
    for number, (start, said) in enumerate(pages):
        head = masthead_of(said)
        end = pages[number + 1][0] if number + 1 < len(pages) else len(found)
        day = date_on_page(said) if len(pages) > 1 else None
        for at in range(start if number else 0, end):
            article = found[at]
            found[at] = replace(
                article, source=article.source or head.source or source, edition=article.edition or head.edition
            )
            if day and not article.published:
                found[at] = replace(found[at], published=day, published_from="page")
    return found


def _pages(lines: Sequence[tuple[int, str]]) -> list[tuple[int, list[str]]]:
    """Sort lines by page: a second page number begins another where articles stand in between."""
    pages: list[tuple[int, list[str]]] = []
    for above, line in lines:
        numbered = bool(masthead_of([line]).edition)
        held = pages and bool(masthead_of(pages[-1][1]).edition)
        if not pages or (numbered and held and above > pages[-1][0]):
            pages.append((above, []))
        pages[-1][1].append(line)
    return pages


def _edition_number(number: str) -> str:
    """`02` as `第2版`."""
    return f"第{number.lstrip('0') or number}版"
