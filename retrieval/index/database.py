"""One SQLite file for many threads: connections, transactions, and its errors in words."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from byline.embeddings.errors import Hint
from byline.retrieval.errors import IndexDamaged, IndexFault, IndexFull, IndexLocked
from byline.retrieval.index import schema
from byline.retrieval.index.notes import Notes
from byline.retrieval.sqlite import LogLeftBehind, connect, connect_read_only, make_private_folder

BUSY_TIMEOUT_S = 30.0  # a write holds the database for one batch of passages, well under a second


@contextmanager
def faults_in_words(place: Path) -> Iterator[None]:
    """Turn SQLite's errors into `IndexFault`s that say what to do."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translated(error, place) from error
    except UnicodeEncodeError as error:
        raise IndexFault(f"{place}: an article holds half of a surrogate pair, which is no text") from error


class Database:
    """Connections to one database file.

    Written through a write-ahead log with synchronous=FULL: after a power cut the database opens, and a finished
    transaction is there, also the removal of an article somebody was promised. A commit costs one fsync; batches
    are seconds of embedding apart, so it does not show.
    """

    def __init__(self, place: Path, *, create: bool) -> None:
        """Open the file, made with its folder if `create`.

        Raises:
            IndexFault: it cannot be, or is not there and not to be made.
        """
        self._place = place
        self._idle: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        self._closed = False
        if not create and not place.exists():
            raise IndexFault(f"{place}: there is no index here; index articles first", hint=Hint.INDEX)
        self._notes = Notes(place.parent)
        with faults_in_words(place):
            try:
                make_private_folder(place.parent)
            except OSError as error:
                raise IndexFault(
                    f"{place.parent} cannot be made: {error.strerror}; choose another folder", hint=Hint.DATA_FOLDER
                ) from error
            self._read_only = place.exists() and not _writable(place)
            connection = self._connect()
            try:
                schema.prepare(connection, place)
            except BaseException:
                connection.close()
                raise
        self._idle.append(connection)

    @property
    def place(self) -> Path:
        """The database file."""
        return self._place

    @property
    def read_only(self) -> bool:
        """Whether the file lies where nothing can be written."""
        return self._read_only

    @property
    def notes(self) -> Notes:
        """What is noted beside the file."""
        return self._notes

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A transaction in which every statement sees the same finished write."""
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that is done whole, or not at all if the block raises; waits for other writers' batches."""
        if self._read_only:
            raise IndexFault(f"{self._place} lies where nothing can be written; it can be asked, and nothing else")
        with self._transaction("BEGIN IMMEDIATE") as connection:
            yield connection
            (generation,) = connection.execute("SELECT generation FROM state").fetchone()
        self._notes.note_written(generation)
        self._checkpoint()

    def close(self) -> None:
        """Close connections that are idle; one in use closes when it is done."""
        with self._guard:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with faults_in_words(self._place):
            connection = self._take()
            try:
                connection.execute(begin)
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
            finally:
                self._give_back(connection)

    def empty_log(self) -> None:
        """Leave nothing of earlier states in the log; waits for whoever is reading one.

        Raises:
            IndexLocked: somebody went on reading for `BUSY_TIMEOUT_S`.
        """
        with faults_in_words(self._place):
            connection = self._take()
            try:
                (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                self._give_back(connection)
        if busy:
            raise IndexLocked(f"{self._place} is being read, and its log holds what was deleted; run it again")

    def _checkpoint(self) -> None:
        """Move what was written from the log into the file, unless somebody is reading what was there before.

        A copy of the file alone is then whole, and a log that is lost takes nothing with it.
        """
        connection = self._take()
        try:
            connection.execute("PRAGMA busy_timeout = 0")
            with contextlib.suppress(sqlite3.OperationalError):  # a disk that is full has the log still
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            connection.execute(f"PRAGMA busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}")
        finally:
            self._give_back(connection)

    def _take(self) -> sqlite3.Connection:
        with self._guard:
            if self._closed:
                raise IndexFault(f"{self._place}: the index was closed")
            if self._idle:
                return self._idle.pop()
        return self._connect()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._guard:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _connect(self) -> sqlite3.Connection:
        if not self._read_only:
            return connect(self._place, wait_s=BUSY_TIMEOUT_S, synchronous="FULL")
        try:
            return connect_read_only(self._place)
        except LogLeftBehind as left:
            raise IndexFault(
                f"{self._place} cannot be written, and the log beside it holds what it does not; "
                "open it once where it can be written"
            ) from left


def _writable(place: Path) -> bool:
    """Whether SQLite can write the file, and the log beside it."""
    return os.access(place, os.W_OK) and os.access(place.parent, os.W_OK)


def _translated(error: sqlite3.Error, place: Path) -> IndexFault:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return IndexDamaged(
            f"{place} is damaged ({error}); move it away and index again, or bring back a copy", hint=Hint.INDEX
        )
    if code == sqlite3.SQLITE_FULL:
        return IndexFull(f"{place}: the disk is full; what was finished is kept, make room and run it again")
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return IndexFault(
            f"{place} cannot be written ({error}); see to its permissions or choose another folder",
            hint=Hint.DATA_FOLDER,
        )
    if code == sqlite3.SQLITE_CANTOPEN:
        return IndexFault(
            f"{place} cannot be opened ({error}); see to its permissions or choose another folder",
            hint=Hint.DATA_FOLDER,
        )
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return IndexLocked(f"{place}: another process has been writing for {BUSY_TIMEOUT_S:.0f} s; try again")
    if code == sqlite3.SQLITE_IOERR:
        return IndexFault(f"{place}: the disk failed ({error})")
    return IndexFault(f"{place}: {error}")
