import io
import zipfile
from datetime import datetime

import docx
import pytest

from byline.retrieval.articles.article import Article
from byline.retrieval.articles.formats import archives
from byline.retrieval.articles.formats.word_numbers import written
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.errors import UnreadableFile
from tests.articles.samples import SIMPLIFIED

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NOTES = f"""<?xml version="1.0" encoding="UTF-8"?><w:footnotes xmlns:w="{W}">
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:t>line</w:t></w:r></w:p></w:footnote>
<w:footnote w:id="1"><w:p><w:r><w:t>据山城邮政志。</w:t></w:r></w:p></w:footnote></w:footnotes>"""


def saved(document: "docx.document.Document") -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def report() -> "docx.document.Document":
    document = docx.Document()
    document.add_heading("雾中的邮路", 0)
    document.add_paragraph("——老林的三十一年")
    document.add_paragraph("□本报记者 林一")
    document.add_paragraph(SIMPLIFIED)
    document.add_heading("航线", 1)
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("路", "分钟", "航线", "12"), strict=True
    ):
        cell.text = text
    document.add_paragraph("最后一段。")
    return document


def read(content: bytes, name: str = "a.docx") -> Article:
    (reading,) = read_bytes(name, content)
    (article,) = reading.articles
    return article


def with_members(content: bytes, added: dict[str, str]) -> bytes:
    """The same archive with some members replaced or added."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            copy.writestr(name, added.pop(name, source.read(name)))
        for name, text in added.items():
            copy.writestr(name, text)
    return target.getvalue()


def test_headings_tables_and_the_lines_over_the_body_have_their_places() -> None:
    article = read(saved(report()))
    assert (article.title, article.subtitle, article.byline) == ("雾中的邮路", "老林的三十一年", "本报记者 林一")
    assert article.text.split("\n") == [SIMPLIFIED, "航线", "路 | 分钟", "航线 | 12", "最后一段。"]
    assert [article.text[start:end] for start, end in article.subheads] == ["航线"]


def test_properties_fill_in_what_the_text_does_not_say() -> None:
    document = docx.Document()
    document.add_paragraph(SIMPLIFIED)
    document.core_properties.title = "邮路"
    document.core_properties.author = "陈二"
    document.core_properties.created = datetime(2023, 7, 28)
    article = read(saved(document))
    assert (article.title, article.byline, article.published) == ("邮路", "", "2023-07-28")  # who typed wrote nothing
    assert read(saved(document), "2023-07-30.docx").published == "2023-07-30"


def test_what_programs_fill_in_is_nobody_s_name_and_no_date() -> None:
    article = read(saved(report()))
    assert article.published is None
    document = docx.Document()
    document.add_paragraph("正文。")
    assert read(saved(document)).byline == ""


def test_footnotes_come_after_the_text() -> None:
    content = saved(report())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        types = archive.read("[Content_Types].xml").decode()
        relations = archive.read("word/_rels/document.xml.rels").decode()
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    override = f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'
    relation = (
        '<Relationship Id="rId99" Target="footnotes.xml" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"/></Relationships>'
    )
    added = {
        "word/footnotes.xml": NOTES,
        "[Content_Types].xml": types.replace("</Types>", override),
        "word/_rels/document.xml.rels": relations.replace("</Relationships>", relation),
    }
    article = read(with_members(content, added))
    assert article.text.endswith("最后一段。\n据山城邮政志。")
    assert "line" not in article.text


def test_what_a_reviewer_took_out_is_not_read_and_what_was_put_in_is() -> None:
    document = docx.Document()
    document.add_paragraph("KEEP")
    content = saved(document)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        body = archive.read("word/document.xml").decode()
    run = "<w:r><w:t>KEEP</w:t></w:r>"
    assert run in body
    changed = "<w:del><w:r><w:delText>旧</w:delText></w:r></w:del><w:ins><w:r><w:t>新</w:t></w:r></w:ins>"
    assert read(with_members(content, {"word/document.xml": body.replace(run, changed)})).text == "新"


def test_a_zip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_TOTAL_BYTES", 10_000_000)
    bomb = with_members(saved(report()), {"word/bomb.xml": " " * 12_000_000})
    with pytest.raises(UnreadableFile, match="unpacks to"):
        read(bomb)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "damaged"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "encrypted, or an old binary format"),
        (b"PK\x03\x04" + bytes(100), "damaged"),
        (saved(report())[:-400], "damaged"),
    ],
)
def test_what_does_not_open_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read(content)


def test_a_zip_of_something_else_is_damaged_and_an_empty_document_empty() -> None:
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(UnreadableFile, match="damaged"):
        read(other.getvalue())
    with pytest.raises(UnreadableFile, match="no text"):
        read(saved(docx.Document()))


def with_body(markup: str, **members: str) -> bytes:
    """A document whose body is this WordprocessingML."""
    content = saved(docx.Document())
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        document = archive.read("word/document.xml").decode()
    start, end = document.index("<w:body>") + len("<w:body>"), document.index("</w:body>")
    return with_members(content, {"word/document.xml": document[:start] + markup + document[end:], **members})


def paragraph(text: str, properties: str = "", run: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:rPr>{run}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def row(*cells: str) -> str:
    return (
        "<w:tr>" + "".join(cell if cell.startswith("<w:tc>") else f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"
    )


def test_a_manuscript_without_styles_has_title_byline_signer_and_date() -> None:
    centred = '<w:jc w:val="center"/>'
    markup = paragraph("夜读专场亮灯到十点", centred, "<w:b/>") + paragraph("本报记者 何静")
    article = read(with_body(markup + paragraph(SIMPLIFIED) + paragraph("县图书馆") + paragraph("2023年7月28日")))
    assert (article.title, article.byline, article.source) == ("夜读专场亮灯到十点", "本报记者 何静", "县图书馆")
    assert article.published == "2023-07-28"
    assert article.text.startswith(SIMPLIFIED[:20])
    assert article.text.endswith("县图书馆\n2023年7月28日")


@pytest.mark.parametrize("first", [SIMPLIFIED[:80], "会议定于明天上午召开。", "2023年7月28日"])
def test_a_first_paragraph_that_is_a_sentence_or_a_date_stays_in_the_text(first: str) -> None:
    article = read(with_body(paragraph(first, '<w:jc w:val="center"/>', "<w:b/>") + paragraph(SIMPLIFIED)))
    assert article.text == f"{first}\n{SIMPLIFIED}"


def numbering(*levels: tuple[str, str], starts: str = "") -> str:
    defined = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for depth, (kind, text) in enumerate(levels)
    )
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0">{defined}</w:abstractNum>'
        f'<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        f'<w:num w:numId="2"><w:abstractNumId w:val="0"/>{starts}</w:num></w:numbering>'
    )


def numbered(text: str, depth: int = 0, list_id: int = 1) -> str:
    return paragraph(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{list_id}"/></w:numPr>')


def test_automatic_numbers_stand_in_the_text() -> None:
    markup = numbered("渡船检验。") + numbered("每年一次。", 1) + numbered("费用自理。", 1) + numbered("持证。")
    markup += numbered("细则。", 1) + numbered("照旧。", 0, 0) + numbered("又起。", 0, 2)
    starts = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
    defined = numbering(("chineseCounting", "第%1条"), ("decimal", "%1.%2"), starts=starts)
    assert read(with_body(markup, **{"word/numbering.xml": defined})).text.split("\n") == [
        "第一条 渡船检验。", "一.1 每年一次。", "一.2 费用自理。", "第二条 持证。", "二.1 细则。", "照旧。",
        "第七条 又起。",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "count", "said"),
    [
        ("chineseCounting", 10, "十"), ("chineseCounting", 11, "十一"), ("chineseCounting", 20, "二十"),
        ("chineseCountingThousand", 105, "一百零五"), ("chineseCountingThousand", 2010, "二千零一十"),
        ("chineseLegalSimplified", 12, "壹拾贰"), ("upperRoman", 44, "XLIV"), ("lowerLetter", 28, "bb"),
        ("decimalEnclosedCircle", 3, "③"), ("ideographTraditional", 2, "乙"), ("decimalFullWidth", 12, "１２"),
        ("nobodyKnows", 5, "5"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_word_writes_them(kind: str, count: int, said: str) -> None:
    assert written(count, kind) == said


def test_cells_are_read_once_and_keep_their_columns() -> None:
    blank, wide = "<w:tc><w:p/></w:tc>", f'<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>{paragraph("合计")}</w:tc>'
    down = "<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>"
    first = f'<w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>{paragraph("太平市")}</w:tc>'
    inner = f"<w:tbl>{row(paragraph('栈桥'), paragraph('136米'))}</w:tbl><w:p/>"
    table = row(first, paragraph("处级"), paragraph("480")) + row(down, paragraph("其他"), paragraph("350"))
    table += row(paragraph("西所"), blank, paragraph("9")) + row(wide, paragraph("12")) + row(inner, paragraph("24只"))
    assert read(with_body(f"{paragraph(SIMPLIFIED)}<w:tbl>{table}</w:tbl>")).text.split("\n")[1:] == [
        "太平市 | 处级 | 480", "太平市 | 其他 | 350", "西所 | | 9", "合计 | | 12", "栈桥 136米 | 24只",
    ]  # fmt: skip


def test_readings_over_characters_go_and_equations_stay() -> None:
    ruby = "<w:p><w:r><w:ruby><w:rt><w:r><w:t>gu</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>古</w:t></w:r></w:rubyBase>"
    ruby += "</w:ruby></w:r><w:r><w:t>槐</w:t></w:r></w:p>"
    m = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    equation = f'<w:p><m:oMath xmlns:m="{m}"><m:r><m:t>v=</m:t></m:r><m:f><m:num><m:r><m:t>s</m:t></m:r></m:num>'
    equation += "<m:den><m:r><m:t>t</m:t></m:r></m:den></m:f></m:oMath></w:p>"
    assert read(with_body(ruby + equation)).text == "古槐\nv=s/t"


def test_running_heads_are_told_as_left_out_and_a_mark_of_secrecy_stays() -> None:
    document = docx.Document()
    document.add_paragraph(SIMPLIFIED)
    document.sections[0].header.paragraphs[0].text = "山城邮报 内部"
    document.sections[0].footer.paragraphs[0].text = "机密★一年"
    (reading,) = read_bytes("a.docx", saved(document))
    assert [(part.text, part.reason) for part in reading.left_out] == [("山城邮报 内部", "page header")]
    assert reading.articles[0].text == f"机密★一年\n{SIMPLIFIED}"
