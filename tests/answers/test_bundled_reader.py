"""The bundled reader: spans of the passage, whatever its characters and length; weights that come back as they went."""

from __future__ import annotations

import functools
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from byline.embeddings.e5_weights import load_pieces, make_tokenizer
from byline.embeddings.errors import ModelUnavailable
from byline.retrieval.answers.bundled_reader import BundledReader
from byline.retrieval.answers.reader import PassageText
from byline.retrieval.answers.reader_weights import load_reader_weights, save_reader_weights, weights_sha256
from byline.retrieval.answers.spans import (
    ANSWERS_COLUMN,
    COLUMNS,
    INSIDE_COLUMN,
    LONGEST_ANSWER_TOKENS,
    MAX_TOKENS,
    NARROW,
    NO_ANSWER,
    PASSAGE_PREFIX,
    POLARITY_COLUMN,
    QUESTION_PREFIX,
    STRETCH_WIDTH,
    SpanReader,
    best_span,
    question_ids,
    reading_windows,
    stretches,
)
from byline.retrieval.text.sentences import sentences

BRIDGE = (
    "青石镇的新桥昨天通车。桥长三百二十米，由本地工匠刘满仓设计。它替代了一九五八年修的木桥。"
    "镇长说，过河的时间从半小时缩短到两分钟！"
)
LIBRARY = (
    "The town library opened its night room on Monday. It seats ninety readers. Its keeper, Ada Quill, "
    "paid for the lamps herself."
)
FILLER = "今天上午天气晴朗，市民纷纷走出家门。"


@functools.cache
def tokenizer() -> Tokenizer:
    return make_tokenizer(load_pieces())


class PhraseScorer:
    """A scorer by hand: start and end are where tokens spell the phrase, and it answers if they do."""

    def __init__(self, phrase: str) -> None:
        self._phrase = phrase
        self.lengths: list[int] = []

    def score(self, ids: np.ndarray) -> np.ndarray:
        self.lengths.append(len(ids))
        pieces = [str(tokenizer().id_to_token(int(number))).replace("▁", " ") for number in ids]
        spelled = [
            (first, last)
            for first in range(len(pieces))
            for last in range(first, min(first + len(self._phrase), len(pieces)))
            if "".join(pieces[first : last + 1]).strip() == self._phrase
        ]
        logits = np.zeros((len(ids), COLUMNS), np.float32)
        logits[0] = (-5.0, -5.0, 5.0, 2.0, 0.0) if spelled else (5.0, 5.0, -5.0, -1.0, 0.0)
        logits[:, INSIDE_COLUMN] = -3.0
        for first, last in spelled:
            logits[first, 0], logits[last, 1] = 9.0, 9.0
            logits[first : last + 1, INSIDE_COLUMN] = 3.0
        return logits


def read(phrase: str, passage: str, question: str = "多少钱？") -> tuple[str, float, float]:
    (marked,) = SpanReader(PhraseScorer(phrase), tokenizer(), "by hand").read(question, [PassageText(passage)])
    return passage[marked.start : marked.end], marked.span_score, marked.answerable


@pytest.mark.parametrize(
    ("phrase", "passage", "said"),
    [
        ("680万元的", "他出680万元的钱。", "680万元"),
        ("、秘书长", "会长、秘书长到场。", "秘书长"),
        ("93%。", "合格率为93%。", "93%"),
        ("“走马灯", "他们买下“走马灯”挂在门口。", "走马灯"),
        ("《走马灯》", "他们读过《走马灯》没有。", "《走马灯》"),
        ("学习的目的", "他说明了学习的目的。", "学习的目的"),
        ("680万元", "项目总投资６８０万元，已完工。", "６８０万元"),
        ("680万元", "👨‍👩‍👧🎉项目总投资680万元🎉，已完工。", "680万元"),
        ("株式会社", "登記は㍿とする。", "㍿"),
        ("九五八年", "它替代了一九五八年修的木桥。", "一九五八年"),
        ("三百", "桥长三百二十米。", "三百二十"),
        ("5kg", "每袋重５㎏，共十袋。", "５㎏"),
        ("Smith", "The mayor,  John  Smith , spoke.", "Smith"),
        ("680万元", "\ufeff\u200b\u3000项目\u3000投资680万元。", "680万元"),
    ],
)
def test_span_is_in_the_passages_own_characters(phrase: str, passage: str, said: str) -> None:
    assert read(phrase, passage)[0] == said


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="680万元"), max_size=40),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="680万元"), max_size=40),
)
def test_marked_span_always_lies_in_the_passage_and_holds_no_outer_space(before: str, after: str) -> None:
    passage = f"{before}。６８０万元。{after}"
    (marked,) = SpanReader(PhraseScorer("680万元"), tokenizer(), "by hand").read("多少？", [PassageText(passage)])
    said = passage[marked.start : marked.end]
    assert 0 <= marked.start <= marked.end <= len(passage)
    assert said == said.strip()
    if marked.answerable > 0:
        assert said == "６８０万元"


def test_answer_at_the_end_of_a_very_long_passage_is_found_in_windows_the_encoder_takes() -> None:
    scorer = PhraseScorer("680万元")
    passage = FILLER * 150 + "项目总投资680万元。"
    (marked,) = SpanReader(scorer, tokenizer(), "by hand").read("多少钱？", [PassageText(passage)])
    assert passage[marked.start : marked.end] == "680万元"
    assert marked.answerable == 5.0
    assert len(scorer.lengths) > 3
    assert max(scorer.lengths) <= MAX_TOKENS


def test_every_token_of_a_long_passage_is_inside_some_window_and_answers_up_to_the_longest_are_whole() -> None:
    passage = "".join(chr(0x4E00 + 7 * i) for i in range(1500))
    windows = list(reading_windows(question_ids("什么？", tokenizer()), PassageText(passage), tokenizer()))
    seen = [{tuple(edge) for edge in window.edges[window.inside].tolist()} for window in windows]
    whole = tokenizer().encode(PASSAGE_PREFIX + passage, add_special_tokens=False)
    edges = [(a - len(PASSAGE_PREFIX), b - len(PASSAGE_PREFIX)) for a, b in whole.offsets if b > len(PASSAGE_PREFIX)]
    edges = [(max(0, a), b) for a, b in edges]
    for at in range(len(edges)):
        stretch = set(edges[at : at + LONGEST_ANSWER_TOKENS])
        assert any(stretch <= window for window in seen)


@given(st.lists(st.sampled_from([FILLER, "好。", "It rained. ", "\n", "长" * 90, "“走吧。”他说。"]), max_size=30))
def test_stretches_together_are_the_passage_and_end_where_sentences_do(parts: list[str]) -> None:
    passage = "".join(parts)
    cut = stretches(passage)
    assert "".join(passage[start:end] for start, end in cut) == passage
    assert {end for _, end in cut[:-1]} <= {end for _, end in sentences(passage)}


def test_stretches_are_of_about_equal_width_in_chinese_and_in_english() -> None:
    chinese = [end - start for start, end in stretches(FILLER * 40)]
    english = [end - start for start, end in stretches("The room seats ninety readers in all. " * 40)]
    assert all(abs(width - STRETCH_WIDTH) <= len(FILLER) for width in chinese)
    assert all(abs(width * NARROW - STRETCH_WIDTH) <= 60 for width in english)


def test_several_passages_come_back_in_order_each_read_alone() -> None:
    reader = SpanReader(PhraseScorer("680万元"), tokenizer(), "by hand")
    with_it, without_it = PassageText("投资680万元。"), PassageText("没有数字。")
    together = reader.read("多少钱？", [without_it, with_it, without_it])
    assert [mark.answerable > 0 for mark in together] == [False, True, False]
    assert together[1] == reader.read("多少钱？", [with_it])[0]
    assert together[0].span_score < 0 < together[1].span_score


class ScriptedScorer:
    """Start, end and inside logits by token text, the same wherever a token stands; answerable by the first window."""

    def __init__(self, starts: dict[str, float], ends: dict[str, float], inside: Sequence[str] = ()) -> None:
        self.starts, self.ends, self.inside = starts, ends, inside
        self.of_texts: list[tuple[float, float]] = []

    def score(self, ids: np.ndarray) -> np.ndarray:
        pieces = [str(tokenizer().id_to_token(int(number))).replace("▁", "") for number in ids]
        logits = np.full((len(ids), COLUMNS), -4.0, np.float32)
        for at, piece in enumerate(pieces):
            logits[at, 0], logits[at, 1] = self.starts.get(piece, -4.0), self.ends.get(piece, -4.0)
            logits[at, INSIDE_COLUMN] = 2.0 if piece in self.inside else -2.0
        if self.of_texts:
            logits[:, ANSWERS_COLUMN], logits[:, POLARITY_COLUMN] = self.of_texts.pop(0)
        return logits


def pieces_of(text: str) -> list[str]:
    return [piece.replace("▁", "") for piece in tokenizer().encode(text, add_special_tokens=False).tokens]


@pytest.mark.parametrize(
    ("question", "passage", "said"),
    [
        ("投资多少钱？", "投资320万元。票价两元。", "两元"),
        ("什么时候开工？", "投资320万元。票价两元。", "两元"),
        ("谁出的钱？", "投资320万元。票价两元。", "两元"),
        ("工程要用什么？", "投资320万元。票价两元。", "两元"),
        ("为什么涨价？", "投资320万元。票价两元。", "320万元。票价两元"),
        ("花在哪些事上？", "投资320万元。票价两元。", "320万元。票价两元"),
        ("他说花了多少钱？", "他说：“投资320万元。票价两元。”", "320万元。票价两元"),
    ],
)
def test_no_span_but_a_reason_or_a_list_runs_over_a_sentence_end(question: str, passage: str, said: str) -> None:
    scorer = ScriptedScorer({"320": 5.0, "两": 1.0}, {"元": 5.0})
    (marked,) = SpanReader(scorer, tokenizer(), "by hand").read(question, [PassageText(passage)])
    assert passage[marked.start : marked.end] == said


def test_items_are_the_runs_that_belong_to_the_answer_whole_and_bare() -> None:
    passage = "获奖的有：约翰·史密斯、温岚，以及《走马灯》剧组。他们昨天到场。"
    inside = [*pieces_of("约翰"), *pieces_of("史密斯"), *pieces_of("温岚"), *pieces_of("走马灯"), "《", "》"]
    reader = SpanReader(ScriptedScorer({}, {}, inside), tokenizer(), "by hand")
    (marked,) = reader.read("谁获奖了？", [PassageText(passage)])
    assert [passage[a:b] for a, b in marked.items] == ["约翰·史密斯", "温岚", "《走马灯》"]
    (silent,) = SpanReader(ScriptedScorer({}, {}), tokenizer(), "").read("谁获奖了？", [PassageText(passage)])
    assert silent.items == ()


def test_polarity_is_of_the_stretch_that_answers_most_surely() -> None:
    scorer = ScriptedScorer({}, {})
    passage = PassageText(FILLER * 45)
    count = len(stretches(passage.text))
    assert count == 3
    scorer.of_texts = [(1.0, -2.0), (3.0, 0.5), (2.0, 4.0)]
    (marked,) = SpanReader(scorer, tokenizer(), "by hand").read("下雨了吗？", [passage])
    assert (marked.answerable, marked.polarity) == (3.0, 0.5)


@pytest.mark.parametrize(
    ("title", "text", "heading"),
    [
        ("新桥通车", "桥长三百米。", "新桥通车"),
        ("新桥\n 通车", "桥长三百米。", "新桥 通车"),
        ("图片", "桥长三百米。", ""),
        ("", "桥长三百米。", ""),
        ("新桥通车", "今天新桥通车，桥长三百米。", ""),
    ],
)
def test_title_is_read_only_where_it_says_more_than_the_text(title: str, text: str, heading: str) -> None:
    assert PassageText(text, title).heading == heading


@pytest.mark.parametrize("title", ["南岗区新桥通车", "A  new bridge", "桥" * 200])
def test_title_stands_before_every_window_and_is_never_marked(title: str) -> None:
    text = FILLER * 45 + "南岗区A桥" * 150
    shown = " ".join(title.split())[:60]
    covered: set[int] = set()
    for window in reading_windows(question_ids("哪座桥？", tokenizer()), PassageText(text, title), tokenizer()):
        assert len(window.ids) <= MAX_TOKENS
        first = int(np.flatnonzero(window.inside)[0])
        assert tokenizer().decode(window.ids[:first].tolist()).rstrip().endswith(f"passage: {shown}")
        covered.update(place for start, end in window.edges[window.inside].tolist() for place in range(start, end))
    assert covered == set(range(len(text)))


def test_weights_of_before_polarity_was_taught_say_nothing_of_it(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    old = {"head.weight": rng.normal(size=(3, 6)), "head.bias": rng.normal(size=3)}
    save_reader_weights({name: part.astype(np.float32) for name, part in old.items()}, {}, tmp_path / "w.npz")
    loaded = load_reader_weights(tmp_path / "w.npz").tensors
    for name, part in old.items():
        np.testing.assert_allclose(loaded[name][:3], part, rtol=1e-6)
        assert len(loaded[name]) == COLUMNS
        assert not loaded[name][3:].any()


@pytest.mark.parametrize("passage", ["", " ", "\u3000\n", "\u200b"])
def test_passage_with_nothing_to_mark_does_not_answer(passage: str) -> None:
    said, span_score, answerable = read("680万元", passage)
    assert said.strip("\u200b\u3000\n ") == ""
    assert span_score < 0
    assert answerable < 0


def test_empty_passage_has_the_lowest_odds() -> None:
    assert read("680万元", "")[1:] == (NO_ANSWER, NO_ANSWER)


def test_half_a_surrogate_pair_is_read_over() -> None:
    assert read("680万元", "坏\ud83d字 680万元。", question="多少\udc00钱？")[0] == "680万元"


def test_question_longer_than_the_encoder_still_leaves_room_for_the_passage() -> None:
    assert read("680万元", "投资680万元。", question="为什么" * 900)[0] == "680万元"


@pytest.mark.parametrize(
    ("question", "passage"), [("谁？", "王霜主罚点球。"), ("Who?", "  It was  Kawann Short."), ("什么", "")]
)
def test_windows_are_what_the_tokenizer_makes_of_the_pair(question: str, passage: str) -> None:
    (window,) = reading_windows(question_ids(question, tokenizer()), PassageText(passage), tokenizer())
    pair = tokenizer().encode(QUESTION_PREFIX + question, PASSAGE_PREFIX + passage)
    assert window.ids.tolist() == pair.ids


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(-9, 9, width=32), st.floats(-9, 9, width=32)), min_size=2, max_size=70), st.data())
def test_best_span_is_the_best_of_all_spans(rows: list[tuple[float, float]], data: st.DataObject) -> None:
    logits = np.array([(a, b, 0.0) for a, b in rows], np.float32)
    inside = np.array([False, *data.draw(st.lists(st.booleans(), min_size=len(rows) - 1, max_size=len(rows) - 1))])
    if not inside.any():
        return
    first, last, score = best_span(logits, inside)
    every = [
        float(logits[i, 0] + logits[j, 1])
        for i in np.flatnonzero(inside)
        for j in np.flatnonzero(inside)
        if i <= j < i + LONGEST_ANSWER_TOKENS
    ]
    assert inside[first]
    assert inside[last]
    assert first <= last < first + LONGEST_ANSWER_TOKENS
    assert score == pytest.approx(max(every) - float(logits[0, 0] + logits[0, 1]), abs=1e-4)


def test_weights_come_back_within_half_a_step_of_their_row(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    tensors = {
        "encoder.layer.7.output.dense.weight": rng.normal(size=(6, 10)).astype(np.float32),
        "encoder.layer.7.output.dense.bias": rng.normal(size=6).astype(np.float32),
        "head.weight": rng.normal(size=(COLUMNS, 6)).astype(np.float32),
        "zeros.weight": np.zeros((2, 3), np.float32),
    }
    save_reader_weights(tensors, {"steps": 7}, tmp_path / "w.npz")
    loaded = load_reader_weights(tmp_path / "w.npz")
    assert loaded.about == {"steps": 7}
    assert loaded.tensors.keys() == tensors.keys()
    for name in ("encoder.layer.7.output.dense.bias", "head.weight", "zeros.weight"):
        assert (loaded.tensors[name] == tensors[name]).all()
    matrix = tensors["encoder.layer.7.output.dense.weight"]
    step = np.abs(matrix).max(1, keepdims=True) / 127
    off = np.abs(loaded.tensors["encoder.layer.7.output.dense.weight"] - matrix)
    assert (off <= step / 2 + 1e-6).all()
    assert off.max() > 0


def test_same_weights_make_the_same_file_and_other_weights_another(tmp_path: Path) -> None:
    def checksum(name: str, values: Sequence[float]) -> str:
        save_reader_weights({"head.bias": np.array(values, np.float32)}, {}, tmp_path / name)
        return weights_sha256(tmp_path / name)

    assert checksum("a.npz", [1, 2, 3]) == checksum("b.npz", [1, 2, 3])
    assert checksum("a.npz", [1, 2, 3]) != checksum("c.npz", [1, 2, 4])


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 not a zip", b"\x93NUMPY"])
def test_damaged_weights_are_named_with_what_to_do(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "weights.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=r"weights\.npz.*install Byline again"):
        load_reader_weights(path)


ANSWERED = [
    ("新桥是谁设计的？", BRIDGE, "刘满仓"),
    ("青石镇的桥有多长", BRIDGE, "三百二十米"),
    ("木桥是哪一年修的？", BRIDGE, "一九五八年"),
    ("新橋是誰設計的？", BRIDGE, "刘满仓"),
    ("Who paid for the lamps?", LIBRARY, "Ada Quill"),
    ("灯是谁付的钱？", LIBRARY, "Ada Quill"),
]


@pytest.fixture(scope="module")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def reader(cache_dir: Path) -> BundledReader:
    return BundledReader(cache_dir)


@pytest.mark.parametrize(("question", "passage", "answer"), ANSWERED)
def test_shipped_reader_marks_the_answer_in_either_script_and_across_languages(
    reader: BundledReader, question: str, passage: str, answer: str
) -> None:
    (marked,) = reader.read(question, [PassageText(passage)])
    assert passage[marked.start : marked.end] == answer
    assert marked.span_score > 0


def test_shipped_reader_puts_the_passage_that_answers_above_those_that_do_not(reader: BundledReader) -> None:
    for question, passage, answer in ANSWERED:
        other = LIBRARY if passage is BRIDGE else BRIDGE
        at = passage.index(answer)
        said = next(slice(*span) for span in sentences(passage) if span[0] <= at < span[1])
        right, elsewhere = reader.read(question, [PassageText(passage), PassageText(other)])
        (silent,) = reader.read(question, [PassageText(passage.replace(passage[said], ""))])
        for wrong in (elsewhere, silent):
            assert right.answerable > wrong.answerable
            assert right.span_score > wrong.span_score


def test_passages_read_side_by_side_are_marked_as_if_read_alone(reader: BundledReader) -> None:
    passages = [PassageText(text) for text in (BRIDGE, LIBRARY, "", BRIDGE[:60], FILLER * 60, LIBRARY[20:])]
    question = "新桥是谁设计的？"
    together = reader.read(question, passages)
    assert together == [reader.read(question, [passage])[0] for passage in passages]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: reader.read(question, passages), range(4))) == [together] * 4


def test_graph_is_made_once_and_named_by_its_weights(reader: BundledReader, cache_dir: Path, tmp_path: Path) -> None:
    reader.warm_up()
    (graph,) = cache_dir.glob("*.onnx")
    made = graph.stat().st_mtime_ns
    again = BundledReader(cache_dir)
    assert again.read("谁？", [PassageText(BRIDGE)]) == reader.read("谁？", [PassageText(BRIDGE)])
    assert graph.stat().st_mtime_ns == made
    digest = weights_sha256()[:12]
    assert digest in graph.name
    assert digest in reader.fingerprint
    other = tmp_path / "other.npz"
    save_reader_weights({"head.bias": np.zeros(3, np.float32)}, {}, other)
    assert BundledReader(cache_dir, weights=other).fingerprint != reader.fingerprint


def test_reading_never_imports_torch(cache_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from byline.retrieval.answers.bundled_reader import BundledReader\n"
        "from byline.retrieval.answers.reader import PassageText\n"
        "marked = BundledReader(Path(sys.argv[1])).read('谁？', [PassageText('王霜主罚点球。')])\n"
        "assert marked and 'torch' not in sys.modules and 'onnx' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, str(cache_dir)], check=True, timeout=60)


def test_missing_weights_are_named_with_what_to_do(tmp_path: Path) -> None:
    absent = BundledReader(tmp_path, weights=tmp_path / "absent.npz")
    with pytest.raises(ModelUnavailable, match=r"absent\.npz.*install Byline again"):
        _ = absent.fingerprint
    with pytest.raises(ModelUnavailable, match=r"absent\.npz.*install Byline again"):
        absent.read("谁？", [PassageText(BRIDGE)])
