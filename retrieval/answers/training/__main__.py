"""`python -m retrieval.answers.training DATA --out FOLDER`: teaches the bundled reader."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import torch

from embeddings.e5_weights import load_weights, make_tokenizer
from retrieval.answers.training.encoder import ReadingEncoder
from retrieval.answers.training.loop import Recipe, Run
from retrieval.answers.training.pairs import Pair, PairMaker
from retrieval.answers.training.sets import Asked, load_news, load_reading, load_texts

PROBE_QUESTIONS = 40


def main() -> None:
    """Run the command line."""
    arguments = _arguments()
    torch.set_num_threads(arguments.threads)
    asked = load_reading(arguments.data / "reading") + load_news(arguments.data / "news")
    trained = [one for one in asked if one.trained_on]
    maker = PairMaker(trained, list(load_texts(arguments.data / "news").values()))
    weights = load_weights()
    recipe = Recipe(minutes=arguments.minutes, frozen=arguments.frozen, seed=arguments.seed)
    torch.manual_seed(recipe.seed)
    net = ReadingEncoder(weights.shape, frozen=recipe.frozen)
    net.load_bert(weights.tensors)
    arguments.out.mkdir(parents=True, exist_ok=True)
    run = Run(net, recipe, arguments.out)
    run.train(maker, make_tokenizer(weights.pieces), probe_pairs([one for one in asked if not one.trained_on]))


def probe_pairs(held_out: list[Asked]) -> list[Pair]:
    """Draw the same held-out pairs every time: forty positives and their negatives, three sets alike."""
    rng = random.Random(1)
    chosen = [one for source in ("cmrc", "drcd", "news") for one in held_out if one.source == source]
    chosen = rng.sample(chosen, min(PROBE_QUESTIONS, len(chosen)))
    maker = PairMaker(chosen, [one.text for one in held_out])
    return [pair for one in chosen for pair in (maker.positive(one, rng), maker.negative(one, rng))]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m retrieval.answers.training", description=__doc__)
    parser.add_argument(
        "data", type=Path, help="a folder with reading/*.json.gz and news/{articles.jsonl.gz,questions.jsonl}"
    )
    parser.add_argument(
        "--out", type=Path, required=True, help="where checkpoint.pt and log.jsonl go; an earlier run goes on"
    )
    parser.add_argument("--minutes", type=float, default=90, help="training time (default: %(default)s)")
    parser.add_argument("--frozen", type=int, default=6, help="lowest layers left as they are (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=20261122, help="of data order and head (default: %(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
