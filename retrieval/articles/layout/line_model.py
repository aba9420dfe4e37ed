"""What labelled pages taught about the roles of lines, on top of what `line_scores` works out.

Each line has features, words such as `len=3` or `above=long.`, and stands in a setting: whether a blank line is
above it, and whether it is indented where others are. The model holds one weight for a feature and a role, and one
for two roles that follow each other in a setting: a linear chain, taught as an averaged structured perceptron (Collins,
EMNLP 2002) by `byline.retrieval.training.line_labels` and shipped as `line_model.npz`.
"""

from __future__ import annotations

import functools
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt

from byline.retrieval.articles.layout.line_features import Form
from byline.retrieval.articles.layout.line_labels import Role
from byline.retrieval.articles.layout.line_scores import Evidence
from byline.retrieval.articles.layout.page import Line

SETTINGS = 9
"""No blank line above, one, or one above every line; times no indents here, indented, not indented among indented."""

SHIPPED = Path(__file__).with_name("line_model.npz")
_LENGTHS = (4, 6, 8, 11, 14, 18, 23, 28, 36, 46, 61, 91)
_ODDS = (-4.0, -2.0, -0.8, 0.0, 0.8, 2.0, 4.0)
_SHARES = (0.1, 0.25, 0.4, 0.6)
_CONTINUITIES = (-5.0, -4.3, -3.7, -3.2, -2.6)
_NEAR = 6
"""Lines on either side whose indents tell whether paragraphs are indented here."""

Weights = npt.NDArray[np.float32]


class LineModel:
    """Weights for features and for pairs of roles."""

    def __init__(
        self, names: Sequence[str], weights: Weights, pairs: Weights, confidence: Sequence[float] = ()
    ) -> None:
        """Take what was taught.

        Args:
            names: the features that have weights.
            weights: (len(names) + 1, roles); the last row, of features never met, is 0.
            pairs: (SETTINGS, roles, roles), the earlier role first.
            confidence: weights of the signs of `page_confidence`, the constant last; empty if none were fitted.
        """
        self.confidence = tuple(confidence)
        self.numbers = {name: number for number, name in enumerate(names)}
        self.weights = weights
        self.pairs = pairs

    @classmethod
    def load(cls, file: IO[bytes]) -> LineModel:
        """Read the model from an open `.npz`."""
        with np.load(file) as parts:
            names = bytes(parts["names"]).decode().split("\n")
            confidence = parts["confidence"].tolist()
            weights, pairs = parts["weights"].astype(np.float32), parts["pairs"].astype(np.float32)
            return cls(names, weights, pairs, confidence)

    def scores(self, features: Sequence[Sequence[str]]) -> list[list[float]]:
        """For each line an amount for each role, in the order of `Role`.

        By its looks alone no line is displaced rather than another that begins a text: what runs on into it, which
        `Evidence.column` says, must speak for that.
        """
        if not features:
            return []
        unknown = len(self.numbers)
        lengths = [len(of_line) for of_line in features]
        flat = [self.numbers.get(name, unknown) for of_line in features for name in of_line]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        summed = np.add.reduceat(self.weights[flat], starts, axis=0)
        summed[:, Role.DISPLACED] = np.minimum(summed[:, Role.DISPLACED], summed[:, Role.PARAGRAPH])
        found: list[list[float]] = summed.tolist()
        return found


def empty() -> LineModel:
    """A model that has been taught nothing."""
    roles = len(Role)
    return LineModel([], np.zeros((1, roles), np.float32), np.zeros((SETTINGS, roles, roles), np.float32))


@functools.cache
def bundled() -> LineModel:
    """Load the model that comes with the install, once."""
    if not SHIPPED.exists():
        return empty()
    with SHIPPED.open("rb") as file:
        return LineModel.load(file)


def settings_of(lines: Sequence[Line], joined: Sequence[bool]) -> list[int]:
    """The setting of each line, below `SETTINGS`.

    Args:
        joined: for each line, whether it stands in one block with the line before it.
    """
    apart = sum(not one for one in joined)
    everywhere = 2 * apart > len(lines)
    indents = np.array([line.indented for line in lines], dtype=np.int32)
    summed = np.concatenate([[0], np.cumsum(indents)])
    settings = []
    for number, line in enumerate(lines):
        low, high = max(0, number - _NEAR), min(len(lines), number + _NEAR + 1)
        indent = 1 if line.indented else 2 if summed[high] - summed[low] >= 2 else 0
        blank = 0 if joined[number] else 2 if everywhere else 1
        settings.append(blank * 3 + indent)
    return settings


def features_of(lines: Sequence[Line], settings: Sequence[int], seen: Evidence) -> list[list[str]]:
    """Name what there is to see in and around each line."""
    words = [_form_words(line, form) for line, form in zip(lines, seen.forms, strict=True)]
    kinds = [_kind(line, form) for line, form in zip(lines, seen.forms, strict=True)]
    last = len(lines) - 1
    found = []
    for number in range(len(lines)):
        setting = f"set={settings[number]}"
        own = [*words[number], setting, f"kind={kinds[number]}", f"{setting}&{kinds[number]}"]
        above = kinds[number - 1] if number else "top"
        below = kinds[number + 1] if number < last else "end"
        after = kinds[number + 2] if number + 1 < last else "end"
        above_set = settings[number + 1] if number < last else -1
        own += [
            f"above={above}", f"below={below}", f"after={after}",
            f"{above}|{kinds[number]}", f"{kinds[number]}|{below}",
            f"{above}|{setting}", f"below.set={above_set}&{kinds[number]}", f"{below}|{after}",
            f"above.reaches={number > 0 and lines[number - 1].reaches}&{settings[number]}",
            f"starts={_step(seen.starts(number), _ODDS)}",
            f"runs={_step(seen.runs_on(number), _ODDS)}&{settings[number] % 3}",
            f"opens={_step(seen.opens(number), _ODDS)}",
            f"left={_step(seen.leaves(number - 1), _ODDS) if number else 'top'}",
            f"stops={_step(seen.stops(number), _ODDS)}",
        ]  # fmt: skip
        if number < last:
            own.append(f"below.opens={_step(seen.opens(number + 1), _ODDS)}&{kinds[number][:1]}")
        if kinds[number][0] in "sm":
            own.append(f"shape={min(len(seen.forms[number].parts), 4)}&{seen.same_shape(number)}")
            before, behind, same = seen.bound(number)
            own += [
                f"before={_step(before, _SHARES)}",
                f"behind={_step(behind, _SHARES)}",
                f"same={_step(same, _CONTINUITIES)}",
            ]
        found.append(own)
    return found


def _kind(line: Line, form: Form) -> str:
    """What a line is like at first sight: `s` short or `m` middling and open, or something that gives itself away."""
    if form.label:
        return "label." + form.label[0]
    if form.names is not None:
        return "names.marked" if form.marked else "names"
    if form.subtitle is not None:
        return "dashes"
    if form.furniture:
        return "furniture"
    length = len(line.text)
    ended = "." if form.finished else ":" if form.paused else "," if form.cannot_end else ""
    opening = "o" if form.opening else ""
    if length <= 40 and not form.finished and not form.paused:
        return ("s" if length <= 24 else "m") + opening + ended
    return ("long" if length > 40 else "brief") + opening + ended


def _form_words(line: Line, form: Form) -> list[str]:
    words = [f"len={_step(len(line.text), _LENGTHS)}"]
    told = {
        "marked": form.marked, "names": form.names is not None, "subtitle": form.subtitle is not None,
        "source": form.source is not None, "finished": form.finished, "paused": form.paused, "unclosed": form.unclosed,
        "no-begin": form.cannot_begin, "no-end": form.cannot_end, "unopened": form.unopened, "latin": form.latin,
        "furniture": form.furniture, "numbered": form.numbered,
        "caption": form.caption_start, "photo": form.caption_end,
        "opening": form.opening is not None, "closing": form.closing is not None, "reaches": line.reaches,
        "comma": "，" in line.text[:60] or "," in line.text[:60], "asks": line.text[-1] in "？！?!…",
        "digit": line.text[0].isdigit(), "colon": "：" in line.text[:40],
    }  # fmt: skip
    words += [word for word, holds in told.items() if holds]
    words.append(f"parts={min(len(form.parts), 5)}&{form.finished}")
    if len(line.text) <= 12:
        words.append(f"spaced={max(form.parts)}")
    return words


def _step(value: float, edges: Sequence[float]) -> int:
    return bisect_right(edges, value)
