"""Small files of every office format, made by the library that people's programs use or as the format says."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
from datetime import date
from email.message import EmailMessage

import openpyxl

from tests.articles.samples import SIMPLIFIED

_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
FEED = f"""<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>山城邮报</title><item><title>雾中的邮路</title>
<link>http://x.example/1</link><pubDate>Fri, 28 Jul 2023 09:00:00 +0800</pubDate><dc:creator>林一</dc:creator>
<description>短说</description><content:encoded><![CDATA[<p>{SIMPLIFIED}</p><p>末段。</p>]]></content:encoded></item>
<item><title>没有正文</title></item></channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>山城邮报</title><entry><title>雾中的邮路</title>
<link href="http://x.example/1"/><updated>2023-07-28T09:00:00Z</updated><author><name>林一</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{SIMPLIFIED}</p></div></content></entry></feed>"""


def zipped(members: dict[str, str | bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return content.getvalue()


def workbook(*sheets: tuple[str, list[list[object]]], merged: str = "", percent: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        if merged:
            sheet.merge_cells(merged)
        if percent:
            sheet[percent].number_format = "0.0%"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def article_list() -> bytes:
    head: list[object] = ["标题", "作者", "日期", "版面", "正文"]
    row: list[object] = ["雾中的邮路", "林一", date(2023, 7, 28), "3版", SIMPLIFIED]
    return workbook(("稿件", [["山城邮报稿件表"], head, row, [None] * 5, ["无文", "陈二", None, None, None]]))


def slides(*pages: tuple[str, list[str], str]) -> bytes:
    """A presentation of (title, paragraphs, notes)."""
    members: dict[str, str | bytes] = {}
    ids, relations = "", ""
    for number, (title, paragraphs, notes) in enumerate(pages, 1):
        ids += f'<p:sldId id="{255 + number}" r:id="rId{number}"/>'
        relations += f'<Relationship Id="rId{number}" Type="{_R}/slide" Target="slides/s{number}.xml"/>'
        shapes = _shape(f"<a:p><a:r><a:t>{title}</a:t></a:r></a:p>", '<p:ph type="title"/>')
        shapes += _shape("".join(f"<a:p><a:r><a:t>{said}</a:t></a:r></a:p>" for said in paragraphs), "<p:ph/>")
        shapes += _shape("<a:p><a:fld><a:t>7</a:t></a:fld></a:p>", '<p:ph type="sldNum"/>')
        cells = "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{said}</a:t></a:r></a:p></a:txBody></a:tc>" for said in "甲乙")
        shapes += f"<p:graphicFrame><a:tbl><a:tr>{cells}</a:tr></a:tbl></p:graphicFrame>"
        members[f"ppt/slides/s{number}.xml"] = _slide(shapes)
        members[f"ppt/slides/_rels/s{number}.xml.rels"] = (
            f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" Type="{_R}/notesSlide" '
            f'Target="../notesSlides/n{number}.xml"/></Relationships>'
        )
        members[f"ppt/notesSlides/n{number}.xml"] = _slide(
            _shape(f"<a:p><a:r><a:t>{notes}</a:t></a:r></a:p>", "<p:ph/>")
        )
    members["ppt/presentation.xml"] = (
        f'<p:presentation xmlns:p="{_P}" xmlns:r="{_R}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
    )
    members["ppt/_rels/presentation.xml.rels"] = f'<Relationships xmlns="{_RELATIONS}">{relations}</Relationships>'
    return zipped(members)


def _shape(paragraphs: str, placeholder: str) -> str:
    return f"<p:sp><p:nvSpPr><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>"


def _slide(shapes: str) -> str:
    return f'<p:sld xmlns:p="{_P}" xmlns:a="{_A}"><p:cSld><p:spTree>{shapes}</p:spTree></p:cSld></p:sld>'


def open_document(body: str, *, meta: str = "", styles: str = "", kind: str = "text") -> bytes:
    space = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{full}:1.0"'
        for name, full in (
            ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"), ("style", "style"),
            ("meta", "meta"),
        )
    )  # fmt: skip
    space += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {space}><office:body><office:{kind}>{body}</office:{kind}>"
            "</office:body></office:document-content>",
            "meta.xml": f"<office:document-meta {space}><office:meta>{meta}</office:meta></office:document-meta>",
            "styles.xml": f"<office:document-styles {space}>{styles}</office:document-styles>",
        }
    )


def rich_text(*paragraphs: str) -> bytes:
    """As WordPad in China saves it: code page 936, bytes in hexadecimal, some Unicode."""
    body = "".join(
        "".join(
            f"\\u{ord(char)}?" if char in "骉" else "".join(f"\\'{byte:02x}" for byte in char.encode("gbk"))
            for char in said
        )
        + "\\par\n"
        for said in paragraphs
    )
    head = "{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fnil\\fcharset134 SimSun;}}\\f0\\fs24 "
    return (head + body + "}").encode("ascii")


def mail(text: str = SIMPLIFIED, *, attached: dict[str, bytes] | None = None, html: str = "") -> bytes:
    message = EmailMessage()
    message["Subject"] = "回复：雾中的邮路"
    message["From"] = "林一 <lin@x.example>"
    message["Date"] = "Fri, 28 Jul 2023 09:00:00 +0800"
    message.set_content(text)
    if html:
        message.clear_content()
        message.set_content(html, subtype="html")
    for name, content in (attached or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def saved_page(markup: str) -> bytes:
    import quopri

    head = (
        "From: <Saved by Blink>\r\nSnapshot-Content-Location: http://x.example/1\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html; '
        "charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Location: http://x.example/1\r\n\r\n"
    )
    return head.encode() + quopri.encodestring(markup.encode()) + b"\r\n--b--\r\n"


def compound(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file of 512-byte sectors ([MS-CFB]); streams are padded past the size of small ones."""
    sector, end, free, fat_mark = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    body, table, entries = b"", [], []
    entries.append(_entry("Root Entry", 5, 1, end, 0))
    for number, (name, content) in enumerate(streams.items(), 1):
        padded = content + bytes(max(4096 - len(content), -len(content) % sector))
        padded += bytes(-len(padded) % sector)
        first = len(table)
        count = len(padded) // sector
        table += [*range(first + 1, first + count), end]
        body += padded
        entries.append(_entry(name, 2, number + 1 if number < len(streams) else free, first, len(padded)))
    directory = b"".join(entries) + bytes(-len(b"".join(entries)) % sector)
    first_of_directory = len(table)
    count = len(directory) // sector
    table += [*range(first_of_directory + 1, first_of_directory + count), end]
    fat_at = len(table)
    table.append(fat_mark)
    fat = struct.pack(f"<{sector // 4}I", *table, *[free] * (sector // 4 - len(table)))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack(
        "<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, first_of_directory, 0, 4096, end, 0, end, 0, fat_at
    )
    return head + struct.pack("<108I", *[free] * 108) + body + directory + fat


def _entry(name: str, kind: int, following: int, first: int, size: int) -> bytes:
    spelt = (name + "\0").encode("utf-16-le")
    free = 0xFFFFFFFF
    right, child = (free, following) if kind == 5 else (following, free)
    return spelt.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xI8x8xIQ", len(spelt), kind, 1, free, right, child, 0, first, size
    )


def old_word(*paragraphs: str, flags: int = 0x0200, version: int = 0x00C1) -> bytes:
    """A document of Word 97 with one piece in Unicode and one of single bytes ([MS-DOC])."""
    wide, narrow = "".join(f"{said}\r" for said in paragraphs), "END.\r"
    text_at = 0x800
    main = bytearray(text_at)
    struct.pack_into("<HH", main, 0, 0xA5EC, version)
    struct.pack_into("<H", main, 0x0A, flags)
    struct.pack_into("<i", main, 0x4C, len(wide) + len(narrow))
    main += wide.encode("utf-16-le")
    narrow_at = len(main)
    main += narrow.encode("cp1252")
    places = struct.pack("<III", 0, len(wide), len(wide) + len(narrow))
    places += struct.pack("<HIH", 0, text_at, 0) + struct.pack("<HIH", 0, 0x40000000 | narrow_at * 2, 0)
    clx = b"\x01" + struct.pack("<H", 2) + b"\0\0" + b"\x02" + struct.pack("<I", len(places)) + places
    struct.pack_into("<II", main, 0x01A2, 16, len(clx))
    return compound({"WordDocument": bytes(main), "1Table": bytes(16) + clx})


def fixed_layout(*lines: tuple[str, float, float, float]) -> bytes:
    """An OFD page of (text, x, baseline, size), in millimetres."""
    space = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    objects = "".join(
        f'<ofd:TextObject ID="{number}" Boundary="{x} {y - size} 190 {size}" Font="1" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="g {len(text) - 1} {size}">{text}</ofd:TextCode></ofd:TextObject>'
        for number, (text, x, y, size) in enumerate(lines, 10)
    )
    return zipped(
        {
            "OFD.xml": f"<ofd:OFD {space}><ofd:DocBody><ofd:DocInfo><ofd:Title></ofd:Title></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {space}><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297"
            "</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>"
            '<ofd:Page ID="1" BaseLoc="Pages/P.xml"/></ofd:Pages></ofd:Document>',
            "Doc_0/Pages/P.xml": f"<ofd:Page {space}><ofd:Content><ofd:Layer>{objects}</ofd:Layer></ofd:Content>"
            "</ofd:Page>",
        }
    )


def _set(text: str) -> list[tuple[str, float, float, float]]:
    """Running text set in lines of 40 characters of 4 millimetres."""
    return [(text[at : at + 40], 20, 50 + at / 40 * 6, 4) for at in range(0, len(text), 40)]


def all_files() -> dict[str, bytes]:
    """A whole file of every kind, by suffix."""
    text = f"雾中的邮路\n\n{SIMPLIFIED}".encode()
    table = f'标题,正文\n雾中的邮路,"{SIMPLIFIED}"\n'.encode()
    return {
        ".xlsx": article_list(),
        ".csv": table,
        ".pptx": slides(("雾中的邮路", [SIMPLIFIED], "备注")),
        ".odt": open_document(f"<text:p>雾中的邮路</text:p><text:p>{SIMPLIFIED}</text:p>"),
        ".rtf": rich_text("雾中的邮路", SIMPLIFIED),
        ".doc": old_word("雾中的邮路", SIMPLIFIED),
        ".wps": old_word("雾中的邮路", SIMPLIFIED),
        ".ofd": fixed_layout(("雾中的邮路", 80, 30, 9), *_set(SIMPLIFIED)),
        ".eml": mail(attached={"a.txt": text}),
        ".mbox": b"From lin@x.example Fri Jul 28 09:00:00 2023\n" + mail(),
        ".mht": saved_page(f"<html><title>雾中的邮路</title><p>{SIMPLIFIED}</p></html>"),
        ".rss": FEED.encode(),
        ".zip": zipped({"a.txt": text, "b.csv": table}),
        ".txt.gz": gzip.compress(text),
        ".json": f'[{{"content": "{SIMPLIFIED}"}}]'.encode(),
    }
