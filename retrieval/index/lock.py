"""The lock of long writes: one at a time, and a message that says who holds it."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from byline.embeddings.errors import Hint
from byline.retrieval.errors import IndexFault, IndexLocked
from byline.retrieval.sqlite import make_private_folder

LOCK = "writer.lock"
HOLDER = "writer.json"


@contextmanager
def write_lock(folder: Path, work: str, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the index for one long write.

    The system frees the lock when its process ends, however it ends. Uploads and removals do without: they are
    single transactions, which SQLite lines up.

    Args:
        work: what is being done, for others to be told (`indexing articles/`).
        wait_s: how long to wait for another holder.

    Raises:
        IndexLocked: another process holds it; the message says which, since when and doing what.
        IndexFault: the folder cannot be written.
    """
    lock = FileLock(folder / LOCK, thread_local=False, mode=0o600)
    try:
        make_private_folder(folder)
        lock.acquire(timeout=wait_s)
    except Timeout as error:
        raise IndexLocked(f"{folder} is being written by {_holder(folder)}; wait for it to end, or stop it") from error
    except OSError as error:
        raise IndexFault(
            f"{folder} cannot be written: {error.strerror}; choose another folder", hint=Hint.DATA_FOLDER
        ) from error
    try:
        _say_who(folder, work)
        yield
    finally:
        with contextlib.suppress(OSError):
            (folder / HOLDER).unlink()
        lock.release()


def _say_who(folder: Path, work: str) -> None:
    """Leave word of who holds the lock; that it cannot be left is no reason not to write."""
    who = {"pid": os.getpid(), "host": socket.gethostname(), "command": work, "since": time.time()}
    fresh = folder / f"{HOLDER}.{os.getpid()}"
    with contextlib.suppress(OSError):
        fresh.write_text(json.dumps(who), encoding="utf-8")
        fresh.replace(folder / HOLDER)


def _holder(folder: Path) -> str:
    try:
        who = json.loads((folder / HOLDER).read_text(encoding="utf-8"))
        since = time.strftime("%H:%M:%S", time.localtime(float(who["since"])))
        return f"process {who['pid']} on {who['host']} ({who['command']}) since {since}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
