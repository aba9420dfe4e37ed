from __future__ import annotations

import pytest

from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.answers.reader import PassageText
from tests.doubles import HashEmbedder

PASSAGE = "沙湾渡口建于1958年。改造总投资1860万元,工程提前完工。渡口每天开行二十六班,票价两元。局长温岚到场。"


@pytest.fixture(scope="module")
def reader() -> OverlapReader:
    return OverlapReader(HashEmbedder(), lambda terms: dict.fromkeys(terms, 1))


def marked(reader: OverlapReader, question: str, text: str = PASSAGE) -> tuple[str, str]:
    """What is marked, and the rest of its sentence from there."""
    (mark,) = reader.read(question, [PassageText(text)])
    return text[mark.start : mark.end], text[mark.start :]


def test_the_number_asked_for_is_marked_with_its_unit(reader: OverlapReader) -> None:
    assert marked(reader, "改造总投资是多少?")[0] == "1860万元"


def test_the_date_asked_for_is_marked(reader: OverlapReader) -> None:
    assert marked(reader, "沙湾渡口建于哪一年?")[0] == "1958年"


def test_two_numbers_in_the_sentence_are_not_safe_to_mark(reader: OverlapReader) -> None:
    short, rest = marked(reader, "渡口每天开行多少?")
    assert short == ""
    assert rest.startswith("渡口每天开行")


def test_a_number_that_the_question_holds_is_no_answer(reader: OverlapReader) -> None:
    assert marked(reader, "投资1860万元的工程提前了多少?")[0] == ""


def test_what_shares_more_with_the_question_scores_higher(reader: OverlapReader) -> None:
    near, far = reader.read("改造总投资是多少?", [PassageText(PASSAGE), PassageText("社区食堂开张一百天。")])
    assert near.answerable > far.answerable
    assert near.span_score > far.span_score


def test_a_passage_without_a_sentence_marks_nothing(reader: OverlapReader) -> None:
    (mark,) = reader.read("改造总投资是多少?", [PassageText(" \n ")])
    assert (mark.start, mark.end) == (0, 0)


def test_traditional_question_finds_simplified_sentence(reader: OverlapReader) -> None:
    assert marked(reader, "改造總投資是多少?")[0] == "1860万元"
