"""What tells a right answer from a wrong one: sets of features, fitted on some readings and looked at on others.

    python -m tests.benchmarks.odds --cases CASES.jsonl --look NAME FOLDER QUESTIONS --silent NAME FOLDER QUESTIONS

CASES are those `byline calibrate --cases` kept. FOLDER holds an index. The questions of a look
are answered from it; those of a silent one are not, whatever their labels say. Prints, for each set of features, the
share answered rightly of each look and kept silent of each silent one, at the calibrated threshold, the area under the
ROC curve of the right answers to the first look against all to the first silent one, and the expected calibration error
of the answers given to all of them together.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from byline.embeddings.bundled import BundledEmbedder
from byline.retrieval.answers.bundled_reader import BundledReader
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.evaluation.figures import read_questions
from byline.retrieval.evaluation.reliability import Judged, calibration_error, reliability
from byline.retrieval.index.embedded import open_store
from byline.retrieval.service import MAX_READ
from byline.retrieval.training.calibration import ODDS, READING, Case, collect, fit, load_cases
from byline.retrieval.training.reader.figures import roc_area

TRIED: tuple[tuple[str, ...], ...] = (
    READING[1:],
    READING,
    (*READING, "margin"),
    (*READING, "score_gap"),
    (*READING, "margin", "score_gap"),
    (*READING, "margin", "score_gap", "coverage"),
)


@dataclass(frozen=True, slots=True)
class Looked:
    """One set read once, and whether its questions are answered there."""

    name: str
    silent: bool
    cases: Sequence[Case]


def main() -> None:
    """Read the sets once, fit each set of features, and print a row for it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--look", nargs=3, action="append", default=[], metavar=("NAME", "FOLDER", "QUESTIONS"))
    parser.add_argument("--silent", nargs=3, action="append", default=[], metavar=("NAME", "FOLDER", "QUESTIONS"))
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    arguments = parser.parse_args()
    embedder, reader = BundledEmbedder(arguments.cache), BundledReader(arguments.cache)
    sets = [
        Looked(name, silent, _read(embedder, reader, Path(folder), Path(questions), silent=silent))
        for silent, given in ((False, arguments.look), (True, arguments.silent))
        for name, folder, questions in given
    ]
    fitted_on = load_cases(arguments.cases)
    print(" | ".join(["features", *(one.name for one in sets), "area", "ECE"]))
    for names in TRIED:
        calibration = fit(fitted_on, reader.fingerprint, "", names)
        mark = " (shipped)" if set(names) == set(ODDS) else ""
        print(" | ".join([", ".join(names) + mark, *_figures(sets, calibration)]))


def _read(embedder: BundledEmbedder, reader: BundledReader, folder: Path, path: Path, *, silent: bool) -> list[Case]:
    store = open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension, create=False)
    try:
        questions = read_questions(path, unanswerable=silent)
        cases = collect(store, embedder, reader, questions, max_read=MAX_READ)
        return [case for case in cases if case.answerable is not silent]
    finally:
        store.close()


def _figures(sets: Sequence[Looked], calibration: Calibration) -> list[str]:
    shares, given = [], []
    surest: dict[bool, list[float]] = {}
    for one in sets:
        judged = [_judge(case, calibration) for case in one.cases]
        answered = [each for each in judged if each.confidence >= calibration.threshold]
        counted = len(judged) - len(answered) if one.silent else sum(each.right for each in answered)
        shares.append(f"{counted / len(judged):.3f}")
        given += answered
        surest.setdefault(one.silent, [each.confidence for each in judged if one.silent or each.right])
    area = roc_area(surest[False], surest[True]) if len(surest) > 1 else float("nan")
    return [*shares, f"{area:.3f}", f"{calibration_error(reliability(given)) or 0.0:.3f}"]


def _judge(case: Case, calibration: Calibration) -> Judged:
    return Judged(calibration.confidence(case.evidence), case.says_first(calibration, case.evidence))


if __name__ == "__main__":
    main()
