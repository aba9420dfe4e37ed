"""Fits the weights in `calibration.json` on labelled questions: the order of passages, the odds, the threshold.

    byline calibrate --set FOLDER QUESTIONS.jsonl [--set …] [--cases CASES.jsonl] [--write]

FOLDER holds an index of the articles the questions are about (`byline --data FOLDER index …`). Each question is read
twice: as it is, and with its gold articles left out of the hits, when the right thing is to abstain. Cases are kept in
CASES.jsonl, so that fitting again does not mean reading again. Without `--write` the figures are only shown.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from byline.embeddings.embedder import Embedder
from byline.retrieval.answers.calibration_files import SHIPPED
from byline.retrieval.answers.confidence import Calibration, first_and_margin
from byline.retrieval.answers.features import PassageFeatures, extract_features
from byline.retrieval.answers.overlap_reader import OverlapReader
from byline.retrieval.answers.quoting import quoted_span
from byline.retrieval.answers.reader import Reader
from byline.retrieval.answers.reading import read_hits
from byline.retrieval.answers.risk import risk_curve
from byline.retrieval.assembly import OVERLAP, embedder_named, reader_named
from byline.retrieval.errors import NotCalibrated
from byline.retrieval.evaluation.figures import LabelledQuestion, holds, read_questions
from byline.retrieval.index.store import Filters, Store
from byline.retrieval.search import search
from byline.retrieval.service import MAX_READ, READ_BATCH
from byline.retrieval.understanding import understand

RIDGE = 1.0  # prior precision on standardised weights: one, the unit-information choice
READING = ("agreement", "answerable", "span", "period")
RANKING = ("fused", "coverage", *READING)
ODDS = (*READING, "margin", "score_gap")
# Chow, "On optimum recognition error and reject tradeoff" (IEEE Trans. Inf. Theory, 1970): with silence at 0, a right
# answer at 1 and a wrong one at -WRONG_COSTS, answering pays from a probability of WRONG_COSTS / (1 + WRONG_COSTS).
# People fear an answer that is made up as much as a "not found" when it is plainly there.
WRONG_COSTS = 1.0
# Who reads "possibly" looks at the sentence: three of five should be the right one.
POSSIBLY_RIGHT = 0.6
# Of 179 questions put by hand to 1,520 articles 32 had no answer in them. Every question here is read without its
# answer too, so that half are unanswerable; for the two points that are shares of what people ask, these are weighed
# down.
UNANSWERABLE_SHARE = 0.18
FEWEST_POSSIBLE = 20  # a share of fewer says nothing
LOST_BY_STOPPING = 0.005  # half a point of right answers less wrong ones, for half the time
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    """One question read once.

    Attributes:
        features: of the passages read, in retrieval order.
        right: for each, whether what would be quoted from it holds the gold answer, in a gold article, if known.
        says: the same, in whichever article: one that tells the same as a gold article is not wrong.
        answerable: False where the gold articles were left out.
        first: the features when only the first `READ_BATCH` were read.
    """

    features: tuple[PassageFeatures, ...]
    right: tuple[bool, ...]
    says: tuple[bool, ...]
    answerable: bool
    first: tuple[PassageFeatures, ...]

    def says_first(self, calibration: Calibration, features: Sequence[PassageFeatures]) -> bool:
        """Whether the passage that the calibration ranks first, of all or only of the first batch, says it."""
        return self.says[int(np.argmax(calibration.rank_scores(features)))]


def collect(
    store: Store, embedder: Embedder, reader: Reader, questions: Iterable[LabelledQuestion], *, max_read: int
) -> Iterator[Case]:
    """Read each question with and without its gold articles; one labelled unanswerable, as it is.

    A question whose answer still stands in a passage read without them is not unanswerable, and gives one case.
    """
    for asked in questions:
        hits = search(store, embedder, asked.question, k=4 * max_read, filters=Filters()).hits
        question = understand(asked.question, store.document_frequencies)
        others = [hit for hit in hits if hit.stored.article.id not in asked.articles]
        shown_for = {True: hits[:max_read], False: others[:max_read]} if asked.answers else {False: hits[:max_read]}
        for answerable, shown in shown_for.items():
            texts = [hit.stored.passage.text for hit in shown]
            told = not answerable and asked.answers and any(holds(text, asked.answers) for text in texts)
            if not shown or told:
                continue
            marked = read_hits(reader, question, shown)
            says = [
                answerable and holds(text[slice(*quoted_span(text, mark))], asked.answers)
                for text, mark in zip(texts, marked, strict=True)
            ]
            right = [
                said and (not asked.articles or hit.stored.article.id in asked.articles)
                for hit, said in zip(shown, says, strict=True)
            ]
            features, first = (
                tuple(extract_features(question, shown, marked[:read])) for read in (len(shown), READ_BATCH)
            )
            yield Case(features, tuple(right), tuple(says), answerable, first)


def fit(cases: Sequence[Case], reader: str, source: str, odds_of: Sequence[str] = ODDS) -> Calibration:
    """Fit order, odds and threshold, each on the one before.

    The odds are those of a logistic regression (Platt, in Advances in Large Margin Classifiers, 1999) on what the
    reader says of the passage that goes first and on how far that is ahead.

    Args:
        cases: of questions the reader was not trained on.
        reader: its fingerprint.
        source: what the cases are, kept beside the figures.
        odds_of: the features the odds weigh.

    Raises:
        NotCalibrated: no passage is right, or none is wrong.
    """
    if all(any(case.right) == any(cases[0].right) for case in cases):
        raise NotCalibrated(
            f"{sum(any(case.right) for case in cases)} of {len(cases)} readings hold the right answer, from which no "
            "odds can be learned; give more questions, their answers worded as in the articles"
        )
    rank = fit_rank(cases, RANKING)
    order = Calibration(reader, rank, {}, {"margin": np.nan, "score_gap": np.nan}, 0.5, 1.0, source)
    known = [order.inputs(*first_and_margin(order, case.features)) for case in cases]
    defaults = {name: round(_mean_of_known([inputs[name] for inputs in known]), 4) for name in order.defaults}
    features = np.array([[inputs[name] for name in odds_of] for inputs in known])
    usual = np.array([defaults.get(name, 0.0) for name in odds_of])
    says = np.array([float(case.says_first(order, case.features)) for case in cases])
    odds = _logistic_weights(np.where(np.isnan(features), usual, features), says)
    named = {name: round(weight, 4) for name, weight in zip((*odds_of, "bias"), odds, strict=True)}
    threshold = round(WRONG_COSTS / (1.0 + WRONG_COSTS), 4)
    chosen = Calibration(reader, rank, named, defaults, threshold, 1.0, source)
    confidences = [chosen.confidence_of_first(case.features) for case in cases]
    right = [case.says_first(chosen, case.features) for case in cases]
    weights = _as_people_ask(cases)
    return replace(
        chosen,
        stop_confidence=choose_stop_confidence(cases, chosen),
        unsure_from=choose_unsure_from(confidences, right, weights, threshold),
        risk_curve=tuple(risk_curve(confidences, right, weights)),
    )


def _mean_of_known(values: Sequence[float]) -> float:
    """The mean without NaN; 0 where every value is, as in an archive of a handful of passages."""
    known = [value for value in values if not np.isnan(value)]
    return float(np.mean(known)) if known else 0.0


def fit_rank(cases: Sequence[Case], names: Sequence[str]) -> dict[str, float]:
    """Weigh features so that the right passages come first: listwise softmax (ListNet, Cao et al., ICML 2007).

    No weight is negative: more of any feature never speaks against a passage.
    """
    lists = [
        (np.array([[getattr(e, n) for n in names] for e in case.features]), np.array(case.right, dtype=float))
        for case in cases
        if any(case.right) and not all(case.right)
    ]
    scale = np.concatenate([np.zeros((1, len(names))), *(x - x.mean(0) for x, _ in lists)]).std(0) + 1e-9
    weights = np.zeros(len(names))
    for _ in range(200):
        gradient, curvature = RIDGE * weights, RIDGE * np.eye(len(names))
        for x, right in lists:
            scaled = x / scale
            odds = np.exp(scaled @ weights - (scaled @ weights).max())
            model, gold = odds / odds.sum(), odds * right / (odds * right).sum()
            gradient = gradient + scaled.T @ (model - gold)
            centred = scaled - model @ scaled
            curvature = curvature + (centred * model[:, None]).T @ centred
        moved = np.maximum(weights - np.linalg.solve(curvature, gradient), 0.0)
        if np.abs(moved - weights).max() < 1e-6:
            break
        weights = moved
    return {name: round(float(w), 4) for name, w in zip(names, weights / scale, strict=True)}


def choose_stop_confidence(cases: Sequence[Case], calibration: Calibration) -> float:
    """Choose where reading may stop: the least confidence above which the first passages do as well as all.

    Returns:
        The lowest point, from the threshold up, at which the questions surer than that after the first passages would
        be worth no more than `LOST_BY_STOPPING` each by reading on; 1 if there is none. A right answer is worth 1,
        silence 0, a wrong answer -`WRONG_COSTS`.
    """
    judged = []
    for case in cases:
        confidence = calibration.confidence_of_first(case.first)
        judged.append((confidence, _worth(case, case.features, calibration) - _worth(case, case.first, calibration)))
    judged.sort(reverse=True)
    lost_so_far = np.cumsum([lost for _, lost in judged]) / np.arange(1, len(judged) + 1)
    safe = [
        confidence
        for (confidence, _), lost in zip(judged, lost_so_far, strict=True)
        if lost <= LOST_BY_STOPPING and confidence >= calibration.threshold
    ]
    return min(safe, default=1.0)


def _as_people_ask(cases: Sequence[Case]) -> list[float]:
    """Weigh each case so that `UNANSWERABLE_SHARE` of the weight is on those without an answer."""
    answerable = sum(case.answerable for case in cases)
    others = len(cases) - answerable
    weight = UNANSWERABLE_SHARE / (1.0 - UNANSWERABLE_SHARE) * answerable / others if others else 1.0
    return [1.0 if case.answerable else weight for case in cases]


def choose_unsure_from(
    confidences: Sequence[float], right: Sequence[bool], weights: Sequence[float], threshold: float
) -> float | None:
    """Choose from which confidence on to say what may be the answer: as low as keeps `POSSIBLY_RIGHT` of them right.

    Args:
        confidences: of the questions it is fitted on.
        right: whether the sentence that would be shown holds the answer of each.
        weights: how much each counts.
        threshold: from which on answers are given outright.

    Returns:
        The point, or None if no share below the threshold is right so often.
    """
    rows = zip(confidences, right, weights, strict=True)
    below = sorted((row for row in rows if row[0] < threshold), key=lambda row: -row[0])
    shares = np.cumsum([w * r for _, r, w in below]) / np.cumsum([w for _, _, w in below])
    kept = [row[0] for row, share in zip(below, shares, strict=True) if share >= POSSIBLY_RIGHT]
    return round(min(kept), 4) if len(kept) >= FEWEST_POSSIBLE else None


def _worth(case: Case, features: Sequence[PassageFeatures], calibration: Calibration) -> float:
    """What the answer from these passages is worth."""
    if calibration.confidence_of_first(features) < calibration.threshold:
        return 0.0
    return 1.0 if case.says_first(calibration, features) else -WRONG_COSTS


def _logistic_weights(features: Floats, right: Floats) -> list[float]:
    """Logistic regression by Newton's method; one weight for each column, none negative, and the bias."""
    mean, scale = features.mean(0), features.std(0) + 1e-9
    x = np.column_stack([(features - mean) / scale, np.ones(len(features))])
    prior = RIDGE * np.diag([1.0] * features.shape[1] + [0.0])
    least = np.array([0.0] * features.shape[1] + [-np.inf])
    weights = np.zeros(x.shape[1])
    for _ in range(200):
        chance = 1.0 / (1.0 + np.exp(-(x @ weights)))
        curvature = (x * (chance * (1.0 - chance))[:, None]).T @ x + prior
        moved = np.maximum(weights - np.linalg.solve(curvature, x.T @ (chance - right) + prior @ weights), least)
        if np.abs(moved - weights).max() < 1e-8:
            break
        weights = moved
    slopes = weights[:-1] / scale
    return [*(float(slope) for slope in slopes), float(weights[-1] - slopes @ mean)]


def save_cases(cases: Iterable[Case], path: Path) -> None:
    """Keep cases, one JSON line each."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(case)) + "\n" for case in cases)


def load_cases(path: Path) -> list[Case]:
    """Read cases back."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Case(
            tuple(PassageFeatures(**e) for e in row["features"]),
            tuple(row["right"]),
            tuple(row["says"]),
            row["answerable"],
            tuple(PassageFeatures(**e) for e in row["first"]),
        )
        for row in rows
    ]


def main(given: Sequence[str] | None = None) -> None:
    """Collect cases, fit, show, and keep if told to."""
    from platformdirs import user_cache_path

    parser = argparse.ArgumentParser(
        prog="byline calibrate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--set", nargs=2, type=Path, action="append", required=True, metavar=("FOLDER", "QUESTIONS"))
    parser.add_argument("--reader", default="bundled", help="bundled, overlap, or a model's name or folder")
    parser.add_argument(
        "--embedder", default="bundled", help="what the indexes were made with: bundled, a name, a folder"
    )
    parser.add_argument("--allow-downloads", action="store_true", help="a named model may be fetched from its hub")
    parser.add_argument("--cases", type=Path, help="keep the cases here; read them from here if the file exists")
    parser.add_argument("--cache", type=Path, default=user_cache_path("byline", appauthor=False))
    parser.add_argument("--source", default="", help="what the questions are, kept beside the figures")
    parser.add_argument("--write", action="store_true", help="replace the reader's entry in what is kept")
    parser.add_argument(
        "--keep-in", type=Path, default=SHIPPED, help="calibration.json of a data folder; else the one that is shipped"
    )
    arguments = parser.parse_args(given)
    downloads, cache = arguments.allow_downloads, arguments.cache
    embedder = embedder_named(arguments.embedder, cache, allow_downloads=downloads)
    reader: Reader | None = None  # the overlap reader counts words of each store
    if arguments.reader != OVERLAP:
        reader = reader_named(arguments.reader, cache, embedder, lambda terms: {}, allow_downloads=downloads)
    if arguments.cases and arguments.cases.exists():
        cases = load_cases(arguments.cases)
    else:
        cases = [case for folder, path in arguments.set for case in _cases_of(folder, path, embedder, reader)]
        if arguments.cases:
            save_cases(cases, arguments.cases)
    fingerprint = reader.fingerprint if reader else OverlapReader.fingerprint
    try:
        calibration = fit(cases, fingerprint, arguments.source or ", ".join(path.stem for _, path in arguments.set))
    except NotCalibrated as fault:
        parser.exit(1, f"{fault}\n")
    print(json.dumps(asdict(calibration), ensure_ascii=False, indent=2))
    print(_summary(cases, calibration))
    if arguments.write:
        kept = json.loads(arguments.keep_in.read_text("utf-8")) if arguments.keep_in.exists() else {}
        kept[fingerprint.partition(":")[0]] = asdict(calibration)
        half = arguments.keep_in.with_suffix(".part")
        half.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", "utf-8")
        half.replace(arguments.keep_in)


def _cases_of(folder: Path, path: Path, embedder: Embedder, reader: Reader | None) -> Iterator[Case]:
    from byline.retrieval.index.embedded import open_store

    store = open_store(folder, fingerprint=embedder.fingerprint, dimension=embedder.dimension, create=False)
    try:
        reader = reader or OverlapReader(embedder, store.document_frequencies)
        yield from collect(store, embedder, reader, read_questions(path), max_read=MAX_READ)
    finally:
        store.close()


def _summary(cases: Sequence[Case], calibration: Calibration) -> str:
    """At the threshold: of answerable questions, how many answered and rightly; of the others, how many abstained."""
    rows = []
    for case in cases:
        given = calibration.confidence_of_first(case.features) >= calibration.threshold
        rows.append((case.answerable, given, case.says_first(calibration, case.features)))
    answerable = [row for row in rows if row[0]]
    others = [row for row in rows if not row[0]]
    right_first = sum(row[2] for row in answerable) / max(len(answerable), 1)
    hit = sum(row[1] and row[2] for row in answerable) / max(len(answerable), 1)
    abstained = sum(not row[1] for row in others) / max(len(others), 1)
    return (
        f"{len(answerable)} answerable: right passage first {right_first:.3f}, answered rightly {hit:.3f}; "
        f"{len(others)} not: abstained {abstained:.3f}"
    )
