import io
import zipfile

import pytest

from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.errors import UnreadableFile
from tests.articles.samples import SIMPLIFIED, TRADITIONAL

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>山城邮路</dc:title><dc:creator>林一</dc:creator>
<dc:date>2023-07-28</dc:date></metadata><manifest><item id="nav" href="nav.xhtml" properties="nav"/>
<item id="b" href="text/two%20.xhtml"/><item id="a" href="text/one.xhtml"/>
<item id="gone" href="gone.xhtml"/></manifest>
<spine><itemref idref="nav"/><itemref idref="a"/><itemref idref="b"/>{more}</spine></package>"""
CHAPTER = """<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head>
<body><h1>{title}</h1><p>{text}</p><h2>小节</h2><p>又一段。</p></body></html>"""


def book(more: str = "", **extra: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/book.opf", PACKAGE.format(more=more))
        archive.writestr("OEBPS/nav.xhtml", CHAPTER.format(title="目录", text="第一章 第二章"))
        archive.writestr("OEBPS/text/one.xhtml", CHAPTER.format(title="第一章", text=SIMPLIFIED))
        archive.writestr("OEBPS/text/two .xhtml", CHAPTER.format(title="第二章", text=TRADITIONAL))
        for name, text in extra.items():
            archive.writestr(name, text)
    return content.getvalue()


def with_chapter(markup: str) -> bytes:
    """The book with another first chapter."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as source, zipfile.ZipFile(made, "w") as copy:
        for name in source.namelist():
            copy.writestr(name, markup if name.endswith("one.xhtml") else source.read(name))
    return made.getvalue()


def test_each_chapter_is_an_article_of_the_book() -> None:
    articles = [article for reading in read_bytes("a.epub", book()) for article in reading.articles]
    assert [article.title for article in articles] == ["第一章", "第二章"]
    assert articles[0].text == f"{SIMPLIFIED}\n小节\n又一段。"
    assert [articles[0].text[start:end] for start, end in articles[0].subheads] == ["小节"]
    assert {(article.source, article.byline, article.published) for article in articles} == {
        ("山城邮路", "林一", "2023-07-28")
    }


def test_a_missing_chapter_is_a_fault_and_the_others_are_read() -> None:
    readings = list(read_bytes("a.epub", book(more='<itemref idref="gone"/>')))
    assert sum(len(reading.articles) for reading in readings) == 2
    assert [fault for reading in readings for fault in reading.faults] == [
        "chapter OEBPS/gone.xhtml is missing from the book"
    ]


def test_protected_and_damaged_books_say_so() -> None:
    with pytest.raises(UnreadableFile, match="DRM"):
        list(read_bytes("a.epub", book(**{"META-INF/rights.xml": "<rights/>"})))
    with pytest.raises(UnreadableFile, match="damaged"):
        list(read_bytes("a.epub", book()[:300]))


def test_an_archive_whose_places_are_wrong_is_damaged() -> None:
    content = book()
    start = content.rindex(b"PK\x05\x06") + 16
    for place in (0xFFFFFFF0, 0x7FFFFFFF, 1):
        with pytest.raises(UnreadableFile, match="damaged"):
            list(read_bytes("a.epub", content[:start] + place.to_bytes(4, "little") + content[start + 4 :]))


def test_every_chapter_of_a_file_is_an_article_and_marks_of_notes_are_not_in_it() -> None:
    two = f"""<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>
<h1>第一章</h1><p>摆渡人姓解<a epub:type="noteref" href="#n1"><sup>[1]</sup></a>，
撑到六十九岁<sup><a href="#n2">3</a></sup>才歇，水深10<sup>2</sup>米，
<ruby>漩<rt>xuán</rt></ruby>涡<a href="#x">见图1</a>。</p>
<h1>第二章</h1><p>{SIMPLIFIED}</p>
<aside id="n1"><p>解读作谢。</p></aside></body></html>"""
    (reading, _) = read_bytes("a.epub", with_chapter(two))
    assert [article.title for article in reading.articles] == ["第一章", "第二章"]
    first = "".join(reading.articles[0].text.split())
    assert first == "摆渡人姓解，撑到六十九岁才歇，水深102米，漩涡见图1。"
    assert reading.articles[1].text == f"{SIMPLIFIED}\n解读作谢。"
    assert [(part.text, part.reason) for part in reading.left_out] == [("[1]", "note mark"), ("3", "note mark")]


def test_a_chapter_without_heading_is_called_by_its_first_sentence() -> None:
    (reading, _) = read_bytes("a.epub", with_chapter("<html><body><p>渡口早上五点开船。末班是七点。</p></body></html>"))
    assert (reading.articles[0].title, reading.articles[0].title_from) == ("渡口早上五点开船", "text")
