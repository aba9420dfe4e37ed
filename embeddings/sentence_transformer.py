"""Any sentence-transformers model as an embedder, by name or folder, on CPU or GPU."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from byline.embeddings.embedder import Vectors
from byline.embeddings.errors import Hint
from byline.embeddings.named_model import cannot_load, hash_weights, lacks_packages

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Models of the E5 family ask for these in their cards, but most do not carry them in their configuration.
E5_PROMPTS = {"query": "query: ", "document": "passage: "}
E5_NAME = re.compile(r"(^|[/_-])e5([_-]|$)", re.IGNORECASE)
DOCUMENT_PROMPT_NAMES = ("document", "passage", "corpus")  # the names models keep it under
BATCH_SIZE = 32  # sentence-transformers' own default


class SentenceTransformerEmbedder:
    """Embeds with a sentence-transformers model; neither it nor torch is loaded before it is needed."""

    def __init__(self, model: str, *, device: str | None = None, allow_download: bool = False) -> None:
        """Name the model.

        Args:
            model: a folder, or a name on the model hub.
            device: `cpu`, `cuda`, `mps`; the fastest there is when None.
            allow_download: whether a model that is not on this machine may be fetched.
        """
        self._model = model
        self._device = device
        self._allow_download = allow_download
        self._loading = threading.Lock()
        self._loaded: SentenceTransformer | None = None
        self._weights_digest: str | None = None

    @property
    def fingerprint(self) -> str:
        """Name of the model, checksum of its weights and the prompts it is used with.

        Raises:
            ModelUnavailable: the model is not on this machine.
        """
        model = self._load()
        if self._weights_digest is None:
            self._weights_digest = _digest(model)
        return f"sentence-transformers:{Path(self._model).name}:{self._weights_digest}"

    @property
    def dimension(self) -> int:
        """As the model says, or as one vector shows.

        Raises:
            ModelUnavailable: the model is not on this machine.
        """
        return self._load().get_embedding_dimension() or len(self.embed_question(""))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed passages with the model's own prompt; the model cuts texts that are too long for it.

        Raises:
            ModelUnavailable: the model is not on this machine.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        model = self._load()
        # encode_document takes the first name there is, be its prompt empty, and "document" is always there
        prompt = next((model.prompts[name] for name in DOCUMENT_PROMPT_NAMES if model.prompts.get(name)), None)
        vectors = model.encode_document(
            list(texts), prompt=prompt, batch_size=BATCH_SIZE, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, np.float32)

    def embed_question(self, question: str) -> Vectors:
        """Embed one question with the model's own prompt.

        Raises:
            ModelUnavailable: the model is not on this machine.
        """
        vector = self._load().encode_query(question, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, np.float32)

    def _load(self) -> SentenceTransformer:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> SentenceTransformer:
        try:
            from sentence_transformers import SentenceTransformer
            from transformers.utils.logging import disable_progress_bar
        except ImportError as error:
            raise lacks_packages("embedding model", self._model, Hint.EMBEDDING_MODEL, error) from error
        disable_progress_bar()  # type: ignore[no-untyped-call]  # of loading weights, which takes a second
        try:
            model = SentenceTransformer(
                self._model, device=self._device, local_files_only=not self._allow_download, trust_remote_code=False
            )
        except (OSError, ValueError, RuntimeError) as error:
            raise cannot_load(
                "embedding model", self._model, Hint.EMBEDDING_MODEL, error, allow_download=self._allow_download
            ) from error
        if E5_NAME.search(Path(self._model).name) and not any(model.prompts.values()):
            model.prompts = dict(E5_PROMPTS)
        return model


def _digest(model: SentenceTransformer) -> str:
    """Hash what decides the vectors: every parameter, the longest input and the prompts."""
    # a pooler is made up at random where a model has none, and read by no vector
    digest = hash_weights((name, tensor) for name, tensor in model.state_dict().items() if ".pooler." not in name)
    prompts = sorted((name, text) for name, text in model.prompts.items() if text)
    digest.update(repr((model.max_seq_length, prompts, [type(module).__name__ for module in model])).encode())
    return digest.hexdigest()[:16]
