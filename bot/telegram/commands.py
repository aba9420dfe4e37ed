"""The commands that only tell: `/start`, `/help`, `/status`; and the menu of all of them."""

from __future__ import annotations

import logging

from telegram import Bot, BotCommand, Message, Update
from telegram.error import TelegramError
from telegram.ext import ContextTypes

from byline.bot.telegram.asking import asker_of, words_of
from byline.bot.telegram.browsing import Browsing
from byline.bot.telegram.context import BotContext
from byline.bot.telegram.rendering import messages
from byline.bot.telegram.sending import Target, send
from byline.bot.telegram.styled_text import Styled, join, plain
from byline.bot.telegram.words import CHINESE, ENGLISH, Words

log = logging.getLogger(__name__)


class Commands:
    """Handlers for commands without a question in them."""

    def __init__(self, shared: BotContext, browsing: Browsing) -> None:
        self._shared = shared
        self._browsing = browsing

    async def start(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Greet, or open the source that a deep link names."""
        message = update.message
        if message is None:
            return
        payload = context.args[0] if context.args else ""
        if not await self._browsing.deep_link(payload, message, context.bot):
            await _say(plain(words_of(message).start), message, context.bot)

    async def help(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say how everything works, and how to set the bot up in a group."""
        message = update.message
        if message is None:
            return
        words = words_of(message)
        listed = "\n".join(f"/{command} – {what}" for command, what in words.commands)
        text = words.help.format(bot=context.bot.username, commands=listed)
        if self._shared.may_add(asker_of(message)):
            text += words.help_adding
        await _say(plain(text), message, context.bot)

    async def status(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say what is indexed and whether all is well."""
        message = update.message
        if message is None:
            return
        status = await self._shared.read(self._shared.store.status)
        words = words_of(message)
        counted = words.status_articles.format(articles=f"{status.articles:,}", passages=f"{status.passages:,}")
        health = words.status_problem.format(problem=status.problem or "?")
        lines = (
            counted if status.articles else words.status_empty,
            words.status_model.format(model=status.model),
            words.status_healthy if status.healthy else health,
        )
        await _say(join(map(plain, lines), "\n"), message, context.bot)

    async def not_text(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Say in private that pictures, voice and the like are not understood."""
        if update.message is not None:
            await _say(plain(words_of(update.message).not_text), update.message, context.bot)


async def announce(bot: Bot) -> None:
    """Put the commands into Telegram's menu, in English and, for users of a Chinese Telegram, in Chinese."""
    try:
        await bot.set_my_commands(_menu(ENGLISH))
        await bot.set_my_commands(_menu(CHINESE), language_code="zh")
    except TelegramError as error:
        log.warning("the menu of commands was not set: %s", error)


def _menu(words: Words) -> list[BotCommand]:
    return [BotCommand(command, what) for command, what in words.commands]


async def _say(text: Styled, message: Message, bot: Bot) -> None:
    for outgoing in messages(text):
        await send(bot, Target.beside(message), outgoing)
