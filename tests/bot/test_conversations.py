"""Conversations in the answer log's file: whose they are, how they go on, when they are forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from byline.bot.answer_log import FILE, KIND, AnswerLog
from byline.bot.conversations import IDLE, Conversations, Owner
from byline.retrieval.answers.answer import Answer, Text, TookMs
from byline.retrieval.errors import NotFound
from byline.retrieval.sqlite import bring_up_to_date

ANNA, BEN = Owner("telegram", "1", "10"), Owner("telegram", "2", "10")
ANSWER = Answer("a", "桥多长？", True, (Text("418米"),), None, None, None, 0.9, (), TookMs(1, 1, 1, 3))


@pytest.fixture
def log(tmp_path: Path) -> Iterator[AnswerLog]:
    log = AnswerLog(tmp_path)
    yield log
    log.close()


def said(log: AnswerLog, conversation: str, *answer_ids: str) -> None:
    for answer_id in answer_ids:
        log.record(replace(ANSWER, answer_id=answer_id), channel="telegram")
        log.conversations.add(conversation, answer_id)


def ids(answers: list[Answer]) -> list[str]:
    return [answer.answer_id for answer in answers]


def test_answers_come_back_in_the_order_they_were_given(log: AnswerLog) -> None:
    conversation = log.conversations.begin(ANNA)
    said(log, conversation, "a1", "a2", "a3")
    assert ids(log.conversations.answers(conversation, ANNA, last=2)) == ["a2", "a3"]
    assert ids(log.conversations.answers(conversation, ANNA, last=9, until="a2")) == ["a1", "a2"]


@pytest.mark.parametrize("other", [BEN, replace(ANNA, place="20"), replace(ANNA, channel="http")])
def test_nobody_else_and_nowhere_else_can_open_it(log: AnswerLog, other: Owner) -> None:
    conversation = log.conversations.begin(ANNA)
    said(log, conversation, "a1")
    assert log.conversations.current(other) is None
    assert log.conversations.of_answer("a1", other) is None
    for opening in (log.conversations.get, log.conversations.forget):
        with pytest.raises(NotFound):
            opening(conversation, other)
    assert ids(log.conversations.answers(conversation, ANNA, last=9)) == ["a1"]


def test_one_that_is_nobodys_by_name_is_opened_by_its_id(log: AnswerLog) -> None:
    conversation = log.conversations.begin(Owner("http"))
    assert log.conversations.get(conversation, Owner("page")).answers == ()


def test_a_name_taken_by_somebody_else_opens_nothing(log: AnswerLog) -> None:
    log.conversations.begin_named("talk", ANNA)
    log.conversations.begin_named("talk", BEN)
    assert log.conversations.get("talk", ANNA).answers == ()
    with pytest.raises(NotFound):
        log.conversations.get("talk", BEN)


def test_forgetting_takes_questions_answers_and_feedback_along_and_no_others(log: AnswerLog) -> None:
    mine, other = log.conversations.begin(ANNA), log.conversations.begin(BEN)
    said(log, mine, "a1", "a2")
    said(log, other, "b1")
    log.feedback("a1", True)
    assert log.conversations.forget(mine, ANNA) == 2
    for gone in ("a1", "a2"):
        with pytest.raises(NotFound):
            log.answer(gone)
    assert log.feedbacks() == []
    assert log.answer("b1").answer_id == "b1"
    assert not any("桥" in str(row) for row in log._rows("SELECT * FROM answers WHERE id LIKE 'a%'"))


def test_a_pause_or_an_end_lets_the_next_question_begin_anew(log: AnswerLog) -> None:
    now = [datetime(2024, 3, 1, 12, tzinfo=UTC)]
    conversations = Conversations(log._rows, kept_for=timedelta(days=30), now=lambda: now[0])
    conversation = conversations.begin(ANNA)
    now[0] += IDLE
    assert conversations.current(ANNA) == conversation
    now[0] += timedelta(seconds=1)
    assert conversations.current(ANNA) is None
    again = conversations.begin(ANNA)
    assert conversations.current(ANNA) == again
    conversations.end(ANNA)
    assert conversations.current(ANNA) is None
    assert conversations.get(again, ANNA).id == again


def test_what_is_older_than_conversations_are_kept_is_forgotten_and_the_answers_stay(log: AnswerLog) -> None:
    now = [datetime(2024, 3, 1, 12, tzinfo=UTC)]
    conversations = Conversations(log._rows, kept_for=timedelta(days=30), now=lambda: now[0])
    old = conversations.begin(ANNA)
    said(log, old, "a1")
    log._rows("UPDATE conversations SET last_at = ?", (now[0].isoformat(timespec="microseconds"),))
    now[0] += timedelta(days=31)
    with pytest.raises(NotFound):
        conversations.get(old, ANNA)
    conversations.begin(ANNA)
    assert log._rows("SELECT count(*) FROM turns") == [(0,)]
    assert log.answer("a1").answer_id == "a1"


def test_a_log_of_the_version_before_gains_conversations_and_keeps_its_answers(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    bring_up_to_date(connection, replace(KIND, steps={}))
    connection.execute(
        "INSERT INTO answers VALUES ('old', '2024-01-01', 'http', '', 'q', 'q', 1, NULL, 1.0, ?)",
        ('{"answer_id": "old", "question": "q", "answered": true, "answer": "x"}',),
    )
    connection.close()
    log = AnswerLog(tmp_path)
    conversation = log.conversations.begin(Owner("http"))
    log.conversations.add(conversation, "old")
    assert ids(log.conversations.answers(conversation, Owner("http"), last=5)) == ["old"]
    log.close()


def test_an_answer_that_was_not_recorded_makes_no_turn(log: AnswerLog) -> None:
    conversation = log.conversations.begin(ANNA)
    log.conversations.add(conversation, "never")
    assert log.conversations.answers(conversation, ANNA, last=5) == []
