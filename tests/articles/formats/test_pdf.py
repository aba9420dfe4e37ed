import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import pypdfium2
import pytest

from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.formats.scanned import is_available
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.errors import UnreadableFile
from tests.articles.layout.pdf_maker import Layout, PageStyle, browser, newspaper, print_pdf, report
from tests.articles.samples import ENGLISH, SIMPLIFIED, TRADITIONAL

needs_browser = pytest.mark.skipif(
    browser() is None, reason="no Chromium on this machine (Debian: apt install chromium)"
)
BYLINES = ("本报记者 林一", "本报通讯员 陈二 赵三", "本报记者 何四", "周五 吴六", "本报记者 郑七")


def gold() -> list[list[dict[str, Any]]]:
    """Two pages of five articles each."""
    path = Path(__file__).parents[1] / "layout" / "own_articles.jsonl"
    articles = [json.loads(each) for each in path.read_text(encoding="utf-8").splitlines()]
    pages = [articles[:5], articles[5:]]
    return [
        [
            {"title": article["title"], "byline": byline, "paragraphs": article["text"].split("\n")}
            for article, byline in zip(page, BYLINES, strict=True)
        ]
        for page in pages
    ]


def assert_read(found: Article, expected: Mapping[str, Any]) -> None:
    assert (found.title, found.byline) == (expected["title"], expected["byline"])
    assert "".join(found.text.split()) == "".join("".join(expected["paragraphs"]).split())


def check_pages(style: PageStyle) -> list[Reading]:
    pages = gold()
    readings = list(read_bytes("2023-07-28.pdf", print_pdf(newspaper(pages, style))))
    assert len(readings) == len(pages)
    for reading, page in zip(readings, pages, strict=True):
        assert len(reading.articles) == len(page)
        for found, expected in zip(reading.articles, page, strict=True):
            assert_read(found, expected)
    return readings


@needs_browser
def test_newspaper_pages_of_four_columns_are_told_apart_into_their_articles() -> None:
    readings = check_pages(PageStyle(4, "section"))
    for number, reading in enumerate(readings, start=1):
        for article in reading.articles:
            assert article.published == "2023-07-28"
            assert {span.page for span in article.origin} == {number}
            covered = sum(span.end - span.start for span in article.origin)
            assert covered == len(article.text) - article.text.count("\n")


@needs_browser
@pytest.mark.slow
def test_newspaper_pages_are_read_in_every_layout_within_three_points() -> None:
    right = expected = 0
    for layout in get_args(Layout):
        for columns in (3, 4, 5, 6):
            readings = read_bytes("a.pdf", print_pdf(newspaper(gold(), PageStyle(columns, layout))))
            for reading, page in zip(readings, gold(), strict=True):
                found = {(one.title, one.byline, "".join(one.text.split())) for one in reading.articles}
                wanted = {(one["title"], one["byline"], "".join("".join(one["paragraphs"]).split())) for one in page}
                right += len(found & wanted)
                expected += max(len(found), len(wanted))
    assert right / expected >= 0.97


@needs_browser
def test_boxes_are_where_the_words_stand_on_the_page() -> None:
    content = print_pdf(newspaper(gold()[:1], PageStyle(3, "span")))
    (reading,) = read_bytes("a.pdf", content)
    document = pypdfium2.PdfDocument(content)
    page = document[0]
    text_page = page.get_textpage()
    height = page.get_height()
    for article in reading.articles:
        for span in article.origin[:10]:
            assert span.box is not None
            left, top, right, bottom = span.box
            seen = text_page.get_text_bounded(left - 1, height - bottom - 1, right + 1, height - top + 1)
            assert "".join(article.text[span.start : span.end].split()) in "".join(seen.split())
    text_page.close()
    page.close()
    document.close()


SECTIONS = [
    (f"{number}. Of ferries", [ENGLISH, ENGLISH.replace("ferry", "steamer"), ENGLISH[:200]]) for number in range(1, 9)
]


@needs_browser
@pytest.mark.parametrize("columns", [1, 2])
def test_a_report_and_a_paper_are_one_article_in_order_over_their_pages(columns: int) -> None:
    (reading,) = read_bytes("a.pdf", print_pdf(report("Crossing the river", SECTIONS, columns=columns)))
    (article,) = reading.articles
    assert article.title == "Crossing the river"
    assert article.text.split("\n") == [said.strip() for heading, body in SECTIONS for said in (heading, *body)]
    assert [article.text[start:end] for start, end in article.subheads] == [heading for heading, _ in SECTIONS]
    assert len({span.page for span in article.origin}) > 1


@needs_browser
def test_vertical_type_is_read_down_and_to_the_left() -> None:
    rules = (
        "@page{size:A4;margin:20mm} body{font:12pt/1.8 'Noto Serif CJK TC';writing-mode:vertical-rl} p{text-indent:2em}"
    )
    head = f"<html lang=zh-TW><head><meta charset=utf-8><title></title><style>{rules}</style>"
    content = print_pdf(f"{head}<body><h1>燈塔</h1><p>{TRADITIONAL}</p><p>{TRADITIONAL[:70]}</p>")
    (reading,) = read_bytes("a.pdf", content)
    (article,) = reading.articles
    assert (article.title, article.text) == ("燈塔", f"{TRADITIONAL}\n{TRADITIONAL[:70]}")
    first, second = article.origin[0].box, article.origin[1].box
    assert first is not None
    assert second is not None
    assert second[2] <= first[0]


def minimal(*, text: bool = True, encrypted: bool = False, more: bytes = b"") -> bytes:
    """A PDF of one page, written by hand."""
    stream = b"BT /F1 12 Tf 72 720 Td (The ferry left at seven.) Tj ET" + more if text else more
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Filter/Standard/V 1/R 2/P -4/Length 40/O<%s>/U<%s>>>" % (b"11" * 32, b"22" * 32),
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"/Encrypt 6 0 R/ID[<00><00>]" if encrypted else b""
    start = len(content)
    size = len(objects) + 1
    content += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return content + b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, start)


STAMP = b" BT /F1 20 Tf 0 1 -1 0 30 300 Tm (M2) Tj ET"


def test_a_stamp_in_the_margin_is_no_title_and_no_text() -> None:
    lines = b"".join(b" BT /F1 12 Tf 72 %d Td (Forty people stood on its deck.) Tj ET" % at for at in (700, 680, 660))
    (reading,) = read_bytes("a.pdf", minimal(more=lines + STAMP))
    (article,) = reading.articles
    assert "M2" not in article.title + article.text
    assert [(part.text, part.reason, part.page) for part in reading.left_out] == [("M2", "turned print", 1)]


def test_of_a_page_set_sideways_as_a_whole_nothing_is_left_out() -> None:
    (reading,) = read_bytes("a.pdf", minimal(text=False, more=STAMP))
    assert sorted(reading.articles[0].text) == ["\n", "2", "M"]


def test_a_small_pdf_is_one_article() -> None:
    (reading,) = read_bytes("a.pdf", minimal())
    assert [article.text for article in reading.articles] == ["The ferry left at seven."]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (minimal(encrypted=True), "encrypted"),
        (minimal(text=False), "no text in this PDF; nothing to index"),
        (b"%PDF-1.4\n" + bytes(500), "damaged"),
        (b"", "damaged"),
        (SIMPLIFIED.encode(), "damaged"),
    ],
)
def test_what_cannot_be_read_says_why_in_one_line(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        list(read_bytes("a.pdf", content))


@pytest.mark.skipif(is_available(), reason="the extra byline[ocr] is installed")
def test_a_scanned_page_says_how_to_have_it_read() -> None:
    from io import BytesIO

    from PIL import Image

    content = BytesIO()
    Image.new("RGB", (300, 400), "white").save(content, "PDF")
    with pytest.raises(UnreadableFile, match=r"pip install 'byline\[ocr\]'"):
        list(read_bytes("a.pdf", content.getvalue()))
    picture = BytesIO()
    Image.new("RGB", (300, 400), "white").save(picture, "PNG")
    with pytest.raises(UnreadableFile, match=r"pip install 'byline\[ocr\]'"):
        list(read_bytes("a.png", picture.getvalue()))


@pytest.mark.skipif(not is_available(), reason="the extra byline[ocr] is not installed")
@pytest.mark.skipif(browser() is None, reason="no Chromium on this machine (Debian: apt install chromium)")
@pytest.mark.slow
def test_a_scanned_newspaper_page_is_read_like_a_printed_one() -> None:
    from io import BytesIO

    article = gold()[0][0]
    document = pypdfium2.PdfDocument(print_pdf(newspaper([[article]], PageStyle(3, "section", type_points=14))))
    page = document[0]
    picture = page.render(scale=1.5).to_pil()
    content = BytesIO()
    picture.crop((0, 0, picture.width, picture.height // 3)).save(content, "PNG", dpi=(108, 108))
    page.close()
    document.close()
    (reading,) = read_bytes("a.png", content.getvalue())
    (found,) = reading.articles
    assert found.title.replace(" ", "") == article["title"].replace(" ", "")
    assert found.text[:20] == article["paragraphs"][0][:20]
