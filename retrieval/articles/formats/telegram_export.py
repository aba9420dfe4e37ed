"""What Telegram Desktop exports (`result.json`): every post of a channel or message of a chat that is an article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from byline.retrieval.articles.article import Article, LeftOut, Reading
from byline.retrieval.articles.formats.plain_text import read_plain_text
from byline.retrieval.errors import UnreadableFile
from byline.retrieval.text.cut_messages import is_cut, joined
from byline.retrieval.text.dates import parse_date
from byline.retrieval.text.encoding import tidy

# As for what is sent to the bot: shorter messages are talk.
MIN_ARTICLE_CHARS = 60
# Pieces of one text come within seconds.
_TOGETHER_S = 60
_MOST_CHATS = 10_000


@dataclass(frozen=True, slots=True)
class _Post:
    """A message, or the pieces of one: who, when (ISO time and seconds), and what."""

    text: str
    author: str
    at: str
    seconds: int


def chats_in(loaded: object) -> list[Mapping[str, object]]:
    """The chats of an export, of one chat or of a whole account; none if it is no export."""
    if not isinstance(loaded, Mapping):
        return []
    if _is_chat(loaded):
        return [loaded]
    held = loaded.get("chats")
    listed = held.get("list") if isinstance(held, Mapping) else None
    return [chat for chat in listed[:_MOST_CHATS] if _is_chat(chat)] if isinstance(listed, list) else []


def read_chat(chat: Mapping[str, object], *, path: str) -> Reading:
    """Read one chat: messages that are articles, with the chat as their source; the others are left out."""
    name = _one_line(chat.get("name"))
    articles: list[Article] = []
    left_out: list[LeftOut] = []
    faults: list[str] = []
    for post in _joined(_posts(chat.get("messages"))):
        if len(post.text) < MIN_ARTICLE_CHARS:
            left_out.append(LeftOut(post.text, "short message"))
            continue
        try:
            reading = read_plain_text(post.text.encode("utf-8", "replace"), path=path)
        except UnreadableFile as fault:
            faults.append(f"message of {post.at}: {fault.reason}")
            continue
        left_out.extend(reading.left_out)
        articles += [_with_origin(article, post, name) for article in reading.articles]
    return Reading(tuple(articles), tuple(left_out), tuple(faults))


def _with_origin(article: Article, post: _Post, chat: str) -> Article:
    published = parse_date(post.at)
    author = article.byline or ("" if post.author == chat else post.author)
    return replace(
        article,
        byline=author,
        source=article.source or chat,
        published=article.published or published,
        published_from=article.published_from or ("given" if published else None),
        origin=(),
    )


def _is_chat(loaded: object) -> bool:
    return isinstance(loaded, Mapping) and isinstance(loaded.get("messages"), list) and "type" in loaded


def _posts(messages: object) -> Iterator[_Post]:
    for message in messages if isinstance(messages, list) else []:
        if not isinstance(message, Mapping) or message.get("type") != "message":
            continue
        text = tidy(_text(message.get("text"))).strip()
        if text:
            author = _one_line(message.get("forwarded_from") or message.get("author") or message.get("from"))
            seconds = message.get("date_unixtime")
            yield _Post(
                text,
                author,
                str(message.get("date") or ""),
                int(seconds) if isinstance(seconds, str | int) and str(seconds).isdecimal() else 0,
            )


def _joined(posts: Iterator[_Post]) -> Iterator[_Post]:
    """Put the pieces of a text that Telegram cut together again."""
    held: _Post | None = None
    for post in posts:
        if held is not None and is_cut(held.text) and post.author == held.author and _soon(held, post):
            held = replace(post, text=joined(held.text, post.text), at=held.at)
            continue
        if held is not None:
            yield held
        held = post
    if held is not None:
        yield held


def _soon(one: _Post, other: _Post) -> bool:
    return 0 <= other.seconds - one.seconds <= _TOGETHER_S if one.seconds and other.seconds else one.at == other.at


def _text(value: object) -> str:
    """The words of a message: a string, or a list of strings and of marked-up pieces."""
    if isinstance(value, str):
        return value
    if not isinstance(value, Sequence):
        return ""
    return "".join(part if isinstance(part, str) else _text(part.get("text")) for part in value if _is_piece(part))


def _is_piece(part: object) -> bool:
    return isinstance(part, str | Mapping)


def _one_line(said: object) -> str:
    return " ".join(tidy(said).split()) if isinstance(said, str) else ""
