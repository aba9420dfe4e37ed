"""The paragraph around a quote, with the quote marked, and the paragraphs before and after it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote as quote_path

from telegram import InlineKeyboardButton
from telegram.constants import MessageEntityType

from byline.bot.telegram.rendering import Outgoing, attribution, messages, quotation, source_line, title_of
from byline.bot.telegram.styled_text import Styled, bold, break_before, is_blank, join, plain
from byline.bot.telegram.words import Words
from byline.retrieval.answers.answer import Citation
from byline.retrieval.articles.article import Article

Span = tuple[int, int]
# A paragraph beyond this is leafed through in parts: at two UTF-16 units a character it still fits a message
# of 4,096 with the title above it.
MAX_PIECE_CHARS = 1200
MAX_URL_CHARS = 2000  # Telegram refuses links of more than about 2,048, and with them the message


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an article a reader is: which paragraphs are shown, of how many.

    Attributes:
        first: number of the first paragraph shown, from 0.
        last: number of the last.
        count: how many the article has.
        callback: what a button to paragraph `k` sends is `{callback}:{k}`.
        home: whether these are the paragraphs of the quote.
        url: address of the article's page, or empty.
    """

    first: int
    last: int
    count: int
    callback: str
    home: bool
    url: str


def pieces(text: str) -> list[Span]:
    """Spans of the paragraphs of an article's text, very long ones in parts; lines with nothing to see are left out."""
    spans = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        while start < line.end():
            limit = start + MAX_PIECE_CHARS
            end = line.end() if limit >= line.end() else break_before(text, start, limit)
            if not is_blank(text[start:end]):
                spans.append((start, end))
            start = end
    return spans


def stands(article: Article, citation: Citation) -> bool:
    """Whether the quote is still where it was."""
    return article.text[citation.start : citation.end] == citation.quote


def source_message(
    article: Article,
    citation: Citation,
    words: Words,
    *,
    answer_id: str,
    piece: int | None = None,
    public_url: str = "",
) -> Outgoing:
    """Show the paragraph with the quote, or another one of the same article.

    Args:
        article: the article cited; the quote must stand in it (`stands`).
        citation: what is marked.
        words: the bot's words.
        answer_id: the answer the citation belongs to.
        piece: the paragraph to show, from 0; by default those with the quote.
        public_url: what the link to the page starts with; no link without it.
    """
    spans = pieces(article.text)
    quote = (citation.start, citation.end)
    first, last = _around(spans, quote) if piece is None else (min(piece, len(spans) - 1),) * 2
    home = _around(spans, quote)[0] <= first and last <= _around(spans, quote)[1]
    url = page_url(article.id, public_url, f"?start={citation.start}&end={citation.end}")
    place = Place(first, last, len(spans), f"v:{answer_id}:{citation.number}", home, url)
    warning = plain("") if citation.supports else plain(words.nearest_heading).marked(MessageEntityType.ITALIC)
    return _view(article, spans, place, words, quote=quote, warning=warning)


def article_message(article: Article, words: Words, *, handle: str, piece: int = 0, public_url: str = "") -> Outgoing:
    """Show one paragraph of an article nobody quoted; `handle` stands for its id in the buttons."""
    spans = pieces(article.text)
    at = max(0, min(piece, len(spans) - 1))
    place = Place(at, at, len(spans), f"a:{handle}", True, page_url(article.id, public_url))
    return _view(article, spans, place, words, quote=(0, 0), warning=Styled())


def missing_message(citation: Citation, words: Words, *, changed: bool, public_url: str = "") -> list[Outgoing]:
    """Say that a source changed or is gone, with what was quoted from it."""
    said = plain(words.source_changed if changed else words.source_gone)
    quoted = join((plain(words.it_was_quoted), quotation(citation.quote), source_line(citation, words)), "\n")
    url = page_url(citation.article_id, public_url) if changed else ""
    return messages(join((said, quoted), "\n\n"), [[InlineKeyboardButton(words.open_page, url=url)]] if url else ())


def page_url(article_id: str, public_url: str, place: str = "") -> str:
    """Address of the page of an article; empty without a public URL, and if it were too long for Telegram."""
    url = f"{public_url}/articles/{quote_path(article_id, safe='', errors='replace')}{place}"
    return url if public_url and len(url) <= MAX_URL_CHARS else ""


def _around(spans: Sequence[Span], quote: Span) -> tuple[int, int]:
    """Numbers of the first and last paragraph with the quote in them that fit one message."""
    inside = [n for n, (start, end) in enumerate(spans) if start < quote[1] and quote[0] < end]
    if not inside:
        return 0, 0
    fitting = [n for n in inside if spans[n][1] - spans[inside[0]][0] <= MAX_PIECE_CHARS]
    return inside[0], fitting[-1] if fitting else inside[0]


def _view(
    article: Article, spans: Sequence[Span], place: Place, words: Words, *, quote: Span, warning: Styled
) -> Outgoing:
    head = join((warning, bold(title_of(article, words)), plain(attribution(article, words))), "\n")
    shown = (_paragraph(article.text, spans[n], quote) for n in range(place.first, place.last + 1) if spans)
    where = words.paragraph_of.format(number=place.first + 1, count=place.count) if place.count else ""
    foot = plain(where).marked(MessageEntityType.ITALIC)
    text = join((head, join(shown, "\n"), foot), "\n\n")
    return messages(text, _leaf_rows(place, words))[0]


def _paragraph(text: str, span: Span, quote: Span) -> Styled:
    start, end = max(span[0], quote[0]), min(span[1], quote[1])
    paragraph = plain(text[span[0] : span[1]])
    return paragraph.marked(MessageEntityType.BOLD, start - span[0], end - span[0]) if start < end else paragraph


def _leaf_rows(place: Place, words: Words) -> list[list[InlineKeyboardButton]]:
    leaf = []
    if place.first > 0:
        leaf.append(InlineKeyboardButton(words.previous, callback_data=f"{place.callback}:{place.first - 1}"))
    if place.last + 1 < place.count:
        leaf.append(InlineKeyboardButton(words.next, callback_data=f"{place.callback}:{place.last + 1}"))
    back = [] if place.home else [InlineKeyboardButton(words.back_to_quote, callback_data=f"{place.callback}:q")]
    page = [InlineKeyboardButton(words.open_page, url=place.url)] if place.url else []
    return [row for row in (leaf, back, page) if row]
