"""Forgotten is gone: no byte of it in any file of the data folder, also while a server has them open."""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from byline.bot.answer_log import AnswerLog
from byline.bot.conversations import Owner
from byline.bot.forgetting import forget_articles, forget_day, forget_person
from byline.bot.telegram.state import Asked, Shown, State
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.articles.article import Article
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.errors import NotFound
from byline.retrieval.index.embedded import EmbeddedStore
from byline.retrieval.indexing import index_articles, index_upload
from byline.retrieval.service import AskRequest, Service
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import open_embedded

SECRET = "张伟确诊艾滋病"
TEXT = f"县医院昨天通报,{SECRET},治疗费用7391万元。"
OTHER = made_articles(30)[7]
ASK = f"{SECRET}的治疗费用多少?"
NINE, EIGHT = 9, 8


class World:
    """An archive, an answer log and a bot's memory, all open as a server has them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        embedder = HashEmbedder()
        self.store: EmbeddedStore = open_embedded(folder, embedder)
        index_articles(made_articles(30), self.store, embedder)
        content = f"通报\n\n{TEXT}".encode()
        read = [one for reading in read_bytes("a.txt", content) for one in reading.articles]
        (self.id,) = index_upload("a.txt", content, read, self.store, embedder).ids
        self.log = AnswerLog(folder)
        self.state = State(folder, 1)
        service = Service(self.store, embedder, OverlapReader(embedder, self.store.document_frequencies), threshold=0.0)
        for asker in (NINE, EIGHT):
            answer = service.ask(AskRequest(ASK if asker == NINE else OTHER.title, top_k=1))
            self.log.record(answer, channel="telegram", asker=str(asker))
            self.log.feedback(answer.answer_id, True, asker=str(asker))
            talk = self.log.conversations
            talk.add(talk.begin(Owner("telegram", str(asker), "private")), answer.answer_id)
            self.state.show(answer.answer_id, Shown(asker, True))
            self.state.answer_with(asker, 1, Asked(int(time.time()), answer.question, (2,)))
            body = {"update_id": asker, "message": {"from": {"id": asker}, "text": answer.question}}
            self.state.receive(asker, json.dumps(body, ensure_ascii=False))
        self.state.handle(self.id)

    def found(self, text: str) -> list[str]:
        wanted = text.encode()
        escaped = json.dumps(text).strip('"').encode()
        files = [place for place in self.folder.rglob("*") if place.is_file()]
        return [place.name for place in files if wanted in place.read_bytes() or escaped in place.read_bytes()]

    def talking(self) -> list[int]:
        """Who is in the middle of a conversation."""
        current = self.log.conversations.current
        return [one for one in (EIGHT, NINE) if current(Owner("telegram", str(one), "private"))]

    def close(self) -> None:
        self.store.close()
        self.log.close()
        self.state.close()


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path / "data")


def test_an_article_is_gone_from_every_file_and_so_is_what_quotes_it(world: World) -> None:
    assert len(world.found("7391万元")) >= 3
    done = forget_articles(world.store, world.folder, [world.id])
    assert (done.articles, done.answers) == (1, 1)
    assert world.found("7391万元") == []
    assert "copies made by `byline backup`" in done.left[0]
    with pytest.raises(NotFound):
        world.store.article(world.id)
    assert world.store.check() is None
    assert world.log.latency().questions == 1  # the other's answer quotes another article
    assert world.talking() == [EIGHT]
    world.close()
    assert world.found("7391万元") == []


def test_a_removed_article_can_be_forgotten_too(world: World) -> None:
    world.store.remove([world.id])
    assert world.found("7391万元")
    assert forget_articles(world.store, world.folder, [world.id]).articles == 1
    assert world.found("7391万元") == []
    world.close()


def test_a_person_is_gone_and_their_neighbour_stays(world: World) -> None:
    forget_articles(world.store, world.folder, [world.id])
    again = World(world.folder.parent / "second")
    done = forget_person(again.folder, NINE)
    assert (done.answers, done.messages) == (1, 1)
    assert again.talking() == [EIGHT]
    again.store.forget([again.id])
    assert again.found(SECRET) == []
    assert [vote.asker for vote in again.log.feedbacks()] == [str(EIGHT)]
    assert again.state.asked(EIGHT, 1) is not None
    assert len(again.state.unfinished()) == 1
    for one in (world, again):
        one.close()


def test_a_day_is_gone(world: World) -> None:
    assert forget_day(world.folder, date(2024, 1, 31)).answers == 0
    done = forget_day(world.folder, datetime.now(UTC).date())
    assert (done.answers, done.messages) == (2, 2)
    world.store.forget([world.id])
    assert world.found(SECRET) == []
    assert world.log.latency().questions == 0
    assert world.talking() == []
    world.close()


def test_a_conversation_without_an_answer_is_forgotten_with_its_person(world: World) -> None:
    world.log.conversations.begin(Owner("telegram_group", str(NINE), "-5"))
    forget_person(world.folder, NINE)
    assert world.log.conversations.current(Owner("telegram_group", str(NINE), "-5")) is None
    world.close()


def test_a_log_of_an_earlier_version_is_forgotten_in_too(world: World) -> None:
    with sqlite3.connect(world.folder / "ledger.sqlite") as older:
        older.executescript("DROP TABLE turns; DROP TABLE conversations; PRAGMA user_version = 1;")
    older.close()
    assert forget_person(world.folder, NINE).answers == 1
    world.close()


def test_a_log_that_was_moved_aside_is_named(world: World) -> None:
    (world.folder / "ledger.sqlite.damaged-20240131-000000").write_bytes(b"x")
    done = forget_person(world.folder, NINE)
    assert any("ledger.sqlite.damaged-20240131-000000" in one for one in done.left)
    world.close()


def test_an_article_of_another_text_is_no_reason_to_forget_an_answer(world: World) -> None:
    other = Article("other", "t", "别的")
    index_articles([other], world.store, HashEmbedder())
    assert forget_articles(world.store, world.folder, ["other"]).answers == 0
    world.close()
