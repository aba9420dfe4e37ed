"""Keeping the bot's token out of every log: it stands in each address that httpx writes down."""

from __future__ import annotations

import logging
from collections.abc import Callable

_formatter = logging.Formatter()
_hidden: set[str] = set()


def hide_in_logs(token: str) -> None:
    """From now on write `(secret)` wherever a log record of this process, or its traceback, has the token in it.

    Done where records are made, because handlers and filters of other libraries come and go. What is hidden is
    what follows the colon; the colon itself may be written in other ways, as in an address.
    """
    if not _hidden:
        logging.setLogRecordFactory(_hiding(logging.getLogRecordFactory()))
    _hidden.add(token.partition(":")[2])


def _hiding(make: Callable[..., logging.LogRecord]) -> Callable[..., logging.LogRecord]:
    def make_without_secrets(*args: object, **kwargs: object) -> logging.LogRecord:
        record = make(*args, **kwargs)
        message = _said(record)
        if _without_secrets(message) != message:
            record.msg, record.args = _without_secrets(message), None
        if record.exc_info and record.exc_info[0] is not None:
            traceback = _formatter.formatException(record.exc_info)
            if _without_secrets(traceback) != traceback:
                record.exc_text, record.exc_info = _without_secrets(traceback), None
        return record

    return make_without_secrets


def _said(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError):  # arguments that do not fit the message: logging reports that itself
        return str(record.msg)


def _without_secrets(text: str) -> str:
    for secret in _hidden:
        text = text.replace(secret, "(secret)")
    return text
