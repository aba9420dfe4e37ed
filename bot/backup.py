"""The whole archive in one file, and back: consistent while a server runs, checked before anything is replaced."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from byline.bot.access_file import FILE as ACCESS_FILE
from byline.bot.access_file import KIND as ACCESS_KIND
from byline.bot.answer_log import FILE as LOG_FILE
from byline.bot.answer_log import KIND as LOG_KIND
from byline.bot.forgetting import TELEGRAM_FILE
from byline.embeddings.errors import BylineError
from byline.retrieval.assembly import CALIBRATION_FILE
from byline.retrieval.index.embedded import DATABASE
from byline.retrieval.index.integrity import damage_in
from byline.retrieval.index.lock import write_lock
from byline.retrieval.index.migrations import INDEX
from byline.retrieval.index.models import generation, next_epoch
from byline.retrieval.index.notes import Notes
from byline.retrieval.index.originals import FOLDER as ORIGINALS
from byline.retrieval.index.originals import Originals
from byline.retrieval.sqlite import (
    FileKind,
    ForeignFile,
    NewerFile,
    bring_up_to_date,
    connect,
    make_private_folder,
    open_file,
)

FORMAT = 1
MANIFEST = "byline-backup.json"
WAIT_S = 30.0
COPY_PAGES = 1024  # a server that answers meanwhile is held up for as long as 4 MiB take
PIECE_BYTES = 1024 * 1024


class BackupFault(BylineError):
    """A backup cannot be made, or the file is none, or is damaged; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a backup holds."""

    articles: int
    files: int
    size_bytes: int


def _kinds() -> dict[str, FileKind]:
    from byline.bot.telegram.state import KIND as TELEGRAM_KIND

    return {DATABASE: INDEX, LOG_FILE: LOG_KIND, TELEGRAM_FILE: TELEGRAM_KIND, ACCESS_FILE: ACCESS_KIND}


def back_up(folder: Path, target: Path) -> Copied:
    """Copy an archive into one file, while servers and indexing go on; each database as it is at one moment.

    Readable by its owner alone; it takes the place of an earlier one only when it is complete.

    Raises:
        BackupFault: there is no archive, it is damaged, or the file cannot be written.
    """
    if not (folder / DATABASE).exists():
        raise BackupFault(f"{folder} holds no archive; nothing was backed up")
    fresh = target.with_name(f"{target.name}.{os.getpid()}.part")
    files: dict[str, dict[str, object]] = {}
    try:
        with tempfile.TemporaryDirectory(prefix=".byline-backup-", dir=target.absolute().parent) as place:
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as pack:
                    for name in _kinds():
                        if (folder / name).exists():
                            copy = Path(place) / name
                            _copy_database(folder / name, copy)
                            files[name] = _add(pack, name, copy)
                    articles = _checked(Path(place) / DATABASE)
                    for kept in _other_files(folder):
                        files[kept.relative_to(folder).as_posix()] = _add(
                            pack, kept.relative_to(folder).as_posix(), kept
                        )
                    about = {
                        "format": FORMAT,
                        "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                        "files": files,
                    }
                    pack.writestr(MANIFEST, json.dumps(about, ensure_ascii=False))
                stream.flush()
                os.fsync(stream.fileno())
        fresh.replace(target)
    except (OSError, sqlite3.Error, zipfile.BadZipFile) as fault:
        raise BackupFault(f"{target} was not written ({fault})") from fault
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink()
    return Copied(articles, len(files), target.stat().st_size)


def bring_back(source: Path, folder: Path) -> Copied:
    """Put a backup in the place of what is in a data folder, also under a running server.

    Everything is checked first; each database is then replaced in one transaction. What was added after the backup is
    gone.

    Raises:
        BackupFault: the file is no backup, is damaged, or is a newer Byline's; nothing was changed.
        IndexLocked: another process is indexing.
        IndexFault: the folder cannot be written.
    """
    make_private_folder(folder)
    with tempfile.TemporaryDirectory(prefix=".byline-restore-", dir=folder) as place:
        unpacked = Path(place)
        try:
            about = _unpack(source, unpacked)
            for name, kind in _kinds().items():
                if (unpacked / name).exists():
                    open_file(unpacked / name, kind, wait_s=WAIT_S).close()
        except (OSError, sqlite3.Error, zipfile.BadZipFile, NewerFile, ForeignFile, ValueError, KeyError) as fault:
            raise BackupFault(f"{source} cannot be brought back ({fault}); nothing was changed") from fault
        articles = _checked(unpacked / DATABASE)
        with write_lock(folder, f"byline restore {source}"):
            originals = Originals(folder)
            for kept in sorted((unpacked / ORIGINALS).glob("*/*")):
                originals.keep(kept.read_bytes())
            if (unpacked / CALIBRATION_FILE).exists():
                (folder / CALIBRATION_FILE).write_bytes((unpacked / CALIBRATION_FILE).read_bytes())
            for name, kind in _kinds().items():
                if (unpacked / name).exists():
                    _replace_database(unpacked / name, folder / name, kind)
    return Copied(articles, len(about), source.stat().st_size)


def _copy_database(source: Path, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(source, timeout=WAIT_S)) as live:
        live.execute("BEGIN")
        live.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on one state of it
        with contextlib.closing(sqlite3.connect(target)) as copy:
            live.backup(copy, pages=COPY_PAGES)
            copy.execute("PRAGMA journal_mode = DELETE")


def _replace_database(source: Path, target: Path, kind: FileKind) -> None:
    """Write a database over another in one transaction; who has it open sees the new one with the next read."""
    with contextlib.closing(connect(target, wait_s=WAIT_S, synchronous="FULL")) as live:
        bring_up_to_date(live, kind)
        notes = Notes(target.parent)
        with contextlib.closing(connect(source, wait_s=WAIT_S, synchronous="NORMAL")) as copy:
            if target.name == DATABASE:
                following = next_epoch(max(generation(live), generation(copy), notes.written()))
                copy.execute("UPDATE state SET generation = ?", (following,))
            copy.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            copy.backup(live)
        live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if target.name == DATABASE:
            notes.clear_damage()
            notes.note_written(following)


def _checked(database: Path) -> int:
    """Look at every checksum of a copied index; how many articles it holds.

    Raises:
        BackupFault: something is damaged.
    """
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as copy:
        bring_up_to_date(copy, INDEX)
        (said,) = copy.execute("PRAGMA quick_check(1)").fetchone()
        damaged = said if said != "ok" else damage_in(copy).in_words()
        if damaged:
            raise BackupFault(f"{DATABASE} is damaged ({damaged}); run `byline index` to mend it, then back up")
        return int(copy.execute("SELECT count(*) FROM article").fetchone()[0])


def _other_files(folder: Path) -> Iterator[Path]:
    if (folder / CALIBRATION_FILE).exists():
        yield folder / CALIBRATION_FILE
    yield from sorted(place for place in (folder / ORIGINALS).glob("??/*") if len(place.name) == 32)


def _add(pack: zipfile.ZipFile, name: str, file: Path) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream, pack.open(name, "w", force_zip64=True) as into:
        while piece := stream.read(PIECE_BYTES):
            digest.update(piece)
            size += len(piece)
            into.write(piece)
    return {"size": size, "sha256": digest.hexdigest()}


def _unpack(source: Path, folder: Path) -> dict[str, dict[str, object]]:
    """Write the files of a backup into a folder, each held against the manifest.

    Raises:
        ValueError, KeyError: it is no backup of this kind, or a file is not what was backed up.
    """
    with zipfile.ZipFile(source) as pack:
        about = json.loads(pack.read(MANIFEST))
        if about["format"] != FORMAT:
            raise ValueError(f"its format is {about['format']}, this Byline reads {FORMAT}")
        files: dict[str, dict[str, object]] = about["files"]
        for name, wanted in files.items():
            if not _expected(name):
                raise ValueError(f'"{name}" has no place in a backup')
            digest, size = hashlib.sha256(), 0
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with pack.open(name) as stream, target.open("wb") as into:
                while piece := stream.read(PIECE_BYTES):
                    size += len(piece)
                    if size > int(str(wanted["size"])):
                        break
                    digest.update(piece)
                    into.write(piece)
            if size != wanted["size"] or digest.hexdigest() != wanted["sha256"]:
                raise ValueError(f"{name} in it is not what was backed up")
        if DATABASE not in files:
            raise ValueError(f"it holds no {DATABASE}")
        return files


def _expected(name: str) -> bool:
    if name in (*_kinds(), CALIBRATION_FILE):
        return True
    parts = PurePosixPath(name).parts
    digits = set("0123456789abcdef")
    return len(parts) == 3 and parts[0] == ORIGINALS and parts[1] == parts[2][:2] and set(parts[2]) <= digits
