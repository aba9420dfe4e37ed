import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.articles.article import Article
from byline.retrieval.articles.formats.json_document import read_json
from byline.retrieval.articles.reading import read_bytes
from byline.retrieval.errors import UnreadableFile
from tests.articles.samples import SIMPLIFIED

FERRY = {"title": "渡口复航", "content": "半岛居民少绕四十里路。"}


def read(loaded: object) -> tuple[list[Article], list[str]]:
    readings = list(read_bytes("a.json", json.dumps(loaded, ensure_ascii=False).encode()))
    return [a for one in readings for a in one.articles], [fault for one in readings for fault in one.faults]


@pytest.mark.parametrize(
    "loaded",
    [
        [FERRY],
        FERRY,
        {"articles": [FERRY]},
        {"code": 0, "data": {"list": [FERRY], "page": 1}},
        {"x": {"y": {"z": [FERRY]}}},
    ],
)
def test_articles_are_found_in_an_array_wrapped_or_alone(loaded: object) -> None:
    (article,), faults = read(loaded)
    assert (article.title, article.text) == ("渡口复航", "半岛居民少绕四十里路。")
    assert not faults


def test_an_item_that_is_no_article_is_a_fault_with_its_number() -> None:
    found, faults = read([FERRY, {"title": "乙"}, 7])
    assert len(found) == 1
    assert [fault.split(":")[0] for fault in faults] == ["item 2", "item 3"]


@pytest.mark.parametrize(("content", "reason"), [(b"{", "not JSON"), (b"[1, 2]", "no articles"), (b"", "empty")])
def test_what_holds_no_article_is_refused_in_one_line(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        list(read_bytes("a.json", content))


def message(text: object, *, at: int = 1_690_502_400, **more: object) -> dict[str, object]:
    said = {"id": 1, "type": "message", "date": "2023-07-28T08:00:00", "date_unixtime": str(at), "from": "林舟"}
    return said | {"text": text} | more


def export(*messages: dict[str, object]) -> dict[str, object]:
    return {"name": "山城邮报", "type": "public_channel", "id": 1, "messages": list(messages)}


def test_posts_of_a_telegram_export_are_articles_and_talk_is_not() -> None:
    marked = ["雾中的邮路\n", {"type": "bold", "text": SIMPLIFIED[:80]}, SIMPLIFIED[80:]]
    (reading,) = read_bytes("result.json", json.dumps(export(message("好的"), message(marked))).encode())
    (article,) = reading.articles
    assert SIMPLIFIED in article.text
    assert (article.source, article.byline, article.published) == ("山城邮报", "林舟", "2023-07-28")
    assert [(part.text, part.reason) for part in reading.left_out] == [("好的", "short message")]


def test_a_whole_account_is_read_chat_by_chat() -> None:
    account = {"chats": {"list": [export(message(SIMPLIFIED)), export(message(SIMPLIFIED + "又一段。"))]}}
    assert len(read(account)[0]) == 2


def test_what_telegram_cut_is_one_article_again() -> None:
    long = "\n".join([SIMPLIFIED] * 20)
    pieces = [long[:4096], long[4096:]]
    (article,), _ = read(export(message(pieces[0]), message(pieces[1], at=1_690_502_401)))
    assert article.text.count(SIMPLIFIED) == 20


@settings(deadline=None, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(
            st.sampled_from(["text", "content", "messages", "chats", "list", "type", "name", "date", "metadata"]), inner
        ),
    )
)  # fmt: skip
def test_any_json_is_read_or_refused(loaded: object) -> None:
    try:
        list(read_json(json.dumps(loaded).encode(), path="a.json"))
    except UnreadableFile:
        return
