"""The bundled model against sentence-transformers fp32: same weights, same texts, same run.

    python -m tests.benchmarks.embedding_speed ../shared/data/reading/FILE.json.gz [--passages 200]

FILE is SQuAD-shaped. The sides take turns, so that whatever else the machine does weighs on both.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Transformer
from sentence_transformers.sentence_transformer.modules import Normalize, Pooling
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from byline.embeddings.bundled import PASSAGE_PREFIX, QUESTION_PREFIX, BundledEmbedder
from byline.embeddings.e5_weights import load_weights, make_tokenizer
from byline.embeddings.embedder import Vectors
from byline.embeddings.sentence_transformer import SentenceTransformerEmbedder

ROUNDS = 3
PASSAGE_CHARS = 250  # the size of a passage in the index


def save_fp32(folder: Path) -> Path:
    """Save the bundled weights, unpacked, as a sentence-transformers model."""
    weights = load_weights()
    shape = weights.shape
    model = BertModel(
        BertConfig(
            vocab_size=shape.vocabulary,
            hidden_size=shape.hidden,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=shape.feed_forward,
            max_position_embeddings=shape.positions,
            layer_norm_eps=shape.epsilon,
        ),
        add_pooling_layer=False,
    )
    model.load_state_dict({name: torch.from_numpy(tensor) for name, tensor in weights.tensors.items()}, strict=False)
    model.save_pretrained(folder / "encoder")
    PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=make_tokenizer(weights.pieces),
        pad_token="<pad>",
        unk_token="<unk>",
        model_max_length=shape.positions,
    ).save_pretrained(folder / "encoder")
    modules = [Transformer(str(folder / "encoder")), Pooling(shape.hidden, "mean"), Normalize()]
    prompts = {"query": QUESTION_PREFIX, "document": PASSAGE_PREFIX}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "model"))
    return folder / "model"


def read_squad(path: Path, passages: int) -> tuple[list[str], list[tuple[str, int]]]:
    """Read whole paragraphs, and the questions with the number of the paragraph that answers each."""
    content = path.read_bytes()
    articles = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)["data"]
    paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]][:passages]
    questions = [(qa["question"], place) for place, paragraph in enumerate(paragraphs) for qa in paragraph["qas"]]
    return [paragraph["context"] for paragraph in paragraphs], questions


def recall_at_5(passages: Vectors, questions: Vectors, gold: list[int]) -> float:
    """How often the paragraph that answers is among the five nearest."""
    nearest = np.argsort(-(questions @ passages.T), axis=1)[:, :5]
    return float(np.mean([place in row for place, row in zip(gold, nearest, strict=True)]))


def timed(embed: Callable[[list[str]], Vectors], texts: list[str]) -> tuple[Vectors, float]:
    """Embed, and say how many texts a second it came to."""
    started = time.perf_counter()
    vectors = embed(texts)
    return vectors, len(texts) / (time.perf_counter() - started)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("squad", type=Path)
    parser.add_argument("--passages", type=int, default=200)
    parser.add_argument("--questions", type=int, default=300)
    arguments = parser.parse_args()
    paragraphs, questions = read_squad(arguments.squad, arguments.passages)
    questions = questions[: arguments.questions]
    texts = [text[:PASSAGE_CHARS] for text in paragraphs]
    print(
        f"machine: {platform.processor() or platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    )
    print(f"corpus: {arguments.squad.name}, {len(texts)} passages of {np.mean([len(t) for t in texts]):.0f} characters")
    with tempfile.TemporaryDirectory() as folder:
        bundled = BundledEmbedder(Path(folder))
        bundled.warm_up()
        bundled.embed_passages(texts[:32])
        print(
            f"bundled alone, peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB with torch"
        )
        fp32 = SentenceTransformerEmbedder(str(save_fp32(Path(folder))), device="cpu")
        fp32.embed_passages(texts[:32])
        ratios = []
        for number in range(ROUNDS):
            ours, ours_rate = timed(bundled.embed_passages, texts)
            theirs, theirs_rate = timed(fp32.embed_passages, texts)
            ratios.append(ours_rate / theirs_rate)
            print(f"round {number + 1}: bundled {ours_rate:.1f}/s, fp32 {theirs_rate:.1f}/s, ratio {ratios[-1]:.2f}")
        cosines = (ours * theirs).sum(axis=1)
        print(
            f"ratio, median: {np.median(ratios):.2f}; cosine: average {cosines.mean():.4f}, worst {cosines.min():.4f}"
        )
        gold = [place for _, place in questions]
        recalls = [
            recall_at_5(vectors, np.stack([embedder.embed_question(text) for text, _ in questions]), gold)
            for embedder, vectors in ((bundled, ours), (fp32, theirs))
        ]
        print(f"R@5 over {len(gold)} questions: bundled {recalls[0]:.4f}, fp32 {recalls[1]:.4f}")


if __name__ == "__main__":
    main()
