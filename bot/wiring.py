"""Settings to working parts.

Imports stand inside the functions: listing articles must not load a model's runtime, nor answering PyTorch.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from byline.bot.settings import Settings, SettingsFault
from byline.retrieval.assembly import CALIBRATION_FILE, embedder_named, reader_named

if TYPE_CHECKING:
    from byline.bot.answer_log import AnswerLog
    from byline.bot.asking import Asker
    from byline.bot.uploads import Uploads
    from byline.embeddings.embedder import Embedder
    from byline.retrieval.index.store import Store
    from byline.retrieval.service import Service


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Components:
    """What a front end works with.

    Attributes:
        store: the archive, which is written to.
        embedder: what its vectors are made with.
        service: answers, from the archive or, at first, from the sample.
        answer_log: keeps answers.
        uploads: takes new articles into the archive.
        sample: the sample's own archive, where the service begins with it.
    """

    store: Store
    embedder: Embedder
    asker: Asker
    uploads: Uploads
    sample: Store | None = None

    @property
    def service(self) -> Service:
        """What answers."""
        return self.asker.service

    @property
    def answer_log(self) -> AnswerLog:
        """Answers and feedback."""
        return self.asker.answer_log

    def close(self) -> None:
        """Let go of every file."""
        self.service.close()
        self.answer_log.close()


def wire(settings: Settings, *, sample: bool = False) -> Components:
    """Put the parts together; models load when they are first needed, or by `Service.warm`.

    Args:
        settings: name the parts.
        sample: answer from the sample until the archive gains articles.

    Raises:
        SettingsFault: a setting names something this version does not have.
        IndexFault: the index cannot be opened.
        ModelUnavailable: the embedding model or the reader cannot be had on this machine.
        NotCalibrated: the reader named has no calibration.
    """
    from byline.bot.answer_log import AnswerLog
    from byline.bot.asking import Asker
    from byline.bot.sample_archive import SampleFirst, sample_settings
    from byline.bot.uploads import Uploads
    from byline.retrieval.answers.calibration_files import calibration_for
    from byline.retrieval.service import Service

    if settings.llm_url:
        log.warning("BYLINE_LLM_URL is set, but this version only quotes; it changes nothing")
    downloads = settings.allow_downloads
    embedder = embedder_named(settings.embedding_model, settings.cache, allow_downloads=downloads)
    store = open_index(settings, embedder)
    tried = open_index(sample_settings(settings), embedder) if sample else None
    answering: Store = store if tried is None else SampleFirst(store, tried)
    reader = reader_named(
        settings.reader, settings.cache, embedder, answering.document_frequencies, allow_downloads=downloads
    )
    calibration = calibration_for(reader.fingerprint, settings.data / CALIBRATION_FILE)
    service = Service(
        answering,
        embedder,
        reader,
        calibration=calibration,
        threshold=settings.confidence,
        at_most_wrong=settings.at_most_wrong,
    )
    answer_log = AnswerLog(
        settings.data,
        keep_days=settings.keep_questions_days,
        conversations_kept=timedelta(days=settings.keep_conversations_days),
    )
    uploads = Uploads(store, embedder, max_chars=settings.max_upload_chars)
    return Components(store, embedder, Asker(service, answer_log), uploads, tried)


def open_index(settings: Settings, embedder: Embedder | None = None, *, create: bool = True) -> Store:
    """Open the index; without an embedder, to list, show, count and remove only.

    Args:
        settings: where it is.
        embedder: the model it is searched and written with.
        create: make one where there is none.

    Raises:
        SettingsFault: the setting names a store this version does not have.
        IndexFault: the index cannot be opened.
    """
    from byline.retrieval.index.embedded import open_store

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
