"""The root of the errors that Byline raises on purpose, and the one that this layer adds."""

from __future__ import annotations


class BylineError(Exception):
    """A failure with a message fit for the person who asked: one sentence, never a traceback."""


class ModelUnavailable(BylineError):
    """A model cannot be loaded on this machine; the message says what to set instead."""
