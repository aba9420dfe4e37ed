"""Feeds (`.rss .atom .xml`): every entry of RSS, RDF or Atom an article, the feed their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.formats.records import note_of, record_of
from byline.retrieval.articles.formats.xml_parts import local_name, xml_of
from byline.retrieval.errors import UnreadableFile

if TYPE_CHECKING:
    from lxml.etree import _Element

_ROOTS = frozenset(("rss", "rdf", "feed", "channel"))
# The longest of them is the text; the others say it shortened.
_TEXTS = ("encoded", "content", "description", "summary")
_NAMES = {
    "title": "title",
    "pubDate": "published",
    "published": "published",
    "updated": "published",
    "date": "published",
    "creator": "byline",
    "author": "byline",
    "source": "source",
}


def read_feed(content: bytes, *, path: str) -> Reading:
    """Read a feed; an entry without text is a fault with its number.

    Raises:
        UnreadableFile: it is XML of another kind, or holds no entry with text.
    """
    root = xml_of(content)
    kind = local_name(root).lower() if root is not None else ""
    if root is None or kind not in _ROOTS:
        said = f"its root is <{kind}>" if kind else "it does not parse"
        raise UnreadableFile(path, f"this XML is no feed of articles ({said}); RSS and Atom are read")
    site = _site(root)
    articles: list[Article] = []
    faults: list[str] = []
    entries = [each for each in root.iter() if local_name(each) in ("item", "entry")]
    for number, entry in enumerate(entries, 1):
        try:
            articles.append(record_of({"source": site} | _fields(entry), path=path).article)
        except ValueError:
            faults.append(f"entry {number}: no text in it")
    if not articles:
        raise UnreadableFile(path, faults[0] if faults else "the feed has no entries; nothing to index")
    return Reading(tuple(articles), faults=tuple(faults), notes=note_of(()))


def _fields(entry: _Element) -> dict[str, object]:
    fields: dict[str, object] = {}
    texts: list[str] = []
    for part in entry:
        name = local_name(part)
        if name == "link":
            fields.setdefault("url", part.get("href") or (part.text or "").strip())
        elif name in _TEXTS:
            texts.append(_text(part))
        elif name in _NAMES and (said := " ".join(_text(part).split())):
            fields.setdefault(_NAMES[name], said)
    # Not under the contract's own name, for there markup is taken to the letter.
    return fields | {"content": max(texts, key=len, default="")}


def _site(root: _Element) -> str:
    head = next((each for each in root if local_name(each) == "channel"), root)
    return " ".join("".join(each.text or "" for each in head if local_name(each) == "title").split())


def _text(part: _Element) -> str:
    """The words of an element, with markup where it stands in it as elements (Atom's xhtml)."""
    from lxml import etree

    if local_name(part) == "author":
        named = [each for each in part if local_name(each) == "name"]
        return "".join(named[0].itertext()) if named else "".join(part.itertext())
    if len(part):
        return "".join(etree.tostring(child, encoding="unicode") for child in part)
    return part.text or ""
