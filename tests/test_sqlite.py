"""Opening files and bringing them up to date, whatever is kept in them."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from byline.retrieval.sqlite import FileKind, ForeignFile, NewerFile, connect, open_file


def create(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE TABLE IF NOT EXISTS note (text TEXT)")


def add_day(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE note ADD COLUMN day TEXT NOT NULL DEFAULT ''")


def add_place(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE note ADD COLUMN place TEXT NOT NULL DEFAULT ''")


def fail_half_way(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE note ADD COLUMN half TEXT")
    raise sqlite3.OperationalError("the disk failed")


FIRST = FileKind(0x4E4F5445, 1, create, unmarked="note")
THIRD = FileKind(0x4E4F5445, 1, create, {2: add_day, 3: add_place}, unmarked="note")
FAILING = FileKind(0x4E4F5445, 1, create, {2: add_day, 3: fail_half_way}, unmarked="note")


def columns(connection: sqlite3.Connection) -> list[str]:
    return [name for _, name, *_ in connection.execute("PRAGMA table_info(note)")]


def version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_an_older_file_goes_through_every_step_and_keeps_what_it_held(tmp_path: Path) -> None:
    old = open_file(tmp_path / "notes", FIRST, wait_s=1)
    old.execute("INSERT INTO note VALUES ('桥修好了')")
    old.close()
    new = open_file(tmp_path / "notes", THIRD, wait_s=1)
    assert new.execute("SELECT * FROM note").fetchall() == [("桥修好了", "", "")]
    assert version(new) == 3
    new.close()


def test_a_new_file_is_what_an_old_one_becomes(tmp_path: Path) -> None:
    open_file(tmp_path / "old", FIRST, wait_s=1).close()
    old, new = (open_file(tmp_path / name, THIRD, wait_s=1) for name in ("old", "new"))
    assert columns(old) == columns(new) == ["text", "day", "place"]
    assert version(old) == version(new) == 3
    old.close()
    new.close()


def test_a_step_that_fails_leaves_the_file_as_the_step_before_made_it(tmp_path: Path) -> None:
    open_file(tmp_path / "notes", FIRST, wait_s=1).close()
    with pytest.raises(sqlite3.OperationalError, match="disk failed"):
        open_file(tmp_path / "notes", FAILING, wait_s=1)
    bare = connect(tmp_path / "notes", wait_s=1, synchronous="NORMAL")
    assert (version(bare), columns(bare)) == (2, ["text", "day"])
    bare.close()
    repaired = open_file(tmp_path / "notes", THIRD, wait_s=1)
    assert columns(repaired) == ["text", "day", "place"]
    repaired.close()


def test_a_newer_file_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    open_file(tmp_path / "notes", THIRD, wait_s=1).close()
    with pytest.raises(NewerFile, match="version 3, this Byline reads 1"):
        open_file(tmp_path / "notes", FIRST, wait_s=1)
    again = open_file(tmp_path / "notes", THIRD, wait_s=1)
    assert columns(again) == ["text", "day", "place"]
    again.close()


def test_a_file_made_before_files_were_marked_is_taken_and_another_programs_is_not(tmp_path: Path) -> None:
    for name, table in (("ours", "note"), ("theirs", "song")):
        connection = sqlite3.connect(tmp_path / name)
        connection.execute(f"CREATE TABLE {table} (text TEXT)")
        connection.commit()
        connection.close()
    ours = open_file(tmp_path / "ours", THIRD, wait_s=1)
    assert columns(ours) == ["text", "day", "place"]
    ours.close()
    with pytest.raises(ForeignFile, match="another program"):
        open_file(tmp_path / "theirs", THIRD, wait_s=1)
    theirs = sqlite3.connect(tmp_path / "theirs")
    assert [name for (name,) in theirs.execute("SELECT name FROM sqlite_master")] == ["song"]
    theirs.close()


def test_many_may_open_the_same_old_file_at_once(tmp_path: Path) -> None:
    open_file(tmp_path / "notes", FIRST, wait_s=1).close()
    faults: list[BaseException] = []

    def open_it() -> None:
        try:
            open_file(tmp_path / "notes", THIRD, wait_s=10).close()
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_every_file_is_written_ahead_and_its_references_are_checked(tmp_path: Path) -> None:
    opened = open_file(tmp_path / "notes", FIRST, wait_s=1)
    assert opened.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert opened.execute("PRAGMA foreign_keys").fetchone() == (1,)
    assert opened.execute("PRAGMA synchronous").fetchone() == (1,)
    opened.close()
