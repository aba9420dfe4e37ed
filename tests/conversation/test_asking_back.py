"""What points to nothing that was named, and what it is asked back with."""

from __future__ import annotations

from pathlib import Path

import pytest

from byline.retrieval.articles.article import Article
from byline.retrieval.conversation.asking_back import points_nowhere
from byline.retrieval.conversation.turns import Turn
from byline.retrieval.service import AskRequest
from tests.test_service import served

NORTH = Article("north", "北岸机械厂年报", "北岸机械厂去年营收3.2亿元，员工四百人。")
SOUTH = Article("south", "南岸纺织厂年报", "南岸纺织厂去年营收1.1亿元，员工九百人。")


@pytest.mark.parametrize(
    "question",
    ["这家公司去年营收多少？", "他是哪里人？", "When was the animal last seen?", "What awards has the actor received?"],
)
def test_what_nobody_named_points_nowhere_at_the_beginning(question: str) -> None:
    assert points_nowhere(question, ())


@pytest.mark.parametrize(
    ("question", "before"),
    [
        ("北岸机械厂去年营收多少？", ""),
        ("Who is the president of the Milton Museum?", ""),
        ("When did the company that runs the ferry open?", ""),
        ("When was the animal last seen?", "Which animals live on the island?"),
        ("这家公司去年营收多少？", "北岸机械厂在哪里？"),
    ],
)
def test_what_is_named_is_not_asked_back(question: str, before: str) -> None:
    turns = [Turn(before, "other", asked=before)] if before else []
    assert not points_nowhere(question, turns)


def test_it_is_asked_back_with_the_articles_it_may_mean_and_each_choice_names_one(tmp_path: Path) -> None:
    service = served(tmp_path, NORTH, SOUTH)
    answer = service.ask("这家公司去年营收多少？")
    assert (answer.answered, answer.reason) == (False, "which")
    assert {choice.text for choice in answer.choices} == {NORTH.title, SOUTH.title}
    assert all(not citation.evidence for citation in answer.citations)
    chosen = service.ask(next(choice.question for choice in answer.choices if choice.text == SOUTH.title))
    assert chosen.citations[0].article_id == "south"
    assert service.ask(AskRequest("这家公司去年营收多少？", as_asked=True)).reason != "which"
    service.close()


def test_in_an_archive_of_one_article_that_one_is_meant(tmp_path: Path) -> None:
    service = served(tmp_path, NORTH)
    assert service.ask("这家公司去年营收多少？").reason != "which"
    service.close()
