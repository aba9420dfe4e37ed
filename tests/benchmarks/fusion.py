"""How far each way of fusing dense and lexical hits finds the right article: the source of the constants in search.py.

    python -m tests.benchmarks.fusion FOLDER QUESTIONS.jsonl [FOLDER QUESTIONS.jsonl ...]

Each FOLDER holds an index (`byline --data FOLDER index …`) of the articles its questions are about; question lines are
those of `byline evaluate`. Prints R@1 and R@5 of the article by cosine alone, BM25 alone, the sum of their z-scores,
reciprocal rank fusion, and the fusion of `byline.retrieval.search` over a grid of its two constants.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from platformdirs import user_cache_path

from byline.embeddings.bundled import BundledEmbedder
from byline.retrieval import search as searching
from byline.retrieval.evaluation.figures import LabelledQuestion, article_rank, read_questions
from byline.retrieval.index.embedded import open_store
from byline.retrieval.index.store import Filters

Candidates = list[tuple[str, float, float]]
Fusion = Callable[[Sequence[float], Sequence[float]], Sequence[float]]
RRF_K = 60  # Cormack, Clarke & Büttcher, SIGIR 2009


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", type=Path, metavar="FOLDER QUESTIONS")
    parser.add_argument("--cache", type=Path, default=user_cache_path("byline", appauthor=False))
    arguments = parser.parse_args()
    embedder = BundledEmbedder(arguments.cache)
    sets = [
        (questions.parent.name + "/" + questions.stem, _gather(folder, read_questions(questions), embedder))
        for folder, questions in zip(arguments.sets[::2], arguments.sets[1::2], strict=True)
    ]
    print(f"{'':28}" + "".join(f"{name:>24}" for name, _ in sets))
    for name, fusion in _fusions().items():
        print(f"{name:28}" + "".join(f"{_recall(asked, fusion):>24}" for _, asked in sets), flush=True)


def _gather(
    folder: Path, questions: Sequence[LabelledQuestion], embedder: BundledEmbedder
) -> list[tuple[Candidates, frozenset[str]]]:
    """Fetch every candidate of every question once, as (article id, cosine, BM25)."""
    store = open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension, create=False)
    gathered = []
    for asked in questions:
        if not asked.articles:
            continue
        hits = searching.search(store, embedder, asked.question, k=2 * searching.CANDIDATES, filters=Filters()).hits
        gathered.append(([(hit.stored.article.id, hit.dense, hit.lexical) for hit in hits], asked.articles))
    store.close()
    return gathered


def _recall(asked: Sequence[tuple[Candidates, frozenset[str]]], fusion: Fusion) -> str:
    ranks = []
    for candidates, gold in asked:
        scores = fusion([c[1] for c in candidates], [c[2] for c in candidates])
        order = sorted(range(len(candidates)), key=lambda i, s=scores: -s[i])  # type: ignore[misc]
        ranks.append(article_rank([candidates[i][0] for i in order], gold))
    return " / ".join(f"{np.mean([0 < rank <= cut for rank in ranks]):.3f}" for cut in (1, 5))


def _fusions() -> dict[str, Fusion]:
    fusions: dict[str, Fusion] = {
        "dense": lambda dense, lexical: dense,
        "BM25": lambda dense, lexical: lexical,
        "z-score sum": lambda dense, lexical: list(_standard(dense) + _standard(lexical)),
        "reciprocal rank fusion": lambda dense, lexical: list(_reciprocal(dense) + _reciprocal(lexical)),
        "byline.retrieval.search.fuse": searching.fuse,
    }
    for power in (0.0, 1.0, 2.0, 3.0):
        for weight in (3.0, 5.0, 8.0, 12.0):
            fusions[f"standout^{power:.0f}, {weight:.0f} x cosine"] = partial(
                searching.fuse, cosine_weight=weight, standout_power=power
            )
    return fusions


def _standard(scores: Sequence[float]) -> npt.NDArray[np.float64]:
    values = np.array(scores)
    return np.asarray((values - values.mean()) / (values.std() or 1.0), np.float64)


def _reciprocal(scores: Sequence[float]) -> npt.NDArray[np.float64]:
    ranks = np.argsort(np.argsort(-np.array(scores)))
    return np.asarray(1.0 / (RRF_K + 1 + ranks), np.float64)


if __name__ == "__main__":
    main()
