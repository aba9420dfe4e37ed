"""A record of named fields (a JSON object, a row of a table) to an article, by the names such fields usually have."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from byline.retrieval.articles.article import Article, LeftOut, content_id
from byline.retrieval.text.dates import dated_among, published_of
from byline.retrieval.text.encoding import tidy

# Beside the contract's own: news2016zh, CLUE, THUCNews, LangChain, JSON Feed, WordPress and crawlers' exports; what
# Chinese newsrooms head the columns of their lists with. The first that says something counts.
NAMES: Mapping[str, tuple[str, ...]] = {
    "text": (
        *("text", "content", "body", "正文", "内容", "page_content", "contents", "fulltext", "full_text", "article"),
        *("article_content", "content_text", "content_html", "全文", "稿件内容", "文章内容", "passage", "paragraph"),
        *("sentence", "document", "desc", "description", "summary", "摘要"),
    ),
    "title": ("title", "标题", "標題", "headline", "题目", "题名", "文章标题", "稿件标题"),
    "subtitle": ("subtitle", "sub_title", "副标题", "副题"),
    "byline": ("byline", "author", "authors", "作者", "记者", "署名", "reporter", "writer", "creator", "dc:creator"),
    "source": (
        *("source", "publisher", "publication", "来源", "來源", "媒体", "报纸", "报刊", "newspaper", "media", "site"),
        *("site_name", "journal"),
    ),
    "published": (
        *("published", "date", "time", "publish_time", "published_at", "publish_date", "pubdate", "pub_date"),
        *("publishdate", "publishtime", "pub_time", "date_published", "datetime", "created_at", "timestamp", "日期"),
        *("时间", "发布时间", "发布日期", "发表时间", "发表日期", "见报日期", "刊发日期", "出版日期"),
    ),
    "url": ("url", "link", "链接", "网址", "原文链接", "href", "permalink", "source_url"),
    "id": ("id", "_id", "编号", "稿件编号"),
}
# `path` and the like come back from `byline read --json` and say nothing of their own here.
_SILENT = frozenset(("published_from", "title_from", "kind", "path", "subheads", "origin", "edition", "metadata"))
_MARKUP = re.compile(r"</?(?:p|div|br|span|img|section|strong)\b[^<>]{0,500}>", re.IGNORECASE)
_MAX_NAMES = 20


@dataclass(frozen=True, slots=True)
class Record:
    """An article, the fields that went into it under other names than the contract's, and those that did not.

    `renamed` has pairs like `("byline", "author")`.
    """

    article: Article
    renamed: tuple[tuple[str, str], ...]
    left_out: tuple[LeftOut, ...]


def record_of(fields: object, *, path: str) -> Record:
    """Make an article of a record; values of unexpected types are taken as text.

    Raises:
        ValueError: it is no record, or has no text; the message says which.
    """
    if not isinstance(fields, Mapping):
        raise ValueError("not a JSON object")
    given = {str(name).strip().lower(): value for name, value in fields.items()}
    nested = given.get("metadata")
    if isinstance(nested, Mapping):
        given = {str(name).strip().lower(): value for name, value in nested.items()} | given
    used = {field: _name_of(given, names) for field, names in NAMES.items()}
    text = _body(given.get(used["text"]), used["text"])
    if not text.strip():
        listed = ", ".join(str(name) for name in list(fields)[:_MAX_NAMES])
        raise ValueError(f'no "text"; its fields are: {listed}' if given and "text" not in given else 'no "text"')
    said = {name: _one_line(given.get(used[name])) for name in ("title", "subtitle", "byline", "source", "url")}
    if "://" in said["source"] and not said["url"]:
        said["source"], said["url"], used["url"] = "", said["source"], used["source"]
    published = published_of(given.get(used["published"]), text, "", year_from=path)
    given_id = _words(given.get(used["id"])).strip()
    article = Article(
        id=given_id or content_id(said["title"], said["byline"], text),
        title=said["title"],
        text=text,
        subtitle=said["subtitle"],
        byline=said["byline"],
        source=said["source"],
        url=said["url"],
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        path=path,
        kind="caption" if given.get("kind") == "caption" else "article",
    )
    renamed = tuple((field, name) for field, name in used.items() if name and name != field)
    known = {*used.values(), *_SILENT}
    unknown = (
        LeftOut(tidy(f"{name}: {value}"), "unknown field")
        for name, value in fields.items()
        if str(name).strip().lower() not in known
    )
    return Record(article, renamed, tuple(unknown))


def has_text(fields: object) -> bool:
    """Whether a record would become an article."""
    try:
        record_of(fields, path="")
    except ValueError:
        return False
    return True


def note_of(renamed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Say which fields went into which, in one sentence; nothing if all have the contract's names."""
    listed = [f'{field} from "{name}"' for field, name in dict.fromkeys(renamed)]
    return (f"fields taken: {', '.join(listed)}",) if listed else ()


def dated_by_neighbours(articles: Iterable[Article]) -> tuple[Article, ...]:
    """Give articles without a date the one of their dateline, in the year of those of the same file."""
    held = list(articles)
    said = {article.published for article in held if article.published_from == "given" and article.published}
    return tuple(article if article.published else _dated(article, said) for article in held)


def _dated(article: Article, others: Collection[str]) -> Article:
    found = dated_among(article.text, others)
    return replace(article, published=found.iso, published_from=found.published_from) if found else article


def _name_of(given: Mapping[str, object], names: Iterable[str]) -> str:
    return next((name for name in names if _words(given.get(name)).strip()), "")


def _body(value: object, name: str) -> str:
    """The text of a record; markup in it goes, unless it came as `text`, which is taken to the letter."""
    said = _words(value, "\n")
    if name == "text" or not _MARKUP.search(said):
        return said
    from byline.retrieval.articles.formats.html import lines_of_markup

    return "\n".join(lines_of_markup(said))


def _one_line(value: object) -> str:
    return " ".join(_words(value).split())


def _words(value: object, between: str = " ") -> str:
    if isinstance(value, list):
        return between.join(filter(None, (_words(part) for part in value[:_MAX_NAMES] if not isinstance(part, list))))
    if isinstance(value, Mapping):
        return _words(value.get("name")) if isinstance(value.get("name"), str) else ""
    return "" if value is None else tidy(value if isinstance(value, str) else str(value))
