"""Who wrote a web page, when and for whom, as its `<meta>`, JSON-LD or visible head lines say; nothing is guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from byline.retrieval.articles.formats.web_titles import Shown, web_title
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
_TITLE_NAMES = ["og:title", "twitter:title", "articletitle", "dc.title", "dcterms.title"]
_SOURCE_LINE = re.compile(r"来源|來源|發布|发布|时间|時間|日期|source|published|posted", re.IGNORECASE)
_SOURCE_NAME = re.compile(r"(?:来源|來源|稿源)\s?[:：]\s*([^\s|｜，。;；:：]{2,20})")
_AUTHOR_LINE = re.compile(r"(?:^|[\s|｜])(?:作者|记者|記者|撰文|文)\s?[:：/／]\s?([^\s|｜，。;；:：]{2,30})")
_SOME_NAMES = r"[\u4e00-\u9fff·]{2,4}(?:[\s、，,]{1,2}[\u4e00-\u9fff·]{2,4}){0,4}"
# 澎湃新闻记者 段彦超 廖艳, a line of its own; （记者 唐霁）, in the opening
_REPORTER_LINE = re.compile(rf"^[\u4e00-\u9fff]{{0,8}}(?:记者|記者|通讯员)\s+({_SOME_NAMES})$")
_REPORTER_IN_TEXT = re.compile(r"[（(][\u4e00-\u9fff]{0,6}(?:记者|記者|通讯员)\s?([^）)\n]{2,40})[）)]")
_ROLE = re.compile(r"(?:见习|特约|本报|实习)?(?:记者|記者|通讯员|通訊員|实习生|摄影|文|图|报道|整合|摄)")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}|[\u4e00-\u9fff]{1,8}·[\u4e00-\u9fff·]{1,12}")
_ENGLISH_LINE = re.compile(r"^(?:Written\s)?[Bb]y:?\s+([A-Z][\w.'’-]+(?:\s+(?:[A-Z][\w.'’-]*|de|van|von)){1,3})$")
# 2019年11月25日 16:04:30: a date with a time of day, as only stamps have
_STAMP = re.compile(
    r"(?<!\d)(?:19|20)\d\d(?:\s?年\s?|[-/.])\d\d?(?:\s?月\s?|[-/.])\d\d?\s?日?[\s　T]*\d\d?[:：]\d\d(?!\d)"
)
# A date between white space or bars, with little else on the line.
_LONE_DATE = re.compile(r"(?:^|[\s|｜·:：])(?:19|20)\d\d(?:年|[-/.])\d\d?(?:月|[-/.])\d\d?日?(?:$|[\s|｜·])")
_LABELLED_DATE = re.compile(r"(?:时间|日期|時間|[Pp]ublished)\s?[:：]\s*(?:19|20)\d\d(?:年|[-/.])\d")
_HEAD_LINES = 60
_MAX_HEAD_LINE_CHARS = 100
_NEAR_BEFORE, _NEAR_AFTER = 4, 12
_OPENING_CHARS = 300
_MAX_NAME_CHARS = 80
# What stands where an author should: nobody, the site, a company, a right.
_NOBODY = re.compile(
    r"name|author|admin|administrator|editor|webmaster|user|guest|unknown|none|null|undefined|staff|redaktion|redaction"
    r"|网易|新浪|搜狐|腾讯|百度|凤凰|今日头条|未知|佚名|匿名|网络.{0,4}|本站|本网|原创|转载|编辑|小编|管理员|责任编辑|发布者?|记者|作者|来源|\W*\d[\d\W]*|\W*",
    re.IGNORECASE,
)
_INSTITUTION = re.compile(
    r"网$|網$|网站|網站|日报|晚报|早报|晨报|时报|周报|日報|频道|新闻|新聞|公司|集团|集團|客户端|订阅|版权|版權|电视台|通讯社|新华社|中心$|平台|百家号"
    r"|公众号|媒体|政府|大学|学院|委员会|出版|编辑部|报$|消息$|科技$|财经$|体育$|娱乐$|发布$|社$|©|\(c\)|https?:|www\.|\.(?:com|cn|net|org|de)\b|@|\b(?:gmbh|inc|ltd|llc|verlag|media|magazine|online)\b",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^(?:作者|记者|記者|撰文|文|[Bb]y|[Vv]on|[Aa]utor)\s?[:：]?\s+|^(?:作者|记者|記者)[:：]")
_EDITOR = re.compile(r"\s*(?:责任编辑|責任編輯|责编|编辑|編輯)[:：].*|\s+关注$")
_LATIN_NAME = re.compile(r"[A-ZÀ-Þ][\w.'’-]+(?:\s(?:[A-ZÀ-Þ][\w.'’-]*|de|van|von|der)){1,3}")
_STAFF = re.compile(
    r"redac|redak|editor|team|staff|agenc|letters|posts|beitr|article|artikel|said|www|mail|web|news|taboola"
    r"|super user|reports?\b",
    re.IGNORECASE,
)
_RIGHTS = re.compile(r"\s*(?:版权所有|版權所有|保留一切权利|©|\(c\)|copyright|all rights reserved).*", re.IGNORECASE)
_NO_SITE = re.compile(r"微信公众平台|微信公众号|本站.{0,4}|原创|转载|网络.{0,4}|互联网|未知")


@dataclass(frozen=True, slots=True)
class WebMetadata:
    """What a page says of itself; the date is as `dates.parse_date` gives it."""

    title: str
    author: str
    site: str
    url: str
    published: str | None


def metadata_of(tree: HtmlElement, lines: Sequence[Shown]) -> WebMetadata:
    """Collect a page's metadata.

    Args:
        tree: the page; it is not changed.
        lines: what a browser would show, from the top, each with the element it stands in.
    """
    import copy

    from trafilatura import extract_metadata

    # trafilatura drops every author of one word, as most Chinese names are, and estimates dates at length; so only
    # the address, the site and, where nothing else says it, title and author are taken from it.
    known = extract_metadata(copy.deepcopy(tree), extensive=False)
    linked = list(_linked_data(tree))
    site = site_name(_one_line(known.sitename))
    stated = [*_meta(tree, _TITLE_NAMES), *(str(data.get("headline") or "") for data in linked)]
    named = _one_line(next((title.text_content() for title in tree.iter("title")), ""))
    title = web_title(named, [*map(_one_line, stated), _one_line(known.title)], lines, site)
    said = [line for _, line in lines]
    near = [line for line in _near(said, title) if not _RIGHTS.fullmatch(line)]
    heads = [line for line in said[:_HEAD_LINES] if len(line) <= _MAX_HEAD_LINE_CHARS]
    source = next((found[1] for line in near if (found := _SOURCE_NAME.search(line))), "")
    return WebMetadata(
        title=title,
        author=_author(tree, linked, [*near, *heads], (site, source))
        or _latin_name(_one_line(known.author), (site, _one_line(known.hostname))),
        site=site or site_name(source),
        url=_one_line(known.url),
        published=_published(tree, linked, near, heads, said),
    )


def site_name(said: str) -> str:
    """A site's name without its claim to rights; nothing for the names of platforms that say nothing of the source."""
    name = _RIGHTS.sub("", said).strip()
    return "" if _NO_SITE.fullmatch(name) else name


def reporters_in(text: str) -> str:
    """Names given as `（记者 …）` in the opening of a text."""
    found = _REPORTER_IN_TEXT.search(text[:_OPENING_CHARS])
    words = re.split(r"[\s、，,/]+", found[1]) if found else []
    return " ".join(word for word in words if _NAME.fullmatch(word) and not _ROLE.fullmatch(word))


def _near(said: Sequence[str], title: str) -> list[str]:
    """The short lines around the headline: the last line that says it before running text begins."""
    bare = "".join(title.split())
    at = [index for index, line in enumerate(said) if bare and "".join(line.split()) == bare]
    near: list[str] = []
    for place in at:
        around = [*said[place + 1 : place + 1 + _NEAR_AFTER], *said[max(0, place - _NEAR_BEFORE) : place]]
        near += [line for line in around if len(line) <= _MAX_HEAD_LINE_CHARS]
    return near


def _author(
    tree: HtmlElement,
    linked: list[dict[str, object]],
    heads: Sequence[str],
    sites: tuple[str, str],
) -> str:
    candidates = [*_meta(tree, _AUTHOR_NAMES), *(_names(data.get("author")) for data in linked)]
    candidates += [found[1] for line in heads if (found := _AUTHOR_LINE.search(line))]
    candidates += [found[1] for line in heads if (found := _REPORTER_LINE.match(line) or _ENGLISH_LINE.match(line))]
    return next(filter(None, (_person(_one_line(name), sites) for name in candidates)), "")


def _person(said: str, sites: tuple[str, ...]) -> str:
    """The name if it may be someone's, else nothing."""
    name = _EDITOR.sub("", _LABEL.sub("", said)).strip(" ,;|/、，")
    if not name or len(name) > _MAX_NAME_CHARS or _NOBODY.fullmatch(name) or _INSTITUTION.search(name):
        return ""
    bare = _bare(name)
    return "" if any(site and (bare in _bare(site) or _bare(site) in bare) for site in sites) else name


def _bare(said: str) -> str:
    return re.sub(r"[\W_]+", "", said).lower()


def _latin_name(said: str, sites: tuple[str, ...]) -> str:
    """A name that stands on the page without a word on what it is: only if it looks like a person's."""
    name = _person(said, sites)
    return name if _LATIN_NAME.fullmatch(name) and not _STAFF.search(name) else ""


def _published(
    tree: HtmlElement,
    linked: list[dict[str, object]],
    near: Sequence[str],
    heads: Sequence[str],
    said: Sequence[str],
) -> str | None:
    candidates = [*_meta(tree, _DATE_NAMES), *(str(data.get("datePublished") or "") for data in linked)]
    candidates += [
        time.get("datetime") or ""
        for time in tree.iter("time")
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished"
    ]
    candidates += [line for line in near if _STAMP.search(line)]
    candidates += [line for line in near if _SOURCE_LINE.search(line) or _LONE_DATE.search(line)]
    candidates += [line for line in heads if _SOURCE_LINE.search(line) or _STAMP.search(line)]
    candidates += [line for line in said if len(line) <= _MAX_HEAD_LINE_CHARS and _LABELLED_DATE.search(line)]
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
