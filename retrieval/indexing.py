"""Files, folders and what people hand in, into the index: only what changed is read, only what is new is embedded."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from byline.embeddings.embedder import Embedder
from byline.retrieval.articles.apart import read_bytes_apart, read_file_apart
from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.passages import passage_text_for_embedding
from byline.retrieval.articles.reading import check_kind_and_size, walk
from byline.retrieval.batches import BATCH_PASSAGES, Batches, Progress
from byline.retrieval.errors import IndexFault, UnreadableFile
from byline.retrieval.index.lock import write_lock
from byline.retrieval.index.originals import Originals
from byline.retrieval.index.store import Store
from byline.retrieval.index.writes import UPLOADS, FileRecord, FileWriting, Original, original_path
from byline.retrieval.index_report import FileFault, IndexReport, not_read

READ_AHEAD_CHARS = 2_000_000  # read before embedding begins, so that progress knows its end; about 8,000 passages
# A file changed this soon before it was read may change again without its date moving (FAT keeps 2 s).
UNSURE_NS = 3_000_000_000


@dataclass(frozen=True, slots=True)
class Taken:
    """Articles handed in.

    Attributes:
        ids: the id each has in the index, in the order given.
        new: those of them the index did not hold before.
    """

    ids: tuple[str, ...]
    new: frozenset[str]


def index_paths(
    paths: Sequence[Path],
    store: Store,
    embedder: Embedder,
    *,
    progress: Progress | None = None,
    wait_s: float = 0.0,
    again: bool = False,
) -> IndexReport:
    """Bring the index in step with files and folders.

    Each batch of passages is kept as soon as it is embedded, with the files it completes; stopped at any point, the
    next run goes on from there. If the store holds another model's vectors, they are replaced first. What has gone
    leaves last, so that a file that was renamed or moved is not embedded again.

    Args:
        paths: files or folders; none for all that were ever given. A file given by name takes back articles that
            were removed from it by hand.
        progress: told after each batch and file.
        wait_s: how long to wait for another process that is indexing.
        again: read files that did not change, too, and, without `paths`, whatever was handed in: a newer reader may
            read them better. What reads as before keeps its id and is not embedded again.

    Raises:
        IndexLocked: another process is indexing.
        IndexFault: the index cannot be written.
        ModelUnavailable: the embedder cannot be loaded.
    """
    work = "indexing " + " ".join(str(path) for path in paths)
    with write_lock(store.folder, work.strip(), wait_s=wait_s):
        began = time.monotonic()  # waiting for another process is no part of this run's time
        run = _Run(store, embedder, progress or _silent, again=again)
        run.clear_up()
        run.mend()
        run.index(paths)
        run.read_originals(all_of_them=again and not paths)
    return run.report(time.monotonic() - began)


def index_articles(articles: Sequence[Article], store: Store, embedder: Embedder) -> Taken:
    """Add articles that come from no file, while other processes may be indexing.

    An article whose text changed replaces the one of the same id, under a new id.

    Raises:
        IndexMismatch: the index holds another model's vectors.
        IndexFault: the index cannot be written.
    """
    return _take(FileWriting(UPLOADS), articles, store, embedder, None)


def index_upload(name: str, content: bytes, articles: Sequence[Article], store: Store, embedder: Embedder) -> Taken:
    """Add the articles of a file that was handed in, and keep the file; as `index_articles` otherwise.

    The bytes are on the disk before anything is written of the articles. Handed in once more, a file brings back
    articles that were removed since.

    Args:
        name: the file's, whose suffix tells how it is read.
        content: its bytes.
        articles: what was read in it, at least one.
    """
    originals = Originals(store.folder)
    digest = originals.keep(content)
    file = FileWriting(original_path(digest, name.encode(errors="replace").decode()), digest)
    store.files().want_back([file.path])
    taken = _take(file, articles, store, embedder, _record_of_original(content, digest))
    originals.keep(content)  # another process may have let go of an earlier copy just before the write
    return taken


def _take(
    file: FileWriting, articles: Sequence[Article], store: Store, embedder: Embedder, record: FileRecord | None
) -> Taken:
    writer = store.writer()
    batches = Batches(writer, embedder, _silent)
    missing = batches.add(file, articles, record)
    batches.flush()
    new = frozenset(article_id for article_id in writer.ids(missing) if article_id is not None)
    return Taken(tuple(article_id or "" for article_id in writer.ids(articles)), new)


def _record_of_original(content: bytes, digest: str) -> FileRecord:
    return FileRecord(len(content), -1, digest, "[]")


def _silent(done: int, total: int, unit: str, file: str) -> None:
    """Progress nobody looks at."""


class _Run:
    """One run of indexing, and what it did."""

    def __init__(self, store: Store, embedder: Embedder, progress: Progress, *, again: bool) -> None:
        self._store = store
        self._embedder = embedder
        self._progress = progress
        self._again = again
        self._files = store.files()
        self._writer = store.writer()
        self._batches = Batches(self._writer, embedder, progress)
        self._counts: Counter[str] = Counter()
        self._faults: list[FileFault] = []
        self._notes: list[FileFault] = []
        self._emptied: list[str] = []
        self._passed_over: dict[str, None] = {}  # files of kinds that are not read
        self._failed: dict[str, None] = {}
        self._touched: dict[str, int] = {}

    def report(self, took_s: float) -> IndexReport:
        """What was done."""
        counts = self._counts + Counter(
            articles_added=self._batches.articles_added,
            articles_removed=self._batches.articles_left,
            passages_embedded=self._batches.passages_embedded,
        )
        return IndexReport(
            **counts,
            faults=tuple(self._faults),
            took_s=took_s,
            not_read=not_read(self._passed_over, self._failed),
            notes=tuple(self._notes),
            emptied=tuple(self._emptied),
        )

    def clear_up(self) -> None:
        """Forget old removals, and files that were handed in and belong to nothing."""
        self._store.purge()
        Originals(self._store.folder).sweep({original.digest for original in self._files.originals()})

    def mend(self) -> None:
        """Embed every passage that lacks a vector of this model, then make the model the active one."""
        self._writer.mend()
        replacement = self._store.replacement()
        total = replacement.begin()
        if not total and not replacement.needed():
            return
        done = 0
        while True:
            batch = replacement.lacking(BATCH_PASSAGES)
            if not batch:
                if replacement.finish():
                    break
                continue
            texts = [passage_text_for_embedding(passage.title, passage.text) for passage in batch]
            replacement.put([passage.key for passage in batch], self._embedder.embed_passages(texts))
            done += len(batch)
            self._progress(done, max(total, done), "passages", "")
        self._counts["passages_reembedded"] += done

    def index(self, paths: Sequence[Path]) -> None:
        """Go through files and folders, then let go of what is gone from the folders."""
        named = [os.path.abspath(path) for path in paths]
        if present := [path for path in named if os.path.exists(path)]:
            self._files.remember_roots(present)
        records = self._files.records()
        found: dict[str, bool] = {}  # whether each file was asked for by name
        gone: list[str] = []
        roots = named or self._files.roots()
        for root in roots:
            if os.path.isdir(root):
                inside = self._inside(root)
                found = dict.fromkeys(inside, False) | found
                left = [path for path in records if _under(path, root) and path not in inside and _gone(path)]
                gone += left
                if left and not inside:
                    self._emptied.append(root)
            elif os.path.exists(root):
                found[root] = bool(named)
        missing = {
            root: [path for path in records if (path == root or _under(path, root)) and _gone(path)]
            for root in dict.fromkeys([*roots, *self._files.roots()])
            if not os.path.exists(root)
        }
        leaving = frozenset(gone).union(*missing.values())
        self._batches = Batches(self._writer, self._embedder, self._progress, leaving=leaving)
        by_name = [path for path, asked_for in found.items() if asked_for]
        wanted_back = self._files.want_back(by_name) if by_name else frozenset()
        for done, path in enumerate(found):
            self._progress(done, len(found), "files", path)
            self._index_file(path, records.get(path), changed=self._again or path in wanted_back)
        self._batches.flush()
        if self._touched:
            self._files.touch(self._touched)
        self._forget(dict.fromkeys(gone))
        self._leave_moved(missing, set(roots))
        self._progress(len(found), len(found), "files", "")

    def read_originals(self, *, all_of_them: bool) -> None:
        """Read again what was handed in, in the order it came: all of it, or what is not whole any more."""
        originals = Originals(self._store.folder)
        for original in self._files.originals():
            if original.whole and not all_of_them:
                continue
            try:
                content = originals.read(original.digest)
                readings = list(read_bytes_apart(original.name, content))
            except (UnreadableFile, IndexFault) as fault:
                self._fault(original.name, fault.reason if isinstance(fault, UnreadableFile) else str(fault))
                continue
            self._take_original(original, content, readings)
        self._batches.flush()

    def _take_original(self, original: Original, content: bytes, readings: Iterable[Reading]) -> None:
        faults: list[str] = []
        articles = [a for reading in readings for a in reading.articles if _is_text(a, faults)]
        if not articles:
            self._fault(original.name, "no article is found in it any more; what was indexed from it is kept")
            return
        file = FileWriting(original.path, original.digest)
        self._batches.add(file, articles, _record_of_original(content, original.digest))

    def _inside(self, folder: str) -> dict[str, None]:
        """The files in a folder, up to a subfolder that cannot be listed."""
        inside: dict[str, None] = {}
        try:
            for path in walk(Path(folder), passed_over=self._pass_over):
                if _leads_out(path, folder):
                    self._fail(str(path), "it is a link that leads out of the folder; name it to have it indexed")
                else:
                    inside[str(path)] = None
        except UnreadableFile as fault:
            self._fault(fault.path, fault.reason)
        return inside

    def _index_file(self, path: str, record: FileRecord | None, *, changed: bool) -> None:
        """Read a file if it changed.

        Args:
            record: as it was seen before.
            changed: whether to take it for changed, whatever its date and bytes say.
        """
        try:
            path.encode()
            check_kind_and_size(Path(path))
            state = os.stat(path)
            if record is not None and record.digest and not changed:
                if (record.size, record.mtime_ns) == (state.st_size, state.st_mtime_ns):
                    self._unchanged(path, record)
                    return
                if record.size == state.st_size and record.digest == _digest(path):
                    self._touched[path] = _sure(state.st_mtime_ns)
                    self._unchanged(path, record)
                    return
            self._read(path, state, updated=record is not None and bool(record.digest))
        except UnicodeEncodeError:
            self._fail(path.encode(errors="replace").decode(), "its name is no text; rename it")
        except UnreadableFile as fault:
            self._fail(path, fault.reason)
        except OSError as error:
            self._fail(path, error.strerror or str(error))

    def _read(self, path: str, state: os.stat_result, *, updated: bool) -> None:
        digest = _digest(path)
        file = FileWriting(path)
        faults: list[str] = []
        notes: dict[str, None] = {}
        ahead: list[Article] = []
        chars = 0
        for reading in read_file_apart(Path(path)):
            faults.extend(reading.faults)
            notes.update(dict.fromkeys(reading.notes))
            storable = [article for article in reading.articles if _is_text(article, faults)]
            ahead.extend(storable)
            chars += sum(len(article.text) for article in storable)
            if chars > READ_AHEAD_CHARS:
                self._batches.add(file, ahead)
                ahead, chars = [], 0
        after = os.stat(path)
        same = (after.st_size, after.st_mtime_ns) == (state.st_size, state.st_mtime_ns)
        record = FileRecord(state.st_size, _sure(state.st_mtime_ns), digest if same else "", json.dumps(faults))
        self._batches.add(file, ahead, record)
        for reason in faults:
            self._fault(path, reason)
        self._notes += [FileFault(path, note) for note in notes]
        self._counts["files_updated" if updated else "files_added"] += 1

    def _unchanged(self, path: str, record: FileRecord) -> None:
        self._counts["files_unchanged"] += 1
        for reason in json.loads(record.faults):
            self._fault(path, reason)

    def _forget(self, gone: Iterable[str]) -> None:
        paths = list(gone)
        if paths:
            self._counts["articles_removed"] += self._writer.forget_files(paths)
            self._counts["files_removed"] += len(paths)

    def _leave_moved(self, missing: dict[str, list[str]], asked_for: set[str]) -> None:
        """Forget the files of roots that are gone, as far as the same bytes are on record elsewhere.

        A root of which nothing else is left was moved and is forgotten with them; any other may come back, as a disk
        that is not mounted does, so what is indexed from it is kept.
        """
        if not missing:
            return
        records = self._files.records()
        elsewhere = {record.digest for path, record in records.items() if record.digest and os.path.exists(path)}
        for root, held in missing.items():
            moved = [path for path in held if path in records and records[path].digest in elsewhere]
            self._forget(moved)
            if held and len(moved) == len(held):
                self._files.forget_roots([root])
            elif root in asked_for:
                self._fault(root, "there is no such file or folder; what was indexed from it is kept")

    def _pass_over(self, path: Path) -> None:
        self._passed_over[str(path)] = None

    def _fail(self, path: str, reason: str) -> None:
        """Note a file that gave nothing, or broke off."""
        self._failed[path] = None
        self._fault(path, reason)

    def _fault(self, path: str, reason: str) -> None:
        self._faults.append(FileFault(path, reason))


def _is_text(article: Article, faults: list[str]) -> bool:
    """Whether an article can be stored: JSON's escapes can spell half of a surrogate pair, which is no character."""
    try:
        "".join((article.id, article.title, article.subtitle, article.byline, article.source, article.url)).encode()
        article.edition.encode()
        article.text.encode()
    except UnicodeEncodeError:
        faults.append(f'article "{article.id.encode(errors="replace").decode()}" holds half of a surrogate pair')
        return False
    return True


def _leads_out(path: Path, folder: str) -> bool:
    """Whether a file in a folder is really elsewhere: who may write there must not publish what they may not read."""
    inside = os.path.join(os.path.realpath(folder), "")
    return not os.path.realpath(path).startswith(inside)


def _digest(path: str) -> str:
    with open(path, "rb") as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _sure(mtime_ns: int) -> int:
    """The date to know the file by; -1, which no file has, if it is too fresh to be told from a later change."""
    return mtime_ns if time.time_ns() - mtime_ns > UNSURE_NS else -1


def _under(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, ""))


def _gone(path: str) -> bool:
    """Whether a file is not there; one that merely cannot be seen just now is kept."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
