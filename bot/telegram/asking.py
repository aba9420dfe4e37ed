"""Questions: which messages are one, and answering them, again when they are edited."""

from __future__ import annotations

from dataclasses import replace

from telegram import Bot, Message, MessageEntity, Update
from telegram.constants import ChatType, MessageEntityType
from telegram.ext import ContextTypes

from byline.bot.telegram.adding import Adding
from byline.bot.telegram.context import BotContext, Talk
from byline.bot.telegram.rendering import Outgoing, answer_messages, messages
from byline.bot.telegram.sending import Target, edit, send, typing, withdraw
from byline.bot.telegram.state import Asked, Shown
from byline.bot.telegram.styled_text import plain
from byline.bot.telegram.words import Words, words_for
from byline.retrieval.service import MAX_QUESTION_CHARS


class Asking:
    """Handlers for messages that ask something."""

    def __init__(self, shared: BotContext, adding: Adding) -> None:
        self._shared = shared
        self._adding = adding

    async def message(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """Answer a message, new or edited, that is meant for the bot; leave all others alone."""
        message = update.effective_message
        if message is None or is_from(message.via_bot, context.bot):  # a card of ours, sent into our own chat
            return
        question = question_in(message, context.bot)
        if question is None:
            return
        if message.chat.type == ChatType.PRIVATE and self._adding.takes(message):
            await self._adding.text(message, context.bot)
            return
        await self._answer(message, question, context.bot, edited=update.edited_message is not None)

    async def command(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/ask question`, or `/ask` as a reply to the message that is the question."""
        message = update.effective_message
        if message is None:
            return
        replied = message.reply_to_message
        question = _after_command(message)
        if not question and replied is not None and not is_from(replied.from_user, context.bot):
            question = (replied.text or replied.caption or "").strip()
        if not question:
            await send(context.bot, Target.beside(message), messages(plain(words_of(message).ask_usage))[0])
            return
        await self._answer(message, question, context.bot, edited=update.edited_message is not None)

    async def new(self, update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        """`/new`: the next question begins a new conversation; one after the command is asked at once."""
        message = update.effective_message
        if message is None:
            return
        shown = Shown(asker_of(message), private=message.chat.type == ChatType.PRIVATE)
        await self._shared.begin_anew(shown, place_of(message))
        question = _after_command(message)
        if question:
            await self._answer(message, question, context.bot, edited=update.edited_message is not None)
        else:
            await send(context.bot, Target.beside(message), messages(plain(words_of(message).begun_anew))[0])

    async def _answer(self, message: Message, question: str, bot: Bot, *, edited: bool, as_asked: bool = False) -> None:
        """Answer a question once; one edited to ask something else gets the new answer where the old one stood."""
        before = self._shared.state.asked(message.chat_id, message.message_id)
        if before is not None and before.written != int(message.date.timestamp()):
            before = None
        question = question.strip()
        if before is not None and (not edited or before.asks(question)):
            return
        target = Target.beside(message)
        words = words_of(message)
        answer_id = ""
        refusal = refusal_of(question, words)
        if refusal:
            outgoing = messages(plain(refusal))
        else:
            shown = Shown(asker_of(message), private=message.chat.type == ChatType.PRIVATE)
            replaced = before.answer_id if before else ""
            talk = Talk(place_of(message), self._replies_to(message, bot), as_asked, replaced)
            async with typing(bot, target):
                answer = await self._shared.converse(question, shown, talk)
            answer_id, outgoing = answer.answer_id, answer_messages(answer, words, self._shared.state.handle)
        noted = Asked(int(message.date.timestamp()), question, (), answer_id)
        await self._deliver(message, noted, outgoing, bot, before.replies if before else ())

    def _replies_to(self, message: Message, bot: Bot) -> str:
        """The id of the answer a message replies to, if it is an answer of ours."""
        replied = message.reply_to_message
        if replied is None or not is_from(replied.from_user, bot):
            return ""
        return self._shared.state.answered_by(message.chat_id, replied.message_id)

    async def _deliver(
        self, message: Message, noted: Asked, outgoing: list[Outgoing], bot: Bot, earlier: tuple[int, ...]
    ) -> None:
        """Send the answer, into the earlier one's messages as far as there are any; noted after each message."""
        target = Target.beside(message)
        replies: list[int] = []
        for number, part in enumerate(outgoing):
            if number < len(earlier) and await edit(bot, message.chat_id, earlier[number], part):
                replies.append(earlier[number])
            else:
                to = target if not replies else Target(target.chat_id, target.topic)
                replies.append((await send(bot, to, part)).message_id)
            self._shared.state.answer_with(message.chat_id, message.message_id, replace(noted, replies=tuple(replies)))
        for superfluous in earlier[len(outgoing) :]:
            await withdraw(bot, message.chat_id, superfluous)


def question_in(message: Message, bot: Bot) -> str | None:
    """What a message asks the bot, or None if it is not meant for it.

    In private everything is; in a group what mentions the bot or replies to it. A mention alone, in reply to
    somebody, passes on what they wrote.
    """
    text = message.text or message.caption
    if text is None or message.document is not None:
        return None
    mentions = _mentions(message, bot)
    replied = message.reply_to_message
    to_bot = replied is not None and is_from(replied.from_user, bot) and replied.forum_topic_created is None
    if message.chat.type != ChatType.PRIVATE and not mentions and not to_bot:
        return None
    question = text
    for start, end in reversed(mentions):
        question = f"{question[:start].rstrip()} {question[end:].lstrip()}"
    if not question.strip() and mentions and replied is not None and not to_bot:
        return replied.text or replied.caption or ""
    return question.strip()


def refusal_of(question: str, words: Words) -> str | None:
    """Why a question cannot be asked, in the bot's words; None if it can."""
    if not any(character.isalnum() for character in question):
        return words.question_empty
    if len(question) > MAX_QUESTION_CHARS:
        return words.question_too_long.format(length=len(question), limit=MAX_QUESTION_CHARS)
    return None


def words_of(message: Message) -> Words:
    """The language of whoever wrote a message."""
    code = message.from_user.language_code if message.from_user and not message.sender_chat else None
    return words_for(code, message.text or message.caption or "")


def place_of(message: Message) -> str:
    """The chat, and the topic in it, that a conversation is held in."""
    topic = message.message_thread_id if message.is_topic_message else None
    return f"{message.chat_id}" if topic is None else f"{message.chat_id}/{topic}"


def asker_of(message: Message) -> int:
    """The user, or the chat somebody speaks as, that a message is from."""
    if message.sender_chat is not None:
        return message.sender_chat.id
    return message.from_user.id if message.from_user else message.chat_id


def is_from(user: object, bot: Bot) -> bool:
    """Whether a user is this bot."""
    return getattr(user, "id", None) == bot.id


def _after_command(message: Message) -> str:
    """What stands after the command that a message begins with."""
    text = message.text or message.caption or ""
    entities = message.parse_entities([MessageEntityType.BOT_COMMAND]) or message.parse_caption_entities(
        [MessageEntityType.BOT_COMMAND]
    )
    command = next(iter(entities.values()), "")
    return text.removeprefix(command).strip()


def _mentions(message: Message, bot: Bot) -> list[tuple[int, int]]:
    """Spans, in characters, where the bot is named."""
    text = message.text or message.caption or ""
    found = []
    for entity in message.entities or message.caption_entities or ():
        start, end = _characters(text, entity)
        named = entity.type == MessageEntityType.MENTION and text[start:end].lower() == f"@{bot.username}".lower()
        if named or (entity.type == MessageEntityType.TEXT_MENTION and is_from(entity.user, bot)):
            found.append((start, end))
    return found


def _characters(text: str, entity: MessageEntity) -> tuple[int, int]:
    """An entity's span in characters; Telegram counts UTF-16 code units."""
    units = text.encode("utf-16-le", "surrogatepass")
    start = len(units[: 2 * entity.offset].decode("utf-16-le", "surrogatepass"))
    end = len(units[: 2 * (entity.offset + entity.length)].decode("utf-16-le", "surrogatepass"))
    return start, end
