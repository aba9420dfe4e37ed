"""The root of the errors that Byline raises on purpose, and the one that this layer adds."""

from __future__ import annotations

from enum import Enum, auto


class Hint(Enum):
    """What there is to set or run, for a front end to say in its own words; a library has no commands."""

    INDEX = auto()  # index articles
    DATA_FOLDER = auto()  # choose where the index is
    CACHE_FOLDER = auto()  # choose where what is made on first use is kept
    EMBEDDING_MODEL = auto()  # choose the embedding model, and whether it may be downloaded
    READER = auto()  # choose the reader, and whether it may be downloaded
    CALIBRATE = auto()  # fit a calibration to a reader
    LIST_ARTICLES = auto()  # see which articles there are


class BylineError(Exception):
    """A failure with a message fit for the person who asked: one sentence, never a traceback.

    Attributes:
        hint: what helps, where that has another name in each front end.
    """

    def __init__(self, message: str = "", *, hint: Hint | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class ModelUnavailable(BylineError):
    """A model cannot be loaded on this machine; the message says what to set instead."""
