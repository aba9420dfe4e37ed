"""The headline of a web page: what `<title>`, `og:title` and what is shown agree on, without the site's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

Shown = tuple[str, str]
"""The name of the element a line of text stands in, and the line."""

# 渡口复航_县报网, Ferry is back | The Post, 渡口复航 - 山城新闻 - 县报网
_SEPARATOR = re.compile(r"\s*(?:[_|｜»]+|\s[-–—·•:]+\s|--+|——|[-–—](?=[^_|-]{2,20}$)|\(|（|【|/)\s*")
_SEPARATORS = " _|｜»-–—·•:：（(【/"
_QUOTES = re.compile("[“”‘’＂\"']")
_HEADINGS = ("h1", "h2", "h3")
_DATE_LINE = re.compile(r"(?:发布)?(?:时间|日期)\s?[:：]\s*(?:19|20)\d\d")
_SECTION_CHARS = 6  # 新闻动态, 通知公告: names of sections, not headlines
_SECTION_COLUMNS = 24  # Bundespolizei - Aktuelles; 1 in 7 of the headlines in trafilatura's set is that short
_ORIGINAL = re.compile(r"^原创(?=.{6})")  # a mark that some sites set before the headline
_MIN_CHARS = 4
_MAX_CHARS = 120
_SITE_ENDS = re.compile(
    r"(?:网|網|网站|網站|频道|頻道|日报|日報|晚报|晚報|早报|晨报|周刊|时报|時報|新闻|新聞|在线|客户端|订阅|门户|官网|官方网站|论坛|社区|头条|资讯"
    r"|电视台|广播|平台|百家号|公众号|博客|专栏|信息港|热线|中心|大学|学院|公司|政府|委员会|\.com|\.cn|\.net|\.org|news|blog)$",
    re.IGNORECASE,
)


def web_title(named: str, stated: Sequence[str], lines: Sequence[Shown], site: str) -> str:
    """Find the headline.

    Args:
        named: what `<title>` says, on one line.
        stated: what metadata gives as the title, best first.
        lines: what is shown, in order.
        site: the site's name, or nothing.

    Returns:
        The headline on one line; empty if nothing says it.
    """
    said = [title for title in (named, *stated) if title]
    shown = [(tag, _ORIGINAL.sub("", line)) for tag, line in lines]
    shown = [(tag, line) for tag, line in shown if _MIN_CHARS <= len(line) <= _MAX_CHARS and _bare(line) != _bare(site)]
    above = _above_date(lines)
    alone = _alone([line for tag, line in shown if tag == "h1"], site)
    for title in said:
        agreed = [(tag, line) for tag, line in shown if _is_part(line, title)]
        for tags in (_HEADINGS[:1], _HEADINGS):
            if at_heading := [line for tag, line in agreed if tag in tags]:
                return max(at_heading, key=len)
        best = max((line for _, line in agreed), key=len, default="")
        if best and not _is_site(best, site) and (len(best) > _SECTION_CHARS or not above):
            return _longer(alone, best)
    headings = [line for tag, line in shown if tag == "h1"]
    cleaned = [without_site(title, site) for title in said]
    usable = [title for title in (*cleaned[1:], *cleaned[:1]) if title and not _is_site(title, site)]
    usable = [title for title in usable if len(title) > _SECTION_CHARS or not above]
    if usable and not (len(headings) == 1 and _overlap(headings[0], usable[0])):
        return _longer(alone, usable[0])
    if len(headings) == 1:
        return headings[0]
    below = [line for tag, line in shown if tag == "h2"]
    return next(iter((*usable, *([above] if above else []), *below, *cleaned)), "")


def _alone(headings: Sequence[str], site: str) -> str:
    """The one heading of a page, unless there are several or it names the site."""
    return headings[0] if len(set(headings)) == 1 and not _is_site(headings[0], site) else ""


def _longer(heading: str, title: str) -> str:
    """The page's one heading where `<title>` says no more than a section does."""
    return heading if _columns(title) <= _SECTION_COLUMNS and _columns(heading) > _columns(title) else title


def _columns(said: str) -> int:
    return sum(2 if char >= "\u2e80" else 1 for char in said)


def _above_date(lines: Sequence[Shown]) -> str:
    """The line above the one that says when and whence, where pages of offices have their headlines."""
    for (_, line), (_, below) in pairwise(lines):
        if _DATE_LINE.match(below):
            return line if _SECTION_CHARS < len(line) <= _MAX_CHARS else ""
    return ""


def without_site(title: str, site: str) -> str:
    """Take the names of site and section off the end of a title, and the site's off its beginning."""
    while True:
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts or cuts[-1].start() < _MIN_CHARS:
            break
        last = title[cuts[-1].end() :].strip(" )）】")
        if not last or not (_is_site(last, site) or (len(cuts) > 1 and cuts[-1].group().strip() in ("_", "|"))):
            break
        title = title[: cuts[-1].start()].rstrip()
    first = _SEPARATOR.search(title)
    if first and first.start() and site and _bare(title[: first.start()]) == _bare(site):
        title = title[first.end() :]
    return title


def _is_part(line: str, title: str) -> bool:
    """Whether a title is a line, or begins or ends with one up to a separator or a blank."""
    if _bare(line) == _bare(title):
        return True
    title, line = _quoted_alike(title), _quoted_alike(line)
    if title.startswith(line):
        return title[len(line)] in _SEPARATORS
    return title.endswith(line) and title[-len(line) - 1] in _SEPARATORS


def _quoted_alike(said: str) -> str:
    return _QUOTES.sub('"', said).lower()


def _is_site(said: str, site: str) -> bool:
    bare, name = _bare(said), _bare(site)
    if name and (bare == name or (len(bare) >= 2 and bare in name) or (name in bare and len(bare) < 2 * len(name))):
        return True
    return len(said) <= 20 and _SITE_ENDS.search(said) is not None


def _overlap(heading: str, title: str) -> bool:
    """Whether a heading says the title and more of it: metadata is cut at quotation marks."""
    return _bare(title) in _bare(heading)


def _bare(said: str) -> str:
    return re.sub(r"[\s.\"“”'‘’]+", "", said).lower()
