"""Uploads kept byte for byte in the data folder, so that a better parser can read them again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Collection, Iterable
from pathlib import Path

from byline.retrieval.errors import IndexFault

FOLDER = "originals"
HANDING_IN_S = 3600.0  # between keeping a file and writing its articles lie a reading and an embedding


class Originals:
    """Files named by the digest of what is in them; readable by their owner only."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `originals/` of the data folder."""
        self._folder = folder / FOLDER

    def keep(self, content: bytes) -> str:
        """Keep a file, on the disk for good when this returns; the same twice is one.

        Returns:
            Its digest: 32 hexadecimal digits of BLAKE2b.

        Raises:
            IndexFault: it cannot be written.
        """
        digest = hashlib.blake2b(content, digest_size=16).hexdigest()
        place = self._place(digest)
        try:
            if place.exists():
                os.utime(place)  # so that `sweep` does not take it for left behind
                return digest
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh = place.with_name(f"{digest}.{os.getpid()}.{time.monotonic_ns()}")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            fresh.replace(place)
            _sync(place.parent)
        except OSError as error:
            raise IndexFault(f"{place} cannot be written: {error.strerror or error}") from error
        return digest

    def read(self, digest: str) -> bytes:
        """Fetch a file.

        Raises:
            IndexFault: it is not there or is not what was kept.
        """
        place = self._place(digest)
        try:
            content = place.read_bytes()
        except OSError as error:
            raise IndexFault(f"{place} cannot be read: {error.strerror or error}") from error
        if hashlib.blake2b(content, digest_size=16).hexdigest() != digest:
            raise IndexFault(f"{place} is not what was handed in; bring back a copy of it")
        return content

    def drop(self, digests: Iterable[str]) -> None:
        """Delete files; one that cannot be deleted is left to `sweep`."""
        for digest in digests:
            with contextlib.suppress(OSError):
                self._place(digest).unlink()

    def sweep(self, kept: Collection[str]) -> int:
        """Delete what a killed process left behind: files not among `kept` and not just being handed in.

        Returns:
            How many files were deleted.
        """
        before = time.time() - HANDING_IN_S
        swept = 0
        for place in self._folder.glob("??/*"):
            with contextlib.suppress(OSError):
                if place.name not in kept and place.stat().st_mtime < before:
                    place.unlink()
                    swept += 1
        return swept

    def _place(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest


def _sync(folder: Path) -> None:
    """Put a folder's new entry on the disk, where the system can (Windows cannot open folders)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
