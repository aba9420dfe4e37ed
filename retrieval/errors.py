"""Every error Byline raises on purpose, as one tree.

    BylineError                 a sentence for the person at the other end, never a traceback (`embeddings.errors`)
    ├── ModelUnavailable        a model cannot be loaded on this machine (`embeddings.errors`)
    ├── UnreadableFile          a file that cannot be turned into articles
    ├── IndexFault              the index as it stands cannot do what was asked
    │   ├── IndexMismatch       made by another embedding model or a newer Byline
    │   ├── IndexLocked         another process is writing
    │   ├── IndexFull           the disk is full
    │   └── IndexDamaged        the database does not open or does not hold together
    ├── NotCalibrated           the reader named has no figures to turn its scores into confidence
    ├── NotFound                no article, answer or passage has that id
    ├── BadQuestion             an empty or over-long question, a filter that is no date
    ├── Cancelled               nobody waits for it any more, or not so long (`retrieval.cancelling`)
    └── in `bot`: SettingsFault, AnswerLogDamaged, BackupFault, StateDamaged, TokenRefused, CannotListen, NotReady,
                                CannotPlot, Busy

A message says what happened, the value at fault and what to do, in one line. Abstaining is a value
(`Answer.answered`), not an exception.
"""

from __future__ import annotations

from byline.embeddings.errors import BylineError


class UnreadableFile(BylineError):
    """A file could not be turned into articles; the message names the file and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class IndexFault(BylineError):
    """The index as it stands cannot do what was asked."""


class IndexMismatch(IndexFault):
    """The index was made by another embedding model or by a newer Byline."""


class IndexLocked(IndexFault):
    """Another process is writing to the index; the message says which."""


class IndexFull(IndexFault):
    """The disk is full; what was finished is kept."""


class IndexDamaged(IndexFault):
    """The index database does not open, or its parts do not agree."""


class NotCalibrated(BylineError):
    """A reader's scores mean nothing yet: it was never calibrated, or with other weights."""


class NotFound(BylineError):
    """No article, answer or passage has that id."""


class BadQuestion(BylineError):
    """A question or filter that cannot be searched for."""
