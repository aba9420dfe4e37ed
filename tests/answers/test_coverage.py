from __future__ import annotations

from byline.retrieval.answers.coverage import coverage, term_weights

COMMON = {"收入": 400, "支局": 900}


def frequencies(terms: object) -> dict[str, int]:
    return COMMON


def test_a_rare_word_weighs_more_than_a_common_one() -> None:
    weights = term_weights("支局收入", frequencies)
    assert weights["收入"] > weights["支局"]
    assert weights["局收"] > weights["收入"]  # stands nowhere


def test_words_that_only_ask_weigh_nothing() -> None:
    assert term_weights("多少?", frequencies) == {}
    assert coverage("支局收入680万元", {}) == 0.0


def test_coverage_by_hand() -> None:
    assert coverage("支局很忙", {"支局": 1.0, "收入": 3.0}) == 0.25
    assert coverage("支局收入", {"支局": 1.0, "收入": 3.0}) == 1.0


def test_what_the_passage_does_not_name_lowers_coverage() -> None:
    weights = term_weights("深圳分公司有多少名党员?", frequencies)
    assert coverage("恩施分公司有72名党员", weights) < 0.8
    assert coverage("深圳分公司有72名党员", weights) > 0.8
