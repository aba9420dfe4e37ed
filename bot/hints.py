"""Errors in the words of the command line: the message, and the command, option or setting that its hint means."""

from __future__ import annotations

from byline.embeddings.errors import BylineError, Hint

WORDS = {
    Hint.INDEX: "`byline index PATH`",
    Hint.DATA_FOLDER: "--data, or BYLINE_DATA",
    Hint.CACHE_FOLDER: "BYLINE_CACHE",
    Hint.EMBEDDING_MODEL: "BYLINE_EMBEDDING_MODEL, BYLINE_ALLOW_DOWNLOADS",
    Hint.READER: "BYLINE_READER, BYLINE_ALLOW_DOWNLOADS",
    Hint.CALIBRATE: "`byline calibrate --reader …`, or BYLINE_READER",
    Hint.LIST_ARTICLES: "`byline articles` lists those there are",
}


def in_words(error: BylineError) -> str:
    """Say an error to who typed a command."""
    return f"{error} ({WORDS[error.hint]})" if error.hint else str(error)
