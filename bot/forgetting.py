"""What somebody has a right to have gone, gone: an article, a person, a day, from every database, log and free page."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from byline.bot.access_file import FILE as ACCESS_FILE
from byline.bot.answer_log import FILE as LOG_FILE
from byline.bot.answer_log import KIND as LOG_KIND
from byline.bot.answer_log import delete_answers
from byline.retrieval.errors import IndexFault
from byline.retrieval.index.store import Store
from byline.retrieval.sqlite import FileKind, ForeignFile, NewerFile, bring_up_to_date

TELEGRAM_FILE = "telegram.sqlite"
WAIT_S = 30.0  # for a server that is writing
TELEGRAM_CHANNELS = "channel IN ('telegram', 'telegram_group')"


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much is gone, and what this cannot reach, in words."""

    articles: int = 0
    answers: int = 0
    messages: int = 0
    left: tuple[str, ...] = ()


def forget_articles(store: Store, folder: Path, article_ids: Sequence[str]) -> Forgotten:
    """Forget articles, their originals, and every answer that quotes them.

    Their files, where they stand in an indexed folder, are their owner's; they are not indexed again.

    Raises:
        IndexFault: the index cannot be written.
    """
    wanted = list(dict.fromkeys(article_ids))
    forgotten = store.forget(wanted)

    def answers(connection: sqlite3.Connection) -> int:
        quoting = (
            "EXISTS (SELECT 1 FROM json_each(answer, '$.citations') WHERE json_extract(value, '$.article_id') = ?)"
        )
        return sum(delete_answers(connection, quoting, (one,)) for one in wanted)

    def handles(connection: sqlite3.Connection) -> int:
        return sum(
            connection.execute("DELETE FROM handles WHERE stands_for = ?", (json.dumps(one),)).rowcount
            for one in wanted
        )

    counted = _in_file(folder / LOG_FILE, answers, LOG_KIND)
    messages = _in_file(folder / TELEGRAM_FILE, handles)
    return Forgotten(len(forgotten), counted, messages, _left(folder))


def forget_person(folder: Path, telegram_id: int) -> Forgotten:
    """Forget what a Telegram user asked, was answered, said of answers and sent, and that they were let in."""
    who = str(telegram_id)

    def answers(connection: sqlite3.Connection) -> int:
        connection.execute("DELETE FROM feedback WHERE asker = ?", (who,))
        count = delete_answers(connection, f"{TELEGRAM_CHANNELS} AND asker = ?", (who,))
        connection.execute(f"DELETE FROM conversations WHERE {TELEGRAM_CHANNELS} AND asker = ?", (who,))
        return count

    def messages(connection: sqlite3.Connection) -> int:
        count = connection.execute("DELETE FROM questions WHERE chat_id = ?", (telegram_id,)).rowcount
        connection.execute("DELETE FROM shown WHERE user_id = ?", (telegram_id,))
        connection.execute("DELETE FROM additions WHERE user_id = ?", (telegram_id,))
        sent = "EXISTS (SELECT 1 FROM json_tree(body) WHERE fullkey LIKE '$.%.from.id' AND value = ?)"
        connection.execute(f"DELETE FROM updates WHERE body IS NOT NULL AND {sent}", (telegram_id,))
        return count

    def member(connection: sqlite3.Connection) -> int:
        return connection.execute("DELETE FROM member WHERE chat_id = ?", (telegram_id,)).rowcount

    counted = _in_file(folder / LOG_FILE, answers, LOG_KIND)
    told = _in_file(folder / TELEGRAM_FILE, messages)
    _in_file(folder / ACCESS_FILE, member)
    return Forgotten(answers=counted, messages=told, left=_left(folder))


def forget_day(folder: Path, day: date) -> Forgotten:
    """Forget what everybody asked on a day (UTC), what was answered and said of it, and the messages of it."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    until = begin + timedelta(days=1)

    def answers(connection: sqlite3.Connection) -> int:
        return delete_answers(connection, "asked_at >= ? AND asked_at < ?", (begin.isoformat(), until.isoformat()))

    def messages(connection: sqlite3.Connection) -> int:
        within = (begin.timestamp(), until.timestamp())
        connection.execute("DELETE FROM updates WHERE received >= ? AND received < ?", within)
        return connection.execute("DELETE FROM questions WHERE written >= ? AND written < ?", within).rowcount

    counted = _in_file(folder / LOG_FILE, answers, LOG_KIND)
    return Forgotten(answers=counted, messages=_in_file(folder / TELEGRAM_FILE, messages), left=_left(folder))


def _in_file(path: Path, delete: Callable[[sqlite3.Connection], int], kind: FileKind | None = None) -> int:
    """Delete from a database file, if there is one, and leave no trace in its log or free pages.

    Args:
        path: the file.
        delete: deletes, and says how much that was.
        kind: brings a file of an earlier version up to date first, where `delete` needs its tables.

    Raises:
        IndexFault: it cannot be opened or written.
    """
    if not path.exists():
        return 0
    try:
        with _open(path) as connection:
            if kind is not None:
                bring_up_to_date(connection, kind)
            connection.execute("BEGIN IMMEDIATE")
            count = delete(connection)
            connection.execute("COMMIT")
            connection.execute("VACUUM")  # what was deleted before secure_delete was on, too
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if busy:
                raise IndexFault(f"{path}: it is being read; what was deleted is in its log still, run it again")
            return count
    except (sqlite3.Error, ForeignFile, NewerFile) as fault:
        raise IndexFault(f"{path} cannot be written ({fault}); nothing was forgotten in it") from fault


@contextlib.contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)
    try:
        connection.execute("PRAGMA secure_delete = ON")
        yield connection
    finally:
        connection.close()


def _left(folder: Path) -> tuple[str, ...]:
    """What this cannot reach: copies made elsewhere, and logs that were moved aside as damaged."""
    aside = sorted(place.name for place in folder.glob("*.damaged-*"))
    moved = tuple(f"{name} was moved aside as damaged; delete it by hand" for name in aside)
    return ("copies made by `byline backup` hold what they held", *moved)
