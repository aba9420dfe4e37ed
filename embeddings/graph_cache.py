"""ONNX graphs of the bundled models, made on first use and cached on disk: whole or not at all, and made once."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from byline.embeddings.errors import Hint, ModelUnavailable

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]

DIGEST_BYTES = hashlib.sha256().digest_size
LOCK_TIMEOUT_S = 120  # a graph takes about 3 s to make


def cached(path: Path, make: Callable[[], bytes]) -> bytes:
    """Read `path`, or make its content and keep it there.

    The file is its content's sha256 followed by the content, so a damaged or cut one is noticed and
    made again. Of several processes that need it at once, one makes it and the others wait.

    Raises:
        ModelUnavailable: the folder cannot be written, or another process holds the lock too long.
    """
    import filelock

    content = _read_whole(path)
    if content is not None:
        return content
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(f"{path}.lock", timeout=LOCK_TIMEOUT_S):
            content = _read_whole(path)
            if content is None:
                content = make()
                _write_atomically(path, hashlib.sha256(content).digest() + content)
    except filelock.Timeout as error:
        raise ModelUnavailable(
            f"another process has held {path}.lock for {LOCK_TIMEOUT_S} s; end it or choose another cache folder",
            hint=Hint.CACHE_FOLDER,
        ) from error
    except OSError as error:
        raise ModelUnavailable(
            f"the model's graph cannot be kept in {path.parent}: {error.strerror or error}; "
            "choose a cache folder that can be written and has 100 MB free",
            hint=Hint.CACHE_FOLDER,
        ) from error
    return content


def open_session(graph: bytes) -> onnxruntime.InferenceSession:
    """Load a graph of `encoder_graph.build_encoder` for runs of one thread each.

    Texts are run side by side rather than split over threads: no core waits for another.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    # the graph is written the way it should run; the optimiser would fuse it into slower kernels
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3  # errors only: a warning belongs in no terminal of ours
    return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _read_whole(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            digest = file.read(DIGEST_BYTES)
            content = file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return content if hashlib.sha256(content).digest() == digest else None


def _write_atomically(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
