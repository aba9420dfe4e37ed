"""Conversations: which answers followed on which, whose they are, and when they are forgotten."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from byline.retrieval.answers.answer import Answer, from_json
from byline.retrieval.errors import NotFound

Rows = Callable[[str, Iterable[object]], list[tuple[Any, ...]]]

NEW = "new"  # asked for in the place of an id
ID_BYTES = 12  # 96 random bits: an id cannot be guessed
OWN_ID_LENGTH = 16  # of an id of ours in base64
NAME = re.compile(r"[A-Za-z0-9._~-]{1,64}")
"""What a client may call a conversation itself; one as long as an id of ours is taken for an id that was forgotten."""
IDLE = timedelta(minutes=30)  # a chat left so long begins anew by itself: the pause after which web sessions end

TABLES = """
CREATE TABLE conversations (
    id TEXT PRIMARY KEY, channel TEXT NOT NULL, asker TEXT NOT NULL, place TEXT NOT NULL, began_at TEXT NOT NULL,
    last_at TEXT NOT NULL, open INTEGER NOT NULL DEFAULT 1
);
CREATE INDEX conversations_by_owner ON conversations (channel, asker, place, last_at);
CREATE INDEX conversations_by_time ON conversations (last_at);
CREATE TABLE turns (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE, number INTEGER NOT NULL,
    answer_id TEXT NOT NULL REFERENCES answers (id) ON DELETE CASCADE, PRIMARY KEY (conversation_id, number)
);
CREATE INDEX turns_by_answer ON turns (answer_id);
"""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a conversation is.

    Attributes:
        channel: the way it is held, as `AnswerLog.record` has it.
        asker: the person, within the channel; empty where nobody is told apart, and the id alone opens it.
        place: the chat, within the channel: what one says in private stays there.
    """

    channel: str
    asker: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation with its answers, first asked first; times are ISO times in UTC."""

    id: str
    began_at: str
    last_at: str
    answers: tuple[Answer, ...]


class Conversations:
    """The conversations in the answer log's file; any thread and several processes may use them."""

    def __init__(
        self, rows: Rows, *, kept_for: timedelta, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """Work in a file that is open; see `AnswerLog.conversations`.

        Args:
            rows: runs a statement in the answer log's file and gives its rows.
            kept_for: how long after its last question a conversation is forgotten.
            now: the time.
        """
        self._rows = rows
        self._kept_for, self._now = kept_for, now

    def begin(self, owner: Owner) -> str:
        """Begin a conversation, and forget those that are over for long; the id of the new one."""
        conversation_id = secrets.token_urlsafe(ID_BYTES)
        self._insert(conversation_id, owner)
        return conversation_id

    def begin_named(self, name: str, owner: Owner) -> None:
        """Begin a conversation under the client's own name for it, where there is none; see `NAME`."""
        if len(name) != OWN_ID_LENGTH and NAME.fullmatch(name) and not self._may_open(name, owner):
            self._insert(name, owner)

    def current(self, owner: Owner) -> str | None:
        """The conversation a person is in the middle of, at one place; None where the last one ended or went quiet."""
        since = _written(self._now() - IDLE)
        rows = self._rows(
            "SELECT id FROM conversations WHERE channel = ? AND asker = ? AND place = ? AND open AND last_at >= ?"
            " ORDER BY last_at DESC LIMIT 1",
            (owner.channel, owner.asker, owner.place, since),
        )
        return rows[0][0] if rows else None

    def of_answer(self, answer_id: str, owner: Owner) -> str | None:
        """The conversation an answer was given in, if it is that person's, at that place."""
        rows = self._rows("SELECT conversation_id FROM turns WHERE answer_id = ? LIMIT 1", (answer_id,))
        return rows[0][0] if rows and self._may_open(rows[0][0], owner) else None

    def answers(self, conversation_id: str, owner: Owner, *, last: int, until: str | None = None) -> list[Answer]:
        """Fetch the last answers of a conversation, first asked first.

        Args:
            conversation_id: which.
            owner: who wants them.
            last: how many at most.
            until: id of the answer after which none counts; None for all.

        Raises:
            NotFound: there is no such conversation, or it is somebody else's.
        """
        self._check(conversation_id, owner)
        rows = self._rows(
            "SELECT answers.answer FROM turns JOIN answers ON answers.id = answer_id WHERE conversation_id = ?1"
            " AND number <= coalesce((SELECT number FROM turns WHERE conversation_id = ?1 AND answer_id = ?2), number)"
            " ORDER BY number DESC LIMIT ?3",
            (conversation_id, until, last),
        )
        return [from_json(json.loads(body)) for (body,) in reversed(rows)]

    def add(self, conversation_id: str, answer_id: str) -> None:
        """Note that an answer was given in a conversation; one forgotten meanwhile stays so."""
        self._rows(
            "INSERT INTO turns SELECT ?1, 1 + coalesce((SELECT max(number) FROM turns WHERE conversation_id = ?1), "
            "0), ?2"
            " WHERE EXISTS (SELECT 1 FROM conversations WHERE id = ?1) AND EXISTS (SELECT 1 FROM answers WHERE id = "
            "?2)",
            (conversation_id, answer_id),
        )
        self._rows("UPDATE conversations SET last_at = ? WHERE id = ?", (_written(self._now()), conversation_id))

    def take_out(self, answer_id: str) -> None:
        """Let an answer be part of no conversation any more: its question was put otherwise."""
        self._rows("DELETE FROM turns WHERE answer_id = ?", (answer_id,))

    def get(self, conversation_id: str, owner: Owner) -> Conversation:
        """Fetch a conversation whole.

        Raises:
            NotFound: as for `answers`.
        """
        answers = self.answers(conversation_id, owner, last=-1)
        ((began_at, last_at),) = self._rows(
            "SELECT began_at, last_at FROM conversations WHERE id = ?", (conversation_id,)
        ) or [("", "")]
        return Conversation(conversation_id, began_at, last_at, tuple(answers))

    def end(self, owner: Owner) -> None:
        """Let a person's next question at a place begin a new conversation; the answers stay."""
        self._rows(
            "UPDATE conversations SET open = 0 WHERE channel = ? AND asker = ? AND place = ?",
            (owner.channel, owner.asker, owner.place),
        )

    def forget(self, conversation_id: str, owner: Owner) -> int:
        """Forget a conversation with its questions and answers, and what was said of these; how many.

        Raises:
            NotFound: as for `answers`.
        """
        self._check(conversation_id, owner)
        within = "IN (SELECT answer_id FROM turns WHERE conversation_id = ?)"
        self._rows(f"DELETE FROM feedback WHERE answer_id {within}", (conversation_id,))
        gone = self._rows(f"DELETE FROM answers WHERE id {within} RETURNING id", (conversation_id,))
        self._rows("DELETE FROM conversations WHERE id = ?", (conversation_id,))
        return len(gone)

    def expire(self) -> int:
        """Forget which answers followed on which, where the last question is older than conversations are kept."""
        before = _written(self._now() - self._kept_for)
        return len(self._rows("DELETE FROM conversations WHERE last_at < ? RETURNING id", (before,)))

    def _insert(self, conversation_id: str, owner: Owner) -> None:
        self.expire()
        now = _written(self._now())
        self._rows(
            "INSERT OR IGNORE INTO conversations VALUES (?, ?, ?, ?, ?, ?, 1)",
            (conversation_id, owner.channel, owner.asker, owner.place, now, now),
        )

    def _check(self, conversation_id: str, owner: Owner) -> None:
        if not self._may_open(conversation_id, owner):
            raise NotFound(f'no conversation has the id "{conversation_id}" (any more); begin one with "{NEW}"')

    def _may_open(self, conversation_id: str, owner: Owner) -> bool:
        """Whether it is there and theirs; one that is nobody's by name is opened by whoever knows its id."""
        since = _written(self._now() - self._kept_for)
        rows = self._rows(
            "SELECT channel, asker, place FROM conversations WHERE id = ? AND last_at >= ?", (conversation_id, since)
        )
        return bool(rows) and (not rows[0][1] or Owner(*rows[0]) == owner)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
