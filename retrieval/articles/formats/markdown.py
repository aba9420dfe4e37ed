"""Markdown with or without front matter: headings become title and sub-headlines, markup goes, words stay."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from byline.retrieval.articles.article import Article, LeftOut, Reading, SourceSpan, content_id
from byline.retrieval.articles.formats.front_matter import front_matter
from byline.retrieval.articles.formats.html import lines_of_markup
from byline.retrieval.articles.formats.plain_text import decoded_file, faults_of
from byline.retrieval.articles.formats.tables import row_of_cells
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import published_of
from byline.retrieval.text.encoding import tidy

# An author's name may stand under any of these in what Hugo, Jekyll, Pandoc and Obsidian write.
_NAMES = {
    "title": ("title", "标题"),
    "subtitle": ("subtitle",),
    "byline": ("author", "authors", "byline"),
    "source": ("source", "publication", "publisher", "site"),
    "published": ("date", "published", "pubdate", "created"),
    "url": ("url", "link", "canonical_url"),
}
_LABELS = {"byline": ("作者", "记者", "文"), "published": ("日期", "时间", "发布时间"), "source": ("来源", "原载")}
_LABELLED = re.compile(r"(?P<label>[\u4e00-\u9fff]{1,4})\s?[:：]\s*(?P<value>[^。！？]{1,40})")
_MOST_LABELS = 3
_SHORT_CODE = re.compile(r"\{\{[<%].{0,300}?[%>]\}\}|\{%.{0,300}?%\}")  # Hugo's and Liquid's


def read_markdown(content: bytes, *, path: str) -> Reading:
    """Read one Markdown file as one article.

    Raises:
        UnreadableFile: it is empty or no text.
    """
    decoded = decoded_file(content, path)
    front = front_matter(decoded.text)
    said = {field: _first(front.keys, names) for field, names in _NAMES.items()}
    title, body, left_out = _body(decoded.text, front.ends, wants_title=not said["title"])
    body = _without_labels(body, said)
    if not body.text and not said["title"] and not title:
        raise UnreadableFile(path, "nothing but markup in it; nothing to index")
    title = _one_line(said["title"]) or title
    byline = _one_line(said["byline"])
    published = published_of(said["published"], body.text, path)
    article = Article(
        id=content_id(title, byline, body.text),
        title=title,
        text=body.text,
        subtitle=_one_line(said["subtitle"]),
        byline=byline,
        source=_one_line(said["source"]),
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        url=_one_line(said["url"]),
        path=path,
        subheads=tuple(body.subheads),
        origin=tuple(body.origin),
    )
    return Reading((article,), left_out, faults_of(decoded) + front.faults)


def _without_labels(body: Mending, said: dict[str, object]) -> Mending:
    """Take lines like 作者：林舟 off the beginning of a body, for the fields that nothing else fills."""
    lines = body.text.split("\n")
    taken = 0
    for line in lines[:_MOST_LABELS]:
        found = _LABELLED.fullmatch(line)
        field = next((name for name, labels in _LABELS.items() if found and found["label"] in labels), "")
        if found is None or said.get(field):
            break
        said[field] = found["value"]
        taken += 1
    if not taken or taken == len(lines):
        return body
    cut = sum(len(line) + 1 for line in lines[:taken])
    rest = Mending([body.text[cut:]], length=body.length - cut)
    rest.subheads = [(start - cut, end - cut) for start, end in body.subheads if start >= cut]
    rest.origin = [
        SourceSpan(span.start - cut, span.end - cut, span.file_start) for span in body.origin if span.start >= cut
    ]
    return rest


def _first(front: dict[str, object], names: Sequence[str]) -> object:
    return next((front[name] for name in names if front.get(name)), None)


def _one_line(value: object) -> str:
    if isinstance(value, list):
        return " ".join(filter(None, (_one_line(part) for part in value[:20])))
    if isinstance(value, dict):
        return _one_line(value.get("name"))
    return "" if value is None else " ".join(tidy(str(value)).split())


def _body(text: str, start: int, *, wants_title: bool) -> tuple[str, Mending, tuple[LeftOut, ...]]:
    """Title (the first heading, if it opens the text), body and everything else."""
    line_starts = [start, *(start + found.end() for found in re.finditer("\n", text[start:]))]
    body, title = Mending(), ""
    left_out: list[LeftOut] = []
    tokens = MarkdownIt("commonmark").enable("table").use(footnote_plugin).parse(text[start:])
    above: Token | None = None
    row: list[str] | None = None
    for token in tokens:
        file_start = line_starts[token.map[0]] if token.map else None
        if token.type == "inline":
            said, links = _said(token)
            left_out.extend(LeftOut(link, "link address", file_start) for link in links)
            is_heading = above is not None and above.type == "heading_open"
            if row is not None:
                row.append(" ".join(said.split()))
            elif is_heading and wants_title and not title and not body.length:
                title = " ".join(said.split())
            else:
                _add(body, said, _exact(text, said, file_start), is_heading=is_heading)
        elif token.type in ("fence", "code_block"):
            _add(body, token.content, _exact(text, token.content, file_start))
        elif token.type == "html_block":
            shown = lines_of_markup(token.content)
            for line in shown:
                _add(body, line, _exact(text, line, file_start))
            if not shown:
                left_out.append(LeftOut(token.content.strip(), "markup", file_start))
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            _add(body, row_of_cells(row or []), None)
            row = None
        above = token
    return title, body, tuple(left_out)


def _add(body: Mending, said: str, file_start: int | None, *, is_heading: bool = False) -> None:
    for found in re.finditer(r"[^\n]*\S[^\n]*", said):
        piece = found.group().strip()
        at = None if file_start is None else file_start + said.index(piece, found.start())
        line = Line(piece, (SourceSpan(0, len(piece), at),))
        if is_heading:
            body.subhead(line)
        else:
            body.paragraph(line)


def _exact(text: str, said: str, file_start: int | None) -> int | None:
    """Where `said` stands in the file, if it stands there unchanged."""
    if file_start is None:
        return None
    at = text.find(said, file_start, file_start + 2 * len(said) + 80)
    return at if at >= 0 else None


def _said(inline: Token) -> tuple[str, list[str]]:
    """The words of a paragraph without markup, lines joined, and the addresses its links and pictures had."""
    words: list[str] = []
    links: list[str] = []
    for token in inline.children or []:
        if token.type == "text":
            words.append(_SHORT_CODE.sub("", token.content))
            links += _SHORT_CODE.findall(token.content)
        elif token.type in ("code_inline", "text_special"):
            words.append(token.content)
        elif token.type == "image":
            words.append(token.content)
            links.append(str(token.attrGet("src") or ""))
        elif token.type == "softbreak":
            words.append("" if words and words[-1][-1:] >= "\u2e80" else " ")
        elif token.type == "hardbreak":
            words.append("\n")
        elif token.type == "link_open":
            links.append(str(token.attrGet("href") or ""))
        elif token.type == "html_inline":
            links.append(token.content)
    return "".join(words), [link for link in links if link]
