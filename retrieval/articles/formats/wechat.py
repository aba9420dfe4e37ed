"""Articles saved from WeChat (mp.weixin.qq.com): where title, account, author, date and text stand on their pages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from byline.retrieval.articles.formats.web_metadata import WebMetadata
from byline.retrieval.text.dates import parse_date
from byline.retrieval.text.encoding import tidy

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CHINA = timezone(timedelta(hours=8))
# var ct = "1566547200"; the time of publishing in seconds, which a script turns into the line shown
_SECONDS = re.compile(r"\bct\s*=\s*[\"'](\d{10})[\"']")
_WRITTEN = re.compile(r"\bcreateTime\s*=\s*[\"']((?:19|20)\d\d-\d\d-\d\d)")
_TITLE_IN_SCRIPT = re.compile(r"\bmsg_title\s*=\s*[\"'](.{1,200}?)[\"']\s*(?:\.html|;)")


def wechat_content(tree: HtmlElement) -> HtmlElement | None:
    """The element that holds the text, if this is such a page and it holds any."""
    content = tree.get_element_by_id("js_content", None)
    return content if content is not None and content.text_content().strip() else None


def wechat_metadata(tree: HtmlElement) -> WebMetadata | None:
    """What the page says of the article; None for any other page."""
    if wechat_content(tree) is None:
        return None
    scripts = "\n".join(script.text or "" for script in tree.iter("script"))
    stated = {meta.get("property") or meta.get("name") or "": meta.get("content") or "" for meta in tree.iter("meta")}
    in_script = _TITLE_IN_SCRIPT.search(scripts)
    title = _text(tree, "activity-name") or stated.get("og:title", "") or (in_script[1] if in_script else "")
    account = _text(tree, "js_name")
    author = _text(tree, "js_author_name") or stated.get("author", "") or stated.get("og:article:author", "")
    return WebMetadata(
        title=_one_line(title),
        author="" if author == account else _one_line(author),
        site=account,
        url=_one_line(stated.get("og:url", "")),
        published=_published(tree, scripts),
    )


def _published(tree: HtmlElement, scripts: str) -> str | None:
    if seconds := _SECONDS.search(scripts):
        return datetime.fromtimestamp(int(seconds[1]), UTC).astimezone(_CHINA).date().isoformat()
    written = _WRITTEN.search(scripts)
    return written[1] if written else parse_date(_text(tree, "publish_time"))


def _text(tree: HtmlElement, name: str) -> str:
    element = tree.get_element_by_id(name, None)
    return _one_line(element.text_content()) if element is not None else ""


def _one_line(said: str) -> str:
    return " ".join(tidy(said).split())
