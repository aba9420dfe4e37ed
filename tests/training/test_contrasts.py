"""Questions written in contrasts: which are kept for testing, under which titles they are taught, how mistyped."""

from __future__ import annotations

import gzip
import json
import math
import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from byline.embeddings.e5_weights import load_pieces, load_weights, make_tokenizer
from byline.retrieval.answers.reader import AnswerSpan, PassageText
from byline.retrieval.answers.reader_weights import load_reader_weights
from byline.retrieval.training.reader.contrasts import ALL, measure_contrasts
from byline.retrieval.training.reader.encoder import ReadingEncoder
from byline.retrieval.training.reader.export import export, load_average
from byline.retrieval.training.reader.figures import overlap_f1
from byline.retrieval.training.reader.folds import MEASURED_ONLY, is_contrast_test, is_trained_on
from byline.retrieval.training.reader.headings import Headings, lead_of, only_in_title
from byline.retrieval.training.reader.loop import Recipe, Run, multiplies_bfloat16
from byline.retrieval.training.reader.noise import Homophones, disturb
from byline.retrieval.training.reader.pairs import Pair, PairMaker
from byline.retrieval.training.reader.sets import CONTRASTS_PATH, Asked, load_contrasts
from byline.retrieval.training.reader.tokens import encode, pad
from byline.retrieval.training.reader.yes_no import yes_no_questions

TALE = (
    "中新网青石镇8月3日电（记者温岚）青石镇的新桥昨天正式通车运行。桥长三百二十米，由本地工匠刘满仓设计。"
    "预算原定八百万元，后来调整为九百二十万元。镇长说，过河的时间从半小时缩短到两分钟！"
)
OTHER = "本报8月4日讯 白石镇的老桥今天重新开放通行。桥长二百米，由外地工匠马得草设计。沙滩、港湾、渡船、口岸都已打扫。"


def contrast(question: str, answers: list[str], *, text: str = TALE, kind: str = "from_to", **more: object) -> Asked:
    spans = tuple((text.index(answer), text.index(answer) + len(answer)) for answer in answers)
    made = {"lead": lead_of(text), "window": (0, len(text)), "kind": kind} | more
    return Asked(question, "made_contrast", "n1", question, text, spans, **made)  # type: ignore[arg-type]


def lines() -> list[dict[str, object]]:
    return [json.loads(line) for line in CONTRASTS_PATH.read_text("utf-8").splitlines()]


def test_contrasts_are_over_articles_that_may_be_trained_on_and_their_answers_lie_in_their_windows() -> None:
    made = lines()
    assert len({(line["article"], line["question"]) for line in made}) == len(made)
    for line in made:
        article, (start, end) = str(line["article"]), line["window"]  # type: ignore[misc]
        assert is_trained_on(article, news=True)
        assert article not in MEASURED_ONLY
        assert all(start <= a < b <= end for a, b in line["spans"])  # type: ignore[attr-defined]
        assert line["question"]
        assert line["kind"]
        assert line.get("polarity") in {None, "yes", "no"}
        assert line["spans"] or "polarity" not in line


def test_every_kind_keeps_about_a_tenth_for_testing_and_no_article_stands_on_both_sides() -> None:
    kinds: dict[str, list[bool]] = {}
    for line in lines():
        kinds.setdefault(str(line["kind"]), []).append(is_contrast_test(str(line["article"])))
    kept = [one for of_kind in kinds.values() for one in of_kind]
    assert 0.07 < sum(kept) / len(kept) < 0.13
    assert all(any(of_kind) and not all(of_kind) for of_kind in kinds.values())


def test_articles_of_a_set_that_only_measures_and_the_tenth_are_never_trained_on() -> None:
    measured = next(iter(sorted(key for key in MEASURED_ONLY if is_trained_on(key, news=True))))
    kept = next(f"n{i}" for i in range(99) if is_trained_on(f"n{i}", news=True) and is_contrast_test(f"n{i}"))
    for key, source, trained in ((measured, "made_news", False), (kept, "made_contrast", False), (kept, "news", True)):
        assert Asked("q", source, key, "？", TALE, ()).trained_on is trained


def test_contrast_is_loaded_with_its_window_title_and_polarity(tmp_path: Path) -> None:
    (tmp_path / "news").mkdir()
    article = {"id": "n1", "text": TALE}
    (tmp_path / "news" / "articles.jsonl.gz").write_bytes(gzip.compress(json.dumps(article).encode()))
    at = TALE.index("八百万元")
    rows = [
        {"window": [30, 90], "question": "通车了吗", "spans": [[at, at + 4]], "kind": "yes_no", "polarity": "no"},
        {"window": [30, 90], "question": "白石镇的桥多长", "spans": [], "kind": "near_name", "title": "新桥通车"},
    ]
    path = tmp_path / "made.jsonl"
    path.write_text("".join(json.dumps({"set": "made_contrast", "article": "n1"} | row) + "\n" for row in rows))
    answered, silent = load_contrasts(tmp_path, path)
    assert (answered.answers, answered.yes, answered.window, answered.text) == (("八百万元",), False, (30, 90), TALE)
    assert (silent.text, silent.window, silent.yes) == (TALE[30:90], (0, 60), None)
    assert (silent.title, silent.lead) == ("新桥通车", "青石镇的新桥昨天正式通车运行")


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        (TALE, "青石镇的新桥昨天正式通车运行"),
        (OTHER, "白石镇的老桥今天重新开放通行"),
        (
            "原标题：青石镇新桥今天正式通车运行\n市民纷纷走上新桥拍照留念，孩子们放起了风筝。",
            "青石镇新桥今天正式通车运行",
        ),
        ("短。很短。也短。还短。再短。市民纷纷走上新桥拍照留念，孩子们放起了风筝，老人们走在前面。", ""),
        ("The new bridge of Bluestone was opened yesterday by the mayor, who walked first.", ""),
        ("", ""),
    ],
)
def test_first_clause_without_dateline_stands_for_a_title(text: str, lead: str) -> None:
    assert lead_of(text) == lead


def test_similar_title_is_of_another_article_and_shares_words() -> None:
    headings = Headings(["青石镇新桥通车", "白石镇新桥通车", "股市昨日收涨", "青石镇新桥通车"])
    assert {headings.similar("青石镇新桥通车", random.Random(i)) for i in range(20)} == {"白石镇新桥通车"}
    assert headings.similar("zzz", random.Random(1)) == ""


def test_pairs_of_the_question_that_only_the_title_has() -> None:
    assert only_in_title("青石镇的桥多长", "青石镇新桥通车", "桥长三百米，多长都行") == ["青石", "石镇"]


def drawn(one: Asked, *, draws: int = 60) -> list[list[Pair]]:
    maker = PairMaker([one], [OTHER, "杀完度扣，" * 9])  # which sounds like 沙湾渡口
    return [group for seed in range(draws) for group in maker.draw(random.Random(seed), varied=False)]


def test_contrast_without_an_answer_is_often_shown_all_that_was_read() -> None:
    groups = drawn(contrast("白石镇的新桥多长？", [], kind="near_name"))
    assert all(len(group) == 1 and group[0].spans == () for group in groups)
    assert sum(group[0].passage == TALE for group in groups) / len(groups) > 0.3


def test_contrast_with_an_answer_is_often_shown_the_window_it_was_written_over() -> None:
    one = contrast("预算原来是多少？", ["八百万元"], window=(30, len(TALE)))
    groups = drawn(one)
    assert sum(group[0].passage == TALE[30:] for group in groups) / len(groups) > 0.3
    assert all(group[0].passage[a:b] == "八百万元" for group in groups for a, b in group[0].spans)


def test_passage_from_inside_an_article_stands_now_and_then_under_its_first_clause() -> None:
    pairs = [pair for group in drawn(contrast("预算原来是多少？", ["八百万元"])) for pair in group]
    titled = [pair for pair in pairs if pair.title]
    assert 0.2 < len(titled) / len(pairs) < 0.5
    assert {pair.title for pair in titled} <= {lead_of(TALE), lead_of(OTHER)}
    assert all(pair.title == lead_of(OTHER if pair.passage in OTHER else TALE) for pair in titled)


def test_title_that_says_the_answer_is_never_given() -> None:
    pairs = [pair for group in drawn(contrast("哪里的桥？", ["青石镇的新桥"])) for pair in group]
    assert {pair.title for pair in pairs} == {"", lead_of(OTHER)}


def test_passage_whose_subject_stands_in_its_title_alone_answers_nothing_under_another() -> None:
    one = contrast("沙湾渡口的预算原来是多少？", ["八百万元"], kind="title", title="沙湾渡口复航")
    groups = drawn(one)
    own = [pair for group in groups for pair in group if pair.passage in TALE]
    assert {pair.title for pair in own if pair.spans} == {"沙湾渡口复航"}
    others = [pair for pair in own if pair.title != "沙湾渡口复航"]
    assert others
    assert all(pair.spans == () and pair.yes is None for pair in others)
    assert all(len(pair.title) == 6 for pair in others)  # a slip in the name: nothing else here is similar
    named = contrast("新桥的预算原来是多少？", ["八百万元"], kind="title", title="新桥通车，预算调整")
    assert all(pair.title == named.title for group in drawn(named) for pair in group if pair.passage in TALE)


def test_an_epoch_draws_contrasts_often_and_yes_no_questions_twice_as_often() -> None:
    plain, yes_no = contrast("预算原来是多少？", ["八百万元"]), contrast("预算变了吗？", ["九百二十万元"], yes=True)
    maker = PairMaker([plain, yes_no], [OTHER])
    counts = Counter(group[0].yes is not None for seed in range(60) for group in maker.draw(random.Random(seed)))
    assert counts[True] / 60 == pytest.approx(7, abs=0.5)
    assert counts[False] / 60 == pytest.approx(3.5, abs=0.4)


@pytest.mark.parametrize(("amx", "avx512"), [(True, False), (False, True), (False, False)])
def test_bfloat16_is_for_units_that_multiply_it(monkeypatch: pytest.MonkeyPatch, amx: bool, avx512: bool) -> None:
    monkeypatch.setattr("torch.cpu._is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr("torch.cpu._is_avx512_bf16_supported", lambda: avx512)
    assert multiplies_bfloat16(torch.device("cpu")) is (amx or avx512)
    assert multiplies_bfloat16(torch.device("cuda"))
    assert not multiplies_bfloat16(torch.device("meta"))


def test_wording_of_a_name_one_character_off_is_left_alone() -> None:
    rng = random.Random(0)
    for kind, left_alone in (("near_name", True), ("false_premise", True), ("from_to", False)):
        maker = PairMaker([contrast("青石镇的新桥预算原来是多少钱", ["八百万元"], kind=kind)], [OTHER])
        asked = {group[0].question for _ in range(80) for group in maker.draw(rng)}
        simplified = {question for question in asked if "銀" not in question and "鎮" not in question}
        assert (simplified == {"青石镇的新桥预算原来是多少钱"}) is left_alone


def test_characters_that_sound_alike_are_told_from_those_that_nearly_do() -> None:
    homophones = Homophones(["镇振阵征正山三宁林在再"])
    assert set(homophones.of("镇")) == {"振", "阵"}
    assert set(homophones.near("镇")) == {"征", "正"}
    assert homophones.near("山") == ["三"]
    assert homophones.near("宁") == ["林"]
    assert homophones.of("桥") == homophones.near("桥") == []


def test_slips_are_rare_and_of_one_character() -> None:
    homophones, question = Homophones([TALE, "轻情清晴桥乔侨调条"]), "青石镇新桥调整以后花了多少钱？"
    made = Counter(disturb(question, random.Random(i), homophones) for i in range(2000))
    assert 0.75 < made[question] / 2000 < 0.9
    swapped = [said for said in made if len(said) == len(question) and said.endswith("钱？") and said != question]
    assert any("乔" in said or "清" in said for said in swapped)
    assert all(sum(a != b for a, b in zip(said, question, strict=True)) == 1 for said in swapped)
    assert {question[:i] + question[i + 1 :] for i in range(len(question))} & made.keys()
    assert any(said.startswith("请问") for said in made)
    assert any(said.endswith("来着") for said in made)


@given(st.text("不没未一二三四五两百万上下前后", min_size=6, max_size=20), st.integers(0, 99))
def test_numbers_and_negations_are_never_mistyped(question: str, seed: int) -> None:
    assert question in disturb(question, random.Random(seed), Homophones([question, "部布步义医"]))


def test_english_questions_are_left_alone() -> None:
    assert all(disturb("Who won?", random.Random(i), Homophones([TALE])) == "Who won?" for i in range(99))


def test_polarity_and_the_tokens_of_every_answer_reach_the_batch() -> None:
    passage = "有温岚和马得草。"
    pairs = [
        Pair("谁来了？", passage, ((1, 3), (4, 7)), yes=True),
        Pair("谁没来？", passage, ((1, 3),), yes=False),
        Pair("谁？", passage, (), yes=True),
    ]
    encoded = encode(pairs, make_tokenizer(load_pieces()), 100)
    batch = pad([encoded])
    assert batch.yes[:2].tolist() == [1.0, 0.0]
    assert math.isnan(batch.yes[2])
    decode = make_tokenizer(load_pieces()).decode
    assert decode(batch.ids[0][batch.answering[0]].tolist()).replace(" ", "") == "温岚马得草"
    assert (batch.answering <= batch.inside).all()
    assert not batch.answering[2].any()


def test_frozen_layers_are_shipped_as_the_start_had_them_and_new_rows_as_they_were_learned(tmp_path: Path) -> None:
    base = load_weights()
    start = load_reader_weights()
    before = {name: tensor.copy() for name, tensor in start.tensors.items()}
    before["head.weight"][3:] = before["head.bias"][3:] = 0.0
    np.savez(tmp_path / "start.npz", about=np.array("{}"), **before)
    net = ReadingEncoder(base.shape, frozen=11)
    net.load_bert(base.tensors | before)
    with np.errstate(all="ignore"):
        for part in (net.head.weight, net.layers[11].narrow.weight):
            part.data += 1.0
    Run(net, Recipe(minutes=1, frozen=11), tmp_path).save()
    export(tmp_path / "checkpoint.pt", tmp_path / "half.npz", start=tmp_path / "start.npz", share=0.5)
    half = load_reader_weights(tmp_path / "half.npz").tensors
    lower = "encoder.layer.3.output.dense.bias"
    assert (half[lower] == before[lower]).all()
    np.testing.assert_allclose(half["head.weight"][:3] - before["head.weight"][:3], 0.5, atol=1e-4)
    np.testing.assert_allclose(half["head.weight"][3:], 1.0, atol=1e-4)
    again, _ = load_average(tmp_path / "checkpoint.pt", tmp_path / "start.npz")
    assert (again.layers[3].narrow.bias.detach().numpy() == before[lower]).all()


class KeyReader:
    """Marks what the question names before its colon, as surely as it says behind it; keeps what it was shown."""

    fingerprint = "by hand"

    def __init__(self) -> None:
        self.shown: list[PassageText] = []

    def warm_up(self) -> None: ...

    def read(self, question: str, passages: list[PassageText]) -> list[AnswerSpan]:
        self.shown += passages
        phrase, odds, polarity = question.split(":")
        at = passages[0].text.find(phrase)
        items = ((at, at + len(phrase)),)
        return [AnswerSpan(at, at + len(phrase), float(odds), float(odds), polarity=float(polarity), items=items)]


def test_figures_by_kind_are_of_the_window_and_count_what_answers() -> None:
    window = (30, len(TALE))
    asked = [
        contrast("八百万元:3:1", ["八百万元"], window=window, yes=True, title="桥"),
        contrast("九百:1:1", ["九百二十万元"], window=window, yes=False),
        contrast("镇长:2:0", [], text=TALE[30:], window=(0, len(TALE) - 30)),
        contrast("镇长:2:0", ["两分钟"], kind="plain", window=window),
    ]
    reader = KeyReader()
    figures = measure_contrasts(reader, asked)
    assert [shown.text for shown in reader.shown] == [TALE[30:]] * 4
    assert reader.shown[0].title == "桥"
    assert list(figures) == ["from_to", "plain", ALL]
    had = figures["from_to"]
    assert (had.questions, had.answered, had.exact, had.placed) == (3, 2, 0.5, 1.0)
    assert had.f1 == pytest.approx((1 + 2 * 2 / (2 + 6)) / 2)
    assert had.items == pytest.approx(had.f1)
    assert (had.area, had.polarity) == (0.5, 0.5)
    assert (figures["plain"].f1, figures["plain"].placed) == (0.0, 0.0)
    assert math.isnan(figures["plain"].area)
    assert figures[ALL].questions == 4


def test_overlap_counts_characters_of_all_items_once() -> None:
    assert overlap_f1([(0, 4), (2, 6)], [(0, 6)]) == 1.0
    assert overlap_f1([(0, 3)], [(2, 4), (8, 10)]) == pytest.approx(2 / 7)
    assert overlap_f1([], [(0, 1)]) == overlap_f1([(3, 4)], [(0, 1)]) == 0.0


def test_answer_put_in_makes_a_question_of_yes_and_anothers_answer_or_number_of_no() -> None:
    asked = [
        contrast("新桥是谁设计的？", ["刘满仓"]),
        contrast("新桥的镇长是谁", ["温岚"]),
        contrast("白石镇的桥有多少米？", ["三百二十米"]),
        contrast("桥是哪天写的？", ["8月3日"]),
        contrast("Who built it?", ["刘满仓"]),
    ]
    made = [one for seed in range(60) for one in yes_no_questions(asked, random.Random(seed))]
    assert all(one.yes is not None and one.kind == "yes_no" and one.source == "made_yes_no" for one in made)
    put_in = [one for one in made if one.id.startswith("put-in") and "设计" in one.question]
    assert {("刘满仓" in one.question, "温岚" in one.question) for one in put_in if one.yes} == {(True, False)}
    assert {("刘满仓" in one.question, "温岚" in one.question) for one in put_in if not one.yes} == {(False, True)}
    assert {one.answers for one in put_in} == {("刘满仓",)}
    assert any("是不是" in one.question for one in put_in)
    dated = [one for one in made if "写的" in one.question]
    assert all(("8月3日" in one.question) is one.yes for one in dated)
    assert len({one.question for one in dated if not one.yes}) > 3
    assert not any("白石镇" in one.question for one in made)  # no rival, and no digit to change
    assert 0.3 < sum(bool(one.yes) for one in made) / len(made) < 0.7


def test_clause_turned_round_is_answered_with_no_by_the_clause_itself() -> None:
    text = "去年全镇的粮食产量比前年增长百分之八。今年的游客人数大概不增长多少。但是前年的产量比去年增长百分之八。"
    asked = [contrast("哪年？", ["去年"], text=text)]
    made = [one for seed in range(40) for one in yes_no_questions(asked, random.Random(seed))]
    clauses = [one for one in made if one.id.startswith("clause")]
    assert {("下降" in one.question) for one in clauses if one.yes is False} == {True}
    assert {("增长" in one.question) for one in clauses if one.yes} == {True}
    assert {one.answers[0] for one in clauses} == {"去年全镇的粮食产量比前年增长百分之八"}


def test_portion_of_an_epoch_is_drawn() -> None:
    maker = PairMaker([contrast(f"第{n}座桥预算多少？", ["八百万元"]) for n in range(200)], [OTHER])
    assert len(maker.draw(random.Random(1), portion=0.1)) == pytest.approx(70, abs=20)
