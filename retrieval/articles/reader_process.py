"""The other side of `apart`: a process that reads files for its parent, one after the other, within its bounds.

What goes over the pipes is length-prefixed JSON. The parent trusts none of it: a file may have taken this process over.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

LENGTH_BYTES = 8
IDLE_S = 60.0  # a process nobody needs ends; it holds some 100 MB of libraries


def main() -> None:
    """Read what is asked for on standard input until there is no more of it."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    requests = sys.stdin.buffer
    while _is_asked():
        head = receive(requests)
        if head is None:
            return
        wanted = json.loads(head)
        content = requests.read(int(wanted["bytes"])) if "bytes" in wanted else None
        for answer in _answers(wanted, content):
            send(answers, answer)


def send(stream: IO[bytes], message: dict[str, Any]) -> None:
    """Write one message."""
    content = json.dumps(message).encode("ascii")
    stream.write(len(content).to_bytes(LENGTH_BYTES, "big") + content)
    stream.flush()


def receive(stream: IO[bytes], *, most_bytes: int | None = None) -> bytes | None:
    """Read one message; None at the end.

    Raises:
        ValueError: it says that it is longer than `most_bytes`.
    """
    head = stream.read(LENGTH_BYTES)
    if len(head) < LENGTH_BYTES:
        return None
    length = int.from_bytes(head, "big")
    if most_bytes is not None and length > most_bytes:
        raise ValueError(f"a message of {length} bytes")
    content = stream.read(length)
    return content if len(content) == length else None


def _answers(wanted: dict[str, Any], content: bytes | None) -> Iterator[dict[str, Any]]:
    from byline.retrieval.articles.packing import pack_reading
    from byline.retrieval.articles.reading import read_bytes, read_file
    from byline.retrieval.errors import UnreadableFile

    name = str(wanted["name"])
    _bound(wanted)
    try:
        for reading in read_file(Path(name)) if content is None else read_bytes(name, content):
            yield {"reading": pack_reading(reading)}
            _bound(wanted)
    except UnreadableFile as fault:
        yield {"fault": fault.reason}
        return
    except MemoryError:
        yield {"fault": f"reading it takes more than {wanted['memory_bytes'] // 1024**2:,} MB of memory"}
        return
    yield {"done": True}


def _bound(wanted: dict[str, Any]) -> None:
    """Allow so many seconds of computing from now on, and so much memory."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime + wanted["cpu_s"]) + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (int(wanted["memory_bytes"]), hard))


def _is_asked() -> bool:
    """Wait for a request; False after `IDLE_S` without one (Windows cannot wait on a pipe, and waits for ever)."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import select

        return bool(select.select([sys.stdin.buffer], [], [], IDLE_S)[0])
    return True


if __name__ == "__main__":
    main()
