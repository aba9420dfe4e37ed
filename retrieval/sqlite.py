"""SQLite files, opened and brought to today's version in one way: the index, the answer log, the bot's memory."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

log = logging.getLogger(__name__)

Step = Callable[[sqlite3.Connection], None]


class ForeignFile(Exception):
    """The file is another program's database."""

    def __init__(self) -> None:
        super().__init__("it is another program's database")


class LogLeftBehind(Exception):
    """A file on a read-only disk has a write-ahead log beside it, which only a writer can take up."""


class NewerFile(Exception):
    """A newer Byline made the file.

    Attributes:
        version: of the file.
        reads: the highest version this Byline knows.
    """

    def __init__(self, version: int, reads: int) -> None:
        super().__init__(f"version {version}, this Byline reads {reads}")
        self.version = version
        self.reads = reads


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of database file: how an empty one becomes one of it, and each version the next.

    Attributes:
        application_id: kept in the file's head; tells it from other programs' databases.
        first: version that `create` makes.
        create: makes the tables in an empty file.
        steps: by the version they lead to, from the version before. A step that was released never changes.
        unmarked: a table by which files are known that were made before files of this kind were marked. They hold
            the tables of version `first`, and `create` leaves those as they are.
    """

    application_id: int
    first: int
    create: Step
    steps: Mapping[int, Step] = field(default_factory=dict)
    unmarked: str = ""

    @property
    def version(self) -> int:
        """The version files have once they are brought up to date."""
        return max(self.first, *self.steps, 0)


def connect(path: Path, *, wait_s: float, synchronous: Literal["FULL", "NORMAL"]) -> sqlite3.Connection:
    """Open a file, made if it is not there: write-ahead log, foreign keys checked, transactions begun by hand.

    Args:
        path: the file; its folder must be there.
        wait_s: how long a statement waits for another writer.
        synchronous: `FULL` for what must not be lost in a power cut, `NORMAL` where the last second may be.

    Raises:
        sqlite3.Error: it cannot be opened or is no database.
    """
    keep_private(path)
    connection = sqlite3.connect(
        path, timeout=wait_s, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten; Debian's SQLite alone does so
        _write_ahead(connection, wait_s)
        connection.execute(f"PRAGMA synchronous = {synchronous}")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """Open a file on a disk that nothing can be written to.

    Raises:
        LogLeftBehind: its write-ahead log holds what the file does not, and reading it would need a file beside it.
        sqlite3.Error: it cannot be opened or is no database.
    """
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        raise LogLeftBehind
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


def make_private_folder(folder: Path) -> None:
    """Make a folder, with those above it, that its owner alone may look into; one that is there stays as it is.

    Raises:
        OSError: it cannot be made.
    """
    for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
        missing.mkdir(mode=0o700, exist_ok=True)  # as the XDG base directory specification has it
    folder.mkdir(exist_ok=True)  # says what is in the way


def keep_private(path: Path) -> None:
    """Make a file, or take it from others, so that its owner alone may read it; SQLite gives its log the same.

    A file of another owner stays as it is.
    """
    with contextlib.suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        if path.stat().st_mode & 0o077:
            path.chmod(0o600)


def open_file(
    path: Path, kind: FileKind, *, wait_s: float, synchronous: Literal["FULL", "NORMAL"] = "NORMAL"
) -> sqlite3.Connection:
    """Open a file, made or brought to today's version; `synchronous` as of `connect`.

    Raises:
        ForeignFile, NewerFile: as of `bring_up_to_date`.
        sqlite3.Error: it cannot be opened or is no database.
    """
    connection = connect(path, wait_s=wait_s, synchronous=synchronous)
    try:
        bring_up_to_date(connection, kind)
    except BaseException:
        connection.close()
        raise
    return connection


def bring_up_to_date(connection: sqlite3.Connection, kind: FileKind) -> None:
    """Make the tables in a new file, or take an older one from version to version, each in one transaction.

    Killed in between, the next opening goes on from there. Safe when two processes do it at once: the second waits
    and finds it done.

    Raises:
        ForeignFile: it is some other program's.
        NewerFile: a newer Byline made it.
        sqlite3.Error: a step failed; the file is as it was before that step.
    """
    connection.execute("BEGIN")  # one state of the file: another process may be making the tables between two reads
    try:
        current = _version(connection, kind)
    finally:
        connection.execute("ROLLBACK")
    while current != kind.version:
        connection.execute("BEGIN IMMEDIATE")
        try:
            current = _version(connection, kind)
            if current != kind.version:
                current = _advance(connection, kind, current)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def run_statements(connection: sqlite3.Connection, statements: str) -> None:
    """Run statements that end with `;` and a line end, within the transaction at hand (`executescript` ends it)."""
    for statement in statements.split(";\n"):
        if statement.strip():
            connection.execute(statement)


def _advance(connection: sqlite3.Connection, kind: FileKind, current: int) -> int:
    following = kind.first if current == 0 else current + 1
    step = kind.create if current == 0 else kind.steps[following]
    step(connection)
    connection.execute(f"PRAGMA application_id = {kind.application_id}")
    connection.execute(f"PRAGMA user_version = {following}")
    return following


def _version(connection: sqlite3.Connection, kind: FileKind) -> int:
    """The file's version; 0 for one that is empty or was made before files were marked."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    if tables and application != kind.application_id and not (version == 0 and kind.unmarked in tables):
        raise ForeignFile
    if version > kind.version:
        raise NewerFile(version, kind.version)
    return int(version)


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    """Switch to a write-ahead log; SQLite does not wait by itself where two switch a new file at once."""
    give_up = time.monotonic() + wait_s
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
        time.sleep(0.01)


class PrivateLog:
    """A database file whose loss costs what it noted and nothing else: damaged, it is moved aside and begun anew.

    Written so that what was acknowledged survives a power cut.

    Attributes:
        in_memory: whether it stands in memory, because it has no place or cannot have one.
    """

    def __init__(self, path: Path, kind: FileKind, *, wait_s: float) -> None:
        """Name the file; nothing is opened yet."""
        self._path, self._kind, self._wait_s = path, kind, wait_s
        self._opened = 0
        self.in_memory = False

    def open(self, *, in_memory: bool) -> sqlite3.Connection:
        """Open or make the file, or a database in memory where that is asked for or no file can be had.

        Raises:
            NewerFile: a newer Byline made it.
        """
        self.in_memory = in_memory
        if not in_memory:
            try:
                return self._open_file()
            except (sqlite3.Error, OSError, ForeignFile) as fault:
                if _is_damage(fault):
                    self._move_aside(fault)
                    with contextlib.suppress(sqlite3.Error, OSError):
                        return self._open_file()
                log.warning("%s cannot be used (%s); what it would keep is forgotten at the end", self._path, fault)
        self.in_memory = True
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        bring_up_to_date(connection, self._kind)
        return connection

    def anew_if_damaged(self, connection: sqlite3.Connection, fault: Exception) -> sqlite3.Connection:
        """The connection, unless `fault` says that its file is damaged: then one to a new file."""
        if self.in_memory or not _is_damage(fault):
            return connection
        connection.close()
        with contextlib.suppress(OSError):
            if self._path.stat().st_ino == self._opened:  # else another process has begun anew already
                self._move_aside(fault)
        return self.open(in_memory=False)

    def _open_file(self) -> sqlite3.Connection:
        make_private_folder(self._path.parent)
        connection = open_file(self._path, self._kind, wait_s=self._wait_s, synchronous="FULL")
        self._opened = self._path.stat().st_ino
        return connection

    def _move_aside(self, fault: Exception) -> None:
        aside = self._path.with_name(f"{self._path.name}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        log.error("%s is damaged (%s); it is moved to %s and begun anew", self._path, fault, aside.name)
        with contextlib.suppress(OSError):
            self._path.replace(aside)
        for suffix in ("-wal", "-shm"):  # of the old file; a new one must not take them for its own
            with contextlib.suppress(OSError):
                self._path.with_name(self._path.name + suffix).replace(aside.with_name(aside.name + suffix))


def _is_damage(fault: Exception) -> bool:
    code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
