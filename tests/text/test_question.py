from __future__ import annotations

import pytest

from byline.retrieval.answers.words import abstention
from byline.retrieval.text.question import kind_of, language_of, without_interrogatives


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("支局今年收入是多少?", "quantity"),
        ("有几个支局参加?", "quantity"),
        ("什么时候开始施工?", "time"),
        ("工程哪年完工?", "time"),
        ("局長是誰?", "person"),
        ("党支部书记叫什么名字?", "person"),
        ("建立了哪些微信群?", "list"),
        ("为什么要改革?", "explanation"),
        ("他是怎么做到的?", "explanation"),
        ("支部在商圈设立了什么?", "other"),
        ("How much did the branch earn?", "quantity"),
        ("When was the branch founded?", "time"),
        ("Who is the secretary?", "person"),
        ("How did they do it?", "explanation"),
    ],
)
def test_interrogative_decides_what_is_asked_for(question: str, kind: str) -> None:
    assert kind_of(question) == kind


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("收入多少?", "zh"),
        ("How much revenue?", "en"),
        ("GDP增长了多少?", "zh"),
        ("Who leads 邮政支局?", "en"),
        ("680?", "en"),
    ],
)
def test_reply_language_follows_the_question(question: str, language: str) -> None:
    assert language_of(question) == language


def test_what_is_left_of_a_question_is_its_subject() -> None:
    assert without_interrogatives("支局收入是多少?").split() == ["支局收入是"]
    assert without_interrogatives("How much did the branch earn?").split() == ["branch", "earn"]


def test_abstention_is_said_in_the_language_of_the_question() -> None:
    assert abstention(language_of("Who?"), "not_in_articles").isascii()
    assert not abstention(language_of("是谁?"), "not_in_articles").isascii()
    assert abstention(language_of("是谁?"), "not_in_articles") != abstention(language_of("是谁?"), "no_articles")
