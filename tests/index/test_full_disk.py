"""A disk that is full: what was finished is kept, and room can be made by removing."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from byline.retrieval.errors import IndexFull
from byline.retrieval.index import reserve
from byline.retrieval.index.embedded import EmbeddedStore
from byline.retrieval.indexing import index_articles
from tests.doubles import HashEmbedder
from tests.worlds.articles import made_articles
from tests.worlds.stores import open_embedded


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("a small disk cannot be made here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> None:
    """Take what room is left."""
    with place.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass


def test_on_a_full_disk_articles_are_removed_and_then_others_added(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reserve, "RESERVE_BYTES", 512 * 1024)
    monkeypatch.setattr(reserve, "PLENTY", 2)
    embedder = HashEmbedder()
    store = open_embedded(small_disk / "data", embedder)
    articles = made_articles(3000)
    kept = 0
    with contextlib.suppress(IndexFull):
        for first in range(0, len(articles), 20):
            index_articles(articles[first : first + 20], store, embedder)
            kept += 20
    assert 40 < kept < len(articles)
    fill(small_disk / "filler")
    assert store.articles(limit=1).total == kept
    ids = [one.id for one in store.articles(limit=40).articles]
    assert store.remove(ids[:1]) == ids[:1]
    assert store.forget(ids[1:]) == ids[1:]
    assert store.articles(limit=1).total == kept - 40
    (small_disk / "filler").unlink()
    assert index_articles(articles[-3:], store, embedder).new
    assert store.check() is None
    store.close()
    again: EmbeddedStore = open_embedded(small_disk / "data", embedder)
    assert again.check() is None
    again.close()
