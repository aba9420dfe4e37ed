"""English questions over Chinese articles: what names written in Chinese beside them are worth to the search.

    python -m tests.benchmarks.english_names FOLDER

FOLDER holds an index of CRUD-RAG's news. Asks the answerable English questions of `written/` and of the contrasts,
without reading, and prints R@1 and R@5 of the article: without names, with those of the dictionary, and with so many
pairs of characters for a name in pinyin.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from byline.bot.settings import Settings
from byline.bot.wiring import wire
from byline.retrieval import search as searching
from byline.retrieval.service import Service
from byline.retrieval.text import translated_names
from byline.retrieval.training.reader.sets import CONTRASTS_PATH

WRITTEN = Path(__file__).with_name("written")
Names = Callable[[str, translated_names.DocumentFrequencies], list[str]]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    components = wire(Settings(data=parser.parse_args().folder))
    asked = list(_questions())
    for label, names, most in (
        ("no names", lambda *_: [], 0),
        ("dictionary", lambda question, _: list(translated_names._of_dictionary(question)), 0),
        *((f"and pinyin, {most} pairs", translated_names.chinese_names, most) for most in (4, 8, 16, 32, 64, 128)),
    ):
        searching.chinese_names, translated_names.MOST_SOUNDING_ALIKE = names, most
        at_one, at_five = _recall(components.service, asked)
        print(f"{label:<24}{len(asked):>6}{at_one:>8.3f}{at_five:>8.3f}", flush=True)
    components.close()


def _questions() -> Iterator[tuple[str, str]]:
    for path in (*sorted(WRITTEN.glob("*.jsonl")), CONTRASTS_PATH):
        for line in map(json.loads, path.read_text("utf-8").splitlines()):
            if line["kind"] == "english" and (line.get("articles") or line.get("spans")):
                yield line["question"], (line.get("articles") or [line["article"]])[0]


def _recall(service: Service, asked: Sequence[tuple[str, str]]) -> tuple[float, float]:
    first = fifth = 0
    for question, article in asked:
        hits = service.search(question, top_k=50, rerank=False).hits
        found = list(dict.fromkeys(hit.stored.article.id for hit in hits))
        first, fifth = first + (found[:1] == [article]), fifth + (article in found[:5])
    return first / len(asked), fifth / len(asked)


if __name__ == "__main__":
    main()
