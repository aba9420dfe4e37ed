"""The record of indexed files and folders, for `indexing`: what each held when it was last read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from byline.retrieval.index.database import Database
from byline.retrieval.index.writes import FileRecord, Original


class EmbeddedFiles:
    """A `Files`, in the same database as the files' articles."""

    def __init__(self, database: Database) -> None:
        """Read and write an open database."""
        self._database = database

    def records(self) -> dict[str, FileRecord]:
        """Fetch the files; see `Files.records`."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path, size, mtime_ns, digest, faults FROM file WHERE path != '' AND original = ''"
            )
            return {path: FileRecord(*rest) for path, *rest in rows}

    def touch(self, dates: Mapping[str, int]) -> None:
        """Record new dates; see `Files.touch`."""
        with self._database.writing() as connection:
            connection.executemany(
                "UPDATE file SET mtime_ns = ? WHERE path = ?", [(mtime_ns, path) for path, mtime_ns in dates.items()]
            )

    def roots(self) -> list[str]:
        """List what was asked for by name; see `Files.roots`."""
        with self._database.reading() as connection:
            return [path for (path,) in connection.execute("SELECT path FROM root ORDER BY path")]

    def remember_roots(self, paths: Iterable[str]) -> None:
        """Add to `roots`."""
        with self._database.writing() as connection:
            connection.executemany("INSERT OR IGNORE INTO root VALUES (?)", ((path,) for path in paths))

    def forget_roots(self, paths: Iterable[str]) -> None:
        """Take away from `roots`."""
        with self._database.writing() as connection:
            connection.executemany("DELETE FROM root WHERE path = ?", ((path,) for path in paths))

    def want_back(self, paths: Iterable[str]) -> set[str]:
        """Forget removals from files; see `Files.want_back`."""
        with self._database.writing() as connection:
            return {
                path
                for path in paths
                if connection.execute("DELETE FROM withdrawn WHERE path = ?", (path,)).rowcount > 0
            }

    def originals(self) -> list[Original]:
        """List what was handed in; see `Files.originals`."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT path, original, digest != '' FROM file WHERE original != '' ORDER BY path"
            )
            return [Original(path, digest, path.partition("/")[2], bool(whole)) for path, digest, whole in rows]
