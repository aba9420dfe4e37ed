"""Who was let in, across restarts: browser sessions and Telegram members, in one SQLite file of the data folder."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from byline.retrieval.sqlite import FileKind, ForeignFile, NewerFile, make_private_folder, open_file, run_statements

log = logging.getLogger(__name__)

FILE = "access.sqlite"
BUSY_TIMEOUT_S = 5.0  # the wait sqlite3 itself has as its default
Role = Literal["owner", "guest"]

_TABLES = """
CREATE TABLE session (token TEXT PRIMARY KEY, key TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE member (bot INTEGER NOT NULL, chat_id INTEGER NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL,
    since REAL NOT NULL, PRIMARY KEY (bot, chat_id)) WITHOUT ROWID;
"""
KIND = FileKind(
    application_id=0x42594C57,  # "BYLW"
    first=1,
    create=partial(run_statements, statements=_TABLES),
)


@dataclass(frozen=True, slots=True)
class Member:
    """A user, or a group by its negative id, that may ask a bot; an owner also lets others in."""

    chat_id: int
    role: Role
    name: str


class AccessFile:
    """Sessions and members; any thread and several processes may use it.

    A file that cannot be used keeps nobody out of the rest: it is named in the log, and what it would have held is
    kept in memory until the process ends.
    """

    def __init__(self, folder: Path) -> None:
        """Open or make the file."""
        self._lock = threading.Lock()
        place = folder / FILE
        try:
            make_private_folder(folder)
            self._connection = open_file(place, KIND, wait_s=BUSY_TIMEOUT_S)
            self._rows("SELECT count(*) FROM session UNION ALL SELECT count(*) FROM member")
        except (sqlite3.Error, OSError, ForeignFile, NewerFile) as fault:
            log.warning(
                "%s cannot be used (%s); who signs in or is let in is forgotten with this process", place, fault
            )
            self._connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
            run_statements(self._connection, _TABLES)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def open_session(self, token: str, key: str, *, lasts_s: float) -> None:
        """Keep a session; `token` and `key` are digests. Those whose time is over go."""
        self._do("DELETE FROM session WHERE until < ?", time.time())
        self._do("INSERT OR REPLACE INTO session VALUES (?, ?, ?)", token, key, time.time() + lasts_s)

    def session_key(self, token: str) -> str | None:
        """The digest of the key a session was opened with; None if there is none, or its time is over."""
        rows = self._rows("SELECT key FROM session WHERE token = ? AND until >= ?", token, time.time())
        return str(rows[0][0]) if rows else None

    def close_session(self, token: str) -> None:
        """End a session, for good and in every process."""
        self._do("DELETE FROM session WHERE token = ?", token)

    def let_in(self, bot: int, member: Member) -> None:
        """Keep that a user or group may ask a bot; an owner stays one."""
        self._do(
            "INSERT INTO member VALUES (?, ?, ?, ?, ?) ON CONFLICT (bot, chat_id) DO UPDATE SET name = excluded.name",
            *(bot, member.chat_id, member.role, member.name, time.time()),
        )

    def put_out(self, bot: int, chat_id: int) -> bool:
        """Take a guest's leave to ask; False if there was none of that id."""
        return self._do("DELETE FROM member WHERE bot = ? AND chat_id = ? AND role = 'guest'", bot, chat_id) > 0

    def members(self, bot: int) -> list[Member]:
        """Who was let in, owners first, then in the order they came."""
        rows = self._rows(
            "SELECT chat_id, role, name FROM member WHERE bot = ? ORDER BY role = 'guest', since, chat_id", bot
        )
        return [Member(*row) for row in rows]

    def _do(self, statement: str, *values: object) -> int:
        with self._lock:
            try:
                return self._connection.execute(statement, values).rowcount
            except sqlite3.Error as fault:
                log.error("%s cannot be written (%s)", FILE, fault)
                return 0

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()
