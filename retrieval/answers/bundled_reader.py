"""The bundled reader, the default: an extractive question-answering model, in int8 under ONNX Runtime.

Its weights (`reader_weights.npz`, described in `reader_weights.md`) are the upper layers of the bundled encoder,
taught by `byline.retrieval.training.reader`; embeddings and lower layers are those of the bundled embedder.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from byline.embeddings.bundled import usable_cores
from byline.embeddings.e5_weights import WEIGHTS_SHA256, load_weights, shared_tokenizer
from byline.embeddings.encoder_graph import TEXT_LOGITS, TOKEN_IDS, TOKEN_LOGITS, ReadingHead, build_encoder
from byline.embeddings.graph_cache import cached, open_session
from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.answers.reader_weights import WEIGHTS_PATH, load_reader_weights, weights_sha256
from byline.retrieval.answers.spans import COLUMNS, SPANS_VERSION, TEXT_COLUMNS, TOKEN_COLUMNS, Floats, SpanReader

if TYPE_CHECKING:
    import onnxruntime  # type: ignore[import-untyped]

# Outliers behind these layers' GELU take most of the 8 bits of an activation: with these six matrices in fp32 the
# span logits are off by 0.24 instead of 0.42 (root mean square; they vary by 1.7), for 10% more time.
EXACT = frozenset(f"encoder.layer.{layer}.output.dense" for layer in range(6))
GRAPH_VERSION = 2  # goes up with every change to embeddings/encoder_graph.py that changes scores


@dataclass(frozen=True, slots=True)
class OnnxScorer:
    """Scores tokens with a graph that ends in a `ReadingHead`."""

    session: onnxruntime.InferenceSession

    def score(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Map token ids (tokens,) to (tokens, `COLUMNS`); what is said of the whole text is the same for all."""
        of_tokens, of_text = self.session.run([TOKEN_LOGITS, TEXT_LOGITS], {TOKEN_IDS: ids[None]})
        scores = np.empty((len(ids), COLUMNS), np.float32)
        scores[:, TOKEN_COLUMNS] = of_tokens[0]
        scores[:, TEXT_COLUMNS] = of_text[0]
        return scores


class BundledReader:
    """Reads on the CPU, offline, passages side by side; nothing is loaded before the first question.

    The graph is made once and kept in `cache_dir`: about 82 MB, about 3 s. Safe to use from several threads,
    and from several processes on one cache folder.
    """

    def __init__(self, cache_dir: Path, *, weights: Path = WEIGHTS_PATH, threads: int | None = None) -> None:
        """Name the cache folder.

        Args:
            cache_dir: made when needed.
            weights: what was learned; the file that is shipped unless another is being measured.
            threads: passages read side by side; as many as this process may use cores when None.
        """
        self._cache_dir = cache_dir
        self._weights = weights
        self._threads = threads or usable_cores()
        self._loading = threading.Lock()
        self._reader: SpanReader | None = None

    @cached_property
    def fingerprint(self) -> str:
        """Checksum of the weights, versions of the graph and of the way spans are chosen.

        Raises:
            ModelUnavailable: the weights file cannot be read.
        """
        return f"bundled-reader:{weights_sha256(self._weights)[:12]}:graph{GRAPH_VERSION}:marking{SPANS_VERSION}"

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        """Mark the answer in each passage, in the order given; a passage may be of any length.

        Raises:
            ModelUnavailable: model or weights are not on this machine.
        """
        reader = self._load()
        asked = reader.ask(question)
        if self._threads == 1 or len(passages) < 2:
            return [reader.read_one(asked, passage) for passage in passages]
        # longest first, so that no thread is left with a long passage at the end
        order = sorted(range(len(passages)), key=lambda place: len(passages[place].text), reverse=True)
        with ThreadPoolExecutor(self._threads, thread_name_prefix="read") as pool:
            read = pool.map(lambda place: reader.read_one(asked, passages[place]), order)
            marked = dict(zip(order, read, strict=True))
        return [marked[place] for place in range(len(passages))]

    def warm_up(self) -> None:
        """Load the model now rather than with the first question.

        Raises:
            ModelUnavailable: model or weights are not on this machine.
        """
        self._load()

    def scorer(self) -> OnnxScorer:
        """Open the graph alone, to compare its scores with those of another runtime."""
        return OnnxScorer(self._open_session())

    def _load(self) -> SpanReader:
        with self._loading:
            if self._reader is None:
                # the graph is read while the tokenizer is built
                with ThreadPoolExecutor(1, thread_name_prefix="load") as pool:
                    scorer = pool.submit(self.scorer)
                    tokenizer = shared_tokenizer()
                    self._reader = SpanReader(scorer.result(), tokenizer, self.fingerprint)
            return self._reader

    def _open_session(self) -> onnxruntime.InferenceSession:
        digest = weights_sha256(self._weights)[:12]
        path = self._cache_dir / f"reader-{digest}-e5-small-{WEIGHTS_SHA256[:12]}-graph{GRAPH_VERSION}.onnx"
        return open_session(cached(path, self._make_graph))

    def _make_graph(self) -> bytes:
        base = load_weights(unpack_words=False)
        learned = load_reader_weights(self._weights).tensors
        weight, bias = learned.pop("head.weight"), learned.pop("head.bias")
        head = ReadingHead(
            token_weight=weight[TOKEN_COLUMNS],
            token_bias=bias[TOKEN_COLUMNS],
            text_weight=weight[TEXT_COLUMNS],
            text_bias=bias[TEXT_COLUMNS],
        )
        model = build_encoder(replace(base, tensors=base.tensors | learned), head, exact=EXACT)
        graph: bytes = model.SerializeToString()
        return graph
