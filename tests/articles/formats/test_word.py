import io
import zipfile
from datetime import datetime

import docx
import pytest

from byline.retrieval.articles.article import Article
from byline.retrieval.articles.formats import archives
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
    assert (article.title, article.byline, article.published) == ("邮路", "陈二", "2023-07-28")
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
