"""Compare engines for BM25 over the same terms: Byline's own tables, SQLite FTS5, tantivy, bm25s.

    python -m tests.benchmarks.lexical_engines ../shared/data/news [--copies 8] [--questions 150] [--engines byline]

Every engine is given the terms of `byline.retrieval.text.folding.terms`, in a process of its own, and asked the same
questions for its first 100 passages. R@1 and R@5 are of the article, over distinct articles. `--copies` repeats the
corpus, each time with every character moved along in the alphabet of its terms, so that larger sizes keep the shape
of language; quality then counts the original only. `fts5<0.1` leaves out terms in more than a tenth of passages.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import platform
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from byline.retrieval.articles.article import Article
from byline.retrieval.articles.passages import cut
from byline.retrieval.text.folding import terms

K = 100
Search = Callable[[list[str]], list[int]]


def corpus(folder: Path, copies: int) -> tuple[list[list[str]], list[str]]:
    """Terms of every passage, and the article each is of ("" for copies)."""
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        articles = [Article(line["id"], line["title"], line["text"]) for line in map(json.loads, lines)]
    passages = [(article.id, terms(f"{article.title}\n{p.text}")) for article in articles for p in cut(article)]
    every, owners = [cut_ for _, cut_ in passages], [owner for owner, _ in passages]
    vocabulary = sorted({term for cut_ in every for term in cut_})
    place = {term: number for number, term in enumerate(vocabulary)}
    for copy in range(1, copies):
        # Every third term changes its name: copies share the frequent terms' load without repeating whole passages.
        every.extend(
            [vocabulary[(place[t] + copy) % len(vocabulary)] if place[t] % 3 == 0 else t for t in cut_]
            for _, cut_ in passages
        )
        owners.extend("" for _ in passages)
    return every, owners


def byline(passages: list[list[str]], folder: Path) -> tuple[Search, int]:
    from byline.retrieval.index import lexical, schema

    place = folder / "byline"
    connection = sqlite3.connect(place, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in schema.TABLES.split(";\n"):
        connection.execute(statement)
    for first in range(0, len(passages), 64):
        connection.execute("BEGIN")
        # The terms are joined again because `add` cuts for itself: cutting is in its time, and in no other engine's.
        some = enumerate(passages[first : first + 64], start=first)
        lexical.add(connection, [(number, "", " ".join(cut_)) for number, cut_ in some])
        connection.execute("COMMIT")

    def search(wanted: list[str]) -> list[int]:
        connection.execute("BEGIN")
        found = lexical.matching(connection, " ".join(wanted), K)
        connection.execute("COMMIT")
        return [key for key, _ in found]

    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return search, place.stat().st_size


def fts5(most_common: float) -> Callable[[list[list[str]], Path], tuple[Search, int]]:
    def build(passages: list[list[str]], folder: Path) -> tuple[Search, int]:
        place = folder / "fts5"
        connection = sqlite3.connect(place)
        connection.execute(
            "CREATE VIRTUAL TABLE l USING fts5 (terms, content = '', tokenize = \"ascii tokenchars '.%'\")"
        )
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab (l, 'row')")
        rows = ((number, " ".join(cut_)) for number, cut_ in enumerate(passages))
        connection.executemany("INSERT INTO l (rowid, terms) VALUES (?, ?)", rows)
        connection.commit()

        def frequency(term: str) -> int:
            row = connection.execute("SELECT doc FROM v WHERE term = ?", (term,)).fetchone()
            return 0 if row is None else int(row[0])

        def search(wanted: list[str]) -> list[int]:
            if most_common < 1:
                wanted = [t for t in wanted if frequency(t) <= most_common * len(passages)] or wanted
            expression = " OR ".join(f'"{term}"' for term in dict.fromkeys(wanted))
            rows = connection.execute(f"SELECT rowid FROM l WHERE l MATCH ? ORDER BY rank LIMIT {K}", (expression,))
            return [row for (row,) in rows]

        return search, place.stat().st_size

    return build


def tantivy(passages: list[list[str]], folder: Path) -> tuple[Search, int]:
    import tantivy as engine

    builder = engine.SchemaBuilder()
    builder.add_integer_field("number", stored=True, fast=True)
    builder.add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
    schema = builder.build()
    index = engine.Index(schema, path=str(folder))
    writer = index.writer(num_threads=1)
    for number, cut_ in enumerate(passages):
        writer.add_document(engine.Document(number=number, terms=" ".join(cut_)))
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def search(wanted: list[str]) -> list[int]:
        should = [(engine.Occur.Should, engine.Query.term_query(schema, "terms", t)) for t in dict.fromkeys(wanted)]
        hits = searcher.search(engine.Query.boolean_query(should), K, count=False).hits
        return [searcher.doc(address)["number"][0] for _, address in hits]

    return search, sum(file.stat().st_size for file in folder.iterdir())


def bm25s(passages: list[list[str]], folder: Path) -> tuple[Search, int]:
    import bm25s as engine  # type: ignore[import-untyped]

    index = engine.BM25(k1=1.2, b=0.75)
    index.index(passages, show_progress=False)
    index.save(folder)

    def search(wanted: list[str]) -> list[int]:
        known = [term for term in dict.fromkeys(wanted) if term in index.vocab_dict]
        if not known:
            return []
        rows, _ = index.retrieve([known], k=K, show_progress=False)
        return [int(row) for row in rows[0]]

    return search, sum(file.stat().st_size for file in folder.iterdir())


ENGINES: dict[str, Callable[[list[list[str]], Path], tuple[Search, int]]] = {
    "byline": byline,
    "fts5": fts5(1.0),
    "fts5<0.1": fts5(0.1),
    "fts5<0.05": fts5(0.05),
    "tantivy": tantivy,
    "bm25s": bm25s,
}


def measure(name: str, passages: list[list[str]], owners: list[str], questions: list[dict[str, str]]) -> None:
    """Print one engine's line; runs in a process of its own, so that its memory is its own."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        search, size = ENGINES[name](passages, Path(folder))
        built = time.perf_counter() - began
        first = fifth = 0
        took_ms: list[float] = []
        for question in questions:
            wanted = terms(question["question"])
            began = time.perf_counter()
            found = search(wanted)
            took_ms.append((time.perf_counter() - began) * 1e3)
            ids = list(dict.fromkeys(owners[row] for row in found if owners[row]))[:5]
            first += question["article"] in ids[:1]
            fifth += question["article"] in ids
    took_ms.sort()
    memory = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    quality = f"{first / len(questions):.3f} / {fifth / len(questions):.3f}"
    latency = f"{took_ms[len(took_ms) // 2]:.1f} / {took_ms[int(len(took_ms) * 0.95)]:.1f}"
    print(f"| {name} | {quality} | {built:.1f} | {latency} | {size / 1e6:.0f} | {memory:.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds articles.jsonl.gz and questions.jsonl")
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--questions", type=int, default=10_000)
    parser.add_argument("--engines", nargs="*", default=list(ENGINES))
    given = parser.parse_args()
    passages, owners = corpus(given.folder, given.copies)
    with (given.folder / "questions.jsonl").open(encoding="utf-8") as lines:
        questions = [json.loads(line) for line in lines][:: max(1, 1199 // given.questions)][: given.questions]
    length = sum(map(len, passages)) / len(passages)
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f}, SQLite {sqlite3.sqlite_version}"
    )
    print(f"{len(passages)} passages of {length:.0f} terms, {len(questions)} questions\n")
    print("| engine | R@1 / R@5 | build s | median / p95 ms | MB on disk | MB of memory more |")
    print("|---|---|---|---|---|---|", flush=True)
    forked = multiprocessing.get_context("fork")
    for name in given.engines:
        process = forked.Process(target=measure, args=(name, passages, owners, questions))
        process.start()
        process.join()


if __name__ == "__main__":
    main()
