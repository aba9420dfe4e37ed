"""Prompts, fingerprints and refusals of the sentence-transformers embedder."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from byline.embeddings.errors import ModelUnavailable
from byline.embeddings.sentence_transformer import SentenceTransformerEmbedder
from tests.embeddings.tiny_model import DIMENSION, save_tiny_model

TEXT = "旅客不用再在雨里排队"


def plain(folder: Path, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    vector = SentenceTransformer(str(folder), device="cpu").encode(text, prompt="", normalize_embeddings=True)
    return np.asarray(vector, np.float32)


def test_the_models_own_prompts_are_used(tmp_path: Path) -> None:
    folder = save_tiny_model(tmp_path, prompts={"query": "谁: ", "passage": "站: "})
    embedder = SentenceTransformerEmbedder(str(folder), device="cpu")
    assert embedder.dimension == DIMENSION
    np.testing.assert_allclose(embedder.embed_question(TEXT), plain(folder, f"谁: {TEXT}"), atol=1e-5)
    np.testing.assert_allclose(embedder.embed_passages([TEXT])[0], plain(folder, f"站: {TEXT}"), atol=1e-5)


@pytest.mark.parametrize(("name", "prefixed"), [("multilingual-e5-tiny", True), ("e5", True), ("fine55", False)])
def test_models_of_the_e5_family_get_the_prompts_their_cards_ask_for(tmp_path: Path, name: str, prefixed: bool) -> None:
    folder = save_tiny_model(tmp_path).rename(tmp_path / name)
    embedder = SentenceTransformerEmbedder(str(folder), device="cpu")
    question, passage = (f"query: {TEXT}", f"passage: {TEXT}") if prefixed else (TEXT, TEXT)
    np.testing.assert_allclose(embedder.embed_question(TEXT), plain(folder, question), atol=1e-5)
    np.testing.assert_allclose(embedder.embed_passages([TEXT])[0], plain(folder, passage), atol=1e-5)


def test_other_weights_under_the_same_name_have_another_fingerprint(tmp_path: Path) -> None:
    first, second = (save_tiny_model(tmp_path / str(seed), seed=seed) for seed in (1, 2))
    assert first.name == second.name
    assert SentenceTransformerEmbedder(str(first)).fingerprint != SentenceTransformerEmbedder(str(second)).fingerprint


def test_other_prompts_have_another_fingerprint(tmp_path: Path) -> None:
    first = save_tiny_model(tmp_path / "1", prompts={"query": "query: "})
    second = save_tiny_model(tmp_path / "2", prompts={"query": "q: "})
    assert SentenceTransformerEmbedder(str(first)).fingerprint != SentenceTransformerEmbedder(str(second)).fingerprint


def test_a_model_that_is_not_here_is_refused_with_what_to_set(tmp_path: Path) -> None:
    embedder = SentenceTransformerEmbedder(str(tmp_path / "nowhere"))
    with pytest.raises(ModelUnavailable, match=r"nowhere.*`bundled`, or allow downloads") as refusal:
        embedder.embed_question(TEXT)
    assert "\n" not in str(refusal.value)


def test_nothing_heavy_is_imported_before_the_first_text() -> None:
    script = (
        "import sys; from byline.embeddings.sentence_transformer import SentenceTransformerEmbedder as E; E('x');"
        "assert not {'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
