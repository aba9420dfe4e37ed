"""What the bot must remember across restarts: updates, whose answers are whose, and what can be taken back.

The answers themselves are in the answer log; this file holds only what Telegram adds to them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from byline.embeddings.errors import BylineError
from byline.retrieval.sqlite import FileKind, ForeignFile, NewerFile, make_private_folder, open_file, run_statements

FILE = "telegram.sqlite"
BUSY_TIMEOUT_S = 5.0  # the wait sqlite3 itself has as its default
# Telegram keeps updates for 24 hours, and numbers them anew after a week without any.
FORGET_UPDATES_AFTER_S = 48 * 3600.0
EDITABLE_S = 48 * 3600.0  # how long Telegram lets people edit what they wrote
MAX_ATTEMPTS = 3  # an update that broke the process this often is not tried again

_TABLES = """
CREATE TABLE IF NOT EXISTS updates (
    bot INTEGER NOT NULL, update_id INTEGER NOT NULL, body TEXT, digest BLOB NOT NULL, received REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (bot, update_id)
);
CREATE TABLE IF NOT EXISTS shown (
    answer_id TEXT PRIMARY KEY, user_id INTEGER NOT NULL, private INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS questions (
    chat_id INTEGER NOT NULL, message_id INTEGER NOT NULL, written INTEGER NOT NULL, question TEXT NOT NULL,
    replies TEXT NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
CREATE TABLE IF NOT EXISTS handles (handle TEXT PRIMARY KEY, stands_for TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS additions (
    id TEXT PRIMARY KEY, user_id INTEGER NOT NULL, article_ids TEXT NOT NULL, taken_back INTEGER NOT NULL
);
"""
KIND = FileKind(
    application_id=0x42594C54,  # "BYLT"
    first=1,
    create=partial(run_statements, statements=_TABLES),
    steps={
        2: partial(run_statements, statements="ALTER TABLE questions ADD COLUMN answer_id TEXT NOT NULL DEFAULT '';\n")
    },
    unmarked="updates",
)


class StateDamaged(BylineError):
    """The file does not open or is no such file."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Who asked, and whether in private: then nobody else may open what is behind the answer's buttons."""

    user_id: int
    private: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that was answered, and the ids of the bot's messages that answer it.

    `written` is when it was written, in seconds of Unix time; an edit does not change it. On the disk stands only a
    digest of the question, which comes back in its place; `asks` tells whether it is of a question. `answer_id` names
    the answer; empty where there was none, and in rows of an older version.
    """

    written: int
    question: str
    replies: tuple[int, ...]
    answer_id: str = ""

    def asks(self, question: str) -> bool:
        """Whether this is what was asked."""
        return self.question == _digest(question)


@dataclass(frozen=True, slots=True)
class Addition:
    """Articles somebody added."""

    user_id: int
    article_ids: tuple[str, ...]
    taken_back: bool


class State:
    """One SQLite file in the data folder; used from the event loop's thread only."""

    def __init__(self, folder: Path, bot: int) -> None:
        """Open or make the file.

        Args:
            folder: the data folder.
            bot: the bot's Telegram id; two bots number their updates each for itself.

        Raises:
            StateDamaged: the file is there and is something else, or the folder cannot be written.
        """
        self._bot = bot
        path = folder / FILE
        try:
            make_private_folder(folder)
            self._connection = open_file(path, KIND, wait_s=BUSY_TIMEOUT_S)
        except NewerFile as fault:
            raise StateDamaged(f"{path} was made by a newer Byline ({fault}); update Byline") from fault
        except (sqlite3.Error, OSError, ForeignFile) as fault:
            raise StateDamaged(
                f"{path} does not open as the bot's memory ({fault}); move it away to start anew"
            ) from fault
        self._do("DELETE FROM updates WHERE body IS NULL AND received < ?", time.time() - FORGET_UPDATES_AFTER_S)
        self._do("DELETE FROM questions WHERE written < ?", time.time() - EDITABLE_S)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def receive(self, update_id: int, body: str) -> bool:
        """Keep an update until it is finished; False if it came before.

        One that says something else under a number seen before is new: Telegram counts anew after a quiet week.
        """
        digest = hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        known = "SELECT 1 FROM updates WHERE bot = ? AND update_id = ? AND digest = ?"
        if self._rows(known, self._bot, update_id, digest):
            return False
        row = (self._bot, update_id, body, digest, time.time())
        self._do("INSERT OR REPLACE INTO updates VALUES (?, ?, ?, ?, ?, 0)", *row)
        return True

    def begin(self, update_id: int) -> None:
        """Count an attempt, so that an update that kills the process is not tried for ever."""
        self._do("UPDATE updates SET attempts = attempts + 1 WHERE bot = ? AND update_id = ?", self._bot, update_id)

    def finish(self, update_id: int) -> None:
        """Forget what an update said, but not that it came."""
        self._do("UPDATE updates SET body = NULL WHERE bot = ? AND update_id = ?", self._bot, update_id)

    def attempts(self, update_id: int) -> int:
        """How often an update was begun."""
        rows = self._rows("SELECT attempts FROM updates WHERE bot = ? AND update_id = ?", self._bot, update_id)
        return int(rows[0][0]) if rows else 0

    def unfinished(self) -> list[str]:
        """Bodies of the updates that came and were not finished, in the order of their ids."""
        rows = self._rows(
            "SELECT body FROM updates WHERE bot = ? AND body IS NOT NULL AND attempts < ? ORDER BY update_id",
            self._bot,
            MAX_ATTEMPTS,
        )
        return [row[0] for row in rows]

    def give_up(self) -> int:
        """Forget the updates that were begun `MAX_ATTEMPTS` times and never finished; returns how many."""
        return self._do(
            "UPDATE updates SET body = NULL WHERE bot = ? AND body IS NOT NULL AND attempts >= ?",
            self._bot,
            MAX_ATTEMPTS,
        )

    def show(self, answer_id: str, shown: Shown) -> None:
        """Keep to whom an answer is shown."""
        self._do("INSERT OR REPLACE INTO shown VALUES (?, ?, ?)", answer_id, shown.user_id, shown.private)

    def shown(self, answer_id: str) -> Shown | None:
        """To whom an answer was shown, if this bot showed it."""
        rows = self._rows("SELECT user_id, private FROM shown WHERE answer_id = ?", answer_id)
        return Shown(rows[0][0], bool(rows[0][1])) if rows else None

    def answer_with(self, chat_id: int, message_id: int, asked: Asked) -> None:
        """Keep which messages answer a question, as long as Telegram lets it be edited; not what was asked."""
        self._do("DELETE FROM questions WHERE written < ?", time.time() - EDITABLE_S)
        self._do(
            "INSERT OR REPLACE INTO questions (chat_id, message_id, written, question, replies, answer_id)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            chat_id,
            message_id,
            asked.written,
            _digest(asked.question),
            json.dumps(asked.replies),
            asked.answer_id,
        )

    def asked(self, chat_id: int, message_id: int) -> Asked | None:
        """What was asked in a message and which messages answered it."""
        rows = self._rows(
            "SELECT written, question, replies, answer_id FROM questions WHERE chat_id = ? AND message_id = ?",
            chat_id,
            message_id,
        )
        return Asked(rows[0][0], rows[0][1], tuple(json.loads(rows[0][2])), rows[0][3]) if rows else None

    def answered_by(self, chat_id: int, reply_id: int) -> str:
        """The id of the answer one of the bot's messages gives; empty if it gives none."""
        rows = self._rows(
            "SELECT answer_id FROM questions WHERE chat_id = ?"
            " AND EXISTS (SELECT 1 FROM json_each(replies) WHERE value = ?) ORDER BY message_id DESC LIMIT 1",
            chat_id,
            reply_id,
        )
        return str(rows[0][0]) if rows else ""

    def handle(self, stands_for: str) -> str:
        """Give 16 characters for a text of any length, to be put into a button."""
        handle = hashlib.blake2b(stands_for.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        kept = json.dumps(stands_for)  # ASCII: an id may hold half a surrogate pair, which SQLite does not take
        self._do("INSERT OR IGNORE INTO handles VALUES (?, ?)", handle, kept)
        return handle

    def stands_for(self, handle: str) -> str | None:
        """The text a handle was given for."""
        rows = self._rows("SELECT stands_for FROM handles WHERE handle = ?", handle)
        return str(json.loads(rows[0][0])) if rows else None

    def add(self, addition_id: str, user_id: int, article_ids: Sequence[str]) -> None:
        """Keep what somebody added, so that they can take it back; the same id again takes the place of the first."""
        self._do(
            "INSERT OR REPLACE INTO additions VALUES (?, ?, ?, 0)", addition_id, user_id, json.dumps(list(article_ids))
        )

    def addition(self, addition_id: str) -> Addition | None:
        """What was added under an id."""
        rows = self._rows("SELECT user_id, article_ids, taken_back FROM additions WHERE id = ?", addition_id)
        return Addition(rows[0][0], tuple(json.loads(rows[0][1])), bool(rows[0][2])) if rows else None

    def take_back(self, addition_id: str) -> None:
        """Note that an addition was taken back."""
        self._do("UPDATE additions SET taken_back = 1 WHERE id = ?", addition_id)

    def _do(self, statement: str, *values: object) -> int:
        return self._connection.execute(statement, values).rowcount

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()


def _digest(question: str) -> str:
    return hashlib.blake2b(question.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
