"""The writing half of a store's protocol, for `indexing`: articles, the record of files, another embedding model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from byline.embeddings.embedder import Vectors
from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passage import Passage

UPLOADS = ""  # the path of articles that came from no file


@dataclass(frozen=True, slots=True)
class IndexedArticle:
    """An article ready to be written: its passages and one vector row for each."""

    article: Article
    passages: tuple[Passage, ...]
    vectors: Vectors = field(compare=False)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as it was when it was last read to its end.

    Attributes:
        size: in bytes; -1 if it never was.
        mtime_ns: when it was last changed; -1 if that was too near the reading to tell a later change by.
        digest: of its bytes; "" if it was never read to its end.
        faults: JSON list of what could not be read.
    """

    size: int
    mtime_ns: int
    digest: str
    faults: str


@dataclass(slots=True)
class FileWriting:
    """A file whose articles are being written, over any number of `Writer.write`s.

    Attributes:
        path: as recorded; `UPLOADS` for articles from no file.
        original: digest under which `Originals` keeps its bytes; "" for a file that stands elsewhere.
        seen: ids of the articles met in it so far, kept by the writer; with the file's record all others leave it.
    """

    path: str
    original: str = ""
    seen: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class FilePart:
    """What one write brings of a file.

    Attributes:
        known: articles that stand in it and were not `Writer.missing`, or come with an earlier part.
        new: articles that were, each once.
        record: given with the last part; what the file held before and holds no more then leaves it.
    """

    file: FileWriting
    known: Sequence[Article] = ()
    new: Sequence[IndexedArticle] = ()
    record: FileRecord | None = None


@dataclass(frozen=True, slots=True)
class Original:
    """What somebody handed in.

    Attributes:
        path: of the file in the index.
        digest: what its bytes are kept under.
        name: it came with.
        whole: whether all its articles are indexed; False after one of them was damaged and dropped.
    """

    path: str
    digest: str
    name: str
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Unembedded:
    """A passage that lacks a vector of the model being taken up; `key` is for `Replacement.put` only."""

    key: int
    title: str
    text: str


class Writer(Protocol):
    """Writes articles with the vectors of one model, each call done whole or not at all.

    Any number of writers may be at work, in threads or processes. What must not run twice at once, because the work
    would be done twice, takes `byline.retrieval.index.lock.write_lock` besides.
    """

    def mend(self) -> bool:
        """Make again whatever is derived from the articles and does not agree with them; whether anything was.

        What was noticed to be damaged is made again from what is sound, or dropped, and its file marked as not read.
        """
        ...

    def missing(self, file: FileWriting, articles: Sequence[Article]) -> list[Article]:
        """Pick those still to be embedded and written, each once.

        Articles that are in the index already are not among them, nor those a user removed from this file.
        """
        ...

    def write(self, parts: Sequence[FilePart], *, leaving: Collection[str] = ()) -> int:
        """Write what a batch brings of any number of files; one file's parts come in order.

        An article keeps its own id unless that id ever stood for another text: then it is `id@` and the first
        digits of its content. What it replaces in the same file leaves; uploads are all one file in this.

        Args:
            parts: what to write.
            leaving: paths that will be forgotten; what another file says of the same article goes before theirs.

        Returns:
            How many articles left the index.

        Raises:
            IndexMismatch: the index holds another model's vectors.
            IndexFault: vectors do not fit their passages.
        """
        ...

    def ids(self, articles: Sequence[Article]) -> list[str | None]:
        """The id each article has in the index, None for one that is not there."""
        ...

    def forget_files(self, paths: Iterable[str]) -> int:
        """Let go of files that are no longer there, and of articles that stood in no other.

        Returns:
            How many articles left the index.
        """
        ...


class Files(Protocol):
    """The record of what was indexed from where."""

    def records(self) -> dict[str, FileRecord]:
        """Every file on record, by path; not what was handed in."""
        ...

    def touch(self, dates: Mapping[str, int]) -> None:
        """Record that files' dates changed (path to nanoseconds) and their bytes did not."""
        ...

    def roots(self) -> list[str]:
        """The files and folders that were asked for by name, to be gone through again, sorted."""
        ...

    def remember_roots(self, paths: Iterable[str]) -> None:
        """Add to `roots`."""
        ...

    def forget_roots(self, paths: Iterable[str]) -> None:
        """Take away from `roots`."""
        ...

    def want_back(self, paths: Iterable[str]) -> set[str]:
        """Forget that articles were removed from files, because somebody asks for the files by name.

        Returns:
            The paths for which there were any; these are to be read again, changed or not.
        """
        ...

    def originals(self) -> list[Original]:
        """What was handed in and is kept, sorted by path."""
        ...


class Replacement(Protocol):
    """Puts one model's vectors in the place of another's.

    Stopped at any point, the old model goes on answering and the next run takes up where this one ended.
    """

    def needed(self) -> bool:
        """Whether another model's vectors are active."""
        ...

    def begin(self) -> int:
        """Drop what a third model left half done.

        Returns:
            How many passages still lack a vector of this one, those of removed articles too.
        """
        ...

    def lacking(self, most: int) -> list[Unembedded]:
        """The next passages to embed; empty when all are done."""
        ...

    def put(self, keys: Sequence[int], vectors: Vectors) -> None:
        """Keep vectors beside the active model's; passages removed meanwhile are left out."""
        ...

    def finish(self) -> bool:
        """Make this model the active one and drop the other's vectors.

        Returns:
            False if passages were added meanwhile that lack its vectors; nothing changed then.
        """
        ...


def original_path(digest: str, name: str) -> str:
    """The path of a file that was handed in, as the index records it; no file of a disk has such a one."""
    return f"upload:{digest}/{name}"
