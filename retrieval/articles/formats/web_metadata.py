"""Who wrote a web page, when and for whom, as its `<meta>`, JSON-LD or visible head lines say; nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byline.retrieval.text.dates import parse_date
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Open Graph, schema.org, Dublin Core and what Chinese news sites put into <meta>.
_DATE_NAMES = [
    "article:published_time",
    "og:published_time",
    "datepublished",
    "pubdate",
    "publishdate",
    "publish_date",
    "publication_date",
    "dc.date.issued",
    "dcterms.issued",
    "parsely-pub-date",
    "sailthru.date",
    "weibo:article:create_at",
    "dc.date",
    "dcterms.date",
    "date",
]
_AUTHOR_NAMES = [
    "author",
    "byl",
    "article:author",
    "og:author",
    "dc.creator",
    "dcterms.creator",
    "parsely-author",
    "sailthru.author",
]
_SOURCE_LINE = re.compile(r"来源|來源|發布|发布|时间|時間|日期|source|published|posted", re.IGNORECASE)
_AUTHOR_LINE = re.compile(r"(?:^|[\s|｜])(?:作者|记者|記者|撰文|文)\s?[:：/／]\s?([^\s|｜，。;；:：]{2,30})")
_HEAD_LINES = 60
_MAX_HEAD_LINE_CHARS = 100
_MAX_NAME_CHARS = 80


@dataclass(frozen=True, slots=True)
class WebMetadata:
    """What a page says of itself; the date is as `dates.parse_date` gives it."""

    title: str
    author: str
    site: str
    url: str
    published: str | None


def metadata_of(tree: HtmlElement, lines: list[str]) -> WebMetadata:
    """Collect a page's metadata.

    Args:
        tree: the page; it is not changed.
        lines: what a browser would show, from the top.
    """
    import copy

    from trafilatura import extract_metadata

    # trafilatura drops every author of one word, as most Chinese names are, and estimates dates at length; so only the
    # title, the site and the address are taken from it.
    known = extract_metadata(copy.deepcopy(tree), extensive=False)
    linked = list(_linked_data(tree))
    heads = [line for line in lines[:_HEAD_LINES] if len(line) <= _MAX_HEAD_LINE_CHARS]
    return WebMetadata(
        title=_one_line(known.title),
        author=_author(tree, linked, heads),
        site=_one_line(known.sitename),
        url=_one_line(known.url),
        published=_published(tree, linked, heads),
    )


def _author(tree: HtmlElement, linked: list[dict[str, object]], heads: list[str]) -> str:
    candidates = [*_meta(tree, _AUTHOR_NAMES), *(_names(data.get("author")) for data in linked)]
    candidates += [found[1] for line in heads if (found := _AUTHOR_LINE.search(line))]
    usable = (name for name in map(_one_line, candidates) if name and "://" not in name)
    return next((name for name in usable if len(name) <= _MAX_NAME_CHARS), "")


def _published(tree: HtmlElement, linked: list[dict[str, object]], heads: list[str]) -> str | None:
    candidates = [*_meta(tree, _DATE_NAMES), *(str(data.get("datePublished") or "") for data in linked)]
    candidates += [
        time.get("datetime") or ""
        for time in tree.iter("time")
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished"
    ]
    candidates += [line for line in heads if _SOURCE_LINE.search(line)]
    return next(filter(None, map(parse_date, candidates)), None)


def _meta(tree: HtmlElement, names: list[str]) -> Iterator[str]:
    """The contents of `<meta>` elements, in the order of preference of their names."""
    said: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        said.setdefault(name.lower(), meta.get("content") or "")
    for name in names:
        if said.get(name):
            yield said[name]


def _linked_data(tree: HtmlElement) -> Iterator[dict[str, object]]:
    for script in tree.iter("script"):
        if script.get("type") != "application/ld+json":
            continue
        try:
            loaded = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        graph = loaded.get("@graph", loaded) if isinstance(loaded, dict) else loaded
        yield from (data for data in (graph if isinstance(graph, list) else [graph]) if isinstance(data, dict))


def _names(author: object) -> str:
    if isinstance(author, list):
        return " ".join(filter(None, map(_names, author[:20])))
    if isinstance(author, dict):
        return _names(author.get("name"))
    return author if isinstance(author, str) else ""


def _one_line(said: object) -> str:
    return " ".join(tidy(str(said)).split()) if said else ""
