import gzip
import os
from pathlib import Path

import docx
import pytest

from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.formats import office_suite
from byline.retrieval.articles.kinds import supported_suffixes
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.errors import UnreadableFile
from tests.articles.formats.office_files import (
    ATOM,
    FEED,
    all_files,
    article_list,
    fixed_layout,
    mail,
    old_word,
    open_document,
    rich_text,
    saved_page,
    slides,
    workbook,
    zipped,
)
from tests.articles.samples import SIMPLIFIED


def read(name: str, content: bytes) -> tuple[list[Article], Reading]:
    """The articles of a file, and everything else its readings hold as one."""
    readings = list(read_bytes(name, content))
    whole = Reading(
        (),
        tuple(part for one in readings for part in one.left_out),
        tuple(fault for one in readings for fault in one.faults),
        tuple(note for one in readings for note in one.notes),
    )
    return [article for one in readings for article in one.articles], whole


def one(name: str, content: bytes) -> Article:
    (article,), _ = read(name, content)
    return article


@pytest.mark.parametrize("suffix", sorted(all_files()))
def test_the_text_of_every_kind_is_read(suffix: str) -> None:
    articles, _ = read(f"a{suffix}", all_files()[suffix])
    assert any(SIMPLIFIED in article.text for article in articles)
    assert all(article.title for article in articles)


def test_a_list_of_articles_is_read_row_by_row() -> None:
    (article,), rest = read("a.xlsx", article_list())
    assert (article.title, article.byline, article.published) == ("雾中的邮路", "林一", "2023-07-28")
    assert article.text == SIMPLIFIED
    assert rest.faults == ("row 5: no text in it",)
    assert rest.notes == (
        'fields taken: text from "正文", title from "标题", byline from "作者", published from "日期"',
    )
    assert [(part.text, part.reason) for part in rest.left_out] == [("版面: 3版", "unknown field")]


def test_a_sheet_of_figures_is_one_article_as_it_is_shown() -> None:
    rows: list[list[object]] = [["各所设备"], ["所", "天平", "比例"], ["西所", None, 0.125], ["北所", 6.0, 7.25]]
    article = one("a.xlsx", workbook(("Sheet1", rows), percent="C3"))
    assert article.title == "各所设备"
    assert article.text == "所 | 天平 | 比例\n西所 | | 12.5%\n北所 | 6 | 7.25"


def test_a_label_merged_downwards_is_that_of_every_row() -> None:
    rows: list[list[object]] = [["城市", "级别"], ["太平市", "处级"], [None, "其他"]]
    assert one("a.xlsx", workbook(("住宿", rows), merged="A2:A3")).text == "城市 | 级别\n太平市 | 处级\n太平市 | 其他"
    assert one("a.xlsx", workbook(("住宿", rows), merged="A2:A3")).title == "住宿"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_table_of_values_is_read_whatever_stands_between_them(delimiter: str, encoding: str) -> None:
    table = delimiter.join(("title", "content")) + f'\r\n"雾中{delimiter}邮路"{delimiter}"第一段。\n第二段。"\r\n'
    article = one("a.csv", table.encode(encoding))
    assert (article.title, article.text) == (" ".join(f"雾中{delimiter}邮路".split()), "第一段。\n第二段。")


def test_slides_are_one_article_that_knows_its_pages() -> None:
    article = one("a.pptx", slides(("雾中的邮路", ["第一段。"], "讲稿一"), ("航线", ["第二段。"], "讲稿二")))
    assert article.title == "雾中的邮路"
    assert article.text == "第一段。\n甲 | 乙\n讲稿一\n航线\n第二段。\n甲 | 乙\n讲稿二"
    assert [article.text[start:end] for start, end in article.subheads] == ["航线"]
    assert {article.text[span.start : span.end]: span.page for span in article.origin}["第二段。"] == 2


def test_an_open_document_is_read_as_word_is() -> None:
    note = "<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>据县志。</text:p>"
    note += "</text:note-body></text:note>"
    cells = ("<text:p>西所</text:p>", "", "<text:p>9</text:p>")
    row = "".join(f"<table:table-cell>{cell}</table:table-cell>" for cell in cells)
    row = f"<table:table-row>{row}</table:table-row>"
    body = f"<text:p>夜读专场亮灯到十点</text:p><text:p>本报记者 何静</text:p><text:p>{SIMPLIFIED}{note}</text:p>"
    body += f"<text:h>设备</text:h><table:table>{row}</table:table><text:tracked-changes>旧</text:tracked-changes>"
    head = "<style:header><text:p>内部资料</text:p></style:header>"
    (article,), rest = read("a.odt", open_document(body, styles=head))
    assert (article.title, article.byline) == ("夜读专场亮灯到十点", "本报记者 何静")
    assert article.text == f"{SIMPLIFIED}\n设备\n西所 | | 9\n据县志。"
    assert [(part.text, part.reason) for part in rest.left_out] == [("内部资料", "page header")]


def test_rich_text_is_read_in_its_code_page() -> None:
    article = one("a.rtf", rich_text("夜读专场亮灯到十点", "本报记者 何静", SIMPLIFIED, "三马为骉。"))
    assert (article.title, article.byline, article.text) == (
        "夜读专场亮灯到十点", "本报记者 何静", f"{SIMPLIFIED}\n三马为骉。",
    )  # fmt: skip


def test_a_mail_is_an_article_and_so_is_what_is_attached() -> None:
    attached = {"稿件.txt": f"渡口复航\n\n{SIMPLIFIED}".encode(), "照片.xyz": b"x", "坏.docx": b"x"}
    (letter, manuscript), rest = read("a.eml", mail("请看附件。", attached=attached))
    assert (letter.title, letter.byline, letter.published) == ("雾中的邮路", "林一", "2023-07-28")
    assert letter.text == "请看附件。"
    assert (manuscript.title, manuscript.path) == ("渡口复航", "a.eml/稿件.txt")
    assert rest.notes == ("attachment not read: 照片.xyz",)
    assert rest.faults == ("attachment 坏.docx: the file is damaged: not a .docx file inside",)


def test_a_mail_without_plain_text_is_read_for_what_it_shows() -> None:
    page = "<html><style>p {}</style><p>第一段。</p><p>第二段。</p></html>"
    assert one("a.eml", mail(html=page)).text == "第一段。\n第二段。"


def test_a_mailbox_is_read_mail_by_mail() -> None:
    parting = b"From lin@x.example Fri Jul 28 09:00:00 2023\n"
    articles, _ = read("a.mbox", parting + mail("第一封。") + b"\n" + parting + mail("第二封。"))
    assert [article.text for article in articles] == ["第一封。", "第二封。"]


def test_a_saved_page_is_read_as_the_page_it_was() -> None:
    article = one("a.mhtml", saved_page(f"<html><title>雾中的邮路</title><p>{SIMPLIFIED}</p></html>"))
    assert (article.title, article.text, article.url) == ("雾中的邮路", SIMPLIFIED, "http://x.example/1")


@pytest.mark.parametrize(("name", "feed"), [("a.rss", FEED), ("a.xml", ATOM), ("a.atom", ATOM)])
def test_entries_of_a_feed_are_articles(name: str, feed: str) -> None:
    (article,), rest = read(name, feed.encode())
    assert (article.title, article.byline, article.source) == ("雾中的邮路", "林一", "山城邮报")
    assert (article.published, article.url) == ("2023-07-28", "http://x.example/1")
    assert article.text.split("\n")[0] == SIMPLIFIED
    assert rest.faults == (("entry 2: no text in it",) if feed is FEED else ())


def test_an_archive_is_a_folder_and_says_what_in_it_was_not_read() -> None:
    inner = zipped({"c.txt": "渡口复航。\n\n票价两元。"})
    members: dict[str, str | bytes] = {
        "稿/a.txt": SIMPLIFIED, "b.docx": b"x", "c.xyz": b"x", "d.xyz": b"x", "__MACOSX/._a.txt": b"x", "e.zip": inner,
        "中.jsonl": '{"content": "一篇。"}',
    }  # fmt: skip
    articles, rest = read("a.zip", zipped(members))
    assert [article.path for article in articles] == ["a.zip/e.zip/c.txt", "a.zip/中.jsonl", "a.zip/稿/a.txt"]
    assert rest.faults == ("b.docx: the file is damaged: not a .docx file inside",)
    assert rest.notes == ('中.jsonl: fields taken: text from "content"', "2 files in it not read: .xyz (2)")


def test_names_packed_in_china_are_read() -> None:
    packed = zipped({"placeholder-.txt": SIMPLIFIED})
    name = "稿件一二三四.txt".encode("gbk")
    assert len(name) == len(b"placeholder-.txt")
    assert one("a.zip", packed.replace(b"placeholder-.txt", name)).path == "a.zip/稿件一二三四.txt"


def test_archives_in_archives_end_and_nothing_readable_is_said() -> None:
    deep = zipped({"a.txt": "x"})
    for _ in range(4):
        deep = zipped({"in.zip": deep})
    with pytest.raises(UnreadableFile, match="archive within"):
        read("a.zip", deep)
    with pytest.raises(UnreadableFile, match=r"nothing in it is read: \.xyz \(2\)"):
        read("a.zip", zipped({"a.xyz": "x", "b.xyz": "x"}))


def test_a_packed_text_that_breaks_off_is_read_up_to_there() -> None:
    packed = gzip.compress(("渡口复航。\n" + SIMPLIFIED * 40).encode())
    articles, rest = read("a.txt.gz", packed[: len(packed) - 20])
    assert SIMPLIFIED in articles[0].text
    assert any("breaks off" in fault for fault in rest.faults)
    with pytest.raises(UnreadableFile, match="more than 50 MB"):
        read("a.txt.gz", gzip.compress(b" " * 51_000_000))


@pytest.mark.parametrize("suffix", [".rtf", ".odt", ".pptx", ".xlsx", ".zip", ".mbox", ".mht", ".xml", ".json"])
def test_something_else_by_that_name_is_refused_in_one_line(suffix: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read(f"a{suffix}", SIMPLIFIED.encode())
    assert "failed on it" not in str(refused.value)
    assert "\n" not in str(refused.value)


def test_old_word_is_read_by_its_table_of_pieces() -> None:
    row = "所\x07天平\x07比例\x07\x07西所\x07\x079\x07\x07"
    field = "见\x13 HYPERLINK x \x14渡口\x15。"
    for name in ("a.doc", "a.wps"):
        article = one(name, old_word("夜读专场亮灯到十点", "本报记者 何静", SIMPLIFIED, field, row))
        assert (article.title, article.byline) == ("夜读专场亮灯到十点", "本报记者 何静")
        assert article.text.split("\n")[:2] == [SIMPLIFIED, "见渡口。"]
        assert article.text.split("\n")[2:] == ["所 | 天平 | 比例", "西所 | | 9", "END."]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (old_word(SIMPLIFIED, flags=0x0300), "encrypted"),
        (old_word(SIMPLIFIED, version=0x65), "older than Word 97"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "damaged"),
        (SIMPLIFIED.encode(), "no Word document inside; save it as .docx"),
    ],
)
def test_an_old_document_that_is_not_read_says_what_to_do(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read("a.doc", content)


def test_what_only_goes_by_the_name_of_doc_is_read_for_what_it_is() -> None:
    assert one("a.doc", rich_text("夜读专场亮灯到十点", "本报记者 何静", SIMPLIFIED)).text == SIMPLIFIED
    assert SIMPLIFIED in one("a.doc", f"<html><p>{SIMPLIFIED}</p></html>".encode()).text


def test_old_formats_go_through_libreoffice_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for LibreOffice that takes its arguments and hands back what stands ready for each kind."""
    for kind, content in ((".docx", None), (".xlsx", article_list()), (".pptx", all_files()[".pptx"])):
        document = docx.Document()
        document.add_paragraph(SIMPLIFIED)
        (
            document.save(str(tmp_path / "made.docx"))
            if content is None
            else (tmp_path / f"made{kind}").write_bytes(content)
        )
    program = tmp_path / "soffice"
    program.write_text(
        "#!/bin/sh\nwhile [ $# -gt 1 ]; do case $1 in --convert-to) to=$2;; --outdir) out=$2;; esac; shift; done\n"
        f'mkdir -p "$out" && cp {tmp_path}/made.$to "$out/file.$to"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    office_suite.office_program.cache_clear()
    try:
        assert one("a.doc", old_word(SIMPLIFIED, version=0x65)).text == SIMPLIFIED
        assert one("a.xls", b"\xd0\xcf\x11\xe0").text == SIMPLIFIED
        assert SIMPLIFIED in one("a.ppt", b"\xd0\xcf\x11\xe0").text
        assert ".et" in supported_suffixes()
    finally:
        office_suite.office_program.cache_clear()


def test_a_fixed_layout_is_read_as_print_is() -> None:
    article = one("a.ofd", all_files()[".ofd"])
    assert (article.title, article.text) == ("雾中的邮路", SIMPLIFIED)
    assert article.origin[0].page == 1


def test_signs_that_no_font_names_are_told_and_bullets_are_kept() -> None:
    lost = "\ue1d8\ueda6\ue11e\ue236\ue28a\ue0c0"
    (article,), rest = read("a.ofd", fixed_layout((f"\uf0b7 {SIMPLIFIED[:30]}", 20, 30, 4), (lost, 20, 40, 4)))
    assert article.text.startswith("• ")
    assert not any("\ue000" <= char <= "\uf8ff" for char in article.text + article.title)
    assert rest.faults == ("page 1: its fonts do not say which characters 6 signs are; they are lost",)
