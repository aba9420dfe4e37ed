from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from byline.bot.answer_log import FILE, IN_MEMORY, KIND, AnswerLog, AnswerLogDamaged, fold_question
from byline.retrieval.answers.answer import Answer, Citation, TookMs
from byline.retrieval.errors import NotFound
from tests.answers.said import quotes, words
from tests.kept import lay_out


def citation(number: int = 1) -> Citation:
    return Citation(
        number=number,
        article_id="a1",
        passage_id="a1:0-9",
        title="鲁镇\n[渡口]",
        byline="林舟",
        source="鲁镇邮报",
        published="2024-05-01",
        quote="渡口修好了。",
        start=0,
        end=6,
        score=0.031,
        evidence=True,
    )


def said(answer_id: str, question: str = "渡口修好了吗？", *, answered: bool = True, total_ms: float = 12.5) -> Answer:
    return Answer(
        answer_id=answer_id,
        question=question,
        answered=answered,
        parts=quotes([citation()], short="修好了") if answered else words("文章里没有写。"),
        short_answer="修好了" if answered else None,
        short_start=2 if answered else None,
        reason=None if answered else "not_in_articles",
        confidence=0.8 if answered else 0.1,
        citations=(citation(),),
        took_ms=TookMs(embed=4.0, search=2.0, read=6.0, total=total_ms),
        conversation=None,
    )


@pytest.fixture
def answer_log(tmp_path: Path):
    opened = AnswerLog(tmp_path)
    yield opened
    opened.close()


def test_an_answer_comes_back_whole_after_a_restart(tmp_path: Path) -> None:
    first = AnswerLog(tmp_path)
    first.record(said("x"), channel="telegram", asker="42")
    first.close()
    second = AnswerLog(tmp_path)
    assert second.answer("x") == said("x")
    second.close()


def test_an_unknown_id_is_not_found(answer_log: AnswerLog) -> None:
    with pytest.raises(NotFound, match="nobody"):
        answer_log.answer("nobody")
    with pytest.raises(NotFound, match="nobody"):
        answer_log.feedback("nobody", True)


def test_an_answer_recorded_again_takes_the_place_of_the_first_and_keeps_its_feedback(answer_log: AnswerLog) -> None:
    answer_log.record(said("x"), channel="telegram", asker="42")
    answer_log.feedback("x", True, asker="42")
    answer_log.record(said("x", "渡口呢？"), channel="telegram", asker="42")
    assert answer_log.answer("x").question == "渡口呢？"
    assert [(f.question, f.useful) for f in answer_log.feedbacks()] == [("渡口呢？", True)]


def test_the_last_word_of_each_asker_counts(answer_log: AnswerLog) -> None:
    answer_log.record(said("x"), channel="http")
    answer_log.feedback("x", True, asker="ann")
    answer_log.feedback("x", False, asker="bo")
    answer_log.feedback("x", False, asker="ann")
    assert [(f.asker, f.useful) for f in answer_log.feedbacks()] == [("ann", False), ("bo", False)]


def test_feedback_of_nameless_askers_is_one_voice(answer_log: AnswerLog) -> None:
    answer_log.record(said("x"), channel="http")
    answer_log.feedback("x", True)
    answer_log.feedback("x", False)
    assert [f.useful for f in answer_log.feedbacks()] == [False]


def test_days_count_answered_and_abstained_apart_oldest_first(answer_log: AnswerLog, tmp_path: Path) -> None:
    for answer_id, answered in (("a", True), ("b", True), ("c", False)):
        answer_log.record(said(answer_id, answered=answered), channel="http")
    backdate(tmp_path, "a", "2024-01-31T23:59:59+00:00")
    backdate(tmp_path, "b", "2024-02-01T00:00:00+00:00")
    backdate(tmp_path, "c", "2024-02-01T12:00:00+00:00")
    assert [(d.day, d.answered, d.abstained) for d in answer_log.days()] == [("2024-01-31", 1, 0), ("2024-02-01", 1, 1)]
    assert [d.day for d in answer_log.days(last=1)] == ["2024-02-01"]


def test_what_the_archive_lacks_is_grouped_by_question_most_asked_first(answer_log: AnswerLog) -> None:
    for number, question in enumerate(["谁是局长?", "桥多长？", "桥多长 ?", "桥多长"]):
        answer_log.record(said(f"u{number}", question, answered=False), channel="http")
    assert [(u.question, u.times) for u in answer_log.unanswered()] == [("桥多长", 3), ("谁是局长?", 1)]


def test_what_was_asked_in_private_in_telegram_is_not_listed(answer_log: AnswerLog) -> None:
    answer_log.record(said("p", "我丈夫得了什么病?", answered=False), channel="telegram", asker="1")
    answer_log.record(said("g", "桥多长?", answered=False), channel="telegram_group", asker="1")
    assert [u.question for u in answer_log.unanswered()] == ["桥多长?"]


def test_a_question_answered_since_is_no_longer_lacking(answer_log: AnswerLog) -> None:
    answer_log.record(said("u", "桥多长？", answered=False), channel="http")
    answer_log.record(said("v", "桥多长?"), channel="http")
    assert answer_log.unanswered() == []


def test_latency_is_by_nearest_rank(answer_log: AnswerLog) -> None:
    assert answer_log.latency().p50 is None
    for ms in range(1, 101):
        answer_log.record(said(f"m{ms}", total_ms=float(ms)), channel="http")
    took = answer_log.latency()
    assert (took.questions, took.p50, took.p95, took.p99) == (100, 51.0, 96.0, 100.0)


def test_channels_count_questions_and_votes(answer_log: AnswerLog) -> None:
    answer_log.record(said("a"), channel="telegram", asker="1")
    answer_log.record(said("b", answered=False), channel="telegram", asker="2")
    answer_log.record(said("c"), channel="page")
    answer_log.feedback("a", True, asker="1")
    answer_log.feedback("a", False, asker="2")
    assert [(c.channel, c.questions, c.answered, c.useful, c.not_useful) for c in answer_log.channels()] == [
        ("telegram", 2, 1, 1, 1),
        ("page", 1, 1, 0, 0),
    ]


def test_threads_and_two_open_ledgers_lose_nothing(tmp_path: Path) -> None:
    ledgers = [AnswerLog(tmp_path), AnswerLog(tmp_path)]
    threads = [
        threading.Thread(
            target=lambda n=n: [ledgers[n % 2].record(said(f"{n}-{i}"), channel="http") for i in range(25)]
        )
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ledgers[0].latency().questions == 100
    for answer_log in ledgers:
        answer_log.close()


def test_a_ledger_that_cannot_write_logs_and_does_not_cost_the_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answer_log = AnswerLog(tmp_path)
    with sqlite3.connect(tmp_path / FILE) as other:
        other.execute("DROP TABLE feedback")
        other.execute("DROP TABLE answers")
    other.close()
    answer_log.record(said("x"), channel="http")
    answer_log.close()
    assert "answer x is not in the answer log" in caplog.text


def test_a_file_that_is_no_ledger_is_moved_aside_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rubbish = b"no database at all, but long enough to be read as one" * 20
    (tmp_path / FILE).write_bytes(rubbish)
    answer_log = AnswerLog(tmp_path)
    answer_log.record(said("a"), channel="http")
    answer_log.close()
    assert AnswerLog(tmp_path).answer("a") == said("a")
    (aside,) = tmp_path.glob(f"{FILE}.damaged-*")
    assert aside.read_bytes() == rubbish
    assert FILE in caplog.text


@pytest.mark.parametrize("how", ["cut", "rubbish in its pages"])
def test_a_log_damaged_while_it_is_used_costs_what_it_held_and_no_answer(tmp_path: Path, how: str) -> None:
    answer_log = AnswerLog(tmp_path)
    for number in range(40):
        answer_log.record(said(f"a{number}", "一个很长的问题" * 40), channel="http")
    answer_log._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = (tmp_path / FILE).read_bytes()
    damaged = content[: len(content) // 2] if how == "cut" else content[:4096] + b"\xa5" * (len(content) - 4096)
    (tmp_path / FILE).write_bytes(damaged)
    answer_log._connection.execute("PRAGMA cache_size = 0")
    for number in range(3):  # the first notices, the rest are kept
        answer_log.record(said(f"b{number}"), channel="http")
    answer_log.feedback("b2", True)
    assert answer_log.answer("b2") == said("b2")
    assert answer_log.unanswered() == []
    answer_log.close()
    again = AnswerLog(tmp_path)
    assert [vote.answer_id for vote in again.feedbacks()] == ["b2"]
    again.close()


def test_answers_are_kept_as_long_as_is_set_and_no_longer(tmp_path: Path) -> None:
    answer_log = AnswerLog(tmp_path)
    for answer_id, asked_at in (("old", "2024-01-01"), ("new", datetime.now(UTC).isoformat())):
        answer_log.record(said(answer_id), channel="http")
        answer_log.feedback(answer_id, True)
        backdate(tmp_path, answer_id, asked_at)
    answer_log.close()
    kept = AnswerLog(tmp_path, keep_days=90)
    assert [vote.answer_id for vote in kept.feedbacks()] == ["new"]
    with pytest.raises(NotFound):
        kept.answer("old")
    kept.close()


def test_with_no_days_nothing_reaches_the_disk_and_buttons_work_until_the_end(tmp_path: Path) -> None:
    before = AnswerLog(tmp_path)
    before.record(said("before", "我丈夫得了什么病"), channel="telegram")
    before.close()
    answer_log = AnswerLog(tmp_path, keep_days=0)
    answer_log.record(said("now", "我丈夫张伟得了什么病"), channel="telegram")
    answer_log.feedback("now", True)
    assert answer_log.answer("now").answer_id == "now"
    for file in tmp_path.iterdir():
        assert "我丈夫".encode() not in file.read_bytes(), file
    for number in range(IN_MEMORY + 5):
        answer_log.record(said(f"m{number}"), channel="http")
    answer_log._next_purge = 0.0
    answer_log.record(said("last"), channel="http")
    assert answer_log.latency().questions <= IN_MEMORY
    answer_log.close()
    assert AnswerLog(tmp_path).latency().questions == 0


def test_the_log_is_its_owners_alone(tmp_path: Path) -> None:
    AnswerLog(tmp_path / "data").close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "data" / FILE).stat().st_mode & 0o777 == 0o600


def test_folding_ignores_case_width_space_and_punctuation_only() -> None:
    assert fold_question("ＧＤＰ 是多少？") == fold_question("gdp是多少?")
    assert fold_question("桥长") != fold_question("桥长吗")


def backdate(folder: Path, answer_id: str, asked_at: str) -> None:
    with sqlite3.connect(folder / FILE) as connection:
        connection.execute("UPDATE answers SET asked_at = ? WHERE id = ?", (asked_at, answer_id))
    connection.close()


def test_a_ledger_of_an_earlier_byline_keeps_its_answers(tmp_path: Path) -> None:
    lay_out("ledger_0", tmp_path / FILE)
    answer_log = AnswerLog(tmp_path)
    kept = answer_log.answer("x")  # it had no parts yet: its words come as one
    assert kept.answer == said("x").answer
    assert replace(kept, parts=said("x").parts) == said("x")
    assert [(vote.answer_id, vote.useful, vote.asker) for vote in answer_log.feedbacks()] == [("x", True, "42")]
    answer_log.record(said("z"), channel="http")
    assert answer_log.latency().questions == 3
    answer_log.close()
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("PRAGMA user_version").fetchone() == (KIND.version,)
    connection.close()


def test_an_answer_with_a_field_more_or_less_is_read(tmp_path: Path) -> None:
    answer_log = AnswerLog(tmp_path)
    answer_log.record(said("x"), channel="http")
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute(
        "UPDATE answers SET answer = json_remove(json_set(answer, '$.mood', 'good', '$.citations[0].colour', 'red'), "
        "'$.short_start', '$.citations[0].byline', '$.took_ms.embed')"
    )
    connection.commit()
    connection.close()
    answer = answer_log.answer("x")
    assert (answer.answer, answer.short_start, answer.citations[0].byline) == (said("x").answer, None, "")
    assert answer.citations[0].quote == said("x").citations[0].quote
    assert answer.took_ms.embed == 0.0
    answer_log.close()


def test_a_newer_bylines_ledger_is_refused_in_one_line(tmp_path: Path) -> None:
    AnswerLog(tmp_path).close()
    connection = sqlite3.connect(tmp_path / FILE)
    connection.execute(f"PRAGMA user_version = {KIND.version + 1}")
    connection.close()
    with pytest.raises(AnswerLogDamaged, match=rf"newer Byline \(version {KIND.version + 1}.*update Byline$"):
        AnswerLog(tmp_path)
