"""What was asked, answered and found useful: kept so that buttons outlive restarts and gaps in the archive show."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from byline.bot import conversations
from byline.bot.conversations import Conversations
from byline.embeddings.errors import BylineError
from byline.retrieval.answers.answer import Answer, from_json, to_json
from byline.retrieval.errors import NotFound
from byline.retrieval.evaluation.percentiles import nearest_rank
from byline.retrieval.sqlite import FileKind, NewerFile, PrivateLog, run_statements

log = logging.getLogger(__name__)

FILE = "ledger.sqlite"
BUSY_TIMEOUT_S = 5.0  # the wait sqlite3 itself has as its default
CONVERSATIONS_KEPT = timedelta(days=30)
PURGE_EVERY_S = 3600.0
IN_MEMORY = 1000  # answers; a megabyte or two

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    id TEXT PRIMARY KEY, asked_at TEXT NOT NULL, channel TEXT NOT NULL, asker TEXT NOT NULL, question TEXT NOT NULL,
    folded TEXT NOT NULL, answered INTEGER NOT NULL, reason TEXT, total_ms REAL NOT NULL, answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS answers_by_time ON answers (asked_at);
CREATE TABLE IF NOT EXISTS feedback (
    answer_id TEXT NOT NULL REFERENCES answers (id), asker TEXT NOT NULL, useful INTEGER NOT NULL,
    given_at TEXT NOT NULL, PRIMARY KEY (answer_id, asker)
);
"""
KIND = FileKind(
    application_id=0x42594C41,  # "BYLA"
    first=1,
    create=partial(run_statements, statements=_TABLES),
    steps={2: partial(run_statements, statements=conversations.TABLES)},
    unmarked="answers",
)


class AnswerLogDamaged(BylineError):
    """The answer log's file cannot be read or written."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One person's last word on one answer; `given_at` is an ISO time in UTC."""

    answer_id: str
    question: str
    answer: str
    answered: bool
    channel: str
    asker: str
    useful: bool
    given_at: str


@dataclass(frozen=True, slots=True)
class Day:
    """Questions of one day (ISO date, UTC)."""

    day: str
    answered: int
    abstained: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question the articles did not answer, in its latest wording, and how often it was put."""

    question: str
    times: int
    last_asked: str


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from question to answer, nearest-rank percentiles; all None if nothing was asked."""

    questions: int
    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Channel:
    """How many questions came which way."""

    channel: str
    questions: int
    answered: int
    useful: int
    not_useful: int


class AnswerLog:
    """Answers and feedback in one SQLite file of the data folder; any thread and several processes may use it.

    Attributes:
        conversations: which of the answers followed on which.
    """

    def __init__(
        self, folder: Path, *, keep_days: int | None = None, conversations_kept: timedelta = CONVERSATIONS_KEPT
    ) -> None:
        """Open or make the answer log, and forget what is older than `keep_days`.

        A log that is damaged is moved aside and a new one begun; where none can be kept, on a read-only disk or with
        `keep_days` 0, answers are remembered until the process ends, the latest `IN_MEMORY` of them.

        Args:
            folder: the data folder.
            keep_days: how long answers are kept; None for ever.
            conversations_kept: how long after its last question a conversation is forgotten.

        Raises:
            AnswerLogDamaged: a newer Byline made the file.
        """
        self._path = folder / FILE
        self._lock = threading.Lock()
        self._file = PrivateLog(self._path, KIND, wait_s=BUSY_TIMEOUT_S)
        self._keep_days = keep_days
        self._next_purge = 0.0
        try:
            self._connection = self._file.open(in_memory=False)
        except NewerFile as fault:
            raise AnswerLogDamaged(f"{self._path} was made by a newer Byline ({fault}); update Byline") from fault
        with self._lock:
            self._purge()
        if keep_days == 0:
            self._connection.close()
            self._connection = self._file.open(in_memory=True)
        self.conversations = Conversations(self._rows, kept_for=conversations_kept)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def record(self, answer: Answer, *, channel: str, asker: str | None = None) -> None:
        """Keep an answer; the same id again takes the place of the first.

        A full disk, an answer log held by others or a damaged one costs the record, not the answer: it is logged and
        no error raised.

        Args:
            channel: the way it was asked: `terminal`, `http`, `page`, `telegram`.
            asker: whose question it was, within the channel.
        """
        row = (
            answer.answer_id,
            _now(),
            channel,
            asker or "",
            answer.question,
            fold_question(answer.question),
            answer.answered,
            answer.reason,
            answer.took_ms.total,
            json.dumps(to_json(answer), ensure_ascii=False),
        )
        try:
            with self._lock:
                self._connection.execute(
                    "INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
                    " question = excluded.question, folded = excluded.folded, answered = excluded.answered,"
                    " reason = excluded.reason, total_ms = excluded.total_ms, answer = excluded.answer",
                    row,
                )
                self._purge()
        except sqlite3.DatabaseError as fault:
            log.warning("answer %s is not in the answer log: %s", answer.answer_id, fault)
            self._begin_anew_if_damaged(fault)

    def answer(self, answer_id: str) -> Answer:
        """Fetch an answer as it was given.

        Raises:
            NotFound: no answer has that id.
        """
        rows = self._rows("SELECT answer FROM answers WHERE id = ?", (answer_id,))
        if not rows:
            raise NotFound(f'no answer has the id "{answer_id}"')
        return from_json(json.loads(rows[0][0]))

    def feedback(self, answer_id: str, useful: bool, *, asker: str | None = None) -> None:
        """Keep whether an answer was useful; the last word of each asker counts.

        Raises:
            NotFound: no answer has that id.
        """
        if not self._rows("SELECT 1 FROM answers WHERE id = ?", (answer_id,)):
            raise NotFound(f'no answer has the id "{answer_id}"')
        self._rows(
            "INSERT INTO feedback VALUES (?, ?, ?, ?) ON CONFLICT (answer_id, asker) DO UPDATE SET"
            " useful = excluded.useful, given_at = excluded.given_at",
            (answer_id, asker or "", useful, _now()),
        )

    def feedbacks(self, *, limit: int = 1000) -> list[Feedback]:
        """List feedback, latest first."""
        rows = self._rows(
            "SELECT answer_id, answers.answer, answered, channel, feedback.asker, useful, given_at"
            " FROM feedback JOIN answers ON answers.id = answer_id ORDER BY given_at DESC, answer_id LIMIT ?",
            (limit,),
        )
        listed = []
        for answer_id, body, answered, channel, asker, useful, given_at in rows:
            said = json.loads(body)
            listed.append(
                Feedback(
                    answer_id=answer_id,
                    question=said.get("question", ""),
                    answer=said.get("answer", ""),
                    answered=bool(answered),
                    channel=channel,
                    asker=asker,
                    useful=bool(useful),
                    given_at=given_at,
                )
            )
        return listed

    def days(self, *, last: int = 30) -> list[Day]:
        """Count the questions of the last days that had any, oldest first."""
        rows = self._rows(
            "SELECT substr(asked_at, 1, 10) AS day, sum(answered), sum(NOT answered) FROM answers"
            " GROUP BY day ORDER BY day DESC LIMIT ?",
            (last,),
        )
        return [Day(*row) for row in reversed(rows)]

    def unanswered(self, *, limit: int = 50) -> list[Unanswered]:
        """List what the articles did not answer, most often asked first.

        Questions that differ only in case, width, spaces and punctuation count as one. Those put to an empty
        index say nothing about it and are left out, and so are those answered since, and what was asked in private in
        Telegram.
        """
        rows = self._rows(
            "SELECT question, count(*) AS times, max(asked_at) AS last_asked FROM answers AS missed"
            " WHERE reason = 'not_in_articles' AND channel != 'telegram' AND NOT EXISTS (SELECT 1 FROM answers AS later"
            "  WHERE later.folded = missed.folded AND later.answered AND later.asked_at > missed.asked_at)"
            " GROUP BY folded ORDER BY times DESC, last_asked DESC LIMIT ?",
            (limit,),
        )
        return [Unanswered(*row) for row in rows]

    def latency(self) -> Latency:
        """Percentiles over every question kept."""
        took_ms = [row[0] for row in self._rows("SELECT total_ms FROM answers ORDER BY total_ms")]
        return Latency(len(took_ms), *(nearest_rank(took_ms, share) for share in (0.50, 0.95, 0.99)))

    def channels(self) -> list[Channel]:
        """Count by the way questions came, busiest first."""
        rows = self._rows(
            "SELECT channel, count(*) AS questions, sum(answered),"
            " coalesce(sum((SELECT count(*) FROM feedback WHERE answer_id = id AND useful)), 0),"
            " coalesce(sum((SELECT count(*) FROM feedback WHERE answer_id = id AND NOT useful)), 0)"
            " FROM answers GROUP BY channel ORDER BY questions DESC, channel"
        )
        return [Channel(*row) for row in rows]

    def _rows(self, statement: str, values: Iterable[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of a statement.

        Raises:
            AnswerLogDamaged: the file cannot be read or written; where it is damaged, the next call finds a new one.
        """
        try:
            with self._lock:
                return self._connection.execute(statement, tuple(values)).fetchall()
        except sqlite3.DatabaseError as fault:
            self._begin_anew_if_damaged(fault)
            raise AnswerLogDamaged(f"{self._path} cannot be used now ({fault}); answers go on without it") from fault

    def _begin_anew_if_damaged(self, fault: sqlite3.DatabaseError) -> None:
        with self._lock:
            self._connection = self._file.anew_if_damaged(self._connection, fault)

    def _purge(self) -> None:
        """Forget what is too old, once an hour; called with the lock held."""
        now = time.time()
        if self._keep_days is None or now < self._next_purge:
            return
        self._next_purge = now + PURGE_EVERY_S
        before = datetime.fromtimestamp(now - self._keep_days * 86_400, UTC).isoformat(timespec="microseconds")
        if self._file.in_memory:
            before = ""
        with contextlib.suppress(sqlite3.DatabaseError):
            delete_answers(
                self._connection,
                "asked_at < ? OR (? AND rowid <= (SELECT max(rowid) FROM answers) - ?)",
                (before, self._file.in_memory, IN_MEMORY),
            )


def delete_answers(connection: sqlite3.Connection, condition: str, values: Iterable[object]) -> int:
    """Delete the answers for which an SQL condition holds, and what was said of them; how many answers.

    They leave their conversations; one with nothing left is gone with them.
    """
    chosen = tuple(values)
    within = f"IN (SELECT id FROM answers WHERE {condition})"
    connection.execute(f"DELETE FROM feedback WHERE answer_id {within}", chosen)
    touched = connection.execute(
        f"SELECT DISTINCT conversation_id FROM turns WHERE answer_id {within}", chosen
    ).fetchall()
    connection.execute(f"DELETE FROM turns WHERE answer_id {within}", chosen)
    connection.executemany(
        "DELETE FROM conversations WHERE id = ? AND id NOT IN (SELECT conversation_id FROM turns)", touched
    )
    return connection.execute(f"DELETE FROM answers WHERE {condition}", chosen).rowcount


def fold_question(question: str) -> str:
    """Write a question so that wordings differing in case, width, spaces and punctuation are the same."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", question)).casefold()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
