"""Articles handed in by message: files and pasted text, indexed at once, with a button to take them back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from telegram import Bot, Document, InlineKeyboardButton, Message, Update
from telegram.constants import ChatType, FileSizeLimit
from telegram.ext import ContextTypes

from byline.bot.telegram.context import BotContext
from byline.bot.telegram.rendering import Outgoing, attribution, messages, on_one_line, title_of
from byline.bot.telegram.sending import Target, send, typing
from byline.bot.telegram.styled_text import Styled, join, plain
from byline.bot.telegram.words import Words, words_for
from byline.bot.uploads import Added
from byline.retrieval.articles.article import Article
from byline.retrieval.errors import IndexFault
from byline.retrieval.text.cut_messages import is_cut, joined

log = logging.getLogger(__name__)

MIN_PARAGRAPHS = 2
MIN_ARTICLE_CHARS = 60  # questions people type are shorter; 99% of the dev sets' are
TOGETHER = timedelta(seconds=5)  # the pieces of a cut text are sent at once; nobody types a question so soon after
MAX_LISTED = 10
MAX_FAULTS = 5


@dataclass(frozen=True, slots=True)
class _Begun:
    """A text that was cut, as far as it has come: its first and last message, and when that one was sent."""

    text: str
    message_id: int
    last_id: int
    at: datetime


class Adding:
    """Handlers for what people hand in."""

    def __init__(self, shared: BotContext) -> None:
        self._shared = shared
        self._begun: dict[int, _Begun] = {}  # by user: a text that may go on in the next message

    def takes(self, message: Message) -> bool:
        """Whether a private message is a text to be added: several paragraphs, no question, from someone who may.

        What follows a message that Telegram cut off is the rest of it, whatever it looks like.
        """
        user, text = message.from_user, message.text or ""
        if user is None or not self._shared.may_add(user.id):
            return False
        return looks_like_article(text) or is_cut(text) or self._goes_on(message)

    async def text(self, message: Message, bot: Bot) -> None:
        """Index the text of a message, joined to what came before if Telegram cut it there."""
        text, first = message.text or "", message.message_id
        begun = self._begun.get(message.from_user.id) if message.from_user else None
        if begun is not None and self._goes_on(message):
            text, first = joined(begun.text, text), begun.message_id
        if message.from_user is not None:
            self._begun.pop(message.from_user.id, None)
            if is_cut(message.text or ""):
                self._begun[message.from_user.id] = _Begun(text, first, message.message_id, message.date)
        await self._add(message, bot, f"telegram-{first}.txt", text.encode("utf-8", "replace"), first=first)

    def _goes_on(self, message: Message) -> bool:
        """Whether a message is the next piece of a text that was cut."""
        begun = self._begun.get(message.from_user.id) if message.from_user else None
        if begun is None or message.edit_date is not None or message.message_id <= begun.last_id:
            return False
        return message.date - begun.at <= TOGETHER

    async def document(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Index a file that somebody sent in private."""
        message = update.message
        if message is None or message.document is None or message.from_user is None:
            return
        words = _words(message)
        refusal = self._refusal(message, message.document, words)
        if refusal:
            await send(context.bot, Target.beside(message), messages(plain(refusal))[0])
            return
        async with typing(context.bot, Target.beside(message)):
            file = await message.document.get_file()
            content = bytes(await file.download_as_bytearray())
        if not content:
            await send(context.bot, Target.beside(message), messages(plain(words.adding_empty))[0])
            return
        await self._add(message, context.bot, message.document.file_name or "telegram.txt", content)

    async def take_back(self, addition_id: str, user_id: int, words: Words) -> str | int:
        """Remove what was added; gives how many articles, or why not, in the bot's words."""
        addition = self._shared.state.addition(addition_id)
        if addition is None:
            return words.old_button
        if addition.user_id != user_id:
            return words.take_back_not_yours
        if addition.taken_back:
            return words.taken_back_before
        removed = await self._shared.read(lambda: self._shared.store.remove(addition.article_ids))
        self._shared.state.take_back(addition_id)
        return len(removed)

    def _refusal(self, message: Message, document: Document, words: Words) -> str | None:
        if message.chat.type != ChatType.PRIVATE:
            return words.adding_in_private
        if message.from_user is None or not self._shared.may_add(message.from_user.id):
            return words.adding_not_allowed.format(user=message.from_user.id if message.from_user else "?")
        limit = min(int(FileSizeLimit.FILESIZE_DOWNLOAD), self._shared.settings.max_upload_bytes)
        if (document.file_size or 0) > limit:
            return words.adding_too_large.format(size_mb=(document.file_size or 0) / 1e6, max_mb=limit / 1e6)
        return None

    async def _add(self, message: Message, bot: Bot, name: str, content: bytes, *, first: int | None = None) -> None:
        uploads, user = self._shared.uploads, message.from_user
        if uploads is None or user is None:
            return
        words, target = _words(message), Target.beside(message)
        try:
            async with typing(bot, target):
                added = await self._shared.work(lambda: uploads.add_file(name, content))
        except IndexFault as fault:
            log.warning("%s, sent by %d, was not indexed: %s", name, user.id, fault)
            await send(bot, target, messages(plain(words.not_ready))[0])
            return
        addition_id = f"{message.chat_id}.{first or message.message_id}"
        added = await self._in_place_of_earlier(addition_id, added)
        if added.new:
            self._shared.state.add(addition_id, user.id, sorted(added.new))
        for outgoing in added_messages(added, words, addition_id=addition_id):
            await send(bot, target, outgoing)

    async def _in_place_of_earlier(self, addition_id: str, added: Added) -> Added:
        """Let go of what the same message, before it was edited, had added and says no more."""
        earlier = self._shared.state.addition(addition_id)
        if earlier is None or earlier.taken_back:
            return added
        before, now = frozenset(earlier.article_ids), frozenset(article.id for article in added.articles)
        await self._shared.read(lambda: self._shared.store.remove(sorted(before - now)))
        return replace(added, new=added.new | (before & now))


def looks_like_article(text: str) -> bool:
    """Whether a message is a text of several paragraphs rather than a question."""
    paragraphs = [line for line in text.splitlines() if line.strip()]
    asks = text.rstrip().endswith(("?", "？"))
    return len(paragraphs) >= MIN_PARAGRAPHS and len(text) >= MIN_ARTICLE_CHARS and not asks


def added_messages(added: Added, words: Words, *, addition_id: str) -> list[Outgoing]:
    """Say what was found in a file, with a button to take it back if anything of it is new."""
    new = [article for article in added.articles if article.id in added.new]
    parts = []
    if new:
        parts.append(_listed(words.added.format(count=len(new)), new, words))
    elif added.articles:
        parts.append(_listed(words.added_nothing_new, added.articles, words))
    elif len(added.faults) == 1:
        parts.append(plain(words.adding_unreadable.format(reason=on_one_line(added.faults[0]))))
    else:
        parts.append(plain(words.added_nothing))
    if added.notes and added.articles:
        parts.append(join([plain(f"· {on_one_line(note)}") for note in added.notes[:MAX_FAULTS]], "\n"))
    if added.faults and (added.articles or len(added.faults) > 1):
        faults = (plain(f"· {on_one_line(fault)}") for fault in added.faults[:MAX_FAULTS])
        parts.append(join((plain(words.added_faults), *faults), "\n"))
    rows = [[InlineKeyboardButton(words.take_back, callback_data=f"u:{addition_id}")]] if new else []
    return messages(join(parts, "\n\n"), rows)


def _listed(heading: str, articles: Sequence[Article], words: Words) -> Styled:
    lines = [plain(f"· {title_of(article, words)} {attribution(article, words)}".rstrip()) for article in articles]
    more = len(lines) - MAX_LISTED
    rest = [plain(words.added_more.format(count=more))] if more > 0 else []
    return join((plain(heading), *lines[:MAX_LISTED], *rest), "\n")


def _words(message: Message) -> Words:
    return words_for(message.from_user.language_code if message.from_user else None, message.text or "")
