"""What an old citation leads to once a better reader has read the article differently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from byline.bot.answer_log import AnswerLog
from byline.bot.asking import Asker
from byline.bot.http.app import create_app
from byline.bot.settings import Settings
from byline.bot.uploads import Uploads
from byline.retrieval import indexing
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.articles.article import Article, Reading, content_id
from byline.retrieval.index.embedded import open_store
from byline.retrieval.indexing import index_paths
from byline.retrieval.service import Service
from tests.doubles import HashEmbedder
from tests.worlds.server import serving

KEPT = "柳林村的柳树\n\n柳林村今年春天种下了三百棵柳树。村民们都来帮忙。\n"
READ_BETTER = "石桥的石头\n\n石桥用了九百块石头。每块都有编号。\n"


def test_a_citation_resolves_while_its_text_is_there_and_says_so_once_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = HashEmbedder()
    store = open_store(tmp_path, fingerprint=embedder.fingerprint, dimension=embedder.dimension)
    uploads = Uploads(store, embedder)
    for name, text in (("kept.txt", KEPT), ("better.txt", READ_BETTER)):
        uploads.add_file(name, text.encode())
    service = Service(store, embedder, OverlapReader(embedder, store.document_frequencies), threshold=0.0)
    app = create_app(Asker(service, AnswerLog(tmp_path)), Settings(data=tmp_path), uploads=uploads)
    read_bytes = indexing.read_bytes_apart

    def read(name: str, content: bytes) -> Iterator[Reading]:
        if name != "better.txt":
            yield from read_bytes(name, content)
            return
        title, text = "石桥的石头", "石桥用了九百块石头，每块都有编号。"
        yield Reading((Article(content_id(title, "", text), title, text, path=name),))

    with serving(app) as url, httpx.Client(base_url=url, headers={"Accept-Language": "en"}) as client:
        cited = {
            name: client.post("/v1/ask", json={"question": question}).json()["citations"][0]
            for name, question in (("kept", "柳林村种下了多少棵柳树？"), ("better", "石桥用了多少块石头？"))
        }
        monkeypatch.setattr(indexing, "read_bytes_apart", read)
        index_paths([], store, embedder, again=True)
        kept = client.get(cited["kept"]["url"])
        assert f">{cited['kept']['quote']}</mark>" in kept.text
        changed = client.get(cited["better"]["url"])
        assert changed.status_code == 404
        assert "it changed and has a new address" in changed.text
        again = client.post("/v1/ask", json={"question": "石桥用了多少块石头？"}).json()["citations"][0]
        assert again["article_id"] != cited["better"]["article_id"]
        assert client.get(again["url"]).status_code == 200
    service.close()
