"""Folding for matching: what meets, and that every character keeps its place."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from byline.retrieval.text.folding import fold, terms
from byline.retrieval.text.han_variants import SIMPLIFIED, TRADITIONAL

LAST_LETTER = 0x33480  # the last block of Han; behind it are tags, selectors and private use


@given(st.text())
def test_folding_keeps_every_characters_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert "".join(fold(character) for character in text) == fold(text)


def test_folding_twice_is_folding_once_for_every_character_there_is() -> None:
    everything = "".join(map(chr, range(LAST_LETTER)))
    assert fold(fold(everything)) == fold(everything)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("臺灣的颱風", "台湾的台风"),
        ("ＡＢＣ１２３％", "abc123%"),
        ("ﾃｽﾄ", "テスト"),
        ("看著窗外", "看着窗外"),
        ("答覆", "答复"),
        ("STRASSE", "strasse"),
        ("Ⓧ", "x"),
    ],
)
def test_forms_of_one_thing_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_the_table_is_what_opencc_makes_of_each_character() -> None:
    every = [chr(code) for code in range(0x3400, 0xA000)]
    simplified = OpenCC("t2s").convert("\n".join(every)).split("\n")
    changed = [(one, other) for one, other in zip(every, simplified, strict=True) if one != other]
    assert list(zip(TRADITIONAL, SIMPLIFIED, strict=True)) == changed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("口罩", ["口罩"]),
        ("戴口罩。", ["戴口", "口罩"]),
        ("我, 你", ["我", "你"]),
        ("增长32.3%至1,200万元", ["增长", "32.3%", "至", "1200", "万元"]),
        ("３２．３％", ["32.3%"]),
        ("1,2,3和12,345,678.90", ["1", "2", "3", "和", "12345678.90"]),
        ("N95口罩", ["n95", "口罩"]),
        ("iPhone15 的3D屏", ["iphone15", "的", "3d", "屏"]),
        ("The companies' glasses and boxes", ["the", "company", "glass", "and", "box"]),
        ("It's James’s bus", ["it", "jame", "bus"]),
        ("GPT-4 & C_x", ["gpt", "4", "c", "x"]),
        ("㎡ ½", ["m2", "1", "2"]),
        ("カタカナ한국어", ["カタ", "タカ", "カナ", "ナ한", "한국", "국어"]),
        ("Ünïcode été", ["ünïcode", "été"]),
        ("", []),
        ("。…—", []),
    ],
)
def test_terms_are_pairs_of_han_and_words_of_the_rest(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@given(st.text())
def test_terms_have_nothing_in_them_that_would_cut_or_quote_them_again(text: str) -> None:
    for term in terms(text):
        assert term
        assert not any(character.isspace() or character in "\"'\0" for character in term)


@given(st.lists(st.sampled_from("臺湾修桥口罩中国一二三"), min_size=2))
def test_a_han_run_gives_each_pair_once(characters: list[str]) -> None:
    run = "".join(characters)
    folded = fold(run)
    assert Counter(terms(run)) == Counter(folded[i : i + 2] for i in range(len(folded) - 1))


def test_what_terms_gives_is_part_of_the_index_on_disk() -> None:
    """If this breaks, raise `byline.retrieval.index.schema.VERSION`: indexes made before no longer fit."""
    text = "颱風「海葵」過境，１，２００戶停電；Powers of 3.5% were restored in boxes, x₂ ﬁne ａｂｃ著"
    assert " ".join(terms(text)) == ("台风 海葵 过境 1200 户停 停电 power of 3.5% were restored in box x2 fine abc 着")
