"""A `.txt` file, one article or a whole newspaper page, to its articles."""

from __future__ import annotations

import re
from dataclasses import replace

from byline.retrieval.articles.article import Article, Reading, content_id
from byline.retrieval.articles.layout.newspaper import articles_of_page, blocks_of_text
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.dates import date_on_page, published_of
from byline.retrieval.text.encoding import Decoded, NotTextError, decode

# The fullest newspaper page has under 1,000 lines. The page logic reads some 10,000 lines a second; what is longer than
# this is a book or a log.
MAX_PAGE_LINES = 20_000
_BLANK_LINES = re.compile(r"[^\S\n]*\n\s*")


def read_plain_text(content: bytes, *, path: str) -> Reading:
    """Read one text file.

    Raises:
        UnreadableFile: it is empty or no text.
    """
    decoded = decoded_file(content, path)
    if decoded.text.count("\n") > MAX_PAGE_LINES:
        reading = _one_article(decoded.text, path)
    else:
        reading = articles_of_page(blocks_of_text(decoded.text), path=path)
    reading = dated(reading, path)
    return replace(reading, faults=reading.faults + faults_of(decoded))


def _one_article(long_text: str, path: str) -> Reading:
    """Take a long text as it is, a line a paragraph."""
    text = _BLANK_LINES.sub("\n", long_text).strip()
    return Reading((Article(content_id("", "", text), "", text, path=path),))


def decoded_file(content: bytes, path: str) -> Decoded:
    """Decode a file whole.

    Raises:
        UnreadableFile: it is empty, blank or no text.
    """
    try:
        decoded = decode(content)
    except NotTextError as error:
        raise UnreadableFile(path, f"this is not text ({error}); save it as UTF-8") from error
    if not decoded.text.strip():
        raise UnreadableFile(path, "the file is empty; nothing to index")
    return decoded


def faults_of(decoded: Decoded) -> tuple[str, ...]:
    """Say how many characters were lost to bad bytes; nothing if none."""
    if not decoded.replaced:
        return ()
    return (f"{decoded.replaced} characters are not valid {decoded.encoding} and were replaced by \ufffd",)


def dated(reading: Reading, path: str, *, metadata: object = None) -> Reading:
    """Give every article that has no date yet the one its file's metadata, its path, its dateline or its page says."""
    articles = []
    page = date_on_page(left_out.text for left_out in reading.left_out)
    for article in reading.articles:
        found = None if article.published else published_of(metadata, article.text, path, page=page)
        dated_ = replace(article, published=found.iso, published_from=found.published_from) if found else article
        articles.append(dated_)
    return replace(reading, articles=tuple(articles))
