"""Buttons, deep links and the list of articles: opening sources, leafing, feedback, taking back."""

from __future__ import annotations

import contextlib
import json
import re
from dataclasses import dataclass

from telegram import Bot, CallbackQuery, InlineKeyboardButton, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest
from telegram.ext import ContextTypes

from byline.bot.telegram.adding import Adding
from byline.bot.telegram.asking import asker_of, place_of, words_of
from byline.bot.telegram.context import BotContext, Talk
from byline.bot.telegram.rendering import (
    Outgoing,
    answer_messages,
    attribution,
    messages,
    nearest_messages,
    title_of,
)
from byline.bot.telegram.sending import Target, edit, send
from byline.bot.telegram.sources import article_message, missing_message, source_message, stands
from byline.bot.telegram.state import Shown
from byline.bot.telegram.styled_text import join, plain
from byline.bot.telegram.words import Words, words_for
from byline.retrieval.answers.answer import Answer
from byline.retrieval.articles.article import Article
from byline.retrieval.errors import NotFound

ARTICLES_PER_PAGE = 8
NUMBERS_PER_ROW = 4
MAX_QUERY_CHARS = 100
MAX_NOTICE_CHARS = 200  # Telegram's limit for the notice a button brings
DEEP_LINK = re.compile(r"s(\d{1,3})_([A-Za-z0-9_-]{1,22})")


@dataclass(frozen=True, slots=True)
class Reaction:
    """What pressing a button brings: a short notice, messages, or both; `in_place` changes the message pressed."""

    notice: str | None = None
    outgoing: tuple[Outgoing, ...] = ()
    in_place: bool = False


class Browsing:
    """Handlers for everything that is looked up rather than answered."""

    def __init__(self, shared: BotContext, adding: Adding) -> None:
        self._shared = shared
        self._adding = adding

    async def button(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """React to a button, however old; the answer log and the state know what it stands for."""
        query = update.callback_query
        if query is None:
            return
        words = words_for(query.from_user.language_code)
        reaction = Reaction(words.old_button)
        try:
            data = (query.data or "").split(":")
            asking = await self._asking(data, query, words)
            reaction = asking or await self._react(data, query.from_user.id, words)
        finally:
            with contextlib.suppress(BadRequest):  # pressed too long ago for a notice; the messages still come
                await query.answer(reaction.notice)
        await _show(reaction, query, context.bot)

    async def deep_link(self, payload: str, message: Message, bot: Bot) -> bool:
        """Open the source that `t.me/bot?start=payload` names; False if it names none."""
        link = DEEP_LINK.fullmatch(payload)
        if link is None:
            return False
        reaction = await self._source(link[2], link[1], asker_of(message), words_of(message))
        for outgoing in reaction.outgoing or messages(plain(reaction.notice or "")):
            await send(bot, Target.beside(message), outgoing)
        return True

    async def sources(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/sources` lists the articles, newest first; `/sources words` those with the words in them."""
        message = update.effective_message
        if message is None:
            return
        query = " ".join(context.args or ())[:MAX_QUERY_CHARS]
        outgoing = await self._list_page(query, None, 1, "", words_of(message))
        await send(context.bot, Target.beside(message), outgoing)

    async def _react(self, data: list[str], user_id: int, words: Words) -> Reaction:
        match data:
            case ["s", answer_id, number]:
                return await self._source(answer_id, number, user_id, words)
            case ["v", answer_id, number, piece]:
                return await self._source(answer_id, number, user_id, words, piece=piece)
            case ["n", answer_id]:
                answer = await self._answer(answer_id, user_id, words)
                return (
                    Reaction(answer)
                    if isinstance(answer, str)
                    else Reaction(None, tuple(nearest_messages(answer, words)))
                )
            case ["t", answer_id]:
                return await self._otherwise(answer_id, user_id, words)
            case ["f", answer_id, useful]:
                return await self._feedback(answer_id, useful == "1", user_id, words)
            case ["o" | "a" as how, handle, *piece]:
                return await self._article(handle, piece, words, in_place=how == "a")
            case ["l", handle]:
                return await self._turned_to(handle, words)
            case ["u", addition_id]:
                done = await self._adding.take_back(addition_id, user_id, words)
                if isinstance(done, str):
                    return Reaction(done)
                return Reaction(None, tuple(messages(plain(words.taken_back.format(count=done)))), in_place=True)
        return Reaction(words.old_button)

    async def _asking(self, data: list[str], query: CallbackQuery, words: Words) -> Reaction | None:
        """Ask the question a button stands for, as whoever pressed it; None for every other button.

        What was read in the light of earlier questions is asked as it stands, for its asker within the conversation.
        """
        message = query.message
        if data[0] not in ("q", "w") or len(data) != 2 or not isinstance(message, Message):
            return None
        if data[0] == "w":
            answer = await self._answer(data[1], query.from_user.id, words)
            if isinstance(answer, str):
                return Reaction(answer)
            question: str | None = answer.question
        else:
            question = self._shared.state.stands_for(data[1])
        if question is None:
            return Reaction(words.old_button)
        shown = Shown(query.from_user.id, private=message.chat.type == ChatType.PRIVATE)
        talk = Talk(place_of(message), as_asked=data[0] == "w")
        given = await self._shared.converse(question, shown, talk)
        told = answer_messages(given, words, self._shared.state.handle)
        return Reaction(question[:MAX_NOTICE_CHARS] if data[0] == "q" else None, tuple(told))

    async def _answer(self, answer_id: str, user_id: int, words: Words) -> Answer | str:
        """The answer behind a button, or why this user does not get it."""
        shown = self._shared.state.shown(answer_id)
        if shown is not None and shown.private and shown.user_id != user_id:
            return words.not_yours
        try:
            if shown is not None:
                return await self._shared.read(lambda: self._shared.answer_log.answer(answer_id))
        except NotFound:
            pass
        return words.answer_gone

    async def _otherwise(self, answer_id: str, user_id: int, words: Words) -> Reaction:
        """Ask for the other reading of a question's time."""
        answer = await self._answer(answer_id, user_id, words)
        if isinstance(answer, str):
            return Reaction(answer)
        shown = self._shared.state.shown(answer_id)
        if shown is None or answer.understood is None or not answer.understood.otherwise:
            return Reaction(words.old_button)
        again = await self._shared.ask(answer.understood.otherwise, Shown(user_id, private=shown.private))
        return Reaction(None, tuple(answer_messages(again, words)))

    async def _source(
        self, answer_id: str, number: str, user_id: int, words: Words, *, piece: str | None = None
    ) -> Reaction:
        answer = await self._answer(answer_id, user_id, words)
        if isinstance(answer, str):
            return Reaction(answer)
        citation = next((c for c in answer.citations if str(c.number) == number), None)
        if citation is None:
            return Reaction(words.old_button)
        article = await self._stored(citation.article_id)
        public_url = self._shared.public_url
        if article is None or not stands(article, citation):
            missing = missing_message(citation, words, changed=article is not None, public_url=public_url)
            return Reaction(None, tuple(missing), in_place=piece is not None)
        at = int(piece) if piece is not None and piece.isdecimal() else None
        view = source_message(article, citation, words, answer_id=answer_id, piece=at, public_url=public_url)
        return Reaction(None, (view,), in_place=piece is not None)

    async def _feedback(self, answer_id: str, useful: bool, user_id: int, words: Words) -> Reaction:
        answer = await self._answer(answer_id, user_id, words)
        if isinstance(answer, str):
            return Reaction(answer)
        await self._shared.read(lambda: self._shared.answer_log.feedback(answer_id, useful, asker=str(user_id)))
        return Reaction(words.thanks_useful if useful else words.thanks_not_useful)

    async def _article(self, handle: str, piece: list[str], words: Words, *, in_place: bool) -> Reaction:
        article_id = self._shared.state.stands_for(handle)
        article = await self._stored(article_id) if article_id is not None else None
        if article is None:
            return Reaction(words.source_gone)
        at = int(piece[0]) if piece and piece[0].isdecimal() else 0
        view = article_message(article, words, handle=handle, piece=at, public_url=self._shared.public_url)
        return Reaction(None, (view,), in_place)

    async def _turned_to(self, handle: str, words: Words) -> Reaction:
        page = self._shared.state.stands_for(handle)
        if page is None:
            return Reaction(words.old_button)
        query, cursor, first, before = json.loads(page)
        return Reaction(None, (await self._list_page(query, cursor, first, before, words),), in_place=True)

    async def _list_page(self, query: str, cursor: str | None, first: int, before: str, words: Words) -> Outgoing:
        """One page of the article list.

        Args:
            query: what must stand in the articles; empty for all.
            cursor: as the store gave it, None for the first page.
            first: number of the first article on the page, from 1.
            before: handle of the page before, empty on the first.
            words: the bot's words.
        """
        store = self._shared.store
        page = await self._shared.read(lambda: store.articles(limit=ARTICLES_PER_PAGE, cursor=cursor, query=query))
        if not page.articles:
            empty = words.sources_none_matching.format(query=query) if query else words.sources_none
            return messages(plain(empty))[0]
        here = self._shared.state.handle(json.dumps([query, cursor, first, before]))
        last = first + len(page.articles) - 1
        heading = (words.sources_matching if query else words.sources_heading).format(
            query=query, numbers=f"{first}–{last}" if last > first else first, total=page.total
        )
        numbered = list(enumerate(page.articles, start=first))
        lines = (plain(f"{n}. {title_of(a, words)} {attribution(a, words)}".rstrip()) for n, a in numbered)
        buttons = [
            InlineKeyboardButton(str(n), callback_data=f"o:{self._shared.state.handle(article.id)}")
            for n, article in numbered
        ]
        rows = [buttons[at : at + NUMBERS_PER_ROW] for at in range(0, len(buttons), NUMBERS_PER_ROW)]
        leaf = [InlineKeyboardButton(words.newer, callback_data=f"l:{before}")] if before else []
        if page.cursor is not None:
            after = self._shared.state.handle(json.dumps([query, page.cursor, last + 1, here]))
            leaf.append(InlineKeyboardButton(words.older, callback_data=f"l:{after}"))
        return messages(join((plain(heading), join(lines, "\n")), "\n\n"), [*rows, leaf] if leaf else rows)[0]

    async def _stored(self, article_id: str) -> Article | None:
        try:
            return await self._shared.read(lambda: self._shared.store.article(article_id))
        except NotFound:
            return None


async def _show(reaction: Reaction, query: CallbackQuery, bot: Bot) -> None:
    """Send what a button brings, under the message it belongs to, or into it."""
    pressed = query.message
    if pressed is None:
        return
    topic = pressed.message_thread_id if isinstance(pressed, Message) and pressed.is_topic_message else None
    target = Target(pressed.chat.id, topic, pressed.message_id)
    for number, outgoing in enumerate(reaction.outgoing):
        in_place = reaction.in_place and number == 0
        if in_place and await edit(bot, pressed.chat.id, pressed.message_id, outgoing):
            continue
        await send(bot, target if number == 0 else Target(target.chat_id, topic), outgoing)
