from __future__ import annotations

import pytest

from byline.retrieval.articles.article import Article, content_id
from byline.retrieval.articles.titles import MAX_TITLE_CHARS, first_words, named


def untitled(text: str, path: str = "") -> Article:
    return Article(content_id("", "", text), "", text, path=path)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("新华社北京7月27日电（记者施梅东、吴立）县里修好了桥。第二句。", "县里修好了桥"),
        (
            "县水务局昨日对全县十二座水库完成汛前检查,更换闸门启闭机三台,清理溢洪道淤泥一千二百方。",
            "县水务局昨日对全县十二座水库完成汛前检查,更换闸门启闭机三台",
        ),
        ("The bridge is open. It took ten years.", "The bridge is open"),
    ],
)
def test_title_is_the_first_sentence_cut_where_it_pauses(text: str, title: str) -> None:
    article = named(untitled(text))
    assert (article.title, article.title_from) == (title, "text")
    assert article.id == content_id(title, "", text)


def test_long_sentence_without_a_pause_is_cut_and_says_so() -> None:
    title = first_words("好" * 80)
    assert title == "好" * MAX_TITLE_CHARS + "…"


def test_text_without_words_takes_its_files_name_unless_that_says_nothing() -> None:
    found = named(untitled("……", "汛前检查.txt"))
    assert (found.title, found.title_from) == ("汛前检查", "file")
    assert named(untitled("……", "8375c904da726b1f.txt")).title == ""


def test_headline_of_the_source_stays_and_so_does_a_given_id() -> None:
    own = Article("7", "老码头", "县里修好了桥。")
    assert named(own) is own
    assert named(Article("7", "", "县里修好了桥。")).id == "7"
