"""Which files and folders were indexed, and as what they were last seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.index.database import Database


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when it was last read to its end.

    Attributes:
        size: in bytes; -1 if it never was.
        mtime_ns: when it was last changed; -1 if that was too near the reading to tell a later change by.
        digest: of its bytes; "" if it was never read to its end.
        faults: JSON list of what could not be read.
    """

    size: int
    mtime_ns: int
    digest: str
    faults: str


class Files:
    """The record of files, in the same database as their articles."""

    def __init__(self, database: Database) -> None:
        """Stand on an open database."""
        self._database = database

    def records(self) -> dict[str, FileRecord]:
        """Every file on record, by path."""
        with self._database.reading() as connection:
            rows = connection.execute("SELECT path, size, mtime_ns, digest, faults FROM file WHERE path != ''")
            return {path: FileRecord(*rest) for path, *rest in rows}

    def touch(self, path: str, mtime_ns: int) -> None:
        """Record that a file's date changed and its bytes did not."""
        with self._database.writing() as connection:
            connection.execute("UPDATE file SET mtime_ns = ? WHERE path = ?", (mtime_ns, path))

    def roots(self) -> list[str]:
        """The files and folders that were asked for by name, to be gone through again."""
        with self._database.reading() as connection:
            return [path for (path,) in connection.execute("SELECT path FROM root ORDER BY path")]

    def remember_roots(self, paths: Iterable[str]) -> None:
        """Add to `roots`."""
        with self._database.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO root VALUES (?)", ((path,) for path in paths))

    def want_back(self, path: str) -> bool:
        """Forget that articles were removed from a file, because somebody asks for it by name.

        Returns:
            Whether there were any; the file is then to be read again, changed or not.
        """
        with self._database.writing() as connection:
            return connection.execute("DELETE FROM withdrawn WHERE path = ?", (path,)).rowcount > 0
