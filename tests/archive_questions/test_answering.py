"""Archive questions and small talk through a real service over a small archive."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from byline.retrieval.answers.answer import Answer, FieldOperand, from_json, to_json
from byline.retrieval.articles.article import Article
from byline.retrieval.conversation.turns import turn_of
from byline.retrieval.index.store import Filters
from byline.retrieval.service import AskRequest, Service
from tests.test_service import served

BRIDGE = Article(
    "bridge", "青石桥通车", "青石桥昨天通车。\n青石桥总投资3.2亿元。\n市民杨柳说，过江不再绕路。",
    byline="本报记者 沈一舟", source="临江晚报", published="2024-03-09",
)  # fmt: skip
WORKS = Article(
    "works",
    "青石桥开工",
    "青石桥今天开工，工期两年。",
    byline="本报记者 陆明",
    source="临江日报",
    published="2022-03-01",
)
UNSIGNED = Article("tea", "", "临江讯（记者 白露）茶王赛昨天决出金奖，得主是卓玉梅。", published="2024-04-05")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = served(tmp_path_factory.mktemp("archive"), BRIDGE, WORKS, UNSIGNED)
    yield service
    service.close()


def exact(service: Service, answer: Answer) -> bool:
    texts = {one.article_id: service.store.article(one.article_id).text for one in answer.citations}
    return all(texts[one.article_id][one.start : one.end] == one.quote != "" for one in answer.citations)


def test_articles_are_counted_exactly_and_cited(service: Service) -> None:
    answer = service.ask("有多少篇文章提到青石桥？")
    assert answer.short_answer == "2篇"
    assert answer.derived is not None
    assert answer.derived.operation == "count"
    assert [one.article_id for one in answer.citations] == ["bridge", "works"]
    assert exact(service, answer)


def test_filters_of_the_request_and_of_the_question_both_hold(service: Service) -> None:
    assert service.ask("2024年有多少篇文章？").short_answer == "2篇"
    assert service.ask(AskRequest("2024年有多少篇文章？", filters=Filters(source="临江晚报"))).short_answer == "1篇"


def test_what_is_not_there_is_not_counted_as_an_answer(service: Service) -> None:
    answer = service.ask("新华社发了多少篇报道？")
    assert (answer.answered, answer.reason, answer.citations) == (False, "not_in_articles", ())


def test_author_and_date_are_fields_of_the_cited_article(service: Service) -> None:
    author = service.ask("《青石桥通车》是谁写的？")
    assert author.short_answer == "本报记者 沈一舟"
    assert author.derived is not None
    assert author.derived.operands == (FieldOperand(1, "byline", "本报记者 沈一舟"),)
    dated = service.ask("青石桥开工的报道是什么时候发表的？")
    assert dated.short_answer == "2022年3月1日"
    assert dated.citations[0].article_id == "works"
    assert exact(service, author)
    assert exact(service, dated)


@pytest.mark.parametrize("asked", ["那篇报道是谁写的？", "这篇文章是谁写的？"])
def test_the_article_the_last_answer_is_from_may_be_asked_about(service: Service, asked: str) -> None:
    first = service.ask("青石桥总投资多少？")
    then = service.ask(AskRequest(asked, turns=(turn_of(first),)))
    assert then.short_answer == "本报记者 沈一舟"
    assert then.understood is not None
    assert then.understood.follows


def test_a_writer_named_in_the_text_is_quoted_from_it(service: Service) -> None:
    answer = service.ask("讲茶王赛那篇稿子是谁写的？")
    assert (answer.short_answer, answer.derived) == ("白露", None)
    assert answer.short_start == UNSIGNED.text.index("白露")
    assert exact(service, answer)


def test_a_book_nobody_reported_under_its_title_is_asked_of_the_articles(service: Service) -> None:
    assert service.ask("《三体》的作者是谁？").derived is None


def test_a_summary_is_the_articles_own_sentences_in_order(service: Service) -> None:
    answer = service.ask("总结一下《青石桥通车》")
    assert "原文里的几句话" in answer.answer
    starts = [one.start for one in answer.citations]
    assert starts == sorted(starts)
    assert {one.article_id for one in answer.citations} == {"bridge"}
    assert exact(service, answer)


def test_a_subject_page_is_newest_first_and_counts(service: Service) -> None:
    answer = service.ask("关于青石桥")
    assert answer.short_answer == "2篇"
    assert "2022–2024" in answer.answer
    assert [one.article_id for one in answer.citations] == ["bridge", "works"]


def test_a_name_alone_is_a_page_where_several_articles_have_it(service: Service) -> None:
    assert service.ask("青石桥").short_answer == "2篇"
    assert service.ask("茶王赛").derived is None


def test_small_talk_is_answered_with_questions_the_archive_answers(service: Service) -> None:
    answer = service.ask("你好")
    assert (answer.answered, answer.reason, answer.citations) == (False, "small_talk", ())
    assert answer.choices
    for choice in answer.choices:
        assert service.ask(choice.question).answered


def test_an_answer_is_read_back_with_what_it_was_derived_from(service: Service) -> None:
    for question in ("有多少篇文章提到青石桥？", "《青石桥通车》是谁写的？", "你好", "总结一下《青石桥通车》"):
        answer = service.ask(question)
        assert from_json(to_json(answer)) == answer


def test_in_an_empty_archive_a_greeting_says_so_and_a_count_has_no_articles(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    empty = served(tmp_path_factory.mktemp("empty"))
    assert "还没有" in empty.ask("你好").answer
    assert empty.ask("一共有多少篇文章？").reason == "no_articles"
    empty.close()
