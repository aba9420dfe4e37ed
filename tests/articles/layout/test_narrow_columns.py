from __future__ import annotations

import pytest

from byline.retrieval.articles.layout.newspaper import blocks_of_text
from tests.articles.layout.test_newspaper import FERRY, SCHOOL


def lines_of(text: str) -> list[str]:
    return [line.text for block in blocks_of_text(text) for line in block.lines]


def wrapped(paragraph: str, width: int) -> list[str]:
    return [paragraph[start : start + width] for start in range(0, len(paragraph), width)]


@pytest.mark.parametrize("width", [11, 14, 19, 24])
def test_indented_paragraphs_of_a_narrow_column_are_whole_again(width: int) -> None:
    text = "\n".join(line for paragraph in FERRY for line in wrapped("　　" + paragraph, width))
    assert lines_of(text) == FERRY


def test_columns_of_two_widths_are_told_apart() -> None:
    first = "\n".join(line for paragraph in FERRY for line in wrapped("　　" + paragraph, 13))
    second = "\n".join(line for paragraph in SCHOOL for line in wrapped("　　" + paragraph, 20))
    assert lines_of(first + "\n\n" + second) == FERRY + SCHOOL


def test_headline_and_byline_above_a_column_stay_by_themselves() -> None:
    body = [line for paragraph in FERRY for line in wrapped(paragraph, 12)]
    found = lines_of("\n".join(["老码头换新颜三代渡工话变迁", "本报记者 沈一舟 何苗", *body]))
    assert found[:2] == ["老码头换新颜三代渡工话变迁", "本报记者 沈一舟 何苗"]
    assert found[2].startswith(FERRY[0][:40])


def test_space_at_a_line_end_is_kept() -> None:
    paragraph = "　　本报讯（记者 姜艳 通讯员 傅新洋）" + FERRY[0]
    for width in (12, 13):
        text = "\n".join([*wrapped(paragraph, width), *wrapped("　　" + FERRY[1], width)])
        assert lines_of(text)[0] == paragraph.strip()


@pytest.mark.parametrize(
    "lines",
    [
        ["千山鸟飞绝，", "万径人踪灭。", "孤舟蓑笠翁，", "独钓寒江雪。"],
        [
            "三千年读史不外功名利禄，",
            "九万里悟道终归诗酒田园。",
            "八百里分麾下炙五十弦翻，",
            "塞外声声沙场秋点兵如雪。",
        ],
        [
            "一等奖 沈一舟 芦滩镇中学",
            "二等奖 何苗苗 清水湖小学",
            "三等奖 罗青山 云岔村小学",
            "优秀奖 魏长贵 芦滩镇中学",
        ],
        ["北门 6:30 至 12:00 止", "南门 7:30 至 11:00 止", "东门 8:30 至 10:00 止", "西门 9:30 至 17:00 止"],
    ],
    ids=["short verse", "long verse", "prizes", "hours"],
)
def test_verses_and_lists_of_equal_lines_keep_their_lines(lines: list[str]) -> None:
    assert lines_of("\n".join(lines)) == lines
