from __future__ import annotations

import io
import math
import time
from collections import Counter

import numpy as np
import pytest

from byline.retrieval.articles.layout.continuation_model import (
    COUNT_OF_LEVEL,
    EDGE_FEATURES,
    ORDER,
    SHIPPED,
    SeamModel,
    bundled,
    codes_of,
    fold,
    level_of_count,
    windows,
)
from byline.retrieval.training.continuation_model import (
    build_table,
    count_ngrams,
    fit_weights,
    held_out,
    sentences_marked,
)

TEXT = "渡船过江，江上有雾。渡船靠岸，岸上有人。雾散了，渡船又过江。" * 8


def small_model(text: str) -> tuple[SeamModel, str]:
    marked = sentences_marked(text)
    codes = codes_of(marked)
    parts = [count_ngrams(codes, order, 1) for order in range(1, ORDER + 1)]
    ngrams, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    table = build_table(ngrams, counts, 14)
    weights = fit_weights(table, len(codes), codes)
    return SeamModel(table, weights, len(codes), np.zeros((2, EDGE_FEATURES + 1), dtype=np.float32)), marked


def by_hand(model: SeamModel, marked: str, context: str, character: str) -> float:
    """The interpolation formula over counts from a dictionary, rounded as the table rounds them."""
    counts = [Counter(marked[i : i + n] for i in range(len(marked) - n + 1)) for n in range(1, ORDER + 1)]

    def level(ngram: str) -> int:
        count = counts[len(ngram) - 1][ngram]
        return int(level_of_count(np.array([count]))[0]) if count else 0

    probability = 0.999 * min(COUNT_OF_LEVEL[level(character)] / len(marked), 1) + 0.001 * 1e-5
    for order in range(2, ORDER + 1):
        history = context[-(order - 1) :]
        seen = COUNT_OF_LEVEL[level(history)]
        share = min(COUNT_OF_LEVEL[level(history + character)] / max(seen, 1), 1)
        weight = model._weights[order - 1][level(history)]
        probability += weight * (share - probability)
    return math.log(probability)


def test_probabilities_are_those_of_the_interpolation_formula() -> None:
    model, marked = small_model(TEXT)
    for context, character in [("船过江,", "江"), ("江上有雾", "。"), ("岸上有人", "雾"), ("雾散了,", "渡")]:
        scored = model.log_probabilities(windows([context], [character], 1), 1)[0, 0]
        assert scored == pytest.approx(by_hand(model, marked, fold(context), fold(character)), abs=1e-3)


@pytest.mark.parametrize(
    ("left", "right", "wrong"),
    [
        ("他在当地人民政", "府工作了十年", "这项活动受到欢迎"),
        ("两国领导人举行会", "谈并达成一致", "据了解，今年以来"),
        ("同比增长百分之三十二点", "五，其中出口增长", "记者走进村里看到"),
    ],
)
def test_text_runs_on_better_into_its_own_continuation(left: str, right: str, wrong: str) -> None:
    model = bundled()
    after = model.log_probabilities(windows([left, left], [right, wrong], 4), 4).sum(axis=1)
    anywhere = model.log_probabilities(windows(["\x01" * 4] * 2, [right, wrong], 4), 4).sum(axis=1)
    own, other = after - anywhere
    assert own > other


def test_newspaper_opening_is_told_from_a_later_sentence() -> None:
    first, later = bundled().opens_article(
        ["新华社北京8月3日电（记者王明）国家统计局", "此外，他还表示，下一步将继续加强"]
    )
    assert first > 0 > later


def test_width_case_and_digits_make_no_difference_to_the_model() -> None:
    assert fold("ＡＢ，２０２３年") == fold("ab,1999年")
    assert len(fold("İﬁ①")) == 3


def test_scores_are_finite_for_any_characters() -> None:
    rows = windows(["\ud800\U0010ffff", ""], ["\x00\x00", "𠀀"], 2)
    assert np.isfinite(bundled().log_probabilities(rows, 2)).all()


def test_model_loads_in_a_blink() -> None:
    data = SHIPPED.read_bytes()
    fastest = min(timed_load(data) for _ in range(5))
    assert fastest < 0.2
    assert len(data) < 5_000_000


def timed_load(data: bytes) -> float:
    started = time.perf_counter()
    SeamModel.load(io.BytesIO(data))
    return time.perf_counter() - started


def test_one_article_in_ten_is_held_out_and_always_the_same() -> None:
    chosen = [held_out(f"news-{number}") for number in range(4000)]
    assert 0.08 < sum(chosen) / len(chosen) < 0.12
    assert chosen == [held_out(f"news-{number}") for number in range(4000)]
