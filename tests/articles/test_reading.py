import io
import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.articles.formats.plain_text import MAX_PAGE_LINES
from byline.retrieval.articles.kinds import PICTURES, SUFFIXES
from byline.retrieval.articles.reading import MAX_FILE_BYTES, read_bytes, read_file, walk
from byline.retrieval.errors import UnreadableFile
from tests.articles.formats.office_files import all_files, zipped
from tests.articles.formats.test_epub import book
from tests.articles.formats.test_html import page
from tests.articles.formats.test_markdown import WHOLE
from tests.articles.formats.test_pdf import minimal
from tests.articles.formats.test_word import report, saved
from tests.articles.samples import SIMPLIFIED, TRADITIONAL

WHOLE_FILES = {
    ".txt": SIMPLIFIED.encode("gb18030"),
    ".md": WHOLE.encode(),
    ".html": page().encode(),
    ".docx": saved(report()),
    ".pdf": minimal(),
    ".epub": book(),
    ".jsonl": b'{"text": "a"}\n' * 30,
    **all_files(),
}


PIECES = (b"", b"<", b">", b"&", b'"', b"0", b"-1", b"99999999999", b"\xff", b"</w:p>", b"<w:tc>", b"<a/>", b"w:val=")


def one_error_or_articles(name: str, content: bytes) -> None:
    """What must hold of every file whatever is in it."""
    started = time.monotonic()
    said = name
    try:
        for reading in read_bytes(name, content):
            for article in reading.articles:
                (article.title + article.byline + article.text).encode()
                assert all(0 <= start < end <= len(article.text) for start, end in article.subheads)
                assert all(0 <= span.start < span.end <= len(article.text) for span in article.origin)
    except UnreadableFile as error:
        said = str(error)
    assert said.startswith(name)
    assert "failed on it" not in said  # what the door says for a reader that raised something else
    assert "\n" not in said
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("suffix", [*SUFFIXES, *PICTURES])
@settings(deadline=None, max_examples=30)
@given(content=st.binary(max_size=2_000))
def test_any_bytes_under_any_suffix_give_articles_or_one_error(suffix: str, content: bytes) -> None:
    one_error_or_articles("a" + suffix, content)


@pytest.mark.parametrize("suffix", sorted(WHOLE_FILES))
def test_any_damage_gives_articles_or_one_error(suffix: str) -> None:
    chance = random.Random(suffix)
    for _ in range(60):
        content = bytearray(WHOLE_FILES[suffix])
        for _ in range(chance.choice((0, 1, 10, 200))):
            content[chance.randrange(len(content))] = chance.randrange(256)
        cut = chance.choice((len(content), chance.randrange(len(content))))
        one_error_or_articles("a" + suffix, bytes(content[:cut]))


@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pptx", ".odt", ".epub", ".zip"])
def test_any_damage_inside_an_archive_gives_articles_or_one_error(suffix: str) -> None:
    chance = random.Random(suffix)
    with zipfile.ZipFile(io.BytesIO(WHOLE_FILES[suffix])) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(80):
        damaged: dict[str, str | bytes] = {}
        for name, member in members.items():
            content = bytearray(member)
            for _ in range(chance.choice((0, 0, 1, 5, 50))):
                at = chance.randrange(len(content) + 1)
                content[at : at + chance.choice((0, 1, 20))] = chance.choice(PIECES)
            if chance.random() > 0.05:
                damaged[name] = bytes(content)
        one_error_or_articles("a" + suffix, zipped(damaged))


def test_every_character_of_a_text_is_in_an_article_or_left_out() -> None:
    text = f"要闻\n\n雾中的邮路\n\n□本报记者 林一\n\n{SIMPLIFIED}\n\n燈塔\n\n□本报记者 陈二\n\n{TRADITIONAL}\n"
    (reading,) = read_bytes("a.txt", text.encode())
    kept = [part.text for part in reading.left_out]
    for article in reading.articles:
        kept += [article.title, article.subtitle, article.byline, article.source, article.text]
    assert sorted("".join("".join(kept).split())) == sorted("".join(text.split()))


def test_a_text_far_longer_than_a_page_is_one_article_at_once() -> None:
    one_error_or_articles("a.txt", b"a\n" * 500_000)
    (reading,) = read_bytes("a.txt", b"line\n\n" * (MAX_PAGE_LINES + 1))
    assert [article.text.count("line") for article in reading.articles] == [MAX_PAGE_LINES + 1]


def test_a_folder_is_walked_in_order_without_hidden_and_unknown_files(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.md", "a/1.JSONL", "a/x.jsonl.gz", "a/.hidden.txt", ".git/c.txt", "a/notes.py", "z.gz"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [path.relative_to(tmp_path).as_posix() for path in walk(tmp_path)]
    assert found == ["a/1.JSONL", "a/2.md", "a/x.jsonl.gz", "b.txt"]


def test_files_of_unknown_kinds_are_told_and_what_programs_leave_behind_is_not(tmp_path: Path) -> None:
    for name in ("a.txt", "b.xyz", "c.CAJ", "README", "~$b.docx", ".DS_Store", "Thumbs.db", "__MACOSX/._a.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    passed_over: list[Path] = []
    assert [path.name for path in walk(tmp_path, passed_over=passed_over.append)] == ["a.txt"]
    assert [path.name for path in passed_over] == ["README", "b.xyz", "c.CAJ"]


def test_a_reader_that_fails_costs_its_file_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def read_markdown(content: bytes, *, path: str) -> None:
        raise ValueError(f"two\nlines of {len(content)} bytes")

    monkeypatch.setattr("byline.retrieval.articles.formats.markdown.read_markdown", read_markdown)
    with pytest.raises(UnreadableFile) as raised:
        list(read_bytes("a.md", b"abc"))
    assert str(raised.value) == (
        "a.md: the reader of .md files failed on it (ValueError: two lines of 3 bytes); please report it"
    )


def test_a_folder_linked_into_itself_is_entered_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert [path.name for path in walk(tmp_path)] == ["a.txt"]


def test_byline_s_own_data_is_passed_over(tmp_path: Path) -> None:
    data = tmp_path / "byline-data"
    data.mkdir()
    (data / "index.sqlite3").write_bytes(b"")
    (data / "a.txt").write_text("x")
    assert list(walk(tmp_path)) == []


def test_a_file_given_by_name_comes_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / ".odd.name"
    path.write_text("x")
    assert list(walk(path)) == [path]
    with pytest.raises(UnreadableFile, match="not supported"):
        list(read_file(path))


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="no such file"):
        list(walk(tmp_path / "gone"))
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone")
    with pytest.raises(UnreadableFile, match="no such file"):
        list(read_file(tmp_path / "link.txt"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="no permission"):
        list(read_file(path))


def test_a_file_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as stream:
        stream.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(UnreadableFile, match="too large"):
        list(read_file(path))


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl"])
def test_an_empty_file_says_so(suffix: str) -> None:
    with pytest.raises(UnreadableFile, match="empty"):
        list(read_bytes("a" + suffix, b""))


def test_articles_of_a_text_get_the_date_of_its_folder() -> None:
    (reading,) = read_bytes("2023-07-28/a.txt", SIMPLIFIED.encode())
    assert [article.published for article in reading.articles] == ["2023-07-28"]


def test_importing_the_door_does_not_import_what_is_behind_it() -> None:
    heavy = ("trafilatura", "lxml", "docx", "pypdfium2", "yaml", "markdown_it", "numpy", "rapidocr")
    code = f"import sys, byline.retrieval.articles.reading; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_articles_of_a_printed_page_take_its_date_and_say_so() -> None:
    page = (
        "山城邮报 2023年7月28日 星期五 第3版\n\n沙湾渡口复航\n\n□本报记者 林舟\n\n"
        "停航两年的沙湾渡口昨天复航。县交通局投入1860万元,新建栈桥136米。渡口每天开行二十六班,票价两元。\n\n"
        "社区食堂开张百日\n\n□本报记者 许念\n\n"
        "本报7月27日讯 石桥社区食堂开张一百天,平均每天供餐430份。食堂负责人沈玉芬说,账目每月贴在门口。\n"
    )
    (reading,) = read_bytes("page.txt", page.encode())
    assert [(article.title, article.published, article.published_from) for article in reading.articles] == [
        ("沙湾渡口复航", "2023-07-28", "page"),
        ("社区食堂开张百日", "2023-07-27", "dateline"),
    ]
