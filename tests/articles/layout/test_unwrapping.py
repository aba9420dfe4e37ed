from __future__ import annotations

from byline.retrieval.articles.article import SourceSpan
from byline.retrieval.articles.layout.newspaper import blocks_of_text
from byline.retrieval.articles.layout.page import Block, Line
from byline.retrieval.articles.layout.unwrapping import unwrapped


def texts(blocks: list[Block]) -> list[list[str]]:
    return [[line.text for line in block.lines] for block in blocks]


def test_lines_of_one_width_become_paragraphs_again() -> None:
    text = (
        "The ovens on Mill Lane never went cold that\nspring, and nobody in the whole street went\n"
        "hungry.\n\nThe council has offered the bakery a small\nloan to rebuild its cellar in the month of\nMay.\n"
    )
    assert texts(blocks_of_text(text)) == [
        ["The ovens on Mill Lane never went cold that spring, and nobody in the whole street went hungry."],
        ["The council has offered the bakery a small loan to rebuild its cellar in the month of May."],
    ]


def test_wrapped_chinese_is_joined_without_spaces() -> None:
    text = (
        "清晨五点半，芦滩镇渡口的雾还没有\n散尽，五十八岁的渡工已经把缆绳解\n开了三次，江面上还看不见对岸的灯\n火。\n"
    )
    assert texts(blocks_of_text(text)) == [[text.replace("\n", "")]]


def test_every_character_of_a_joined_line_leads_back_to_the_file() -> None:
    text = "aaaa bbbb cccc dddd eeee ffff\n" * 6
    (block,) = blocks_of_text(text)
    (line,) = block.lines
    for span in line.spans:
        assert span.file_start is not None
        assert line.text[span.start : span.end] == text[span.file_start :][: span.end - span.start]


def test_paragraphs_of_different_lengths_stay_apart() -> None:
    blocks = [
        Block(
            (Line("一行。", (SourceSpan(0, 3, 0),)), Line("这是第二行，比第一行要长得多，因此不是折行。"), Line("短。"))
        )
    ]
    assert unwrapped(blocks) == blocks
