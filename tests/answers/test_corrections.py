"""A printed correction goes before what it corrects, and is never quoted for the error."""

from __future__ import annotations

from dataclasses import replace

import pytest

from byline.retrieval.answers.compose import compose
from byline.retrieval.answers.corrections import corrections_in, off_the_error, put_right
from byline.retrieval.answers.read_passage import ranked
from byline.retrieval.articles.article import Article
from byline.retrieval.understanding import understand
from tests.answers.hits import hits_of
from tests.answers.test_compose import BY_READER, marks, text_of

PRINTED = Article("p", "大桥夜间封闭施工", "大桥从5月6日起夜间封闭施工,工期20天。", published="2024-05-04")
CORRECTION = Article(
    "c", "更正", "本报5月4日《大桥夜间封闭施工》一文中,工期“20天”应为“30天”。特此更正。", published="2024-05-05"
)
ELSEWHERE = Article("e", "更正", "本报5月4日《小桥重修》一文中,工期“20天”应为“50天”。", published="2024-05-06")
QUESTION = understand("大桥夜间封闭施工的工期多少天?", lambda terms: {})


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("工期“20天”应为“30天”。", "20天", "30天"),
        ("转移群众2147人应为2174人。", "转移群众2147人", "2174人"),
        ("文中“张三”一词应为“张山”,特此更正。", "张三", "张山"),
        ("校名「第一中學」應為「第二中學」。", "第一中學", "第二中學"),
    ],
)
def test_error_and_what_takes_its_place_are_found(text: str, wrong: str, right: str) -> None:
    (found,) = corrections_in(text)
    assert (text[slice(*found.wrong)], text[slice(*found.right)]) == (wrong, right)


@pytest.mark.parametrize("text", ["票价由30元调整为38元。", "计划改为明年完工。", "工期为30天。", "应为", "应为。应为"])
def test_a_change_over_time_is_no_correction(text: str) -> None:
    assert corrections_in(text) == []


def test_a_mark_on_the_error_moves_to_what_takes_its_place() -> None:
    text = CORRECTION.text
    at = text.index("20天")
    start, end = off_the_error(text, at, at + 3)
    assert text[start:end] == "30天"
    assert off_the_error(text, 0, 4) == (0, 4)


@pytest.mark.parametrize("among_read", [True, False])
def test_correction_outranks_what_it_corrects_and_marks_it(among_read: bool) -> None:
    hits = hits_of(PRINTED, CORRECTION)
    spans = marks(hits, ("20天", 3.0))
    read = ranked(QUESTION, hits, spans if among_read else spans[:1], BY_READER)
    said = compose(QUESTION, put_right(QUESTION, read, hits), top_k=5, calibration=BY_READER)
    assert said.short_answer == "30天"
    assert [c.article_id for c in said.citations] == ["c", "p"]
    assert said.confidence == read[0].confidence
    first, second = text_of(said).split("[1]")
    assert "应为“30天”" in first
    assert "已更正" in second
    assert "工期20天。" in second


def test_a_correction_of_something_else_corrects_nothing() -> None:
    hits = hits_of(PRINTED, ELSEWHERE)
    read = ranked(QUESTION, hits, marks(hits[:1], ("20天", 3.0)), BY_READER)
    assert put_right(QUESTION, read, hits) == read
    other = [replace(read[0], span=replace(read[0].span, start=2, end=6))]
    assert put_right(QUESTION, other, hits_of(PRINTED, CORRECTION)) == other
