"""Which update goes to which handler, and what happens when one fails."""

from __future__ import annotations

import contextlib
import logging
import secrets
from typing import Any

from telegram import Message, Update
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TelegramError
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    TypeHandler,
    filters,
)

from byline.bot.telegram.adding import Adding
from byline.bot.telegram.admission import Admission
from byline.bot.telegram.asking import Asking
from byline.bot.telegram.browsing import Browsing
from byline.bot.telegram.commands import Commands
from byline.bot.telegram.context import BotContext
from byline.bot.telegram.inbox import PerUserOrder
from byline.bot.telegram.inline_results import InlineResults
from byline.bot.telegram.rendering import messages
from byline.bot.telegram.sending import Target, may_have_arrived, send
from byline.bot.telegram.styled_text import plain
from byline.bot.telegram.words import words_for
from byline.embeddings.errors import ModelUnavailable
from byline.retrieval.errors import IndexFault

log = logging.getLogger(__name__)

App = Application[Any, Any, Any, Any, Any, Any]


def add_handlers(application: App, shared: BotContext, order: PerUserOrder) -> None:
    """Tell the application who handles what; of the handlers for an update the first takes it."""
    adding = Adding(shared)
    asking = Asking(shared, adding)
    browsing = Browsing(shared, adding)
    commands = Commands(shared, browsing)
    admission = Admission(shared)
    application.add_handler(TypeHandler(Update, admission.gate), group=-1)  # before all others
    new, private = filters.UpdateType.MESSAGE, filters.ChatType.PRIVATE
    documents = filters.Document.ALL & new & (private | filters.CAPTION)
    words = (filters.TEXT | filters.CAPTION) & ~filters.COMMAND & ~filters.Document.ALL
    application.add_handlers(
        [
            CommandHandler("ask", asking.command, filters.UpdateType.MESSAGES),
            CommandHandler("new", asking.new, filters.UpdateType.MESSAGES),
            CommandHandler("start", commands.start, new),
            CommandHandler("help", commands.help, new),
            CommandHandler("status", commands.status, new),
            CommandHandler("people", admission.people, new),
            CommandHandler("sources", browsing.sources, new),
            MessageHandler(filters.COMMAND & new & private, commands.help),
            MessageHandler(documents, adding.document),
            MessageHandler(words & filters.UpdateType.MESSAGES, asking.message),
            MessageHandler(new & private & ~filters.StatusUpdate.ALL & ~filters.COMMAND, commands.not_text),
            CallbackQueryHandler(browsing.button),
            InlineQueryHandler(InlineResults(shared).query),
        ]
    )

    async def failed(update: object, context: ContextTypes.DEFAULT_TYPE) -> None:
        if isinstance(update, Update) and isinstance(context.error, Exception):
            await _report(update, context.error, context, order)
        else:
            log.error("outside any update: %s", context.error, exc_info=context.error)

    application.add_error_handler(failed)


async def _report(update: Update, error: Exception, context: ContextTypes.DEFAULT_TYPE, order: PerUserOrder) -> None:
    """Tell the person something they can use, and the log everything else."""
    if isinstance(error, Forbidden):
        log.info("update %d: the bot was blocked or removed (%s)", update.update_id, error)
        return
    if isinstance(error, NetworkError | RetryAfter) and not isinstance(error, BadRequest):
        log.warning("update %d: Telegram could not be reached (%s)", update.update_id, error)
        if not may_have_arrived(error):
            order.undelivered.add(update.update_id)
        return
    reference = secrets.token_hex(4)
    log.error("update %d failed, reference %s", update.update_id, reference, exc_info=error)
    message, person = update.effective_message, update.effective_user
    if not isinstance(message, Message):
        return
    words = words_for(person.language_code if person else None, message.text or "")
    unreachable = isinstance(error, IndexFault | ModelUnavailable)
    said = words.not_ready if unreachable else words.failed.format(reference=reference)
    with contextlib.suppress(TelegramError):
        await send(context.bot, Target.beside(message), messages(plain(said))[0])
