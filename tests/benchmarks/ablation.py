"""What each part of the path is worth: without the reader, without either search, with more and fewer passages read.

    python -m tests.benchmarks.ablation --set FOLDER QUESTIONS.jsonl … [--silent FOLDER QUESTIONS.jsonl …] [--limit N]

Each FOLDER holds an index (`byline --data FOLDER index …`); question lines are those of `byline evaluate`. The answers
to the questions of a `--silent` set are taken to be missing from its articles. Every variant keeps the calibration it
is shipped with, the overlap reader its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from platformdirs import user_cache_path

from byline.embeddings.bundled import BundledEmbedder
from byline.embeddings.embedder import Vectors
from byline.retrieval.answers.bundled_reader import BundledReader
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.evaluation.figures import LabelledQuestion, evaluate, read_questions
from byline.retrieval.index.embedded import open_store
from byline.retrieval.index.store import Filters, Store
from byline.retrieval.service import Service

FIGURES = ("R@1", "answered", "hit", "F1", "cited", "abstained", "ask_p50", "ask_p95")
READ = (1, 3, 5, 10, 20)


@dataclass(frozen=True, slots=True)
class _Less:
    """A store without one of its two searches."""

    store: Store
    dense: bool = True
    lexical: bool = True

    def nearest(self, vector: Vectors, k: int, filters: Filters) -> list[tuple[int, float]]:
        return self.store.nearest(vector, k, filters) if self.dense else []

    def matching(self, question: str, k: int, filters: Filters) -> list[tuple[int, float]]:
        return self.store.matching(question, k, filters) if self.lexical else []

    def cosines(self, vector: Vectors, keys: Sequence[int]) -> list[float]:
        return self.store.cosines(vector, keys) if self.dense else [0.0] * len(keys)

    def __getattr__(self, name: str) -> Any:  # all else as it is
        return getattr(self.store, name)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, type=Path, action="append", default=[], metavar=("FOLDER", "QUESTIONS"))
    parser.add_argument("--silent", nargs=2, type=Path, action="append", default=[], metavar=("FOLDER", "QUESTIONS"))
    parser.add_argument("--limit", type=int, help="questions of each set")
    parser.add_argument("--cache", type=Path, default=user_cache_path("byline", appauthor=False))
    arguments = parser.parse_args()
    for folder, path in arguments.set:
        _table(f"{folder.name}, {path.stem}", folder, read_questions(path)[: arguments.limit], arguments.cache)
    for folder, path in arguments.silent:
        asked = read_questions(path, unanswerable=True)[: arguments.limit]
        _table(f"{folder.name}, {path.stem}, not in the articles", folder, asked, arguments.cache)


def _table(name: str, folder: Path, asked: Sequence[LabelledQuestion], cache: Path) -> None:
    embedder = BundledEmbedder(cache)
    store = open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension, create=False)
    print(f"\n{name}: {len(asked)} questions\n{'':24}" + "".join(f"{figure:>10}" for figure in FIGURES), flush=True)
    for variant, made in _variants(store, embedder, cache).items():
        service = made()
        service.warm()
        figures = evaluate(service, asked).figures.named()
        cells = (figures.get(figure) for figure in FIGURES)
        shown = ("" if cell is None else f"{cell:.0f} ms" if cell > 1 else f"{cell:.3f}" for cell in cells)
        print(f"{variant:24}" + "".join(f"{cell:>10}" for cell in shown), flush=True)
    store.close()


def _variants(store: Store, embedder: BundledEmbedder, cache: Path) -> dict[str, Callable[[], Service]]:
    reader = BundledReader(cache)
    variants: dict[str, Callable[[], Service]] = {
        "as it is": lambda: Service(store, embedder, reader),
        "without the reader": lambda: Service(store, embedder, OverlapReader(embedder, store.document_frequencies)),
        "without lexical": lambda: Service(cast(Store, _Less(store, lexical=False)), embedder, reader),
        "without dense": lambda: Service(cast(Store, _Less(store, dense=False)), embedder, reader),
    }
    for count in READ:
        variants[f"reading {count} at once"] = lambda n=count: Service(  # type: ignore[misc]
            store, embedder, reader, read_batch=n, max_read=n
        )
    return variants


if __name__ == "__main__":
    main()
