"""Teaches, exports and measures the bundled reader.

    byline train reader teach DATA --run FOLDER --minutes 90
    byline train reader export --run FOLDER
    byline train reader measure DATA
    byline train reader contrasts DATA

DATA holds `reading/*.json.gz` in the SQuAD shape, `news/articles.jsonl.gz` and `news/questions.jsonl`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import astuple, fields
from pathlib import Path

import torch

from byline.embeddings.e5_weights import load_weights, make_tokenizer
from byline.retrieval.answers.bundled_reader import BundledReader
from byline.retrieval.answers.reader import Reader
from byline.retrieval.answers.reader_weights import WEIGHTS_PATH, load_reader_weights
from byline.retrieval.training.reader.contrasts import KindFigures, measure_contrasts
from byline.retrieval.training.reader.encoder import ReadingEncoder
from byline.retrieval.training.reader.export import checkpoint_reader, export
from byline.retrieval.training.reader.folds import MEASURED_ONLY
from byline.retrieval.training.reader.loop import Recipe, Run
from byline.retrieval.training.reader.measure import measure, time_reading
from byline.retrieval.training.reader.pairs import Pair, PairMaker
from byline.retrieval.training.reader.recurring import recurring_questions
from byline.retrieval.training.reader.sets import (
    CONTRASTS_PATH,
    Asked,
    load_contrasts,
    load_made,
    load_news,
    load_reading,
    load_texts,
)
from byline.retrieval.training.reader.yes_no import yes_no_questions

PROBE_QUESTIONS = 40


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line."""
    options = _parser().parse_args(arguments)
    torch.set_num_threads(options.threads)
    options.run_command(options)


def teach(options: argparse.Namespace) -> None:
    """Train, or go on with a run that was stopped."""
    asked = load_reading(options.data / "reading") + load_news(options.data / "news")
    texts = {key: text for key, text in load_texts(options.data / "news").items() if key not in MEASURED_ONLY}
    asked += [] if options.without_made else load_made(options.data) + load_contrasts(options.data)
    asked += recurring_questions(texts, random.Random(options.seed)) if options.recurring else []
    if options.yes_no:
        asked += yes_no_questions([one for one in asked if one.trained_on], random.Random(options.seed))
    maker = PairMaker([one for one in asked if one.trained_on], list(texts.values()))
    weights = load_weights()
    recipe = Recipe(
        minutes=options.minutes,
        frozen=options.frozen,
        rate=options.rate,
        portion=options.portion,
        seed=options.seed,
    )
    torch.manual_seed(recipe.seed)
    net = ReadingEncoder(weights.shape, frozen=recipe.frozen)
    learned = load_reader_weights(options.start).tensors if options.start else {}
    net.load_bert(weights.tensors | learned)
    run = Run(net.to(options.device), recipe, options.run)
    run.train(maker, make_tokenizer(weights.pieces), probe_pairs([one for one in asked if not one.trained_on]))


def probe_pairs(held_out: Sequence[Asked]) -> list[Pair]:
    """Draw the same held-out pairs every time: questions of four sets, each with a positive and a negative."""
    rng = random.Random(1)
    sources = ("cmrc", "drcd", "news", "made_contrast")
    chosen = [one for source in sources for one in held_out if one.source == source and one.spans]
    chosen = rng.sample(chosen, min(PROBE_QUESTIONS, len(chosen)))
    maker = PairMaker(chosen, [one.text for one in held_out])
    return [pair for one in chosen for pair in (maker.positive(one, rng), maker.negative(one, rng))]


def write_weights(options: argparse.Namespace) -> None:
    """Export the averaged weights."""
    export(options.run / "checkpoint.pt", options.out, start=options.start, share=options.share)


def print_figures(options: argparse.Namespace) -> None:
    """Measure on held-out questions, and print a table."""
    asked = load_reading(options.data / "reading") + load_news(options.data / "news")
    held_out = [one for one in asked if not one.trained_on and len(one.text) <= options.longest]
    reader: Reader
    if options.run:
        reader = checkpoint_reader(options.run / "checkpoint.pt", options.start)
    else:
        reader = BundledReader(options.cache, weights=options.weights)
    print(f"{reader.fingerprint}\n{'set':<14}{'questions':>10}{'F1':>8}{'placed':>8}{'EM':>8}{'area':>8}")
    for name, had in measure(reader, held_out, most=options.questions).items():
        print(f"{name:<14}{had.questions:>10}{had.f1:>8.3f}{had.placed:>8.3f}{had.exact:>8.3f}{had.area:>8.3f}")
    alone, together = time_reading(reader, held_out)
    print(f"a passage of 250 characters: {alone:.1f} ms alone, {together:.1f} ms each of ten")


def print_contrasts(options: argparse.Namespace) -> None:
    """Measure on held-out contrasts by kind, and print a table."""
    held_out = [one for one in load_contrasts(options.data, options.contrasts) if not one.trained_on]
    reader = BundledReader(options.cache, weights=options.weights)
    print(f"{reader.fingerprint}\n{'kind':<14}" + "".join(f"{field.name:>10}" for field in fields(KindFigures)))
    for kind, had in measure_contrasts(reader, held_out).items():
        shares = "".join(f"{share:>10.3f}" for share in astuple(had)[2:])
        print(f"{kind:<14}{had.questions:>10}{had.answered:>10}{shares}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="byline train reader",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default: %(default)s)")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("teach", help="train; a run found in the folder goes on")
    command.add_argument("data", type=Path)
    command.add_argument("--run", type=Path, required=True, help="folder for checkpoint.pt and log.jsonl")
    command.add_argument("--start", type=Path, help="a weights file to start from instead of e5 as it is")
    command.add_argument("--minutes", type=float, default=90, help="training time (default: %(default)s)")
    command.add_argument("--rate", type=float, default=1e-4, help="peak learning rate (default: %(default)s)")
    command.add_argument("--frozen", type=int, default=0, help="lowest layers left alone (default: %(default)s)")
    command.add_argument("--recurring", action="store_true", help="add questions that the news texts ask of themselves")
    command.add_argument("--yes-no", action="store_true", help="add yes/no questions made of the others by script")
    command.add_argument("--portion", type=float, default=1.0, help="of an epoch drawn at a time (default: all)")
    command.add_argument("--without-made", action="store_true", help="leave out the questions written for Byline")
    command.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", help="%(default)s")
    command.add_argument("--seed", type=int, default=20261122, help="of order and head (default: %(default)s)")
    command.set_defaults(run_command=teach)
    command = commands.add_parser("export", help="write the weights file from a run")
    command.add_argument("--run", type=Path, required=True, help="folder with checkpoint.pt")
    command.add_argument("--out", type=Path, default=WEIGHTS_PATH, help="default: the file that is shipped")
    command.add_argument("--start", type=Path, help="average with these weights, which the run started from")
    command.add_argument("--share", type=float, default=1.0, help="of the run's end in that (default: %(default)s)")
    command.set_defaults(run_command=write_weights)
    command = commands.add_parser("measure", help="figures on held-out questions, passages given")
    command.add_argument("data", type=Path)
    command.add_argument("--run", type=Path, help="measure a checkpoint in fp32 instead of the weights file")
    command.add_argument("--start", type=Path, help="the weights file that run started from, if layers were frozen")
    command.add_argument("--weights", type=Path, default=WEIGHTS_PATH, help="default: the file that is shipped")
    command.add_argument("--cache", type=Path, default=Path("cache"), help="for the graph (default: ./%(default)s)")
    command.add_argument("--questions", type=int, default=1000, help="at most, per set (default: %(default)s)")
    command.add_argument("--longest", type=int, default=4000, help="leave longer texts out (default: %(default)s)")
    command.set_defaults(run_command=print_figures)
    command = commands.add_parser("contrasts", help="figures by kind on held-out contrasts, their windows given")
    command.add_argument("data", type=Path)
    command.add_argument("--contrasts", type=Path, default=CONTRASTS_PATH, help="default: those beside this module")
    command.add_argument("--weights", type=Path, default=WEIGHTS_PATH, help="default: the file that is shipped")
    command.add_argument("--cache", type=Path, default=Path("cache"), help="for the graph (default: ./%(default)s)")
    command.set_defaults(run_command=print_contrasts)
    return parser
