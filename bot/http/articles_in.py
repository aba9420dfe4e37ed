"""Articles sent as JSON, from bytes to articles: in a thread, and within bounds that are looked at first.

Python's JSON parser holds the interpreter while it works, in whatever thread: what it is given must be short. At these
bounds it takes some 15 ms (400,000 empty objects in 8 MiB), and the event loop goes on.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterable

from starlette.exceptions import HTTPException

from byline.bot.http.bodies import NewArticles
from byline.retrieval.articles.article import Article

MOST_BYTES = 8 * 1024 * 1024
MOST_PARTS = 400_000  # brackets, commas and colons
MOST_ARTICLES = 1000
MARKS = (b"{", b"[", b",", b":")
INSTEAD = "send them in parts, or as a file of JSON lines (.jsonl)"


async def body_within(pieces: AsyncIterable[bytes], most_bytes: int) -> bytes:
    """Collect a body.

    Raises:
        HTTPException: it is larger than `most_bytes` or `MOST_BYTES`.
    """
    most = min(most_bytes, MOST_BYTES)
    body = bytearray()
    async for piece in pieces:
        body += piece
        if len(body) > most:
            raise HTTPException(413, f"articles sent as JSON have at most {most / 1024 / 1024:g} MiB; {INSTEAD}")
    return bytes(body)


def articles_in(body: bytes, *, most_chars: int) -> list[Article]:
    """Read articles: one, a list, or `{"articles": […]}`.

    Raises:
        HTTPException: the body is not JSON (400), or holds too much (413).
        ValidationError: it is JSON of another kind.
    """
    if sum(body.count(mark) for mark in MARKS) > MOST_PARTS:
        raise HTTPException(413, f"the body has more than {MOST_PARTS:,} parts; {INSTEAD}")
    try:
        sent = NewArticles.listed(json.loads(body))
    except (ValueError, RecursionError) as fault:  # also a number of more digits than Python reads
        raise HTTPException(400, f"the body is not JSON: {fault}") from fault
    listed = sent.get("articles") if isinstance(sent, dict) else None
    if isinstance(listed, list) and len(listed) > MOST_ARTICLES:
        raise HTTPException(413, f"{len(listed):,} articles at once, at most {MOST_ARTICLES:,}; {INSTEAD}")
    articles = [one.article() for one in NewArticles.model_validate(sent).articles]
    chars = sum(len(article.text) for article in articles)
    if chars > most_chars:
        detail = f"{chars:,} characters of text at once, at most {most_chars:,} (BYLINE_MAX_UPLOAD_CHARS)"
        raise HTTPException(413, detail)
    return articles
