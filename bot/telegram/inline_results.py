"""Inline mode: `@bot question` in any chat gives cards with the answer and what it stands on."""

from __future__ import annotations

import asyncio

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from byline.bot.telegram.asking import refusal_of
from byline.bot.telegram.context import BotContext
from byline.bot.telegram.rendering import (
    MAX_WIDE_BUTTONS,
    answer_text,
    attribution,
    on_one_line,
    quotation,
    source_line,
    title_of,
)
from byline.bot.telegram.state import Shown
from byline.bot.telegram.styled_text import Styled, clip, join, plain, split
from byline.bot.telegram.words import Words, words_for
from byline.retrieval.answers.answer import Answer, Citation

STILL_TYPING_S = 0.4  # Telegram sends a query after each pause in typing; only one that stands this long is answered
CACHE_S = 60  # the index may change; Telegram's default is 300
MAX_CARD_QUOTE_CHARS = 700  # five quotes of this length and their sources fit one message
MAX_CARD_TITLE_COLUMNS = 60


class InlineResults:
    """The handler for inline queries."""

    def __init__(self, shared: BotContext) -> None:
        self._shared = shared
        self._latest: dict[int, int] = {}

    async def query(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer an inline query, unless the person has typed on meanwhile."""
        query = update.inline_query
        if query is None:
            return
        user_id = query.from_user.id
        words = words_for(query.from_user.language_code, query.query)
        self._latest[user_id] = update.update_id
        try:
            await asyncio.sleep(STILL_TYPING_S)
            if self._latest[user_id] != update.update_id:
                return
            question = query.query.strip()
            if refusal_of(question, words) is not None:
                cards, said = [], words.inline_empty
            else:
                answer = await self._shared.ask(question, Shown(user_id, private=False), half_typed=True)
                cards, said = answer_cards(answer, words, context.bot.username), words.inline_nothing
        finally:
            if self._latest.get(user_id) == update.update_id:
                del self._latest[user_id]
        button = None if cards else InlineQueryResultsButton(said, start_parameter="inline")
        try:
            await query.answer(cards, cache_time=CACHE_S, is_personal=True, button=button)
        except BadRequest as refused:
            if "query is too old" not in str(refused).lower():
                raise


def answer_cards(answer: Answer, words: Words, bot_name: str) -> list[InlineQueryResultArticle]:
    """Make a card of the whole answer, sure or unsure, and one of each quote where there are several; none of silence.

    Args:
        answer: what to show; its sources open in a private chat with the bot.
        words: the bot's words.
        bot_name: the bot's user name, for the links.
    """
    evidence = [citation for citation in answer.citations if citation.supports]
    if not evidence:
        return []
    whole = answer_text(answer, words, max_quote_chars=MAX_CARD_QUOTE_CHARS)
    cards = [_card(answer, whole, evidence, words, bot_name, card_id=answer.answer_id)]
    if len(evidence) > 1:
        for citation in evidence[:MAX_WIDE_BUTTONS]:
            quoted = join(
                (quotation(citation.quote, max_chars=MAX_CARD_QUOTE_CHARS), source_line(citation, words)), "\n"
            )
            cards.append(
                _card(answer, quoted, [citation], words, bot_name, card_id=f"{answer.answer_id}.{citation.number}")
            )
    return cards


def _card(
    answer: Answer, said: Styled, cited: list[Citation], words: Words, bot_name: str, *, card_id: str
) -> InlineQueryResultArticle:
    first = cited[0]
    asked = plain(words.inline_asked.format(question=on_one_line(answer.question)))
    message = split(join((asked, said), "\n\n"))[0]
    whole = card_id == answer.answer_id
    title = on_one_line(answer.short_answer if whole and answer.short_answer else first.quote)
    title = words.possibly.format(answer=title) if answer.is_unsure else title
    about = f"{title_of(first, words)} {attribution(first, words)}".rstrip()
    links = [
        [
            InlineKeyboardButton(
                words.inline_open.format(number=c.number),
                url=f"https://t.me/{bot_name}?start=s{c.number}_{answer.answer_id}",
            )
        ]
        for c in cited[:MAX_WIDE_BUTTONS]
    ]
    return InlineQueryResultArticle(
        id=card_id,
        title=clip(title, MAX_CARD_TITLE_COLUMNS) or words.untitled,
        input_message_content=InputTextMessageContent(message.text, entities=message.entities()),
        description=about,
        reply_markup=InlineKeyboardMarkup(links),
    )
