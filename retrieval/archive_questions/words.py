"""What Byline says itself when it answers from fields, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from byline.retrieval.index.store import Filters
from byline.retrieval.text.question import Language


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one language; `{…}` is filled in with `str.format`."""

    language: Language
    counted: str
    counted_none: str
    newest_of: str
    sources: str
    of_source: str
    no_sources: str
    pile: str
    summarise: str
    newest: str
    oldest: str
    dated: str
    comma: str
    summary: str
    subject: str
    subject_years: str
    subject_people: str
    said: Mapping[str, str]
    one: str
    many: str
    which: Mapping[str, str]
    quotes: tuple[str, str]

    def articles(self, count: int) -> str:
        """A number of articles: `12篇`."""
        return (self.one if count == 1 else self.many).format(count=count)

    def title(self, title: str) -> str:
        """A title in the quotation marks of the language."""
        return f"{self.quotes[0]}{' '.join(title.split())}{self.quotes[1]}"

    def restricted(self, about: str, filters: Filters) -> str:
        """Say which articles are counted."""
        said = [
            self.which[name].format(value=value)
            for name, value in (
                ("about", about),
                ("byline", filters.byline),
                ("source", filters.source),
                ("after", filters.after),
                ("before", filters.before),
            )
            if value
        ]
        return self.which["and"].join(said) or self.which["all"]


CHINESE = Words(
    language="zh",
    counted="收录的文章里，{which}的有{value}。",
    counted_none="收录的文章里没有{which}的。",
    newest_of="（这里列出最新的{count}篇）",
    sources="收录的文章有{count}个来源：",
    of_source="{source}（{count}篇）",
    no_sources="收录的文章都没有注明来源。",
    pile="一共收录了{value}，各讲各的事，没有一句话能概括。想看哪一篇的摘要？",
    summarise="总结一下《{title}》",
    newest="最新的是",
    oldest="最早的是",
    dated="（{date}）",
    comma="、",
    summary="没有现成的摘要。这是原文里的几句话，按原来的顺序：",
    subject="提到“{subject}”的文章有{value}",
    subject_years="，{years}",
    subject_people="。同时出现的人名：{people}",
    said={
        "author": "{title}的署名：{value}。",
        "published": "{title}的日期：{value}。",
        "source": "{title}的来源：{value}。",
    },
    one="{count}篇",
    many="{count}篇",
    which={
        "about": "提到“{value}”",
        "byline": "署名含“{value}”",
        "source": "来源含“{value}”",
        "after": "{value}及以后",
        "before": "{value}及以前",
        "and": "、",
        "all": "全部",
    },
    quotes=("《", "》"),
)
ENGLISH = Words(
    language="en",
    counted="{value} {which}. ",
    counted_none="There are no articles here {which}.",
    newest_of=" (the newest {count} are listed)",
    sources="The articles are from {count} sources: ",
    of_source="{source} ({count})",
    no_sources="No article here names its source.",
    pile="There are {value}, each about something of its own; no sentence sums them up. Which one would you like "
    "summarised?",
    summarise="Summarise “{title}”",
    newest="The newest: ",
    oldest="The oldest: ",
    dated=" ({date})",
    comma=", ",
    summary="There is no ready summary. These are sentences of the article, in their order: ",
    subject="{value} mention “{subject}”",
    subject_years=", {years}",
    subject_people=". Named beside it: {people}",
    said={
        "author": "{title} is signed: {value}. ",
        "published": "{title} is dated {value}. ",
        "source": "{title} appeared in: {value}. ",
    },
    one="{count} article",
    many="{count} articles",
    which={
        "about": "that mention “{value}”",
        "byline": "signed “{value}”",
        "source": "from “{value}”",
        "after": "of {value} or later",
        "before": "of {value} or earlier",
        "and": ", ",
        "all": "altogether",
    },
    quotes=("“", "”"),
)
WORDS: dict[Language, Words] = {"zh": CHINESE, "en": ENGLISH}


def spoken_date(iso: str, language: Language) -> str:
    """A date as it is said: 2023年8月14日; in English as it is kept."""
    if language == "en" or not iso:
        return iso
    parts = [int(part) for part in iso[:10].split("-") if part.isdigit()]
    return "".join(f"{part}{unit}" for part, unit in zip(parts, "年月日", strict=False))
