"""English names find the Chinese words they stand for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from byline.retrieval.text.translated_names import chinese_names


def holding(*terms: str):
    """An archive that holds some terms once each, the later ones more often."""

    def frequencies(asked: Sequence[str]) -> Mapping[str, int]:
        return {term: terms.index(term) + 1 for term in asked if term in terms}

    return frequencies


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What is the population of Iceland?", "冰岛"),
        ("Who won the vote in south korea?", "韩国"),
        ("When did the Tokyo office open?", "东京"),
    ],
)
def test_names_of_the_dictionary_are_given(question: str, name: str) -> None:
    assert name in chinese_names(question, holding())


def test_a_name_in_pinyin_gives_the_pairs_the_archive_holds_rarest_first() -> None:
    asked = "How much did the restoration of Qinchuan Academy cost?"
    assert chinese_names(asked, holding("琴川", "秦川", "书院")) == ["琴川", "秦川"]
    assert chinese_names(asked, holding("青川")) == []  # another sound


def test_three_syllables_give_both_pairs_and_english_words_none() -> None:
    assert set(chinese_names("Who is Ouyangxue?", holding("欧阳", "阳雪"))) == {"欧阳", "阳雪"}
    assert chinese_names("What does the ferry cost?", holding("渡口")) == []
