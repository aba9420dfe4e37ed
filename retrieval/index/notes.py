"""Two small files beside the database: how far it was written, and what damage was noticed in it."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path

HIGH_WATER = "index.generation"
DAMAGE = "index.damage"
MOST_LINES = 100


class Notes:
    """What the database cannot say of itself; a file that cannot be written or read is no note, and no failure.

    The generation of the last finished write lies outside the write-ahead log, so that a log which was lost or cut
    shows: the database then says less. It is written after each write and never lowered, and it is not forced to the
    disk: after a power cut it may say too little, never too much.
    """

    def __init__(self, folder: Path) -> None:
        """Keep the notes in the data folder."""
        self._folder = folder
        self._guard = threading.Lock()
        self._written = self.written()

    def written(self) -> int:
        """The generation last noted; 0 where there is none."""
        try:
            return int((self._folder / HIGH_WATER).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0

    def note_written(self, generation: int) -> None:
        """Note a finished write."""
        with self._guard:
            if generation <= self._written:
                return
            if generation > self.written():
                self._put(HIGH_WATER, str(generation))
            self._written = generation

    def damage(self) -> list[str]:
        """What was noticed, a line each, oldest first."""
        try:
            return (self._folder / DAMAGE).read_text(encoding="utf-8").splitlines()
        except (OSError, ValueError):
            return []

    def note_damage(self, line: str) -> bool:
        """Note damage; False if that line is there already."""
        with self._guard:
            lines = self.damage()
            if line in lines:
                return False
            self._put(DAMAGE, "\n".join([*lines, " ".join(line.split())][:MOST_LINES]) + "\n")
            return True

    def clear_damage(self) -> None:
        """Forget what was noticed: it is mended."""
        with contextlib.suppress(OSError):
            (self._folder / DAMAGE).unlink()

    def _put(self, name: str, content: str) -> None:
        fresh = self._folder / f"{name}.{os.getpid()}.{threading.get_ident()}"
        with contextlib.suppress(OSError):
            try:
                descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(content)
                fresh.replace(self._folder / name)
            except BaseException:
                with contextlib.suppress(OSError):
                    fresh.unlink()
                raise
