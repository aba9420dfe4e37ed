"""Who may ask a bot, add articles to it and let others in; and the one link that makes its first opener the owner."""

from __future__ import annotations

import hmac
import secrets
import sqlite3
import time
from collections.abc import Callable

from byline.bot.access_file import AccessFile, Member
from byline.bot.settings import ANYONE, Settings

CODE_LASTS_S = 600.0  # long enough to find the phone, short enough that a log read later opens nothing


class Members:
    """The people of one bot: those in the settings, and those its owner let in."""

    def __init__(
        self, settings: Settings, access: AccessFile, bot: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Take the lists.

        Args:
            settings: `telegram_askers` and `telegram_allowed`.
            access: keeps whom the owner let in.
            bot: the bot's Telegram id.
            clock: seconds, for the link's time.
        """
        self._askers = frozenset(settings.telegram_askers)
        self._allowed = frozenset(settings.telegram_allowed)
        self._access = access
        self._bot = bot
        self._clock = clock
        self._code: tuple[str, float] | None = None

    def may_ask(self, user_id: int, chat_id: int | None = None) -> bool:
        """Whether a user may ask; in a chat that was let in, everybody may."""
        if ANYONE in self._askers or user_id in self._allowed:
            return True
        places = {user_id, chat_id} - {None}
        if any(str(place) in self._askers for place in places):
            return True
        return any(member.chat_id in places for member in self.all())

    def may_add(self, user_id: int) -> bool:
        """Whether a user may add articles, take them back, and let others in: an owner, or one in the settings."""
        return user_id in self._allowed or user_id in self._owners()

    def admins(self) -> list[int]:
        """Whom a stranger's wish to be let in is brought to."""
        return sorted(self._owners() | self._allowed)

    def all(self) -> list[Member]:
        """Who was let in; nobody where the file cannot be read."""
        try:
            return self._access.members(self._bot)
        except sqlite3.Error:
            return []

    def let_in(self, chat_id: int, name: str) -> None:
        """Let a user or a group ask."""
        self._access.let_in(self._bot, Member(chat_id, "guest", name))

    def put_out(self, chat_id: int) -> bool:
        """Take it back; False if there was nothing to take."""
        return self._access.put_out(self._bot, chat_id)

    def invitation(self) -> str | None:
        """A code that makes whoever sends it first the owner; None where the settings or an owner say who may ask."""
        if self._askers or self._allowed or self._owners():
            return None
        self._code = (secrets.token_urlsafe(24), self._clock() + CODE_LASTS_S)
        return self._code[0]

    def claim(self, code: str, user_id: int, name: str) -> bool:
        """Make somebody the owner if the code is the one that was given, is not used and not over."""
        if self._code is None or not hmac.compare_digest(code.encode(), self._code[0].encode()):
            return False
        _, until = self._code
        self._code = None
        if self._clock() > until:
            return False
        self._access.let_in(self._bot, Member(user_id, "owner", name))
        return True

    def close(self) -> None:
        """Let go of the file."""
        self._access.close()

    def _owners(self) -> set[int]:
        return {member.chat_id for member in self.all() if member.role == "owner"}
