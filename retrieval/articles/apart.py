"""Reading in a process of its own, so that one bad file costs itself: it is killed when it takes too much.

A table in a table twenty deep, a picture of a billion points or a list that names itself takes a reader hours or all
memory, in a file of a kilobyte; no list of such tricks is ever complete.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from byline.retrieval.articles import reader_process
from byline.retrieval.articles.article import Reading
from byline.retrieval.articles.kinds import STREAMED, suffix_of
from byline.retrieval.articles.packing import unpack_reading
from byline.retrieval.articles.reader_process import receive, send
from byline.retrieval.articles.reading import check_kind_and_size
from byline.retrieval.errors import UnreadableFile

MOST_MESSAGE_BYTES = 1024**3


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one file may take.

    Attributes:
        cpu_s: computing for one piece: a whole file, a page of a PDF, a chapter, or some lines of a collection. The
            slowest of the files in `tests` takes three seconds, a scanned page five.
        wall_s: the same by the clock; a busy machine needs several times as long.
        memory_bytes: addresses; the OCR libraries take two gigabytes before they read anything.
        chars: text of all its articles, except for collections of lines; the longest novels have three million.
    """

    cpu_s: float = 60.0
    wall_s: float = 300.0
    memory_bytes: int = 4 * 1024**3
    chars: int = 20_000_000


BOUNDS = Bounds()


def read_file_apart(path: Path, bounds: Bounds = BOUNDS) -> Iterator[Reading]:
    """Read one file as `read_file` does, in another process.

    Raises:
        UnreadableFile: as of `read_file`; also where it is no regular file, or takes more than `bounds`.
    """
    check_kind_and_size(path)
    yield from _read(str(path), None, bounds)


def read_bytes_apart(name: str, content: bytes, bounds: Bounds = BOUNDS) -> Iterator[Reading]:
    """Read a file that is in memory as `read_bytes` does, in another process.

    Raises:
        UnreadableFile: as of `read_bytes`; also where it takes more than `bounds`.
    """
    yield from _read(name, content, bounds)


class _ReaderProcess:
    """One process, used for one file at a time."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _start()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is the parent's to handle
        )
        self.why_killed = ""

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, name: str, content: bytes | None, bounds: Bounds) -> None:
        """Send a request.

        Raises:
            OSError: the process has ended.
        """
        assert self._process.stdin is not None
        head: dict[str, object] = {"name": name, "cpu_s": bounds.cpu_s, "memory_bytes": bounds.memory_bytes}
        send(self._process.stdin, head if content is None else {**head, "bytes": len(content)})
        if content is not None:
            self._process.stdin.write(content)
            self._process.stdin.flush()

    def answer(self, bounds: Bounds) -> dict[str, object]:
        """Wait for the next message.

        Raises:
            EOFError: the process ended, or was killed because it took too long; the message says which.
        """
        assert self._process.stdout is not None
        clock = threading.Timer(bounds.wall_s, self.kill, [f"reading it takes longer than {bounds.wall_s:g} s"])
        clock.daemon = True
        clock.start()
        try:
            content = receive(self._process.stdout, most_bytes=MOST_MESSAGE_BYTES)
            found = None if content is None else json.loads(content)
        except (ValueError, OSError) as fault:
            raise EOFError(f"its reader said something else ({fault})") from fault
        finally:
            clock.cancel()
        if not isinstance(found, dict):
            raise EOFError(self.why_killed or self._how_it_ended(bounds))
        return found

    def kill(self, why: str) -> None:
        """End the process at once."""
        self.why_killed = self.why_killed or why
        with contextlib.suppress(OSError):
            self._process.kill()

    def close(self) -> None:
        """End the process and let go of its pipes."""
        self.kill("closed")
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                assert pipe is not None
                pipe.close()
        self._process.wait()

    def _how_it_ended(self, bounds: Bounds) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=5)
        if sys.platform != "win32":
            import signal

            if self._process.returncode == -signal.SIGXCPU:
                return f"reading it takes more than {bounds.cpu_s:g} s of computing"
        return f"its reader ended in the middle of it (status {self._process.returncode})"


def _start() -> str:
    """What the process runs: the same code as this one, wherever that was imported from."""
    return f"import sys; sys.path[:] = {sys.path!r}; from {reader_process.__name__} import main; main()"


_idle: list[_ReaderProcess] = []
_guard = threading.Lock()


def _read(name: str, content: bytes | None, bounds: Bounds) -> Iterator[Reading]:
    reader = _take(name, content, bounds)
    chars, done = 0, False
    try:
        while not done:
            message = reader.answer(bounds)
            if "fault" in message:
                done = True
                raise UnreadableFile(name, str(message["fault"]))
            if "reading" not in message:
                done = True
                return
            packed = message["reading"]
            if not isinstance(packed, dict):
                raise EOFError("its reader said something else")
            reading = unpack_reading(packed)
            chars += sum(len(article.text) for article in reading.articles)
            if chars > bounds.chars and suffix_of(name) not in STREAMED:
                raise EOFError(f"it gives more than {bounds.chars:,} characters of text")
            yield reading
    except EOFError as ended:
        raise UnreadableFile(name, f"{ended}; it was stopped") from ended
    except (TypeError, ValueError, KeyError) as fault:
        raise UnreadableFile(name, "its reader said something else; it was stopped") from fault
    finally:
        _give_back(reader, whole=done)


def _take(name: str, content: bytes | None, bounds: Bounds) -> _ReaderProcess:
    """A process that has the request: an idle one, or, where that ended meanwhile, a new one."""
    while True:
        with _guard:
            reader = _idle.pop() if _idle else None
        fresh = reader is None
        reader = reader or _ReaderProcess()
        try:
            reader.ask(name, content, bounds)
            return reader
        except (OSError, ValueError) as fault:  # it ended, and its pipe with it
            reader.close()
            if fresh:
                raise UnreadableFile(name, f"no process could be started to read it ({fault})") from fault


def _give_back(reader: _ReaderProcess, *, whole: bool) -> None:
    with _guard:
        if whole and reader.alive and not _idle:
            _idle.append(reader)
            return
    reader.close()


@atexit.register
def _end() -> None:
    with _guard:
        while _idle:
            _idle.pop().close()
