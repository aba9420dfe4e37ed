"""Settings to working parts: the one place that names concrete classes.

Imports stand inside the functions: listing articles must not load a model's runtime, nor answering PyTorch.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.settings import Settings, SettingsFault

if TYPE_CHECKING:
    from bot.asking import Asker
    from bot.intake import Intake
    from bot.ledger import Ledger
    from embeddings.embedder import Embedder
    from retrieval.answers.reader import Reader
    from retrieval.index.embedded import EmbeddedStore
    from retrieval.index.store import Store
    from retrieval.service import Service


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a front end works with.

    Attributes:
        store: the archive, which is written to.
        embedder: what its vectors are made with.
        service: answers, from the archive or, at first, from the sample.
        ledger: keeps answers.
        intake: takes new articles into the archive.
        sample: the sample's own archive, where the service begins with it.
    """

    store: EmbeddedStore
    embedder: Embedder
    asker: Asker
    intake: Intake
    sample: EmbeddedStore | None = None

    @property
    def service(self) -> Service:
        """What answers."""
        return self.asker.service

    @property
    def ledger(self) -> Ledger:
        """Answers and feedback."""
        return self.asker.ledger

    def close(self) -> None:
        """Let go of every file."""
        self.service.close()
        self.ledger.close()


def wire(settings: Settings, *, sample: bool = False) -> Parts:
    """Put the parts together; models load when they are first needed, or by `Service.warm`.

    Args:
        settings: name the parts.
        sample: answer from the sample until the archive gains articles.

    Raises:
        SettingsFault: a setting names something this version does not have.
        IndexFault: the index cannot be opened.
        LedgerDamaged: the ledger cannot be opened.
        ModelUnavailable: the embedding model or the reader cannot be had on this machine.
        NotCalibrated: the reader named has no calibration.
    """
    from bot.asking import Asker
    from bot.intake import Intake
    from bot.ledger import Ledger
    from bot.sample_archive import SampleFirst, sample_settings
    from retrieval.answers.calibration_files import calibration_for
    from retrieval.service import Service

    if settings.llm_url:
        log.warning("BYLINE_LLM_URL is set, but this version only quotes; it changes nothing")
    embedder = _embedder(settings)
    store = open_index(settings, embedder)
    tried = open_index(sample_settings(settings), embedder) if sample else None
    answering: Store = store if tried is None else SampleFirst(store, tried)
    reader = _reader(settings, embedder, answering)
    calibration = calibration_for(reader.fingerprint, settings.data / "calibration.json")
    service = Service(
        answering,
        embedder,
        reader,
        calibration=calibration,
        threshold=settings.confidence,
        at_most_wrong=settings.at_most_wrong,
    )
    return Parts(store, embedder, Asker(service, Ledger(settings.data)), Intake(store, embedder), tried)


def open_index(settings: Settings, embedder: Embedder | None = None, *, create: bool = True) -> EmbeddedStore:
    """Open the index; without an embedder, to list, show, count and remove only.

    Args:
        settings: where it is.
        embedder: the model it is searched and written with.
        create: make one where there is none.

    Raises:
        SettingsFault: the setting names a store this version does not have.
        IndexFault: the index cannot be opened.
    """
    from retrieval.index.embedded import open_store

    if settings.store != "embedded":
        raise SettingsFault(
            f'BYLINE_STORE is "{settings.store}", which this version does not have; set it to "embedded"'
        )
    if embedder is None:
        return open_store(settings.data, create=create)
    return open_store(settings.data, fingerprint=embedder.fingerprint, dimension=embedder.dimension, create=create)


def holds_articles(settings: Settings) -> bool:
    """Whether anything is indexed in the archive.

    Raises:
        SettingsFault: see `open_index`.
        IndexFault: likewise.
    """
    store = open_index(settings)
    try:
        return store.articles(limit=1).total > 0
    finally:
        store.close()


def _embedder(settings: Settings) -> Embedder:
    if settings.embedding_model == "bundled":
        from embeddings.bundled import BundledEmbedder

        return BundledEmbedder(settings.cache)
    from embeddings.sentence_transformer import SentenceTransformerEmbedder

    return SentenceTransformerEmbedder(settings.embedding_model, allow_download=settings.allow_downloads)


def _reader(settings: Settings, embedder: Embedder, store: Store) -> Reader:
    if settings.reader == "bundled":
        from retrieval.answers.bundled_reader import BundledReader

        return BundledReader(settings.cache)
    if settings.reader == "overlap":
        from retrieval.answers.overlap_reader import OverlapReader

        return OverlapReader(embedder, store.document_frequencies)
    from retrieval.answers.named_reader import NamedReader

    return NamedReader(settings.reader, allow_download=settings.allow_downloads)
