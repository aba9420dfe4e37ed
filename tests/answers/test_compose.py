from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byline.retrieval.answers.answer import Answer, Marker, Text, TookMs, from_json, to_json
from byline.retrieval.answers.compose import compose
from byline.retrieval.answers.composed import Composed
from byline.retrieval.answers.confidence import Calibration
from byline.retrieval.answers.features import logistic
from byline.retrieval.answers.read_passage import ranked
from byline.retrieval.answers.reader import AnswerSpan
from byline.retrieval.articles.article import Article
from byline.retrieval.search import Hit
from byline.retrieval.understanding import understand
from tests.answers.hits import hits_of, long_article

BRANCH = Article(
    "a", "支局增收", "支局年初定下目标。全年收入680万元,同比增长32.3%。书记刘明带队走访。", published="2022-12-30"
)
AGAIN = Article("b", "邮政年报", "年报显示,该支局收入680万元。利润另行公布。", published="2022-12-31")
LATER = Article("c", "更正", "经核实,支局全年收入为665万元。", published="2023-01-09")
# Ranks by the reader alone; sure exactly where its log-odds are above zero.
BY_READER = Calibration(
    reader="made up for these tests",
    ranking_weights={"answerable": 1.0},
    confidence_weights={"bias": 0.0, "answerable": 1.0},
    defaults={"margin": 0.0, "score_gap": 0.0},
    threshold=0.5,
    stop_confidence=1.0,
    source="",
)


def marks(hits: list[Hit], *needles: tuple[str, float]) -> list[AnswerSpan]:
    """Mark the first needle that stands in each hit, with its log-odds; elsewhere nothing, surely."""
    marked = []
    for hit in hits:
        text = hit.stored.passage.text
        found = [(needle, odds) for needle, odds in needles if needle in text]
        if found:
            start = text.index(found[0][0])
            marked.append(AnswerSpan(start, start + len(found[0][0]), found[0][1], found[0][1]))
        else:
            marked.append(AnswerSpan(0, 0, -9.0, -9.0))
    return marked


def composed_of(
    question: str, hits: list[Hit], marked: list[AnswerSpan], *, top_k: int = 5, calibration: Calibration = BY_READER
) -> Composed:
    understood = understand(question, lambda terms: {})
    return compose(understood, ranked(understood, hits, marked, calibration), top_k=top_k, calibration=calibration)


def text_of(composed: Composed) -> str:
    return "".join(part.text for part in composed.parts)


def answer(question: str, articles: list[Article], *needles: tuple[str, float], top_k: int = 5) -> Composed:
    hits = hits_of(*articles)
    composed = composed_of(question, hits, marks(hits, *needles), top_k=top_k)
    texts = {article.id: article.text for article in articles}
    for citation in composed.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
    return composed


def test_newest_of_those_that_answer_goes_first_where_the_latest_is_wanted() -> None:
    needles = (("680万元", 3.0), ("665万元", 1.0))
    assert answer("支局最近的收入是多少？", [BRANCH, LATER], *needles).citations[0].article_id == "c"
    alone = answer("支局最近的收入是多少？", [BRANCH, LATER], ("680万元", 3.0), ("665万元", -1.0))
    assert [citation.article_id for citation in alone.citations] == ["a"]


def test_newest_goes_first_even_where_two_others_are_surer() -> None:
    newest = Article("d", "新年", "支局收入为700万元。", published="2024-01-05")
    needles = (("680万元", 3.0), ("665万元", 2.0), ("700万元", 1.0))
    assert answer("支局最近的收入是多少？", [BRANCH, LATER, newest], *needles).citations[0].article_id == "d"
    assert answer("支局的收入是多少？", [BRANCH, LATER, newest], *needles).citations[0].article_id == "c"


def test_answer_is_the_sentence_with_its_number_and_the_short_answer_stands_in_it() -> None:
    said = answer("支局收入多少?", [BRANCH], ("680万元", 3.0))
    assert said.answered
    assert text_of(said) == "全年收入680万元,同比增长32.3%。[1]"
    assert said.short_answer == "680万元"
    assert said.short_start is not None
    assert BRANCH.text[said.short_start :].startswith("680万元")
    assert [c.evidence for c in said.citations] == [True]


def test_only_what_the_answer_rests_on_is_cited() -> None:
    said = answer("支局收入多少?", [BRANCH, Article("x", "别的", "今天天气很好。明天有雨。")], ("680万元", 3.0))
    assert [c.article_id for c in said.citations] == ["a"]


def test_passages_that_say_the_same_are_cited_beside_the_one_sentence() -> None:
    said = answer("支局收入多少?", [BRANCH, AGAIN], ("680万元", 3.0))
    assert text_of(said) == "全年收入680万元,同比增长32.3%。[1][2]"
    assert [c.article_id for c in said.citations] == ["a", "b"]


def test_articles_that_disagree_are_both_shown_newest_first_with_their_dates() -> None:
    said = answer("支局收入多少?", [BRANCH, LATER], ("680万元", 3.0), ("665万元", 2.0))
    assert text_of(said) == (
        "最新（2023-01-09）：经核实,支局全年收入为665万元。[1]\n此前（2022-12-30）：全年收入680万元,同比增长32.3%。[2]"
    )
    assert said.short_answer == "665万元"


def test_an_unsure_second_answer_is_not_shown() -> None:
    said = answer("支局收入多少?", [BRANCH, LATER], ("680万元", 3.0), ("665万元", -2.0))
    assert [c.article_id for c in said.citations] == ["a"]


def test_why_is_answered_with_a_sentence_not_three_words() -> None:
    said = answer("为什么收入增长?", [BRANCH], ("680万元", 3.0))
    assert said.short_answer is None
    assert said.short_start is None


def test_why_may_be_answered_short_with_a_clause() -> None:
    assert (
        answer("为什么收入增长?", [BRANCH], ("全年收入680万元,同比增长32.3%", 3.0)).short_answer
        == "全年收入680万元,同比增长32.3%"
    )


@pytest.mark.parametrize(
    ("short", "is_heading"), [("680万元", True), ("全年收入680万元,同比增长", False), (None, False)]
)
def test_short_answer_stands_above_the_sentence_unless_it_is_most_of_it(short: str | None, is_heading: bool) -> None:
    said = answer("支局收入多少?", [BRANCH], ("680万元", 3.0))
    whole = Answer("id", "q", True, said.parts, short, None, None, 0.9, said.citations, TookMs(0.0, 0.0, 0.0, 0.0))
    assert whole.heading == (short if is_heading else None)


def test_abstention_says_so_and_shows_the_nearest_as_no_evidence() -> None:
    said = answer("支局收入多少?", [BRANCH, AGAIN], ("680万元", -3.0))
    assert (said.answered, said.reason, said.short_answer) == (False, "not_in_articles", None)
    assert said.citations
    assert not any(c.evidence for c in said.citations)
    assert "[" not in text_of(said)


def test_nothing_found_says_that_there_are_no_articles() -> None:
    said = composed_of("支局收入多少?", [], [])
    assert (said.answered, said.reason, said.citations) == (False, "no_articles", ())


def test_numbers_run_from_one_without_gaps_and_never_beyond_top_k() -> None:
    for top_k in (1, 2, 3):
        said = answer("收入多少?", [BRANCH, AGAIN, LATER], ("680万元", 3.0), ("665万元", 2.0), top_k=top_k)
        numbers = [c.number for c in said.citations]
        assert numbers == list(range(1, len(numbers) + 1))
        assert len(numbers) <= top_k
        assert all(f"[{n}]" in text_of(said) for n in numbers)


def test_a_newer_article_about_another_thing_does_not_pass_the_right_one() -> None:
    right = Article("r", "青石桥通车", "青石桥昨天通车。设计时速为60公里。", published="2020-05-01")
    newer = Article("n", "青云桥通车", "青云桥昨天通车。设计时速为80公里。", published="2024-05-01")
    said = answer("青石桥设计时速是多少?", [right, newer], ("60公里", 3.0), ("80公里", 2.5))
    assert said.short_answer == "60公里"
    assert said.citations[0].article_id == "r"
    assert said.confidence == pytest.approx(logistic(3.0))
    same = Article("s", "青石桥提速", "青石桥昨天提速。设计时速为80公里。", published="2024-05-01")
    assert answer("青石桥设计时速是多少?", [right, same], ("60公里", 3.0), ("80公里", 2.5)).short_answer == "80公里"


def test_a_later_month_is_no_answer_to_a_question_about_another() -> None:
    months = "一二三四五六七八九"
    reports = [
        Article(f"m{n}", "供水月报", f"{month}月供水总量为{300 + n}万吨。", published=f"2023-{n:02}-28")
        for n, month in enumerate(months, start=1)
    ]
    needles = [(f"{300 + n}万吨", 4.0 if n == 7 else 3.5) for n in range(1, 10)]
    said = answer("七月供水总量多少？", reports, *needles)
    assert said.short_answer == "307万吨"
    assert [c.article_id for c in said.citations] == ["m7"]


def test_a_newer_claim_far_behind_the_best_stays_behind_it() -> None:
    by_margin = replace(BY_READER, confidence_weights={"answerable": 1.0, "margin": 1.0})
    hits = hits_of(BRANCH, LATER)
    marked = marks(hits, ("680万元", 5.0), ("665万元", 1.0))
    said = composed_of("收入多少?", hits, marked, calibration=by_margin)
    assert [c.article_id for c in said.citations] == ["a", "c"]
    near = marks(hits, ("680万元", 2.2), ("665万元", 2.0))
    assert [c.article_id for c in composed_of("收入多少?", hits, near, calibration=by_margin).citations] == ["c", "a"]


def test_two_short_answers_of_one_article_are_no_contradiction() -> None:
    article = long_article("支局收入{}万元。", [500, 680, 665])
    said = answer("支局收入多少?", [article], ("680万元", 3.0), ("665万元", 2.0))
    assert [c.quote for c in said.citations] == ["支局收入680万元。"]
    assert said.citations[0].start > 60  # beyond the first passage


SIZES = st.integers(0, 80)
FEATURES = st.floats(-5, 5)
WEIGHTS = st.fixed_dictionaries({name: st.floats(0, 3) for name in ("answerable", "agreement", "margin", "period")})


@settings(deadline=None)
@given(
    st.text("渡口收入一二三四万元。,，\n 今年去年2023年月日：（）[1]ab", min_size=1, max_size=2000).filter(str.strip),
    st.lists(st.tuples(SIZES, SIZES, FEATURES, FEATURES), min_size=1, max_size=10),
    st.sampled_from(["收入多少?", "2023年收入多少", "最近的收入?", "为什么收入增长?", "How much?"]),
    WEIGHTS,
    st.integers(1, 6),
)
def test_whatever_a_reader_marks_every_quote_is_its_span_and_the_confidence_is_of_the_first(
    text: str, drawn: list[tuple[int, int, float, float]], question: str, weights: dict[str, float], top_k: int
) -> None:
    articles = [Article("long", "收入", text, published="2023-05-05"), BRANCH, AGAIN, LATER]
    texts = {article.id: article.text for article in articles}
    hits = hits_of(*articles)[: len(drawn)]
    marked = []
    for hit, (a, b, span_score, answerable) in zip(hits, drawn, strict=False):
        size = len(hit.stored.passage.text)
        start, end = sorted((min(a, size), min(b, size)))
        marked.append(AnswerSpan(start, end, span_score, answerable))
    by = replace(BY_READER, ranking_weights={"answerable": 1.0, "fused": 0.1}, confidence_weights=weights)
    said = composed_of(question, hits, marked, top_k=top_k, calibration=by)
    for citation in said.citations:
        assert texts[citation.article_id][citation.start : citation.end] == citation.quote
        assert citation.quote.strip()
    sure = [citation.confidence for citation in said.citations]
    assert said.confidence == (sure[0] if said.derived is None else min(sure))
    assert said.answered == (said.confidence >= by.threshold)
    if said.short_answer is not None and said.short_start is not None:
        first = said.citations[0]
        assert texts[first.article_id][said.short_start :].startswith(said.short_answer)
        assert first.start <= said.short_start
        assert said.short_start + len(said.short_answer) <= first.end
    numbers = [part.number for part in said.parts if isinstance(part, Marker)]
    assert sorted(numbers) == ([c.number for c in said.citations] if said.answered else [])
    for number in {part.citation for part in said.parts if isinstance(part, Text) and part.citation}:
        told = "".join(p.text for p in said.parts if isinstance(p, Text) and p.citation == number)
        assert told == " ".join(said.citations[number - 1].quote.split())
    shorts = [part.text for part in said.parts if isinstance(part, Text) and part.short]
    assert shorts == ([" ".join(said.short_answer.split())] if said.short_answer else [])


@given(st.data())
def test_an_answer_comes_back_from_json_as_it_was(data: st.DataObject) -> None:
    odds = data.draw(st.floats(-3, 3))
    said = answer("收入多少?", [BRANCH, AGAIN, LATER], ("680万元", 2.0), ("665万元", odds))
    whole = Answer(
        "id", "收入多少?", said.answered, said.parts, said.short_answer, said.short_start, said.reason,
        said.confidence, said.citations, TookMs(1.0, 2.0, 3.0, 6.0), None,
    )  # fmt: skip
    kept = json.loads(json.dumps(to_json(whole)))
    assert from_json(kept) == whole
    assert from_json({**kept, "dropped_later": 1, "citations": [{**c, "new": 2} for c in kept["citations"]]}) == whole


def test_an_answer_kept_before_there_were_parts_comes_back_with_its_words() -> None:
    kept = {"answer_id": "x", "question": "q", "answered": True, "answer": "收入680万元。[1]", "citations": []}
    assert from_json(kept).answer == "收入680万元。[1]"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("680万元", "约680万元", True),
        ("武契奇", "亚历山大·武契奇", True),
        ("1月8日", "11月8日", False),
        ("80元", "180元", False),
        ("5.1级", "5.12级", False),
        ("665万元", "680万元", False),
    ],
)
def test_short_answers_say_the_same_where_one_holds_the_other_whole(one: str, other: str, same: bool) -> None:
    articles = [Article("a", "", f"据报道,结果是{one}。"), Article("b", "", f"据报道,结果是{other}。")]
    hits = hits_of(*articles)
    marked = [
        AnswerSpan(t.index(o), t.index(o) + len(o), 3.0, 3.0)
        for t, o in zip((a.text for a in articles), (one, other), strict=True)
    ]
    said = composed_of("结果是什么?", hits, marked)
    assert text_of(said).endswith("[1][2]") is same


UNSURE = replace(BY_READER, unsure_from=0.2)


def test_what_may_be_the_answer_is_said_as_such_with_its_sentence_first() -> None:
    hits = hits_of(BRANCH, AGAIN)
    said = composed_of("支局收入多少?", hits, marks(hits, ("680万元", -0.5)), calibration=UNSURE)
    assert (said.answered, said.reason, said.short_answer) == (False, "unsure", "680万元")
    assert [(c.likely, c.evidence) for c in said.citations] == [(True, False), (False, False)]
    assert said.citations[0].quote == "全年收入680万元,同比增长32.3%。"
    assert "可能" in text_of(said)
    assert text_of(said).endswith("全年收入680万元,同比增长32.3%。[1]")
    assert BRANCH.text[said.short_start or 0 :].startswith("680万元")


def test_too_little_is_no_maybe() -> None:
    hits = hits_of(BRANCH, AGAIN)
    said = composed_of("支局收入多少?", hits, marks(hits, ("680万元", -3.0)), calibration=UNSURE)
    assert said.reason == "not_in_articles"
    assert not any(c.likely for c in said.citations)


def test_a_promise_makes_maybes_of_answers_it_would_not_stand_by() -> None:
    strict = replace(UNSURE, risk_curve=((0.9, 100, 0), (0.7, 200, 20))).promising(0.05)
    assert strict.threshold == 0.9
    hits = hits_of(BRANCH, AGAIN)
    assert composed_of("支局收入多少?", hits, marks(hits, ("680万元", 1.0)), calibration=strict).reason == "unsure"
    assert composed_of("支局收入多少?", hits, marks(hits, ("680万元", 3.0)), calibration=strict).answered


def test_a_day_named_from_the_articles_own_is_written_out() -> None:
    article = Article("w", "石门渡槽通水", "石门渡槽昨天通水,灌区三万亩农田受益。", published="2024-03-12")
    said = answer("石门渡槽是哪一天通水的？", [article], ("昨天", 3.0))
    assert (said.short_answer, said.spelled_out) == ("昨天", "2024年3月11日")
    assert text_of(said) == "石门渡槽昨天通水,灌区三万亩农田受益。[1]（即2024年3月11日）"
    assert answer("谁受益？", [article], ("昨天", 3.0)).spelled_out is None
    assert answer("哪一天通水的？", [replace(article, published=None)], ("昨天", 3.0)).spelled_out is None
