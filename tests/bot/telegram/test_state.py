"""The bot's memory, as earlier Bylines left it."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

import pytest

from byline.bot.telegram.state import EDITABLE_S, FILE, KIND, Addition, Asked, Shown, State, StateDamaged
from tests.kept import lay_out


def test_the_memory_of_an_earlier_byline_is_taken_over(tmp_path: Path) -> None:
    lay_out("telegram_0", tmp_path / FILE)
    state = State(tmp_path, 7)
    assert state.unfinished() == ['{"update_id": 101}']
    assert state.shown("x") == Shown(42, True)
    assert state.asked(42, 5) is None  # of 2020; Telegram lets nobody edit it any more
    assert state.stands_for(state.handle("made-0")) == "made-0"
    assert state.addition("42.9") == Addition(42, ("made-0",), False)
    assert not state.receive(101, '{"update_id": 101}')
    state.close()


def test_what_was_asked_is_told_from_other_questions_and_stands_nowhere(tmp_path: Path) -> None:
    state = State(tmp_path, 7)
    now = int(time.time())
    state.answer_with(42, 5, Asked(now, "我丈夫得了什么病？", (6, 7)))
    state.answer_with(42, 4, Asked(now - int(EDITABLE_S) - 9, "很久以前", (3,)))
    state.answer_with(42, 6, Asked(now, "别的", (8,)))
    asked = state.asked(42, 5)
    assert asked is not None
    assert (asked.written, asked.replies) == (now, (6, 7))
    assert asked.asks("我丈夫得了什么病？")
    assert not asked.asks("别的")
    assert state.asked(42, 4) is None
    for file in tmp_path.iterdir():
        assert "我丈夫".encode() not in file.read_bytes()
    state.close()


def test_a_newer_bylines_memory_is_refused_in_one_line(tmp_path: Path) -> None:
    State(tmp_path, 7).close()
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute(f"PRAGMA user_version = {KIND.version + 1}")
    connection.close()
    with pytest.raises(StateDamaged, match=rf"newer Byline \(version {KIND.version + 1}.*update Byline$"):
        State(tmp_path, 7)


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute("CREATE TABLE songs (name TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(StateDamaged, match="another program"):
        State(tmp_path, 7)
