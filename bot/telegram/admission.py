"""The bot's door: before any other handler sees an update, whether its sender may ask, and not too fast."""

from __future__ import annotations

import contextlib
import logging

from telegram import Bot, CallbackQuery, InlineKeyboardButton, InlineQueryResultsButton, Message, Update
from telegram.constants import ChatType
from telegram.error import BadRequest, TelegramError
from telegram.ext import ApplicationHandlerStop, ContextTypes

from byline.bot.rates import RateLimit
from byline.bot.telegram.admission_words import DoorWords, door_words
from byline.bot.telegram.asking import asker_of, question_in, words_of
from byline.bot.telegram.context import BotContext
from byline.bot.telegram.members import Members
from byline.bot.telegram.rendering import Outgoing, messages, on_one_line
from byline.bot.telegram.sending import Target, edit, send
from byline.bot.telegram.styled_text import join, plain
from byline.bot.telegram.words import words_for

log = logging.getLogger(__name__)

# Buttons and inline queries look things up, or follow each pause in typing: so many for each question allowed.
LOOKS_PER_QUESTION = 3
WISHES_PER_MINUTE = 1  # of one stranger; each is a message to the owner
MAX_NAME_CHARS = 60
MAX_NAMES = 1000
ASK_IN, LET_IN, NOT_IN, PUT_OUT = "j", "y", "x", "p"


class Admission:
    """Handlers that stand before the others, and the list of who may ask."""

    def __init__(self, shared: BotContext) -> None:
        self._shared = shared
        per_minute = shared.settings.telegram_per_minute
        self._questions = RateLimit(per_minute) if per_minute else None
        self._looks = RateLimit(per_minute * LOOKS_PER_QUESTION) if per_minute else None
        self._wishes = RateLimit(WISHES_PER_MINUTE)
        self._names: dict[int, str] = {}  # of those who wished to be let in, by id

    @property
    def _members(self) -> Members:
        return self._shared.members

    async def gate(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Pass an update on, or say why not.

        Raises:
            ApplicationHandlerStop: it goes no further.
        """
        message, query = update.effective_message, update.callback_query
        if query is not None:
            stop = await self._button(query, context.bot)
        elif update.inline_query is not None:
            stop = await self._inline(update)
        elif message is not None:
            stop = await self._message(message, context.bot)
        else:
            stop = True
        if stop:
            raise ApplicationHandlerStop

    async def people(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/people`: whom the owner let in, each with a button to take it back."""
        message = update.message
        if message is None or message.from_user is None or message.chat.type != ChatType.PRIVATE:
            return
        said = _door_of(message)
        if not self._members.may_add(message.from_user.id):
            await _say(said.only_owner, message, context.bot)
            return
        guests = [member for member in self._members.all() if member.role == "guest"]
        lines = [plain(said.people), *(plain(f"· {one.name} ({one.chat_id})") for one in guests)]
        rows = [
            [InlineKeyboardButton(f"{said.put_out}: {one.name}", callback_data=f"{PUT_OUT}:{one.chat_id}")]
            for one in guests
        ]
        text = join(lines, "\n") if guests else plain(said.people_none)
        for outgoing in messages(text, rows):
            await send(context.bot, Target.beside(message), outgoing)

    async def _message(self, message: Message, bot: Bot) -> bool:
        """Whether a message stops here."""
        if message.from_user is not None and await self._claimed(message, bot):
            return True
        said, person = _door_of(message), asker_of(message)
        meant = _is_meant(message, bot)
        if not self._members.may_ask(person, message.chat_id):
            if meant and not (self._questions and self._questions.wait_s(str(person))):
                await self._turn_away(message, said, bot)
            return True
        wait_s = self._questions.wait_s(str(person)) if meant and self._questions else 0
        if wait_s:
            await _say(said.too_fast.format(wait=wait_s), message, bot)
        return bool(wait_s)

    async def _claimed(self, message: Message, bot: Bot) -> bool:
        command, _, code = (message.text or "").partition(" ")
        user = message.from_user
        if message.chat.type != ChatType.PRIVATE or command != "/start" or not code or user is None:
            return False
        if not self._members.claim(code.strip(), user.id, _name(user.full_name)):
            return False
        log.warning("Telegram user %d opened the link and is the bot's owner now", user.id)
        await _say(_door_of(message).owner, message, bot)
        await _say(words_of(message).start, message, bot)
        return True

    async def _turn_away(self, message: Message, said: DoorWords, bot: Bot) -> None:
        if message.chat.type != ChatType.PRIVATE:
            self._remember(message.chat_id, message.chat.title or "")
            text = said.closed_group
            button = InlineKeyboardButton(said.let_group_in, callback_data=f"{LET_IN}:{message.chat_id}")
        else:
            text = said.closed.format(user=asker_of(message))
            button = InlineKeyboardButton(said.ask_in, callback_data=ASK_IN)
        asks = [[button]] if self._members.admins() else []
        await send(bot, Target.beside(message), messages(plain(text), asks)[0])

    async def _inline(self, update: Update) -> bool:
        query = update.inline_query
        assert query is not None
        if self._members.may_ask(query.from_user.id):
            return bool(self._looks and self._looks.wait_s(str(query.from_user.id)))
        said = door_words(words_for(query.from_user.language_code, query.query).language)
        button = InlineQueryResultsButton(said.closed_inline, start_parameter="inline")
        with contextlib.suppress(BadRequest):  # too old to be answered
            await query.answer([], cache_time=0, is_personal=True, button=button)
        return True

    async def _button(self, query: CallbackQuery, bot: Bot) -> bool:
        what, _, about = (query.data or "").partition(":")
        said = door_words(words_for(query.from_user.language_code).language)
        place = query.message.chat.id if query.message is not None else None
        notice = None
        if what == ASK_IN:
            notice = await self._bring_wish(query, bot)
        elif what in (LET_IN, NOT_IN, PUT_OUT):
            notice = await self._decide(query, what, about, bot)
        elif not self._members.may_ask(query.from_user.id, place):
            notice = said.closed.format(user=query.from_user.id)
        elif self._looks and (wait_s := self._looks.wait_s(str(query.from_user.id))):
            notice = said.too_fast.format(wait=wait_s)
        else:
            return False
        with contextlib.suppress(BadRequest):
            await query.answer(notice)
        return True

    async def _bring_wish(self, query: CallbackQuery, bot: Bot) -> str:
        """Tell those who may let in that somebody would like to; what the person is told."""
        user = query.from_user
        said = door_words(words_for(user.language_code).language)
        if self._members.may_ask(user.id):
            return said.you_are_in
        if self._wishes.wait_s(str(user.id)):
            return said.asked_in
        self._remember(user.id, user.full_name)
        told = False
        for admin in self._members.admins():
            text = said.wants_in.format(name=_name(user.full_name), user=user.id)
            row = [
                InlineKeyboardButton(said.let_in, callback_data=f"{LET_IN}:{user.id}"),
                InlineKeyboardButton(said.not_in, callback_data=f"{NOT_IN}:{user.id}"),
            ]
            try:
                await send(bot, Target(admin), messages(plain(text), [row])[0])
                told = True
            except TelegramError as fault:
                log.info("Telegram user %d, who may let others in, cannot be told (%s)", admin, fault)
        return said.asked_in if told else said.nobody_there

    def _remember(self, chat_id: int, name: str) -> None:
        if len(self._names) >= MAX_NAMES:
            self._names.clear()
        self._names[chat_id] = _name(name) or str(chat_id)

    async def _decide(self, query: CallbackQuery, what: str, about: str, bot: Bot) -> str | None:
        """Let somebody in or out; what the one who pressed is told."""
        said = door_words(words_for(query.from_user.language_code).language)
        if not self._members.may_add(query.from_user.id):
            return said.only_owner
        if not about.removeprefix("-").isdecimal():
            return None
        chat_id = int(about)
        name = self._names.get(chat_id, str(chat_id))
        if what == LET_IN:
            self._members.let_in(chat_id, name)
        else:
            self._members.put_out(chat_id)
        text = (said.is_in if what == LET_IN else said.is_not_in).format(name=name, user=chat_id)
        rows = [[InlineKeyboardButton(said.put_out, callback_data=f"{PUT_OUT}:{chat_id}")]] if what == LET_IN else []
        await _in_place(query, messages(plain(text), rows)[0], bot)
        if what == LET_IN and chat_id > 0:
            with contextlib.suppress(TelegramError):  # who has blocked the bot meanwhile
                await send(bot, Target(chat_id), messages(plain(said.you_are_in))[0])
        return None


def _is_meant(message: Message, bot: Bot) -> bool:
    """Whether a message is for the bot: anything in private, in a group a question or a command."""
    if message.chat.type == ChatType.PRIVATE:
        return True
    text = message.text or message.caption or ""
    command = text.split(maxsplit=1)[0] if text.startswith("/") else ""
    to_me = command.partition("@")[2].lower() in ("", (bot.username or "").lower())
    return (bool(command) and to_me) or question_in(message, bot) is not None


def _door_of(message: Message) -> DoorWords:
    return door_words(words_of(message).language)


def _name(given: str) -> str:
    return on_one_line(given)[:MAX_NAME_CHARS]


async def _in_place(query: CallbackQuery, outgoing: Outgoing, bot: Bot) -> None:
    """Put what was decided where it was asked, so that nobody decides it twice."""
    pressed = query.message
    if pressed is not None and not await edit(bot, pressed.chat.id, pressed.message_id, outgoing):
        await send(bot, Target(pressed.chat.id), outgoing)


async def _say(text: str, message: Message, bot: Bot) -> None:
    for outgoing in messages(plain(text)):
        await send(bot, Target.beside(message), outgoing)
