"""A title for every article: as printed, else the beginning of its text, else the name of its file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from byline.retrieval.articles.article import Article, TitleFrom, content_id

# Headlines of party papers and news sites have 8 to 35 characters, and `…` is one; narrow ones are half as wide.
MAX_TITLE_COLUMNS = 72
_MIN_TITLE_COLUMNS = 12
_WIDE = "\u2e80"
_NAMED_LINES = 3
_ORIGINAL = re.compile(
    r"^\s*[（(【\[]?\s*原(?:文)?[标標]?[题題]\s*[:：为為]\s*[《“\"]?(.{2,120}?)[》”\"]?\s*[)）】\]]?\s*$"
)
# 新华社北京7月27日电（记者 张三）, 本报讯（记者 李四）, 据新华社电: says who reports, not what.
_OPENING = re.compile(
    r"^\s*(?:[（(【\[][^）)】\]\n]{0,12}[）)】\]]\s*)?"
    r"(?:[^，。！？；\n]{0,30}?(?:[电電讯訊]|消息|报道|報道)\s*(?:[（(][^）)\n]{0,40}[）)])?\s*[，,：:\-—]*\s*)",
)
_REPORTED = re.compile(
    r"^(?:据|據)?(?:新华社|新華社|中新社|中新网|人民网|本报|本報|本网|本台|[^\s，。]{2,8}(?:社|网|報|报))"
)
_SENTENCE_END = re.compile(r"[。！？!?](?=[”』」’\"]?)|\.(?=\s|$)|[；;](?=\s|$)")
_CLAUSE_END = re.compile(r"[，,；;：:、—–\s]")
# Names that programs give: they say nothing of what is in the file.
_WORTHLESS_NAME = re.compile(
    r"[\W\d_]*|[0-9a-fA-F_-]{8,}|(?:telegram|upload|document|file|page|untitled|新建|未命名|文档|无标题)[\W\d_]*",
    re.IGNORECASE,
)
_HAS_WORDS = re.compile(r"[^\W_]")


def titled(article: Article) -> Article:
    """Give an article without a title the one `title_of` finds; others stay as they are.

    A title printed as 原标题 becomes part of an id that was made from the content; any other does not.
    """
    if article.title.strip():
        return article
    title, title_from = title_of(article.text, article.path)
    article_id = article.id
    if title_from == "title" and article_id == content_id("", article.byline, article.text):
        article_id = content_id(title, article.byline, article.text)
    return replace(article, id=article_id, title=title, title_from=title_from)


def title_of(text: str, path: str = "") -> tuple[str, TitleFrom]:
    """Find what to call a text that has no headline, on one line and never empty unless `text` is blank."""
    lines = [line for line in text.split("\n") if line.strip()]
    for line in (*lines[:_NAMED_LINES], *lines[-_NAMED_LINES:]):
        if found := _ORIGINAL.match(line):
            return " ".join(found[1].split()), "title"
    for line in lines[:_NAMED_LINES]:
        if (beginning := _beginning(line)) and len(_HAS_WORDS.findall(beginning)) > 1:
            return beginning, "text"
    name = " ".join(PurePath(path).name.split())
    stem = name.split(".")[0] or name
    if _HAS_WORDS.search(stem) and not _WORTHLESS_NAME.fullmatch(stem):
        return stem, "file"
    return _cut(" ".join(text.split())), "text"


def _beginning(line: str) -> str:
    """The first sentence of a line without its dateline, cut to the length of a headline."""
    said = " ".join(line.split())
    opening = _OPENING.match(said)
    if opening and opening.end() < len(said) and _REPORTED.match(said.lstrip("（(【[")):
        said = said[opening.end() :]
    end = _SENTENCE_END.search(said)
    return _cut(said[: end.start()] if end and end.start() else said)


def _cut(said: str) -> str:
    """Cut at the last end of a clause that fits, else where it must be, with `…`."""
    if _columns(said) <= MAX_TITLE_COLUMNS:
        return said
    fits = 0
    taken = 0
    for fits, char in enumerate(said):  # noqa: B007 - the place is what is looked for
        taken += 2 if char >= _WIDE else 1
        if taken > MAX_TITLE_COLUMNS - 1:
            break
    clauses = [found.start() for found in _CLAUSE_END.finditer(said, 0, fits)]
    is_chinese = sum(char >= _WIDE for char in said[:fits]) * 2 > fits
    if is_chinese:
        clauses = [at for at in clauses if said[at] != "、" and not said[at].isspace()] or clauses
    best = clauses[-1] if clauses else 0
    if _columns(said[:best]) < _MIN_TITLE_COLUMNS:
        return said[:fits].rstrip() + "…"
    cut = said[:best].rstrip("，,；;：:、—– ")
    return cut if is_chinese else cut + "…"


def _columns(said: str) -> int:
    return sum(2 if char >= _WIDE else 1 for char in said)
