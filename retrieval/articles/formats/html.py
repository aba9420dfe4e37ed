"""A web page to its article: main text by trafilatura, title, author, date and site from the page's own metadata."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Article, LeftOut, Reading, content_id
from byline.retrieval.articles.formats.plain_text import decoded_file, faults_of
from byline.retrieval.articles.formats.tables import row_of_cells
from byline.retrieval.articles.formats.web_ends import lost_body, trimmed
from byline.retrieval.articles.formats.web_metadata import metadata_of, reporters_in
from byline.retrieval.articles.formats.wechat import wechat_content, wechat_metadata
from byline.retrieval.articles.layout.joining import Mending
from byline.retrieval.articles.layout.page import Line
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import published_of
from byline.retrieval.text.encoding import Decoded, tidy

if TYPE_CHECKING:
    from lxml.etree import _Element
    from lxml.html import HtmlElement

# The HTML standard has a declaration stand in the first 1,024 bytes; old pages take a little more.
_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE)
_DECLARED_WITHIN_BYTES = 4096
# 5 million characters of markup take trafilatura most of a minute; no article is a tenth as long.
_MAX_CHARS = 5_000_000
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_BLANKS = re.compile(r"[\s|]+")
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "u",
        "var",
        "wbr",
    ]
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# Readings over characters (rt, rp) are no part of the sentence under them.
_UNSHOWN = frozenset(["script", "style", "noscript", "template", "head", "iframe", "svg", "rt", "rp"])
# The extractor's own 250 are meant for English: shorter pages lose to its fallback, which takes the navigation along.
_MIN_EXTRACTED_CHARS = "40"


def read_html(content: bytes, *, path: str) -> Reading:
    """Read one page as one article.

    Raises:
        UnreadableFile: it is empty, no text, or has no running text.
    """
    decoded = _decoded(content, path)
    article, left_out = article_of_html(decoded.text, path=path)
    return Reading((article,), left_out, faults_of(decoded))


def article_of_html(markup: str, *, path: str, default_title: str = "") -> tuple[Article, tuple[LeftOut, ...]]:
    """Find the article in a page, and what else stood on it.

    Raises:
        UnreadableFile: no running text was found.
    """
    from lxml import etree

    if len(markup) > _MAX_CHARS:
        raise UnreadableFile(
            path, f"the page has {len(markup):,} characters of markup; at most {_MAX_CHARS:,} are read"
        )
    try:
        tree = page_tree(markup)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableFile(path, "no running text found in this page") from error
    shown = list(shown_lines(tree))
    everything = [line for _, line in shown]
    said = wechat_metadata(tree) or metadata_of(tree, shown)
    body = _wechat_body(tree, said.title) or _extracted(tree, everything, said.title)
    if not body.length:
        raise UnreadableFile(path, "no running text found in this page")
    published = published_of(said.published, body.text, path)
    title = said.title or default_title
    author = said.author or reporters_in(body.text)
    article = Article(
        id=content_id(title, author, body.text),
        title=title,
        text=body.text,
        byline=author,
        source=said.site,
        published=published.iso if published else None,
        published_from=published.published_from if published else None,
        url=said.url,
        path=path,
        subheads=tuple(body.subheads),
    )
    return article, tuple(_left_out(everything, article))


def page_tree(markup: str) -> HtmlElement:
    """Parse a page, or part of one, without its comments and processing instructions.

    Text after one hangs on it in lxml's tree, and what reads the tree would lose it.

    Raises:
        etree.LxmlError, ValueError, AssertionError: there is no element in it.
    """
    from lxml import html

    parser = html.HTMLParser(remove_comments=True, remove_pis=True)
    return html.document_fromstring(_XML_DECLARATION.sub("", markup, count=1), parser=parser)


def lines_of_markup(markup: str) -> list[str]:
    """Everything that a piece of markup shows, a line a paragraph; nothing if it holds no element."""
    from lxml import etree

    try:
        return [line for _, line in shown_lines(page_tree(markup[:_MAX_CHARS]))]
    except (etree.LxmlError, ValueError, AssertionError):
        return []


def _decoded(content: bytes, path: str) -> Decoded:
    """Decode by what the page declares, if that reads without error, else by content."""
    declared = _DECLARED.search(content[:_DECLARED_WITHIN_BYTES])
    if declared and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = declared[1].decode("ascii", "ignore").lower()
        # Browsers read both as their supersets (WHATWG Encoding Standard).
        name = {"gb2312": "gb18030", "gbk": "gb18030", "big5": "cp950", "iso-8859-1": "cp1252"}.get(name, name)
        try:
            text = codecs.lookup(name).decode(content, "strict")[0]
        except (LookupError, UnicodeError, ValueError, TypeError):
            return decoded_file(content, path)
        if isinstance(text, str) and text.strip():
            return Decoded(tidy(text), name)
    return decoded_file(content, path)


def _extracted(tree: HtmlElement, everything: list[str], title: str) -> Mending:
    """The main text; a page too short for the extractor gives all its lines."""
    from trafilatura import bare_extraction
    from trafilatura.settings import use_config

    settings = use_config()
    settings.set("DEFAULT", "MIN_EXTRACTED_SIZE", _MIN_EXTRACTED_CHARS)
    found = bare_extraction(tree, include_comments=False, include_tables=True, config=settings)
    body = Mending()
    if found is not None and not isinstance(found, dict) and found.body is not None:
        _paragraphs(found.body, body, title)
    if lost := lost_body(everything, title, body.text):
        body = Mending()
        for line in lost:
            body.paragraph(Line(line))
    else:
        body = _between(body, *trimmed(body.text.split("\n"), tree))
    if not body.length:
        for line in everything:
            if line != title:
                body.paragraph(Line(line))
    return body


def _between(body: Mending, begin: int, end: int) -> Mending:
    """The lines `[begin, end)` of a body, with the sub-headlines among them."""
    lines = body.text.split("\n")
    if (begin, end) == (0, len(lines)):
        return body
    heads = {body.text.count("\n", 0, start) for start, _ in body.subheads}
    kept = Mending()
    for at in range(begin, end):
        if at in heads:
            kept.subhead(Line(lines[at]))
        else:
            kept.paragraph(Line(lines[at]))
    return kept


def _wechat_body(tree: HtmlElement, title: str) -> Mending | None:
    """The text of an article in WeChat, whose sections may be hidden until a script shows them; None elsewhere."""
    content = wechat_content(tree)
    if content is None:
        return None
    body = Mending()
    for tag, line in shown_lines(content):
        if line == title:
            continue
        if tag in _HEADINGS and body.length:
            body.subhead(Line(line))
        else:
            body.paragraph(Line(line))
    return body if body.length else None


def _paragraphs(element: _Element, body: Mending, title: str) -> None:
    """Set paragraphs, headings, list items and table rows as they stand in trafilatura's tree."""
    for part in element:
        if part.tag == "head":
            said = _one_line("".join(part.itertext()))
            if said and (body.length or said != title):
                body.subhead(Line(said))
        elif part.tag == "table":
            for row in part.iter("row"):
                _paragraph(row_of_cells([_one_line("".join(cell.itertext())) for cell in row.iter("cell")]), body)
        elif part.tag in ("list", "div", "quote") and len(part):
            _paragraph(part.text or "", body)
            _paragraphs(part, body, title)
        elif isinstance(part.tag, str):
            _paragraph(_with_breaks(part), body)
        _paragraph(part.tail or "", body)


def _with_breaks(element: _Element) -> str:
    said = [element.text or ""]
    for part in element:
        said.append("\n" if part.tag == "lb" else "".join(part.itertext()))
        said.append(part.tail or "")
    return "".join(said)


def _paragraph(said: str, body: Mending) -> None:
    for line in said.split("\n"):
        if line := _one_line(line):
            body.paragraph(Line(line))


def _one_line(said: object) -> str:
    return " ".join(tidy(str(said)).split()) if said else ""


def shown_lines(tree: HtmlElement) -> Iterator[tuple[str, str]]:
    """Everything a browser would show, one run of text at a time, with the name of the element it stands in."""
    words: list[str] = []
    tag = ""
    for event, element in _walk(tree):
        if not isinstance(element.tag, str) or element.tag not in _INLINE:
            if line := _one_line("".join(words)):
                yield tag, line
            words = []
            inside = element if event == "start" else element.getparent()
            tag = str(inside.tag) if inside is not None else ""
        text = element.text if event == "start" else element.tail
        words.append("" if event == "start" and element.tag in _UNSHOWN else text or "")
    if line := _one_line("".join(words)):
        yield tag, line


def _walk(tree: HtmlElement) -> Iterator[tuple[str, HtmlElement]]:
    from lxml import etree

    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        yield event, element
        if event == "start" and element.tag in _UNSHOWN:
            walker.skip_subtree()


def _left_out(everything: list[str], article: Article) -> Iterator[LeftOut]:
    kept = _BLANKS.sub("", "".join((article.title, article.text, article.byline, article.source)))
    for line in everything:
        if _BLANKS.sub("", line) not in kept:
            yield LeftOut(line, "outside the main text")
