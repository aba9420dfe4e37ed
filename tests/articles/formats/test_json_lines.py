import gzip
import io
import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article, Reading
from byline.retrieval.articles.formats import json_lines
from byline.retrieval.articles.reading import read_bytes, read_file
from byline.retrieval.errors import UnreadableFile
from tests.articles.samples import SIMPLIFIED, TRADITIONAL


def lines(*fields: object) -> bytes:
    return b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\n" for each in fields)


def articles(name: str, content: bytes) -> tuple[list[Article], list[str]]:
    readings = list(read_bytes(name, content))
    return [article for one in readings for article in one.articles], [
        fault for one in readings for fault in one.faults
    ]


def test_every_field_of_the_contract_arrives() -> None:
    said = {
        "id": "n-1",
        "title": "雾中的邮路",
        "subtitle": "老林的三十一年",
        "byline": "本报记者 林一",
        "source": "山城邮报",
        "published": "2023-07-28",
        "url": "https://example.org/1",
        "text": SIMPLIFIED,
    }
    (article,), faults = articles("a.jsonl", lines(said))
    assert {name: getattr(article, name) for name in said} == said
    assert not faults


def test_only_text_is_required_and_ids_are_strings() -> None:
    found, _ = articles("a.jsonl", lines({"text": "甲"}, {"text": "乙", "id": 7}))
    assert found[0].id
    assert found[1].id == "7"


def test_a_bad_line_is_a_fault_with_its_number_and_the_others_are_read() -> None:
    content = lines({"text": "甲"}) + b"not json\n\n" + lines({"title": "乙"}, ["丙"], {"text": "丁"})
    found, faults = articles("a.jsonl", content)
    assert [article.text for article in found] == ["甲", "丁"]
    assert [fault.split(":")[0] for fault in faults] == ["line 2", "line 4", "line 5"]


@settings(deadline=None)  # machines under load take their time
@given(st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=20))
def test_texts_come_back_as_they_were_but_for_line_ends_and_controls(texts: list[str]) -> None:
    from byline.retrieval.text.encoding import tidy

    expected = [tidy(text) for text in texts if tidy(text).strip()]
    found, _ = articles("a.jsonl", lines(*({"text": text} for text in texts)))
    assert [article.text for article in found] == expected


def test_lone_surrogates_are_replaced() -> None:
    (article,), _ = articles("a.jsonl", b'{"text": "a\\ud800b", "title": "\\udfff"}')
    assert article.text == "a\ufffdb"
    assert article.title == "\ufffd"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8-sig", SIMPLIFIED),
        ("utf-16", SIMPLIFIED),
        ("utf-16-le", SIMPLIFIED),
        ("gb18030", SIMPLIFIED),
        ("big5", TRADITIONAL),
    ],
)
def test_lines_are_read_in_every_encoding(encoding: str, text: str) -> None:
    content = "".join(json.dumps({"text": text + str(at)}, ensure_ascii=False) + "\r\n" for at in range(40))
    found, faults = articles("a.jsonl", content.encode(encoding))
    assert [article.text for article in found] == [text + str(at) for at in range(40)]
    assert not faults


def test_a_line_separator_inside_a_string_does_not_end_the_line() -> None:
    (article,), _ = articles("a.jsonl", '{"text": "甲\u2028乙"}'.encode())
    assert article.text == "甲\n乙"


def test_readings_are_batches_of_at_most_500_lines() -> None:
    content = lines(*({"text": str(at)} for at in range(1_201)))
    assert [len(reading.articles) for reading in read_bytes("a.jsonl", content)] == [500, 500, 201]


def test_a_truncated_gzip_gives_what_was_read_and_a_fault() -> None:
    whole = gzip.compress(lines(*({"text": SIMPLIFIED + str(at)} for at in range(5_000))), compresslevel=1)
    found, faults = articles("a.jsonl.gz", whole[: len(whole) // 2])
    assert 1_000 < len(found) < 4_000
    assert len(faults) == 1
    assert "breaks off" in faults[0]


def test_what_is_no_gzip_is_unreadable() -> None:
    with pytest.raises(UnreadableFile, match="gzip"):
        articles("a.jsonl.gz", lines({"text": "甲"}))


def test_an_over_long_line_is_a_fault_and_the_next_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 200_000)
    found, faults = articles("a.jsonl", lines({"text": "甲" * 400_000}, {"text": "乙"}))
    assert [article.text for article in found] == ["乙"]
    assert faults[0].startswith("line 1: longer")


def test_a_gzip_bomb_is_stopped_with_little_memory() -> None:
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as stream:
        stream.write(lines({"text": "甲"}))
        for _ in range(200):
            stream.write(b" " * 1_000_000)
    tracemalloc.start()
    found, faults = articles("a.jsonl.gz", packed.getvalue())
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [article.text for article in found] == ["甲"]
    assert "grows more than" in faults[-1]
    assert peak_bytes < 100_000_000


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(*({"text": SIMPLIFIED * 10, "n": at} for at in range(3_000))))
    readings = read_file(path)
    tracemalloc.start()
    count = sum(len(reading.articles) for reading in readings)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 3_000
    assert peak_bytes < path.stat().st_size / 2


def test_numbers_and_nulls_where_words_should_be_do_no_harm() -> None:
    (article,), faults = articles("a.jsonl", lines({"text": 5, "title": None, "byline": ["x"], "published": {"a": 1}}))
    assert (article.text, article.printed_title, article.byline, article.published) == ("5", "", "x", None)
    assert not faults


def test_what_byline_read_prints_can_be_read_again() -> None:
    said = {"text": "甲", "kind": "caption", "path": "x", "subheads": [], "origin": []}
    (reading,) = read_bytes("a.jsonl", lines(said))
    assert isinstance(reading, Reading)
    assert reading.articles[0].kind == "caption"
    assert not reading.left_out


def test_unknown_fields_are_told_as_left_out() -> None:
    (reading,) = read_bytes("a.jsonl", lines({"text": "甲", "editor": "乙"}))
    assert [(part.text, part.reason) for part in reading.left_out] == [("editor: 乙", "unknown field")]


def test_a_line_without_a_date_takes_it_from_its_dateline_and_the_year_from_its_neighbours() -> None:
    lines = [
        {"text": "渡口昨天复航。", "published": "2023-08-12"},
        {"text": "中新网8月14日电 （记者 王坚）广州市科技局近日公布了名单。"},
        {"text": "石桥社区食堂开张一百天。"},
    ]
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()
    (reading,) = json_lines.read_json_lines(io.BytesIO(content), path="a.jsonl", compressed=False)
    assert [(article.published, article.published_from) for article in reading.articles] == [
        ("2023-08-12", "given"),
        ("2023-08-14", "dateline"),
        (None, None),
    ]
    (alone,) = json_lines.read_json_lines(io.BytesIO(content.splitlines()[1]), path="a.jsonl", compressed=False)
    assert alone.articles[0].published is None
    (named,) = json_lines.read_json_lines(io.BytesIO(content.splitlines()[1]), path="news-2022.jsonl", compressed=False)
    assert named.articles[0].published == "2022-08-14"


@pytest.mark.parametrize(
    "said",
    [
        {"title": "渡口复航", "content": "半岛居民少绕四十里路。", "author": "林舟", "date": "2023-07-28", "link": "u"},
        {"标题": "渡口复航", "正文": "半岛居民少绕四十里路。", "作者": "林舟", "日期": "2023年7月28日", "网址": "u"},
        {"Title": "渡口复航", "Body": "半岛居民少绕四十里路。", "Authors": ["林舟"], "time": "20230728", "URL": "u"},
        {"page_content": "半岛居民少绕四十里路。", "metadata": {"title": "渡口复航", "author": {"name": "林舟"},
                                                        "date": 1690502400, "url": "u"}},
        {"title": "渡口复航", "content_html": "<p>半岛居民<b>少绕</b>四十里路。</p>", "reporter": "林舟",
         "published_at": "2023-07-28T09:00:00+08:00", "permalink": "u"},
    ],
)  # fmt: skip
def test_fields_are_taken_by_their_usual_names_and_the_reading_says_which(said: dict[str, object]) -> None:
    (reading,) = read_bytes("a.jsonl", lines(said))
    (article,) = reading.articles
    assert (article.title, article.text, article.byline, article.published, article.url) == (
        "渡口复航", "半岛居民少绕四十里路。", "林舟", "2023-07-28", "u",
    )  # fmt: skip
    assert not reading.faults
    assert not reading.left_out
    (note,) = reading.notes
    assert note.startswith('fields taken: text from "')


def test_a_line_without_text_names_the_fields_it_has() -> None:
    (reading,) = read_bytes("a.ndjson", lines({"headline": "甲", "views": 3}))
    assert reading.faults == ('line 1: no "text"; its fields are: headline, views',)


def test_fields_of_the_contract_need_no_note_and_markup_in_text_stays() -> None:
    (reading,) = read_bytes("a.jsonl", lines({"text": "用<p>分段</p>", "title": "甲"}))
    assert reading.articles[0].text == "用<p>分段</p>"
    assert reading.notes == ()


def test_an_array_under_the_name_of_lines_is_read() -> None:
    content = json.dumps([{"text": "甲"}, {"text": "乙"}], ensure_ascii=False, indent=1).encode()
    found, faults = articles("a.jsonl", content)
    assert [article.text for article in found] == ["甲", "乙"]
    assert not faults
