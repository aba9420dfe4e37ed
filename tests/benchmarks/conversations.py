"""Conversations of two to four turns over news: how many follow-ups are read right, and do switches stay uncoloured.

    python -m tests.benchmarks.conversations DATA [--json FILE]

DATA is a data folder with CRUD-RAG's news articles indexed. The questions, `conversations.jsonl`, are over articles
of folds 8 and 9, which no reader here was trained on, and hold gold strings but no text.

A turn is right if a gold string stands in the first 200 characters of what is read first: the short answer, then the
answer. `coloured` are switches of topic that are answered otherwise than when asked alone.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import time
import unicodedata
from pathlib import Path
from typing import Any

from byline.bot.settings import load_settings
from byline.bot.wiring import wire
from byline.retrieval.answers.answer import Answer
from byline.retrieval.conversation.turns import LAST_TURNS, Turn, turn_of
from byline.retrieval.service import AskRequest, Service

QUESTIONS = Path(__file__).with_name("conversations.jsonl")
READ_FIRST = 200  # characters, as score_human counts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", type=Path, help="keep every answer here, a line each")
    options = parser.parse_args()
    components = wire(load_settings(data=options.data))
    rows = []
    try:
        components.service.warm()
        for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
            rows += converse(components.service, json.loads(line))
    finally:
        components.close()
    if options.json:
        options.json.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    for kind in ("first", "follow-up", "switch"):
        print(kind, figures([row for row in rows if row["turn"] == kind]))


def converse(service: Service, conversation: dict[str, Any]) -> list[dict[str, Any]]:
    """Hold one conversation; one row for each turn."""
    turns: tuple[Turn, ...] = ()
    rows = []
    for turn in conversation["turns"]:
        began = time.perf_counter()
        answer = service.ask(AskRequest(turn["question"], turns=turns))
        took_ms = (time.perf_counter() - began) * 1e3
        alone = service.ask(turn["question"]) if turn["turn"] == "switch" else answer
        rows.append(
            {
                "id": conversation["id"],
                **turn,
                "read_as": answer.understood.question if answer.understood else "",
                "follows": answer.understood.follows if answer.understood else False,
                "answered": answer.answered,
                "confidence": round(answer.confidence, 2),
                "short": answer.short_answer,
                "right": is_right(answer, turn["gold"]),
                "cited": any(c.article_id == turn["article"] for c in answer.citations),
                "coloured": (answer.answered, answer.short_answer) != (alone.answered, alone.short_answer),
                "took_ms": took_ms,
            }
        )
        turns = (*turns, turn_of(answer))[-LAST_TURNS:]
    return rows


def is_right(answer: Answer, gold: list[str]) -> bool:
    """Whether a gold string stands in what is read first of an answer that was given."""
    said = f"{answer.short_answer or ''} {answer.answer}"[:READ_FIRST]
    return answer.answered and any(_normal(one) in _normal(said) for one in gold)


def figures(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Means over some turns."""
    shares = {
        name: round(statistics.fmean(row[name] for row in rows), 3)
        for name in ("right", "answered", "cited", "follows", "coloured")
    }
    return {"n": len(rows), **shares, "median_ms": round(statistics.median(row["took_ms"] for row in rows))}


def _normal(text: str) -> str:
    return re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", text)).lower()


if __name__ == "__main__":
    main()
