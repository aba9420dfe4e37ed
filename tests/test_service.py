from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.articles.article import Article
from byline.retrieval.errors import BadQuestion
from byline.retrieval.index.embedded import open_store
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import index_articles
from byline.retrieval.service import MAX_QUESTION_CHARS, MAX_READ, READ_BATCH, AskRequest, Service
from tests.doubles import HashEmbedder

FERRY = Article("ferry", "渡口复航", "沙湾渡口昨天复航。渡口改造总投资1860万元,栈桥长136米。渡口每天开行二十六班。")
CANTEEN = Article("canteen", "食堂开张", "社区食堂开张一百天。食堂平均每天供餐430份。")


def served(folder: Path, *articles: Article, threshold: float | None = 0.0) -> Service:
    embedder = HashEmbedder()
    store = open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
    if articles:
        index_articles(articles, store, embedder)
    return Service(store, embedder, OverlapReader(embedder, store.document_frequencies), threshold=threshold)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = served(tmp_path_factory.mktemp("service"), FERRY, CANTEEN)
    yield service
    service.close()


def test_answer_stands_on_the_sentence_of_the_article_that_says_it(service: Service) -> None:
    answer = service.ask("渡口改造总投资是多少?")
    assert answer.answered
    assert answer.citations[0].article_id == "ferry"
    assert answer.citations[0].quote == "渡口改造总投资1860万元,栈桥长136米。"


def test_search_reads_the_first_passages_and_keeps_the_rest_behind(tmp_path: Path) -> None:
    articles = [Article(f"n{i}", "", f"渡口第{i}号码头。{'渡口' * (20 - i)}总投资不明。") for i in range(12)]
    asking = served(tmp_path, *articles, Article("told", "", "改造总投资1860万元。"))
    asking = Service(asking.store, asking.embedder, asking.reader, threshold=0.0, max_read=4)
    question = "渡口改造总投资是多少?"
    plain = asking.search(question, top_k=13, rerank=False)
    ordered = asking.search(question, top_k=13)
    assert {hit.key for hit in ordered.hits[:4]} == {hit.key for hit in plain.hits[:4]}
    assert [hit.key for hit in ordered.hits[4:]] == [hit.key for hit in plain.hits[4:]]
    assert ordered.hits[0].stored.article.id == asking.ask(question).citations[0].article_id
    scores = [hit.score for hit in ordered.hits]
    assert scores == sorted(scores, reverse=True)
    found = [hit.score for hit in plain.hits]
    assert [score - scores[3] for score in scores[4:]] == pytest.approx([score - found[4] for score in found[4:]])
    assert plain.took_ms.read < ordered.took_ms.read
    assert [hit.key for hit in asking.search(question, top_k=2).hits] == [hit.key for hit in ordered.hits[:2]]
    asking.close()


def test_every_citation_is_its_span(service: Service) -> None:
    for question in ("供餐多少份?", "渡口每天开行几班?", "How many meals?", "谁?"):
        for citation in service.ask(question).citations:
            text = service.store.article(citation.article_id).text
            assert text[citation.start : citation.end] == citation.quote


def test_a_question_that_is_none_is_refused_in_one_line(service: Service) -> None:
    for question in ("", "   \n", "???", "。。。", "x" * (MAX_QUESTION_CHARS + 1)):
        with pytest.raises(BadQuestion) as refused:
            service.ask(question)
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "wrong", [{"top_k": 0}, {"top_k": 101}, {"mode": "poem"}, {"filters": Filters(after="gestern")}]
)
def test_a_wrong_parameter_is_named(service: Service, wrong: dict[str, object]) -> None:
    with pytest.raises(BadQuestion, match=r"top_k|mode|after"):
        service.ask(AskRequest("渡口改造总投资是多少?", **wrong))  # type: ignore[arg-type]


def test_threshold_one_always_abstains_and_cites_nothing_as_evidence(tmp_path: Path) -> None:
    service = served(tmp_path, FERRY, threshold=1.0)
    answer = service.ask("渡口改造总投资是多少?")
    assert (answer.answered, answer.reason) == (False, "not_in_articles")
    assert answer.citations
    assert not any(c.evidence for c in answer.citations)
    service.close()


def test_an_empty_index_says_that_there_are_no_articles(tmp_path: Path) -> None:
    service = served(tmp_path)
    answer = service.ask("渡口改造总投资是多少?")
    assert (answer.answered, answer.reason, answer.citations) == (False, "no_articles", ())
    service.close()


def test_a_removed_article_never_answers_again(tmp_path: Path) -> None:
    service = served(tmp_path, FERRY, CANTEEN)
    service.store.remove(["ferry"])
    for question in ("渡口改造总投资是多少?", "沙湾渡口"):
        assert all(c.article_id != "ferry" for c in service.ask(question).citations)
        assert all(h.stored.article.id != "ferry" for h in service.search(question).hits)
    service.close()


def test_conversation_is_handed_back_as_it_came(service: Service) -> None:
    assert service.ask(AskRequest("供餐多少份?", conversation="c-1")).conversation == "c-1"


def test_answers_have_ids_that_fit_a_telegram_button(service: Service) -> None:
    ids = {service.ask("供餐多少份?").answer_id for _ in range(20)}
    assert len(ids) == 20
    assert all(len(i) <= 22 and i.isascii() for i in ids)


def test_twenty_questions_at_once_get_the_answers_they_get_alone(service: Service) -> None:
    questions = ["渡口改造总投资是多少?", "供餐多少份?", "渡口每天开行几班?", "食堂开张多少天?"] * 5
    alone = [service.ask(question) for question in questions]
    with ThreadPoolExecutor(20) as pool:
        together = list(pool.map(service.ask, questions))
    assert [a.answer for a in together] == [a.answer for a in alone]
    assert [a.citations for a in together] == [a.citations for a in alone]


class CountingReader:
    """Reads with the overlap reader and counts passages; sure of everything or of nothing."""

    def __init__(self, inner: OverlapReader) -> None:
        self.inner, self.read_passages = inner, 0
        self.shown: list[PassageText] = []

    @property
    def fingerprint(self) -> str:
        return self.inner.fingerprint

    def warm_up(self) -> None: ...

    def read(self, question: str, passages: Sequence[PassageText]) -> list[AnswerSpan]:
        self.read_passages += len(passages)
        self.shown += passages
        return self.inner.read(question, passages)


@pytest.mark.parametrize(("sure", "expected"), [(0.0, READ_BATCH), (1.1, MAX_READ)])
def test_reading_goes_on_only_while_there_is_doubt(tmp_path: Path, sure: float, expected: int) -> None:
    service = served(tmp_path, *(replace(FERRY, id=f"f{n}", text=f"第{n}号渡口复航。") for n in range(MAX_READ + 5)))
    reader = CountingReader(service.reader)  # type: ignore[arg-type]
    service.reader = reader
    service.calibration = replace(service.calibration, stop_confidence=sure)
    service.ask("渡口复航了吗?")
    assert reader.read_passages == expected
    service.close()


@pytest.mark.parametrize("way", ["ask", "search"])
def test_reader_sees_each_passage_under_the_title_of_its_article(tmp_path: Path, way: str) -> None:
    articles = [replace(FERRY, id=f"f{n}", title=f"{n}号渡口", text=f"第{n}次复航。") for n in range(4)]
    service = served(tmp_path, *articles)
    reader = CountingReader(service.reader)  # type: ignore[arg-type]
    service.reader = reader
    getattr(service, way)("渡口复航了吗?")
    assert len(reader.shown) >= READ_BATCH
    assert set(reader.shown) <= {PassageText(article.text, article.title) for article in articles}
    service.close()
