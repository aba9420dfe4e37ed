from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from byline.retrieval.answers.quoting import quoted_span
from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.text.sentences import sentences

TEXT = "支局年初定下目标。全年收入680万元,同比增长32.3%。书记刘明说:“大家辛苦了。”新设网点如下:\n城东、城西两处。"


def quote(needle: str) -> str:
    start = TEXT.index(needle)
    first, last = quoted_span(TEXT, AnswerSpan(start, start + len(needle), 0.0, 0.0))
    return TEXT[first:last]


def test_quote_is_the_sentence_around_the_mark() -> None:
    assert quote("680万元") == "全年收入680万元,同比增长32.3%。"


def test_quotation_inside_the_sentence_stays_whole() -> None:
    assert quote("刘明") == "书记刘明说:“大家辛苦了。”"


def test_sentence_that_announces_takes_the_next_along() -> None:
    assert quote("新设网点") == "新设网点如下:\n城东、城西两处。"


def test_mark_over_two_sentences_quotes_both() -> None:
    assert quote("目标。全年") == "支局年初定下目标。全年收入680万元,同比增长32.3%。"


def test_empty_mark_quotes_the_sentence_it_stands_at() -> None:
    start = TEXT.index("书记")
    first, last = quoted_span(TEXT, AnswerSpan(start, start, 0.0, 0.0))
    assert TEXT[first:last] == "书记刘明说:“大家辛苦了。”"


@given(st.text(alphabet="甲乙a1。！？.“”\n：；, ", min_size=1), st.data())
def test_quote_holds_the_mark_and_ends_where_sentences_do(text: str, data: st.DataObject) -> None:
    spans = sentences(text)
    if not spans:
        return
    inside = [i for start, end in spans for i in range(start, end)]
    start = data.draw(st.sampled_from(inside))
    end = data.draw(st.sampled_from([i + 1 for i in inside if i >= start]))
    first, last = quoted_span(text, AnswerSpan(start, end, 0.0, 0.0))
    assert first <= start < end <= last
    assert first in {a for a, _ in spans}
    assert last in {b for _, b in spans}
