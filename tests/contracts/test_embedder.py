"""What every embedder owes its callers, run on each implementation."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byline.embeddings.bundled import BundledEmbedder
from byline.embeddings.embedder import Embedder
from byline.embeddings.sentence_transformer import SentenceTransformerEmbedder

TEXTS = [
    "邮政报刊投递",
    "站长昨天在车站候车室。",
    "旅客不用再在雨里排队，站长昨天重新开放候车室，旅客不用排队。",
    "the ferry runs twice a day",
    "",
]


@pytest.fixture(scope="module", params=["bundled", "sentence-transformers"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Embedder]:
    folder = tmp_path_factory.mktemp("embedder")
    if request.param == "bundled":
        return lambda: BundledEmbedder(folder)
    pytest.importorskip("torch")
    from tests.embeddings.tiny_model import save_tiny_model

    model = save_tiny_model(folder, prompts={"query": "query: ", "document": "passage: "})
    return lambda: SentenceTransformerEmbedder(str(model), device="cpu")


@pytest.fixture(scope="module")
def embedder(make: Callable[[], Embedder]) -> Embedder:
    return make()


def test_vectors_are_rows_of_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    question = embedder.embed_question("谁在排队？")
    assert question.shape == (embedder.dimension,)
    assert question.dtype == np.float32
    assert np.linalg.norm(question) == pytest.approx(1, abs=1e-5)


def test_vectors_come_in_the_order_of_the_texts(embedder: Embedder) -> None:
    together = embedder.embed_passages(TEXTS)
    apart = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])
    np.testing.assert_allclose(together, apart, atol=1e-4)
    similar = together @ together.T
    np.fill_diagonal(similar, 0)
    assert similar.max() < 0.999, "the texts must differ for their order to show"


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    vectors = embedder.embed_passages([])
    assert vectors.shape == (0, embedder.dimension)
    assert vectors.dtype == np.float32


def test_a_text_of_20000_characters_is_embedded(embedder: Embedder) -> None:
    (vector,) = embedder.embed_passages(["旅客不用再在雨里排队。" * 1819])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_the_same_text_has_the_same_vector_whatever_it_holds(embedder: Embedder, text: str) -> None:
    text = text.encode("utf-8", "replace").decode("utf-8")
    first, second = embedder.embed_passages([text])[0], embedder.embed_passages([text])[0]
    assert np.isfinite(first).all()
    np.testing.assert_allclose(first, second, atol=1e-6)


def test_threads_get_the_vectors_of_their_own_texts(embedder: Embedder) -> None:
    slices = [[text] * 2 for text in TEXTS] * 2
    alone = [embedder.embed_passages(texts) for texts in slices]
    with ThreadPoolExecutor(4) as pool:
        for vectors, expected in zip(pool.map(embedder.embed_passages, slices), alone, strict=True):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


def test_a_question_and_a_passage_of_the_same_words_differ(embedder: Embedder) -> None:
    text = "旅客不用再在雨里排队"
    assert embedder.embed_question(text) @ embedder.embed_passages([text])[0] < 0.999


def test_the_fingerprint_is_the_models_not_the_objects(make: Callable[[], Embedder], embedder: Embedder) -> None:
    other = make()
    assert other.fingerprint == embedder.fingerprint
    assert other.dimension == embedder.dimension
