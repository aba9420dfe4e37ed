"""An article laid out: the mark is the quote, whatever the address says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byline.bot.pages.article_view import view_article
from byline.retrieval.articles.article import Article

TEXT = st.text(alphabet="渡口ab \n😀\u202e<", max_size=40)


@given(TEXT, st.integers(0, 45), st.integers(0, 45))
def test_what_is_marked_is_the_quote_and_nothing_is_lost(text: str, start: int, end: int) -> None:
    view = view_article(Article("id", "", text), str(start), str(end))
    pieces = [piece for paragraph in view.paragraphs for piece in paragraph.pieces]
    lines = [line for line in text.split("\n") if line.strip()]
    assert ["".join(piece.text for piece in paragraph.pieces) for paragraph in view.paragraphs] == lines
    marked = "".join(piece.text for piece in pieces if piece.marked)
    if start < end and start < len(text):
        assert view.quote == (start, min(end, len(text)))
        assert "".join(marked.split()) == "".join(text[start:end].split())
    else:
        assert not marked
        assert view.note == "quote_missing"
    assert [piece.first for piece in pieces if piece.marked] == [True] + [False] * (
        sum(piece.marked for piece in pieces) - 1
    ) * bool(marked) or not marked


@pytest.mark.parametrize(
    ("start", "end", "note"),
    [
        (None, None, None),
        ("0", "3", None),
        ("0", "99", "quote_clamped"),
        ("5", "5", "quote_missing"),
        ("9", "2", "quote_missing"),
        ("99", "100", "quote_missing"),
        ("-1", "3", "quote_missing"),
        ("a", "3", "quote_missing"),
        ("2", None, "quote_missing"),
        ("٣", "5", "quote_missing"),
        ("0", "9" * 400, "quote_missing"),
    ],
)
def test_address_outside_the_article_is_told_not_marked(start: str | None, end: str | None, note: str | None) -> None:
    assert view_article(Article("id", "", "渡口恢复通航了。"), start, end).note == note


def test_sub_headlines_stay_in_place() -> None:
    view = view_article(Article("id", "", "一段。\n小标题\n二段。", subheads=((4, 7),)), None, None)
    assert [paragraph.subhead for paragraph in view.paragraphs] == [False, True, False]
