"""Index files of earlier Bylines, opened by this one: nothing is lost and nothing is to be indexed again."""

from __future__ import annotations

import json
import os
import sqlite3
from pathlib import Path

import pytest

from byline.retrieval.errors import NotFound
from byline.retrieval.index.embedded import DATABASE, open_store
from byline.retrieval.index.schema import VERSION
from byline.retrieval.index.store import Filters
from byline.retrieval.indexing import index_articles, index_paths
from tests.doubles import HashEmbedder
from tests.kept import lay_out
from tests.worlds.articles import made_articles

UPLOADED = "made-1@4d58fc82"
VERSION_1 = """
DROP TABLE segment;
DROP TABLE posting;
DROP TABLE dead;
CREATE VIRTUAL TABLE lexicon USING fts5 (terms, content = '', tokenize = "ascii tokenchars '.%'");
CREATE VIRTUAL TABLE lexicon_term USING fts5vocab ('lexicon', 'row');
PRAGMA user_version = 1;
"""


@pytest.fixture(params=[2, 1])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder of commit 39c4a0f; and as it was before postings took the place of FTS5."""
    lay_out("index_2", tmp_path / "data" / DATABASE)
    if request.param == 1:
        connection = sqlite3.connect(tmp_path / "data" / DATABASE)
        connection.executescript(VERSION_1)
        connection.close()
    return tmp_path / "data"


def test_an_older_index_answers_as_before(kept: Path) -> None:
    embedder = HashEmbedder(8)
    store = open_store(kept, fingerprint=embedder.fingerprint, dimension=8)
    assert {one.id for one in store.articles(limit=9).articles} == {"made-0", UPLOADED, "made-2"}
    assert store.article("made-0") == made_articles(1)[0]
    assert store.article(UPLOADED).text == "交来的一篇，改过了。\n有两段。"
    found = store.passages([key for key, _ in store.nearest(embedder.embed_question("桥"), 9, Filters())])
    assert {one.article.id for one in found.values()} == {"made-0", UPLOADED, "made-2"}
    ((key, _),) = store.matching("改过了", 1, Filters())
    assert found[key].article.id == UPLOADED
    with pytest.raises(NotFound):
        store.article("made-3")
    assert store.check() is None
    assert embedder.embedded == 0
    store.close()


def test_an_older_index_is_written_to_and_what_was_removed_from_it_stays_away(kept: Path, tmp_path: Path) -> None:
    embedder = HashEmbedder(8)
    store = open_store(kept, fingerprint=embedder.fingerprint, dimension=8)
    (file,) = store.files().records()
    folder = tmp_path / "articles"
    folder.mkdir()
    connection = sqlite3.connect(kept / DATABASE)
    for table in ("file", "withdrawn", "root"):  # the folder it was indexed from is another machine's
        connection.execute(f"UPDATE {table} SET path = replace(path, ?, ?)", (os.path.dirname(file), str(folder)))
    connection.commit()
    connection.close()
    lines = [{"id": a.id, "title": a.title, "text": a.text, "byline": a.byline} for a in made_articles(6)[2:]]
    (folder / "a.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    assert index_paths([folder], store, embedder).articles_added == 2
    assert {one.id for one in store.articles(limit=9).articles} == {"made-0", UPLOADED, "made-2", "made-4", "made-5"}
    assert store.remove(["made-0"]) == store.restore(["made-0"]) == ["made-0"]
    assert index_articles([made_articles(1)[0]], store, embedder).new == frozenset()
    assert store.check() is None
    store.close()


def test_an_older_index_becomes_what_a_new_one_is(kept: Path, tmp_path: Path) -> None:
    made = []
    for folder in (kept, tmp_path / "new"):
        open_store(folder).close()
        connection = sqlite3.connect(folder / DATABASE)
        made.append(sorted(connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall(), key=str))
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        connection.close()
    assert made[0] == made[1]


def test_articles_of_an_older_index_that_have_no_title_get_one(kept: Path) -> None:
    connection = sqlite3.connect(kept / DATABASE)
    connection.execute("UPDATE article SET title = '' WHERE id = ?", (UPLOADED,))
    connection.commit()
    connection.close()
    store = open_store(kept, fingerprint=HashEmbedder(8).fingerprint, dimension=8)
    article = store.article(UPLOADED)
    assert (article.title, article.title_from) == ("交来的一篇，改过了", "text")
    store.close()
