from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from byline.retrieval.articles.article import Box, Reading
from byline.retrieval.articles.layout.geometry import (
    Glyph,
    PrintedLine,
    column_pieces,
    columns_across,
    lines_of_glyphs,
    reading_order,
)
from byline.retrieval.articles.layout.printed_pages import PrintedPage, Said, laid_down, readings_of_pages, stood_up

EM = 10.0


def glyphs(text: str, left: float, top: float) -> list[Glyph]:
    """Chinese characters side by side, each one em wide; spaces as the document would hold them."""
    return [
        Glyph(char, (left + at * EM, top, left + (at + 1) * EM, top + EM)) if char != " " else Glyph(" ", (0, 0, 0, 0))
        for at, char in enumerate(text)
    ]


def lines_of(*printed: tuple[str, float, float]) -> list[str]:
    every = [glyph for text, left, top in printed for glyph in glyphs(text, left, top)]
    return [line.text for line in lines_of_glyphs(every, [False] * len(every))]


def line(text: str, left: float, top: float, *, width: float = 100, size: float = EM) -> PrintedLine:
    return PrintedLine(text, (left, top, left + width, top + size), size, first_word=size)


def block(name: str, left: float, top: float, count: int, *, width: float = 100) -> list[PrintedLine]:
    return [line(f"{name}{at}", left, top + 15 * at, width=width) for at in range(count)]


def order(lines: Sequence[PrintedLine]) -> list[str]:
    return [each.text for piece in column_pieces(lines) for each in piece]


def reading(pages: Sequence[PrintedPage]) -> Reading:
    (only,) = readings_of_pages(pages, path="a.pdf", said=Said())
    return only


def test_characters_side_by_side_are_a_line_and_a_gutter_ends_it() -> None:
    assert lines_of(("左栏的字", 0, 0), ("右栏的字", 55, 0), ("下一行", 0, 15)) == ["左栏的字", "右栏的字", "下一行"]


def test_a_word_printed_apart_on_the_same_baseline_is_joined_in_its_place() -> None:
    assert lines_of(("甲乙", 0, 0), ("戊己", 40, 0), ("下行", 0, 15), ("丙丁", 20, 0)) == ["甲乙丙丁戊己", "下行"]


def test_spaces_of_the_document_stay_and_inferred_ones_must_stand_out() -> None:
    held = glyphs("甲 乙", 0, 0)
    inferred = [Glyph("甲", (0, 0, 10, 10)), Glyph("", (0, 0, 0, 0)), Glyph("乙", (10.5, 0, 20.5, 10))]
    wide = [Glyph("甲", (0, 0, 10, 10)), Glyph("", (0, 0, 0, 0)), Glyph("乙", (13, 0, 23, 10))]
    texts = [lines_of_glyphs(each, [False] * len(each))[0].text for each in (held, inferred, wide)]
    assert texts == ["甲 乙", "甲乙", "甲 乙"]


def test_columns_are_read_one_after_the_other() -> None:
    page = [*block("c", 240, 0, 3), *block("a", 0, 0, 5), *block("b", 120, 0, 4)]
    assert order(page) == ["a0", "a1", "a2", "a3", "a4", "b0", "b1", "b2", "b3", "c0", "c1", "c2"]


def test_a_headline_across_columns_parts_what_is_above_it_from_what_is_below() -> None:
    upper = [*block("a", 0, 0, 2), *block("b", 120, 0, 2)]
    headline = line("题", 0, 40, width=220, size=24)
    lower = [*block("c", 0, 75, 2), *block("d", 120, 75, 2)]
    assert order([*lower, headline, *upper]) == ["a0", "a1", "b0", "b1", "题", "c0", "c1", "d0", "d1"]


def test_a_short_headline_parts_the_columns_it_stands_over() -> None:
    upper = [*block("a", 0, 0, 2), *block("b", 120, 0, 2)]
    lower = [*block("c", 0, 75, 2), *block("d", 120, 75, 2)]
    page = [*lower, line("题", 0, 40, width=60, size=24), *upper]
    assert order(page) == ["a0", "a1", "b0", "b1", "题", "c0", "c1", "d0", "d1"]


def test_a_headline_at_the_foot_of_a_column_does_not_part_the_next() -> None:
    page = [*block("a", 0, 0, 4), line("题", 0, 70, width=60, size=16), *block("b", 120, 0, 4)]
    assert order(page) == ["a0", "a1", "a2", "a3", "题", "b0", "b1", "b2", "b3"]


def test_a_short_last_column_above_a_headline_is_read_before_it() -> None:
    upper = [*block("a", 0, 0, 3), *block("b", 120, 0, 3), *block("c", 240, 0, 1)]
    lower = [*block("d", 0, 90, 2), *block("e", 120, 90, 2)]
    page = [*lower, line("题", 0, 55, width=60, size=24), *upper]
    assert order(page) == ["a0", "a1", "a2", "b0", "b1", "b2", "c0", "题", "d0", "d1", "e0", "e1"]


boxes = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 300), st.integers(1, 100)).map(
        lambda side: (float(side[0]), float(side[1]), float(side[0] + side[2]), float(side[1] + side[3]))
    ),
    max_size=25,
)


@given(boxes)
def test_every_box_is_read_once_however_they_lie(given_boxes: list[Box]) -> None:
    assert sorted(reading_order(given_boxes)) == list(range(len(given_boxes)))


@given(st.tuples(*[st.integers(0, 600)] * 4), st.integers(1, 600))
def test_a_box_laid_down_and_stood_up_is_the_same(box: tuple[int, int, int, int], width: int) -> None:
    assert stood_up(laid_down(box, width), width) == box


def test_columns_are_counted_where_most_of_the_text_is() -> None:
    page = [*block("aaaa", 0, 0, 9), *block("bbbb", 120, 0, 9), *block("cccc", 240, 0, 9), line("题题题题", 0, 200)]
    assert columns_across(page) == 3


def report_page(number: int, text: Sequence[PrintedLine]) -> PrintedPage:
    header = line("山城邮政年报", 250, 20, width=60)
    foot = line(f"- {number} -", 290, 780, width=20)
    return PrintedPage(number, 600, 800, (header, *text, foot))


def test_running_heads_and_page_numbers_are_left_out_and_pages_run_on() -> None:
    first = [line("    第一段写满了这一行", 120, 150, width=380), line("写满了这一行又写满了一行", 100, 165, width=400)]
    second = [line("接着上一页写完。", 100, 150, width=200), line("第二段也要写满这一行才好", 120, 165, width=380)]
    third = [line("然后写完。", 100, 150, width=80)]
    pages = [report_page(at + 1, text) for at, text in enumerate((first, second, third))]
    found = reading(pages)
    (article,) = found.articles
    assert "写满了一行接着上一页写完。" in article.text
    assert sorted({part.reason for part in found.left_out}) == ["page header", "page number"]
    assert len(found.left_out) == 6
    assert {span.page for span in article.origin} == {1, 2, 3}


def test_the_largest_type_of_the_first_page_is_the_title_and_larger_type_a_heading() -> None:
    page = PrintedPage(
        1,
        600,
        800,
        (
            line("山城邮政年报", 100, 100, width=240, size=24),
            *block("正文一行一行写满了吗", 100, 140, 4, width=400),
            line("一、概况", 100, 215, width=60, size=14),
            *block("又是正文一行一行写满", 100, 240, 3, width=400),
        ),
    )
    (article,) = reading([page]).articles
    assert article.title == "山城邮政年报"
    assert [article.text[start:end] for start, end in article.subheads] == ["一、概况"]


def test_every_span_is_the_text_of_its_line() -> None:
    page = PrintedPage(1, 600, 800, tuple(block("正文一行一行写满了吗", 100, 140, 4, width=400)))
    (article,) = reading([page]).articles
    said = {each.box: each.text for each in page.lines}
    assert len(article.origin) == 4
    for span in article.origin:
        assert span.box is not None
        assert said[span.box] == article.text[span.start : span.end]
