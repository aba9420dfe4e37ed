"""Questions the trained reader has not seen, in the form `byline index`, `byline evaluate` and `measure.py` take.

    python -m tests.benchmarks.held_out DATA OUT --reading-folds 8 --news-folds 6 7

DATA holds `reading/*.json.gz` (SQuAD shape) and `news/{articles.jsonl.gz,questions.jsonl}`. Writes, for every reading
set, OUT/SET.articles.jsonl (each paragraph an article, all folds, so that finding is as hard as it is) and
OUT/SET.questions.jsonl (the folds named), and OUT/news.questions.jsonl. Beside them OUT/events.articles.jsonl and
OUT/events.questions.jsonl, written for calibration: events that some snippets tell and others only touch. Calibrate on
some held-out folds, measure on the others: `byline.retrieval.training.reader.folds` says which the reader was taught
on.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from byline.retrieval.training.reader.folds import fold
from byline.retrieval.training.reader.sets import EVENTS_PATH, Asked, load_reading

WRITTEN = Path(__file__).with_name("written")


def main() -> None:
    """Write the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--reading-folds", type=int, nargs="*", default=[8, 9])
    parser.add_argument("--news-folds", type=int, nargs="*", default=[6, 7, 8, 9])
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    asked = load_reading(arguments.data / "reading")
    for source in dict.fromkeys(one.source for one in asked):
        if source != "xquad_cross":
            _write_reading(arguments.out, source, [o for o in asked if o.source == source], arguments.reading_folds)
    lines = (arguments.data / "news" / "questions.jsonl").read_text("utf-8").splitlines()
    news = [json.loads(line) for line in lines]
    _write(arguments.out / "news.questions.jsonl", (q for q in news if fold(q["article"]) in arguments.news_folds))
    for path in sorted(WRITTEN.glob("*.jsonl")):
        if {int(number) for number in path.stem.split("_")[2:]} <= set(arguments.news_folds):
            _write(arguments.out / "written.questions.jsonl", map(json.loads, path.read_text("utf-8").splitlines()))
    _write_events(arguments.out, [json.loads(line) for line in EVENTS_PATH.read_text("utf-8").splitlines()])


def _write_events(out: Path, events: list[dict[str, Any]]) -> None:
    articles, questions = [], []
    for event in events:
        ids = [f"{event['event']}-{number}" for number in range(len(event["snippets"]))]
        articles += [{"id": name, "text": one["text"]} for name, one in zip(ids, event["snippets"], strict=True)]
        telling = [name for name, one in zip(ids, event["snippets"], strict=True) if one["tells"]]
        questions += [{**asked, "articles": telling} for asked in event["questions"]]
    _write(out / "events.articles.jsonl", articles)
    _write(out / "events.questions.jsonl", questions)


def _write_reading(out: Path, source: str, asked: list[Asked], folds: list[int]) -> None:
    ids = {text: f"{source}-{number}" for number, text in enumerate(dict.fromkeys(one.text for one in asked))}
    _write(out / f"{source}.articles.jsonl", ({"id": name, "text": text} for text, name in ids.items()))
    _write(
        out / f"{source}.questions.jsonl",
        (
            {"question": one.question, "answers": list(one.answers), "article": ids[one.text]}
            for one in asked
            if fold(one.key) in folds
        ),
    )


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    written = list(rows)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in written)
    print(f"{path}: {len(written)}")


if __name__ == "__main__":
    main()
