"""The lexical tables hold our terms exactly as they were cut, however segments are merged, and give them up again."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.retrieval.index import lexical
from byline.retrieval.index.migrations import INDEX
from byline.retrieval.sqlite import bring_up_to_date
from byline.retrieval.text.folding import terms

TEXT = st.one_of(st.text(), st.lists(st.sampled_from(["青石", "修桥", "rain", "3.5%", "。"]), max_size=9).map("".join))


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    bring_up_to_date(connection, INDEX)
    yield connection
    connection.close()


def segments(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT count(*) FROM segment").fetchone()[0])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(TEXT, TEXT, st.booleans()), max_size=40), st.integers(1, 5))
def test_any_texts_in_any_batches_are_found_by_their_terms_and_leave_no_trace(
    connection: sqlite3.Connection, given_: list[tuple[str, str, bool]], batch: int
) -> None:
    rows = [(key, title, text) for key, (title, text, _) in enumerate(given_, start=1)]
    for first in range(0, len(rows), batch):
        lexical.add(connection, rows[first : first + batch])
    lexical.take_out(connection, [row for row, (*_, goes) in zip(rows, given_, strict=True) if goes])
    stays = [row for row, (*_, goes) in zip(rows, given_, strict=True) if not goes]
    cut = {key: Counter(terms(f"{title}\n{text}")) for key, title, text in stays}
    every = {term for _, title, text in rows for term in terms(f"{title}\n{text}")}
    assert lexical.entries(connection) == len(stays)
    assert lexical.document_frequencies(connection, sorted(every)) == {
        term: sum(term in one for one in cut.values()) for term in every
    }
    for key, counts in cut.items():
        for term in counts:
            assert key in dict(lexical.matching(connection, term, len(rows)))
    lexical.take_out(connection, stays)
    assert lexical.entries(connection) == segments(connection) == 0
    assert connection.execute("SELECT count(*) FROM posting").fetchone() == (0,)
    assert connection.execute("SELECT count(*) FROM dead").fetchone() == (0,)


def test_segments_stay_few_however_small_the_writes(connection: sqlite3.Connection) -> None:
    for key in range(1, 1_001):
        lexical.add(connection, [(key, "", f"第{key}座桥")])
        assert segments(connection) <= 3 * lexical.FAN
    assert len(lexical.matching(connection, "座桥", 2_000)) == 1_000
    assert [key for key, _ in lexical.matching(connection, "777", 5)] == [777]


def test_merging_changes_no_score(connection: sqlite3.Connection) -> None:
    rows = [(key, f"题{key % 7}", "青石镇" * (key % 5) + f"修桥{key % 11} rain") for key in range(1, 200)]
    gone = [row for row in rows if row[0] % 6 == 0]
    lexical.add(connection, [row for row in rows if row not in gone])
    at_once = lexical.matching(connection, "青石修桥3 题2", 500)
    connection.executescript("DELETE FROM segment; DELETE FROM posting;")
    for row in rows:
        lexical.add(connection, [row])
        if row in gone:
            lexical.take_out(connection, [row])
    one_by_one = lexical.matching(connection, "青石修桥3 题2", 500)
    assert dict(one_by_one) == pytest.approx(dict(at_once))
    assert [key for key, _ in one_by_one] == [key for key, _ in at_once]


def test_a_question_of_thousands_of_words_is_answered(connection: sqlite3.Connection) -> None:
    rows = [(1, "", "青石镇修桥"), (2, "", "无关的一句"), (3, "", "还有一句话")]
    lexical.add(connection, rows)
    question = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(2_000)) + "修桥"
    ((key, score),) = lexical.matching(connection, question, 5)
    assert key == 1
    assert score > 0
