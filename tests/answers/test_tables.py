"""A cell is read by its row and its column, or not at all."""

from __future__ import annotations

import pytest

from byline.retrieval.answers.tables import cell_asked_for

PIPES = (
    "下表为九月底各镇粮食收购量。\n乡镇 | 收购量（吨） | 均价（元/斤） | 负责人\n柳河 | 3120 | 1.42 | 祝融生\n"
    "沙溪 | 2875 |  | 尚可风\n青田 | 1990 | 1.40 | 曲中直\n数据由粮食局提供。"
)
SPACES = PIPES.replace(" | ", "  ").replace("2875    ", "2875  1.38  ")


@pytest.mark.parametrize("text", [PIPES, SPACES])
@pytest.mark.parametrize(
    ("question", "cell"),
    [
        ("青田镇收粮的负责人是谁？", "曲中直"),
        ("柳河镇的均价是多少？", "1.42"),
        ("沙溪镇的收购量是多少吨？", "2875"),
        ("柳河鎮的負責人？", "祝融生"),
    ],
)
def test_the_cell_of_the_row_and_column_named_is_read(text: str, question: str, cell: str) -> None:
    found = cell_asked_for(question, text)
    assert found is not None
    assert text[slice(*found)] == cell


@pytest.mark.parametrize(
    "question",
    [
        "沙溪镇的均价是多少？",  # an empty cell says nothing, and the next one's value is not its own
        "石门镇的均价是多少？",
        "青田镇种什么？",
        "柳河和青田的均价？",
        "负责人是谁？",
    ],
)
def test_without_one_cell_that_both_names_meet_in_there_is_none(question: str) -> None:
    assert cell_asked_for(question, PIPES) is None


def test_two_lines_with_two_words_each_are_no_table() -> None:
    assert cell_asked_for("张三的职务？", "姓名  职务\n张三  局长") is None
    assert cell_asked_for("张三的职务？", "没有表格。") is None
