"""Learn which part of a page each of its lines is: `byline train labels FOLDERS --out line_model.npz`.

FOLDERS hold pages as `NNN.txt` with `NNN.lines.json` beside each: the role of every line of the file in order, null
for a blank one. `python -m tests.articles.layout.styled_pages` makes such pages from articles. The shipped weights come
from CRUD-RAG's news articles (IAAR-Shanghai, Apache-2.0) that the seam model was not taught on.

What is set by hand stays as it is; the weights learned are added to it (Collins, EMNLP 2002, averaged; with a margin,
as in Taskar et al., NIPS 2003, so that a reading which is right by a hair still teaches).
"""

from __future__ import annotations

import argparse
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from byline.retrieval.articles.article import SURE
from byline.retrieval.articles.layout.labelled_lines import PageLines
from byline.retrieval.articles.layout.line_labels import Role, assign_roles, page_grammar
from byline.retrieval.articles.layout.line_model import SETTINGS, SHIPPED, LineModel, empty
from byline.retrieval.articles.layout.newspaper import blocks_of_text
from byline.retrieval.articles.layout.page_confidence import signs_of

_FEWEST = 4
"""Features seen on fewer lines are dropped."""


@dataclass(frozen=True, slots=True)
class LabelledPage:
    """A page's lines and the role each should get."""

    lines: PageLines
    gold: tuple[Role, ...]


def labelled_pages(folders: Iterable[Path]) -> tuple[list[LabelledPage], int]:
    """Read pages and their labels.

    Returns:
        The pages, and how many were left aside because lines of two roles were joined before labelling.
    """
    pages: list[LabelledPage] = []
    spoilt = 0
    model = empty()
    for folder in folders:
        for path in sorted(folder.rglob("*.lines.json")):
            text = path.with_name(path.name.replace(".lines.json", ".txt")).read_text(encoding="utf-8")
            page = PageLines(blocks_of_text(text), model)
            gold = _gold(page, text, json.loads(path.read_text(encoding="utf-8")))
            if gold is None:
                spoilt += 1
            else:
                pages.append(LabelledPage(page, gold))
    return pages, spoilt


def _gold(page: PageLines, text: str, roles: Sequence[str | None]) -> tuple[Role, ...] | None:
    """The roles of joined lines; None where a join runs over the end of a paragraph or a headline."""
    role_at: dict[int, str | None] = {}
    start = 0
    for said, role in zip(text.split("\n"), roles, strict=False):
        role_at[start + len(said) - len(said.lstrip())] = role
        start += len(said) + 1
    found: list[Role] = []
    for line in page.lines:
        own = [role_at.get(span.file_start if span.file_start is not None else -1) for span in line.spans]
        body = own[0] in ("PARAGRAPH", "CONTINUED", "DISPLACED")
        if own[0] is None or any(role != "CONTINUED" for role in own[1:]) or (len(own) > 1 and not body):
            return None
        found.append(Role[own[0]])
    return tuple(found)


class _Learner:
    """Weights while they are learned, with their running average."""

    def __init__(self, names: Sequence[str]) -> None:
        self.model = LineModel(
            names,
            np.zeros((len(names) + 1, len(Role)), np.float32),
            np.zeros((SETTINGS, len(Role), len(Role)), np.float32),
        )
        self._weights_sum = np.zeros_like(self.model.weights)
        self._pairs_sum = np.zeros_like(self.model.pairs)
        self._seen = 1

    def learn(self, page: LabelledPage, numbers: npt.NDArray[np.int64], ends: Sequence[int], rate: float) -> int:
        """Read a page and move the weights where the reading is wrong; how many lines were."""
        self._seen += 1
        read = assign_roles(page.lines, page_grammar(self.model.pairs.tolist())).of_line
        wrong = 0
        start = 0
        for line, (given, gold) in enumerate(zip(read, page.gold, strict=True)):
            end = ends[line]
            if given is not gold:
                wrong += 1
                self._move(numbers[start:end], gold, given, rate)
            start = end
            if line:
                setting = page.lines.settings[line]
                self._move_pair(setting, page.gold[line - 1], gold, rate)
                self._move_pair(setting, read[line - 1], given, -rate)
        return wrong

    def _move(self, rows: npt.NDArray[np.int64], up: int, down: int, by: float) -> None:
        for role, amount in ((up, by), (down, -by)):
            self.model.weights[rows, role] += np.float32(amount)
            self._weights_sum[rows, role] += np.float32(amount * self._seen)

    def _move_pair(self, setting: int, before: int, after: int, by: float) -> None:
        self.model.pairs[setting, before, after] += by
        self._pairs_sum[setting, before, after] += by * self._seen

    def averaged(self) -> LineModel:
        """The mean of the weights over all pages read."""
        seen = np.float32(self._seen)
        weights = self.model.weights - self._weights_sum / seen
        weights[-1] = 0
        return LineModel(list(self.model.numbers), weights, self.model.pairs - self._pairs_sum / seen)


def fit(
    pages: Sequence[LabelledPage], *, rounds: int = 6, rate: float = 0.1, margin: float = 1.0, seed: int = 0
) -> LineModel:
    """Teach a model on labelled pages; one line of progress a round is printed."""
    counts = Counter(name for page in pages for of_line in page.lines.features for name in of_line)
    names = sorted(name for name, count in counts.items() if count >= _FEWEST)
    learner = _Learner(names)
    last = len(names)
    numbered = []
    for page in pages:
        flat = [learner.model.numbers.get(name, last) for of_line in page.lines.features for name in of_line]
        ends = np.cumsum([len(of_line) for of_line in page.lines.features]).tolist()
        numbered.append((np.array(flat, dtype=np.int64), ends))
    order = list(range(len(pages)))
    chance = random.Random(seed)
    for number in range(rounds):
        chance.shuffle(order)
        wrong = total = 0
        for at in order:
            page = pages[at]
            page.lines.model = learner.model
            page.lines.learn_again(margin=margin, gold=page.gold)
            wrong += learner.learn(page, *numbered[at], rate)
            learner.model.weights[-1] = 0
            total += len(page.gold)
        print(f"round {number + 1}: {wrong} of {total} lines wrong with a margin", flush=True)
    return learner.averaged()


def fit_confidence(pages: Sequence[LabelledPage], model: LineModel) -> tuple[float, ...]:
    """Fit how sure a page may be: logistic regression on pages the model was not taught on (Platt 1999).

    A page is right if every line is in the right article and the right field; where a paragraph ends inside one does
    not count.
    """
    signs, right = [], []
    for page in pages:
        page.lines.model = model
        page.lines.learn_again()
        choice = page.lines.choose()
        signs.append([*signs_of(page.lines, choice), 1.0])
        right.append(_structure(choice.roles.of_line) == _structure(page.gold))
    rows, truth = np.array(signs), np.array(right, dtype=np.float64)
    weights = np.zeros(rows.shape[1])
    for _ in range(4000):
        expected = 1 / (1 + np.exp(-rows @ weights))
        slope = rows.T @ (expected - truth) / len(truth) + 1e-3 * np.append(weights[:-1], 0)
        weights -= 0.5 * slope
    said = 1 / (1 + np.exp(-rows @ weights))
    sure = said >= SURE
    share = truth[sure].mean() if sure.any() else 0.0
    print(
        f"confidence: {truth.mean():.3f} of {len(truth)} pages right; sure of {sure.mean():.3f}, of these {share:.3f}"
    )
    return tuple(float(weight) for weight in weights)


def _structure(roles: Sequence[Role]) -> list[Role]:
    inside = (Role.CONTINUED, Role.SUBHEAD, Role.PARAGRAPH)
    return [Role.PARAGRAPH if role in inside else role for role in roles]


def save(model: LineModel, path: Path) -> None:
    """Write a model as `LineModel.load` reads it; features whose weights are all near nothing are dropped."""
    names = list(model.numbers)
    kept = [number for number, name in enumerate(names) if np.abs(model.weights[number]).max() >= 0.01]
    np.savez_compressed(
        path,
        names=np.frombuffer("\n".join(names[number] for number in kept).encode(), dtype=np.uint8),
        weights=model.weights[[*kept, len(names)]].astype(np.float16),
        pairs=model.pairs.astype(np.float16),
        confidence=np.array(model.confidence),
    )


def main(given: Sequence[str] | None = None) -> None:
    """Read the pages, teach, write."""
    parser = argparse.ArgumentParser(
        prog="byline train labels", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--rate", type=float, default=0.1)
    parser.add_argument("--margin", type=float, default=1.0)
    parser.add_argument(
        "--shrink", type=float, default=0.6, help="what the learned weights are multiplied by, beside those set by hand"
    )
    parser.add_argument("--held", nargs="*", type=Path, default=[], help="folders of other pages, to fit confidence on")
    arguments = parser.parse_args(given)
    pages, spoilt = labelled_pages(arguments.folders)
    print(f"{len(pages)} pages; {spoilt} left aside, for lines joined over a paragraph's end")
    model = fit(pages, rounds=arguments.rounds, rate=arguments.rate, margin=arguments.margin)
    model.weights *= np.float32(arguments.shrink)
    model.pairs *= np.float32(arguments.shrink)
    if arguments.held:
        model.confidence = fit_confidence(labelled_pages(arguments.held)[0], model)
    save(model, arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e3:.0f} KB")
