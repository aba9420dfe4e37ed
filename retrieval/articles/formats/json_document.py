"""A whole JSON document: an array of articles, one wrapped in something, one article, or an export of Telegram."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from byline.retrieval.articles.article import Article, LeftOut, Reading
from byline.retrieval.articles.formats.json_lines import BATCH_LINES, MAX_ARRAY_BYTES, said_of_json
from byline.retrieval.articles.formats.plain_text import decoded_file, faults_of
from byline.retrieval.articles.formats.records import dated_by_neighbours, has_text, note_of, record_of
from byline.retrieval.articles.formats.telegram_export import chats_in, read_chat
from byline.retrieval.errors import UnreadableFile

# {"data": {"list": […]}}: answers of web services wrap their lists this deep.
_MAX_DEPTH = 3
_TRIED = 5


def read_json(content: bytes, *, path: str) -> Iterator[Reading]:
    """Read a document, a `Reading` for some hundred articles or for a chat.

    An item that is no article becomes a fault with its number.

    Raises:
        UnreadableFile: it is no JSON, too large, or holds nothing like articles.
    """
    if len(content) > MAX_ARRAY_BYTES:
        raise UnreadableFile(path, f"more than {MAX_ARRAY_BYTES // 1_000_000} MB in one array; save it as JSON lines")
    decoded = decoded_file(content, path)
    try:
        loaded = json.loads(decoded.text, strict=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile(path, said_of_json(error)) from error
    if chats := chats_in(loaded):
        for chat in chats:
            yield read_chat(chat, path=path)
        return
    items = _items(loaded, 0)
    if items is None:
        raise UnreadableFile(path, "no articles in this JSON: no list of objects with a text, and no such object")
    faults = faults_of(decoded)
    for first in range(0, len(items), BATCH_LINES):
        yield _reading(items[first : first + BATCH_LINES], first, path, faults)
        faults = ()


def _reading(items: Sequence[object], first: int, path: str, faults: tuple[str, ...]) -> Reading:
    articles: list[Article] = []
    left_out: list[LeftOut] = []
    renamed: dict[tuple[str, str], None] = {}
    found_faults = list(faults)
    for number, item in enumerate(items, first + 1):
        try:
            record = record_of(item, path=path)
        except ValueError as error:
            found_faults.append(f"item {number}: {error}")
            continue
        articles.append(record.article)
        left_out.extend(record.left_out)
        renamed.update(dict.fromkeys(record.renamed))
    return Reading(dated_by_neighbours(articles), tuple(left_out), tuple(found_faults), note_of(renamed))


def _items(loaded: object, depth: int) -> Sequence[object] | None:
    """The list of articles in a document, or one article alone; None if there is neither."""
    if isinstance(loaded, list):
        return loaded if any(map(has_text, loaded[:_TRIED])) else None
    if not isinstance(loaded, Mapping):
        return None
    lists = [value for value in loaded.values() if isinstance(value, list) and any(map(has_text, value[:_TRIED]))]
    if lists:
        return max(lists, key=len)
    if has_text(loaded):
        return [loaded]
    if depth < _MAX_DEPTH:
        inner = (_items(value, depth + 1) for value in loaded.values() if isinstance(value, Mapping))
        return next((items for items in inner if items is not None), None)
    return None
