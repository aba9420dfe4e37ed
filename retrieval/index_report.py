"""What a run of indexing did, and what it could not read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from byline.retrieval.articles.kinds import suffix_of


@dataclass(frozen=True, slots=True)
class FileFault:
    """What could not be read in a file, in one sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotRead:
    """How many files of one kind gave nothing.

    Attributes:
        kind: their suffix in small letters, `.doc`; empty for names that have none.
        count: files in all.
        failed: those of them that should have been read; each has a `FileFault`. The others are of kinds nobody reads.
    """

    kind: str
    count: int
    failed: int


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What a run did. Every count is of files, articles or passages of this run.

    Attributes:
        not_read: files that gave nothing, by kind, most first.
        notes: how files were read where that is not plain; no faults.
        emptied: folders that held files and hold none now, as one that is not mounted; their articles went with them.
    """

    files_added: int = 0
    files_updated: int = 0
    files_unchanged: int = 0
    files_removed: int = 0
    articles_added: int = 0
    articles_removed: int = 0
    passages_embedded: int = 0
    passages_reembedded: int = 0
    faults: tuple[FileFault, ...] = ()
    took_s: float = 0.0
    not_read: tuple[NotRead, ...] = ()
    notes: tuple[FileFault, ...] = ()
    emptied: tuple[str, ...] = ()


def not_read(passed_over: Iterable[str], failed: Iterable[str]) -> tuple[NotRead, ...]:
    """Count files that gave nothing by their kinds, most first, then as they came.

    Args:
        passed_over: files of kinds that are not read.
        failed: files that should have been read.
    """
    failed_kinds = Counter(suffix_of(path) for path in failed)
    kinds = Counter(suffix_of(path) for path in passed_over) + failed_kinds
    return tuple(NotRead(kind, count, failed_kinds[kind]) for kind, count in kinds.most_common())
