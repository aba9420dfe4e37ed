"""The bot put together: started, fed by long polling or by Telegram's calls, and stopped without losing anything."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import re
import signal
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter, Request, Response
from telegram import LinkPreviewOptions, Update
from telegram.error import Conflict, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application, Defaults

from byline.bot.access_file import AccessFile
from byline.bot.asking import Asker
from byline.bot.settings import Settings, SettingsFault
from byline.bot.telegram.commands import announce
from byline.bot.telegram.context import BotContext
from byline.bot.telegram.handlers import App, add_handlers
from byline.bot.telegram.inbox import Inbox, PerUserOrder
from byline.bot.telegram.log_redaction import hide_in_logs
from byline.bot.telegram.members import Members
from byline.bot.telegram.sending import RetryingLimiter
from byline.bot.telegram.state import State
from byline.bot.uploads import Uploads
from byline.embeddings.errors import BylineError

log = logging.getLogger(__name__)

UPDATES = ["message", "edited_message", "callback_query", "inline_query"]
WEBHOOK_PATH = "/telegram/webhook"
POLL_S = 30  # how long Telegram holds a poll open; the longer, the fewer empty answers
READ_TIMEOUT_S = 20.0  # four times the library's: a message that arrived slowly must not be taken for lost
GRACE_S = 25.0  # for answers under way when the process is told to stop; supervisors kill after 30 s and more
RECONNECT_S = (1.0, 2.0, 5.0, 10.0, 30.0)
_TOKEN = re.compile(r"(\d{1,20}):[A-Za-z0-9_-]{10,}")  # the form BotFather gives: the bot's id, then the secret


class TokenRefused(BylineError):
    """Telegram does not know the token."""


class TelegramBot:
    """One bot: its handlers, its inbox and its connection to Telegram."""

    def __init__(self, asker: Asker, settings: Settings, *, uploads: Uploads | None) -> None:
        """Put the bot together; nothing is sent yet.

        Args:
            asker: answers questions and keeps the answers.
            settings: token, server, data folder, who may add articles.
            uploads: takes the articles people add; None if nobody may.

        Raises:
            SettingsFault: there is no token, or it does not look like one.
            StateDamaged: what an earlier process left cannot be read.
        """
        token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
        looks = _TOKEN.fullmatch(token)
        if looks is None:
            raise SettingsFault(
                "BYLINE_TELEGRAM_TOKEN is (hidden): not of the form 123456:ABC…; set the token that @BotFather gave you"
                if token
                else "BYLINE_TELEGRAM_TOKEN is not set; get a token from @BotFather"
            )
        hide_in_logs(token)
        logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every poll says nothing
        self._settings = settings
        self._secret = hmac.new(token.encode(), b"byline webhook", hashlib.sha256).hexdigest()
        state = State(settings.data, int(looks[1]))
        self._members = Members(settings, AccessFile(settings.data), int(looks[1]))
        self._shared = BotContext(asker, state, settings, uploads, self._members)
        self._inbox = Inbox(state)
        self._order = PerUserOrder(state, self._inbox)
        self._application = _application(token, settings.telegram_api, self._inbox, self._order)
        add_handlers(self._application, self._shared, self._order)

    @property
    def name(self) -> str:
        """The bot's name in Telegram, known once it has started."""
        return f"@{self._application.bot.username}"

    def invitation(self) -> str | None:
        """The link that makes whoever opens it first the owner; None where it is known who may ask.

        It is valid once, for ten minutes, and each call makes another in its place.
        """
        code = self._members.invitation()
        return None if code is None else f"https://t.me/{self._application.bot.username}?start={code}"

    async def start(self, *, webhook: bool = False, unreachable: Callable[[], None] = lambda: None) -> None:
        """Connect, however long it takes, finish what an earlier process left, and take updates.

        Args:
            webhook: have Telegram call `BYLINE_PUBLIC_URL` instead of polling; polls if Telegram will not.
            unreachable: called when Telegram was not reached at the first attempt; others follow.

        Raises:
            TokenRefused: Telegram does not know the token.
        """
        await self._connect(unreachable)
        resumed = self._inbox.resume(self._application.bot)
        await self._application.start()
        await announce(self._application.bot)
        by_webhook = webhook and await self._set_webhook()
        if not by_webhook and self._application.updater is not None:
            await self._application.updater.start_polling(
                timeout=POLL_S, bootstrap_retries=-1, allowed_updates=UPDATES, error_callback=_polling_failed
            )
        log.info(
            "%s takes questions by %s; %d updates were left over",
            self.name,
            "webhook" if by_webhook else "long polling",
            resumed,
        )

    async def stop(self) -> None:
        """Take no more updates, finish the answers under way, leave the rest for the next start."""
        self._order.stopping = True
        application = self._application
        if application.updater is not None and application.updater.running:
            await application.updater.stop()
        if application.running:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(application.stop(), GRACE_S)
        await application.shutdown()
        await application.bot.shutdown()  # which an application that never reached Telegram leaves out
        self._shared.close()

    def router(self) -> APIRouter:
        """The route that Telegram calls; it takes nothing without the secret that was agreed with Telegram."""
        router = APIRouter(include_in_schema=False)

        @router.post(WEBHOOK_PATH)
        async def receive(request: Request) -> Response:
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not hmac.compare_digest(given.encode(), self._secret.encode()):
                return Response(status_code=401)
            if not self._application.running or self._order.stopping:
                return Response(status_code=503, headers={"Retry-After": "5"})
            try:
                update = Update.de_json(json.loads(await request.body()), self._application.bot)
            except (ValueError, TypeError, KeyError):
                return Response(status_code=400)
            try:
                await self._inbox.put(update)
            except TelegramError as error:
                log.error("%s", error)
                return Response(status_code=503)
            return Response(status_code=200)

        return router

    async def _connect(self, unreachable: Callable[[], None]) -> None:
        attempt = 0
        while True:
            try:
                await self._application.initialize()
            except InvalidToken:
                raise TokenRefused(
                    f"{self._settings.telegram_api} refuses BYLINE_TELEGRAM_TOKEN (hidden); "
                    "copy the token from @BotFather again"
                ) from None  # the library's message has the token in it
            except (NetworkError, RetryAfter) as error:
                pause_s = RECONNECT_S[min(attempt, len(RECONNECT_S) - 1)]
                log.warning("%s cannot be reached (%s); again in %g s", self._settings.telegram_api, error, pause_s)
                if attempt == 0:
                    unreachable()
                attempt += 1
                await asyncio.sleep(pause_s)
            else:
                return

    async def _set_webhook(self) -> bool:
        url = f"{self._settings.public_url}{WEBHOOK_PATH}"
        try:
            await self._application.bot.set_webhook(url, allowed_updates=UPDATES, secret_token=self._secret)
        except TelegramError as error:
            log.warning("Telegram will not call %s (%s); polling instead", url, error)
            return False
        return True


async def run_polling(
    asker: Asker,
    settings: Settings,
    *,
    uploads: Uploads | None,
    started: Callable[[str], None] = lambda _: None,
    invited: Callable[[str], None] = lambda _: None,
) -> None:
    """Run the bot by long polling until SIGINT or SIGTERM.

    Args:
        asker: see `TelegramBot`.
        settings: likewise.
        uploads: likewise.
        started: called with the bot's name once Telegram has taken the token and updates are taken.
        invited: called with the link of `TelegramBot.invitation` if there is one.

    Raises:
        SettingsFault: there is no usable token.
        TokenRefused: Telegram does not know it.
    """
    bot = TelegramBot(asker, settings, uploads=uploads)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises KeyboardInterrupt instead
            loop.add_signal_handler(name, stopped.set)
    starting = asyncio.create_task(bot.start())
    waiting = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((starting, waiting), return_when=asyncio.FIRST_COMPLETED)
        if starting.done():
            await starting
            started(bot.name)
            if (link := bot.invitation()) is not None:
                invited(link)
            await waiting
    finally:
        for task in (starting, waiting):
            task.cancel()
        await asyncio.gather(starting, waiting, return_exceptions=True)
        await bot.stop()


@contextlib.asynccontextmanager
async def run_beside(
    bot: TelegramBot, settings: Settings, *, tried: Callable[[str], None] = lambda _: None
) -> AsyncIterator[None]:
    """Run the bot in the event loop of a server that has `byline.bot.router()` among its routes.

    The server does not wait for Telegram, and goes on without it if the token is refused.

    Args:
        bot: not started yet.
        settings: see `TelegramBot`.
        tried: called once, with the bot's name if it takes questions, or with "" if the token was refused or Telegram
            cannot be reached for now.
    """
    told = False

    def tell(name: str) -> None:
        nonlocal told
        if not told:
            told = True
            tried(name)

    async def start() -> None:
        try:
            await bot.start(webhook=bool(settings.public_url), unreachable=lambda: tell(""))
        except BylineError as fault:
            log.error("no Telegram bot: %s", fault)
            tell("")
        else:
            tell(bot.name)

    starting = asyncio.create_task(start())
    try:
        yield
    finally:
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        await bot.stop()


def _application(token: str, server: str, inbox: Inbox, order: PerUserOrder) -> App:
    return (
        Application.builder()
        .token(token)
        .base_url(f"{server}/bot")
        .base_file_url(f"{server}/file/bot")
        .rate_limiter(RetryingLimiter())
        .update_queue(inbox)
        .concurrent_updates(order)
        .read_timeout(READ_TIMEOUT_S)
        .get_updates_read_timeout(READ_TIMEOUT_S)
        .pool_timeout(READ_TIMEOUT_S)
        .defaults(Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .job_queue(None)
        .build()
    )


def _polling_failed(error: TelegramError) -> None:
    if isinstance(error, Conflict):
        log.warning("another process takes this bot's updates; stop it, or give one of them another token (%s)", error)
    else:
        log.warning("asking Telegram for updates failed (%s); trying again", error)
