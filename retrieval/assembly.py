"""Names to working parts: the embedder, the reader and the service behind them, for whatever front end.

Imports stand inside the functions: listing articles must not load a model's runtime, nor answering PyTorch.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from byline.embeddings.embedder import Embedder
    from byline.retrieval.answers.coverage import DocumentFrequencies
    from byline.retrieval.answers.reader import Reader

BUNDLED = "bundled"  # the model that comes with the install, for the embedder and for the reader
OVERLAP = "overlap"  # a reader without a model
CALIBRATION_FILE = "calibration.json"  # in a data folder: of readers calibrated on this machine


def embedder_named(name: str, cache: Path, *, allow_downloads: bool = False) -> Embedder:
    """Give an embedder by `bundled` or by a sentence-transformers name or folder; it loads when it is first needed.

    Args:
        name: of the model.
        cache: folder for what is made on first use.
        allow_downloads: may it be fetched from its hub; without it only local ones load.
    """
    if name == BUNDLED:
        from byline.embeddings.bundled import BundledEmbedder

        return BundledEmbedder(cache)
    from byline.embeddings.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(name, allow_download=allow_downloads)


def reader_named(
    name: str,
    cache: Path,
    embedder: Embedder,
    document_frequencies: DocumentFrequencies,
    *,
    allow_downloads: bool = False,
) -> Reader:
    """Give a reader by `bundled`, `overlap`, or the name or folder of a question-answering model or cross-encoder.

    Args:
        name: of the reader.
        cache: folder for what is made on first use.
        embedder: whose vectors the overlap reader compares.
        document_frequencies: of the archive; what the overlap reader weighs words by.
        allow_downloads: as for `embedder_named`.
    """
    if name == BUNDLED:
        from byline.retrieval.answers.bundled_reader import BundledReader

        return BundledReader(cache)
    if name == OVERLAP:
        from byline.retrieval.answers.overlap_reader import OverlapReader

        return OverlapReader(embedder, document_frequencies)
    from byline.retrieval.answers.named_reader import NamedReader

    return NamedReader(name, allow_download=allow_downloads)
