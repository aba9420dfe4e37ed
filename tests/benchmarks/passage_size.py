"""How large passages should be: R@1 and R@5 of the article by size, dense, lexical and fused.

    python -m tests.benchmarks.passage_size ARTICLES.jsonl.gz QUESTIONS.jsonl [--sizes 180 250 350]

The bundled model and the product's own terms, cut, BM25 and fusion; nothing is read. Embedding every size takes as long
as indexing does.
"""

from __future__ import annotations

import argparse
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from byline.embeddings.bundled import BundledEmbedder
from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passages import cut, passage_text_for_embedding
from byline.retrieval.articles.reading import read_file
from byline.retrieval.evaluation.figures import LabelledQuestion, article_rank, read_questions
from byline.retrieval.index import lexical, schema
from byline.retrieval.search import CANDIDATES, fuse
from byline.retrieval.text.question import without_interrogatives

EMBEDDED_AT_ONCE = 64


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[180, 250, 350])
    parser.add_argument("--cache", type=Path, default=user_cache_path("byline", appauthor=False))
    arguments = parser.parse_args()
    articles = [article for reading in read_file(arguments.articles) for article in reading.articles]
    asked = [one for one in read_questions(arguments.questions) if one.articles]
    embedder = BundledEmbedder(arguments.cache)
    print(f"{'size':>6}{'passages':>10}{'dense':>16}{'BM25':>16}{'fused':>16}{'minutes':>9}")
    for size in arguments.sizes:
        began = time.perf_counter()
        passages, figures = _figures(articles, asked, embedder, size)
        minutes = (time.perf_counter() - began) / 60
        print(f"{size:>6}{passages:>10}" + "".join(f"{f:>16}" for f in figures) + f"{minutes:>9.1f}", flush=True)


def _figures(
    articles: Sequence[Article], asked: Sequence[LabelledQuestion], embedder: BundledEmbedder, size: int
) -> tuple[int, list[str]]:
    owners: list[str] = []
    texts: list[tuple[str, str]] = []
    for article in articles:
        for passage in cut(article, target_chars=size):
            owners.append(article.id)
            texts.append((article.title, passage.text))
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in schema.TABLES.split(";\n"):
        connection.execute(statement)
    lexical.add(connection, [(key, title, text) for key, (title, text) in enumerate(texts, 1)])
    vectors = np.concatenate(
        [
            embedder.embed_passages([passage_text_for_embedding(*one) for one in texts[at : at + EMBEDDED_AT_ONCE]])
            for at in range(0, len(texts), EMBEDDED_AT_ONCE)
        ]
    )
    ranks: list[tuple[int, int, int]] = []
    for one in asked:
        cosines = vectors @ embedder.embed_question(one.question)
        dense = [int(row) for row in np.argsort(-cosines, kind="stable")[:CANDIDATES]]
        found = {
            key - 1: score
            for key, score in lexical.matching(connection, without_interrogatives(one.question), CANDIDATES)
        }
        both = list(dict.fromkeys([*dense, *found]))
        scores = fuse([float(cosines[row]) for row in both], [found.get(row, 0.0) for row in both])
        fused = [both[i] for i in sorted(range(len(both)), key=lambda i: -scores[i])]
        ranks.append(
            tuple(article_rank([owners[row] for row in rows], one.articles) for rows in (dense, [*found], fused))  # type: ignore[arg-type]
        )
    table = np.array(ranks)
    shares = [" / ".join(f"{np.mean((column > 0) & (column <= k)):.3f}" for k in (1, 5)) for column in table.T]
    return len(texts), shares


if __name__ == "__main__":
    main()
