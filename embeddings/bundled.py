"""The bundled embedding model, the default: multilingual-e5-small in int8 under ONNX Runtime."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from byline.embeddings.e5_weights import WEIGHTS_SHA256, load_weights, shared_tokenizer
from byline.embeddings.embedder import Vectors
from byline.embeddings.encoder_graph import TOKEN_IDS, VECTOR, MeanPooledHead, build_encoder
from byline.embeddings.graph_cache import cached, open_session

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]
    from tokenizers import Tokenizer

GRAPH_VERSION = 1  # goes up with every change to encoder_graph.py or the tokenizer that changes vectors
DIMENSION = 384
MAX_TOKENS = 512  # the positions the model was trained with
QUESTION_PREFIX = "query: "  # both prefixes as the model's card asks for them
PASSAGE_PREFIX = "passage: "


@dataclass(frozen=True, slots=True)
class _Loaded:
    tokenizer: Tokenizer
    session: onnxruntime.InferenceSession

    def embed(self, text: str) -> Vectors:
        ids = self.tokenizer.encode(text).ids
        if len(ids) > MAX_TOKENS:
            ids = [*ids[: MAX_TOKENS - 1], ids[-1]]
        (vectors,) = self.session.run([VECTOR], {TOKEN_IDS: np.array([ids], np.int64)})
        return np.asarray(vectors[0], np.float32)


class BundledEmbedder:
    """Embeds on the CPU, offline; nothing is loaded before the first text.

    The graph is made once and kept in `cache_dir`: about 82 MB, about 3 s. Safe to use from several
    threads, and from several processes on one cache folder.
    """

    def __init__(self, cache_dir: Path, *, threads: int | None = None) -> None:
        """Name the cache folder.

        Args:
            cache_dir: made when needed.
            threads: passages embedded side by side; as many as this process may use cores when None.
        """
        self._cache_dir = cache_dir
        self._threads = threads or usable_cores()
        self._loading = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def fingerprint(self) -> str:
        """Model, checksum of its weights, version of the graph and its quantisation."""
        return f"bundled:multilingual-e5-small:{WEIGHTS_SHA256[:12]}:graph{GRAPH_VERSION}:int8"

    @property
    def dimension(self) -> int:
        """384."""
        return DIMENSION

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages; what lies beyond 512 tokens is not seen.

        Raises:
            ModelUnavailable: the model is not on this machine.
        """
        model = self._load()
        vectors = np.empty((len(texts), DIMENSION), np.float32)

        def embed(place: int) -> None:
            vectors[place] = model.embed(PASSAGE_PREFIX + texts[place])

        # longest first, so that no thread is left with a long text at the end
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]), reverse=True)
        if self._threads == 1 or len(texts) < 2:
            for place in order:
                embed(place)
        else:
            with ThreadPoolExecutor(self._threads, thread_name_prefix="embed") as pool:
                for _ in pool.map(embed, order):
                    pass
        return vectors

    def embed_question(self, question: str) -> Vectors:
        """Embed one question.

        Raises:
            ModelUnavailable: the model is not on this machine.
        """
        return self._load().embed(QUESTION_PREFIX + question)

    def warm_up(self) -> None:
        """Load the model now rather than with the first text.

        Raises:
            ModelUnavailable: the model is not on this machine.
        """
        self._load()

    def _load(self) -> _Loaded:
        with self._loading:
            if self._loaded is None:
                # the graph is read while the tokenizer is built
                with ThreadPoolExecutor(1, thread_name_prefix="load") as pool:
                    session = pool.submit(self._open_session)
                    self._loaded = _Loaded(shared_tokenizer(), session.result())
            return self._loaded

    def _open_session(self) -> onnxruntime.InferenceSession:
        name = f"e5-small-{WEIGHTS_SHA256[:12]}-graph{GRAPH_VERSION}.onnx"
        return open_session(cached(self._cache_dir / name, _make_graph))


def usable_cores() -> int:
    """Count the cores this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _make_graph() -> bytes:
    graph: bytes = build_encoder(load_weights(unpack_words=False), MeanPooledHead()).SerializeToString()
    return graph
