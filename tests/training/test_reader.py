"""Teaching the reader: who is held out, what pairs hold, what the loss is, and that a stopped run goes on."""

from __future__ import annotations

import functools
import gzip
import itertools
import json
import math
import random
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from byline.embeddings.e5_weights import EncoderShape, load_pieces, load_weights, make_tokenizer
from byline.retrieval.answers.bundled_reader import BundledReader
from byline.retrieval.answers.reader_weights import load_reader_weights
from byline.retrieval.answers.spans import ANSWERS_COLUMN, COLUMNS, INSIDE_COLUMN, POLARITY_COLUMN, TokenScorer
from byline.retrieval.evaluation.figures import holds
from byline.retrieval.training.reader.encoder import (
    ANSWERS_WEIGHT,
    INSIDE_WEIGHT,
    POLARITY_WEIGHT,
    RANKING_WEIGHT,
    ReadingEncoder,
    Targets,
    loss_of,
)
from byline.retrieval.training.reader.export import export, load_average
from byline.retrieval.training.reader.figures import best_f1, is_exact, roc_area
from byline.retrieval.training.reader.folds import fold, is_trained_on
from byline.retrieval.training.reader.lookalikes import Lookalikes
from byline.retrieval.training.reader.loop import Recipe, Run
from byline.retrieval.training.reader.pairs import Pair, PairMaker
from byline.retrieval.training.reader.recurring import recurring_questions
from byline.retrieval.training.reader.scripts import convert_passage, converter, reword
from byline.retrieval.training.reader.sets import (
    EVENTS_PATH,
    MADE_PASSAGES_PATH,
    MADE_PATH,
    Asked,
    load_made,
    load_news,
    load_reading,
    occurrences,
)
from byline.retrieval.training.reader.tokens import NOWHERE, batches, encode
from byline.retrieval.training.reader.windows import cut_windows, sentences, window_around, without
from tests.embeddings.numpy_bert import hidden_states

BRIDGE = (
    "青石镇的新桥昨天通车。桥长三百二十米，由本地工匠刘满仓设计。它替代了一九五八年修的木桥。"
    "镇长说，过河的时间从半小时缩短到两分钟！通车仪式上，学生们放飞了纸鸢；老人们走在最前面。"
)
LIBRARY = (
    "The town library opened its night room on Monday. It seats ninety readers. Its keeper, Ada Quill, "
    "paid for the lamps herself. The room closes at 2.30 in the morning."
)
SMALL = EncoderShape(hidden=24, layers=3, heads=2, feed_forward=48, vocabulary=250037, positions=512, epsilon=1e-12)


@functools.cache
def tokenizer() -> Tokenizer:
    return make_tokenizer(load_pieces())


def asked(question: str, text: str, answer: str, source: str = "cmrc") -> Asked:
    return Asked(question, source, text[:9], question, text, tuple(occurrences(text, answer)))


QUESTIONS = [
    asked("新桥是谁设计的？", BRIDGE, "刘满仓"),
    asked("新桥有多长？", BRIDGE, "三百二十米"),
    asked("老桥是哪一年修的？", BRIDGE, "一九五八年"),
    asked("Who paid for the lamps?", LIBRARY, "Ada Quill", "xquad_en"),
]


@pytest.mark.parametrize(
    ("key", "expected"), [("news-1", 8), ("news-5", 6), ("1147", 3), ("TRIAL_800", 7), ("56beb4343aeaaa14008c925b", 8)]
)
def test_fold_of_an_article_never_changes(key: str, expected: int) -> None:
    assert fold(key) == expected


def test_folds_hold_back_a_fifth_of_the_reading_sets_and_two_fifths_of_the_news() -> None:
    keys = [f"article-{i}" for i in range(4000)]
    assert sum(is_trained_on(key, news=False) for key in keys) / 4000 == pytest.approx(0.8, abs=0.03)
    assert sum(is_trained_on(key, news=True) for key in keys) / 4000 == pytest.approx(0.6, abs=0.03)


def test_sets_are_read_with_every_place_of_the_answer_and_languages_are_crossed(tmp_path: Path) -> None:
    def write(name: str, text: str, question: str, start: int, answer: str) -> None:
        qas = [{"id": "q1", "question": question, "answers": [{"text": answer, "answer_start": start}]}]
        squad = {"data": [{"paragraphs": [{"context": text, "qas": qas}]}]}
        (tmp_path / name).write_bytes(gzip.compress(json.dumps(squad).encode()))

    write("xquad_zh.json.gz", "甲胜乙，甲得金牌。", "谁胜？", 0, "甲")
    write("xquad_en.json.gz", "A beat B.", "Who won?", 0, "A")
    write("dureader_dev.json.gz", "钱是钱，不是纸。", "什么是钱", -1, "钱")
    read = {one.id + "@" + one.source: one for one in load_reading(tmp_path)}
    assert read["q1@xquad_zh"].spans == ((0, 1),)
    assert read["q1@dureader"].spans == ((0, 1), (2, 3))
    assert read["zh>en:q1@xquad_cross"].question == "谁胜？"
    assert read["zh>en:q1@xquad_cross"].answers == ("A",)
    assert read["en>zh:q1@xquad_cross"].answers == ("甲",)
    assert len({one.key for one in read.values()}) == 1


def test_news_questions_without_their_answer_in_the_article_are_left_out(tmp_path: Path) -> None:
    article = {"id": "n1", "text": "桥长三百米。\u2028又及。"}
    (tmp_path / "articles.jsonl.gz").write_bytes(gzip.compress(json.dumps(article, ensure_ascii=False).encode()))
    lines = [{"question": q, "answers": [a], "article": "n1"} for q, a in (("多长？", "三百米"), ("多宽？", "九米"))]
    (tmp_path / "questions.jsonl").write_text("\n".join(map(json.dumps, lines)) + "\n", encoding="utf-8")
    assert [one.question for one in load_news(tmp_path)] == ["多长？"]


def test_made_questions_are_over_articles_that_may_be_trained_on() -> None:
    lines = [json.loads(line) for line in MADE_PATH.read_text("utf-8").splitlines()]
    passages = {line["id"] for line in map(json.loads, MADE_PASSAGES_PATH.read_text("utf-8").splitlines())}
    sets = {"made_news", "made_own", "made_drcd", "made_cmrc", "made_dureader", "made_xquad_en"}
    assert {line["set"] for line in lines} == sets
    assert {line["article"] for line in lines if line["set"] == "made_own"} == passages
    for line in lines:
        if line["set"] != "made_own":
            # the reading sets' paragraphs are named by their first question: `1147-5-1`, `TRIAL_800_QUERY_0`
            article = line["article"].partition("_QUERY")[0]
            key = article.partition("-")[0] if line["set"] == "made_drcd" else article
            assert is_trained_on(key, news=line["set"] == "made_news")
        start, end = line["window"]
        assert all(start <= a < b <= end for a, b in line["spans"])
        assert line["question"].strip()
    assert 0.2 < sum(not line["spans"] for line in lines) / len(lines) < 0.5
    assert len({(line["article"], line["question"]) for line in lines}) == len(lines)


def test_events_for_calibration_are_told_by_some_snippets_and_only_by_these() -> None:
    for event in map(json.loads, EVENTS_PATH.read_text("utf-8").splitlines()):
        for asked in event["questions"]:
            named = asked["answers"]
            groups = tuple(map(tuple, named)) if isinstance(named[0], list) else (tuple(named),)
            told = [holds(one["text"], groups) for one in event["snippets"] if one["tells"]]
            assert any(told)
            assert not any(holds(one["text"], groups) for one in event["snippets"] if not one["tells"])


def test_made_question_without_an_answer_is_shown_its_window_and_no_more(tmp_path: Path) -> None:
    key = next(f"n{i}" for i in range(99) if is_trained_on(f"n{i}", news=True))
    (tmp_path / "news").mkdir()
    (tmp_path / "reading").mkdir()
    (tmp_path / "news" / "articles.jsonl.gz").write_bytes(
        gzip.compress(json.dumps({"id": key, "text": BRIDGE}).encode())
    )
    made = [("谁设计的桥？", [[28, 31]]), ("桥花了多少钱？", [])]
    rows = [{"set": "made_news", "article": key, "window": [12, 33], "question": q, "spans": s} for q, s in made]
    rows.append({"set": "made_own", "article": "p1", "window": [0, 6], "question": "桥多长？", "spans": [[2, 5]]})
    (tmp_path / "made.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    (tmp_path / "passages.jsonl").write_text('{"id":"p1","text":"桥长三百米。"}\n', "utf-8")
    answered, silent, own = load_made(tmp_path, tmp_path / "made.jsonl", tmp_path / "passages.jsonl")
    assert (own.text, own.answers, own.trained_on) == ("桥长三百米。", ("三百米",), True)
    assert (answered.text, answered.answers) == (BRIDGE, (BRIDGE[28:31],))
    assert (silent.text, silent.spans) == (BRIDGE[12:33], ())
    maker = PairMaker([silent], [LIBRARY])
    groups = [group for seed in range(20) for group in maker.draw(random.Random(seed), varied=False)]
    assert all(group[0].passage in BRIDGE[12:33] for group in groups)
    assert all(pair.spans == () for group in groups for pair in group)


def test_text_asks_of_itself_what_stands_in_it_twice() -> None:
    text = (
        "青石镇的新桥昨天通车，桥长320米，由刘满仓设计。人们等了很久。记者了解到，这座由本地工匠修的桥全长320米，走一趟要两分钟。"
        + "雨下了一夜。" * 12
    )
    drawn = {question.answers[0]: question for question in recurring_questions({"n": text}, random.Random(3))}
    assert "320米" in drawn
    asked_of = drawn["320米"]
    assert "320米" not in asked_of.question
    assert re.search("多少米|几米", asked_of.question)
    assert asked_of.text.count("320米") == 1
    assert asked_of.source == "recurring"


@given(st.text(max_size=200))
def test_sentences_and_windows_together_are_the_text(text: str) -> None:
    for cut in (sentences(text), cut_windows(text, 20)):
        assert "".join(text[start:end] for start, end in cut) == text


@given(st.integers(0, 200), st.integers(0, 3))
def test_window_holds_its_answer_and_ends_where_sentences_do(chars: int, number: int) -> None:
    one = QUESTIONS[number]
    start, end = window_around(one.text, one.spans[0], chars, random.Random(chars))
    assert start <= one.spans[0][0] < one.spans[0][1] <= end
    assert start in {a for a, _ in sentences(one.text)}
    assert end in {b for _, b in sentences(one.text)}
    assert end - start >= min(chars, len(one.text))


def test_answering_sentence_is_left_out_whole() -> None:
    rest = without(BRIDGE, (0, len(BRIDGE)), occurrences(BRIDGE, "刘满仓"))
    assert "桥长" not in rest
    assert rest.startswith("青石镇的新桥昨天通车。它替代")


@pytest.mark.parametrize("seed", range(5))
def test_positives_mark_their_answer_and_negatives_never_hold_it(seed: int) -> None:
    maker = PairMaker(QUESTIONS, ["今天有雨。" * 40])
    rng = random.Random(seed)
    for one in QUESTIONS:
        positive = maker.positive(one, rng)
        assert {positive.passage[a:b] for a, b in positive.spans} == set(one.answers)
        for _ in range(10):
            negative = maker.negative(one, rng)
            assert negative.spans == ()
            assert negative.passage
            assert not any(answer in negative.passage for answer in one.answers)


def test_an_epoch_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    maker = PairMaker(QUESTIONS, [])
    assert maker.draw(random.Random("1 0")) == maker.draw(random.Random("1 0"))
    assert maker.draw(random.Random("1 0")) != maker.draw(random.Random("1 1"))


def test_lookalikes_come_in_the_order_of_shared_rare_pairs() -> None:
    passages = ["新桥昨天通车", "新桥新桥", "天气晴朗", "昨天通车的新桥很长"]
    index = Lookalikes(passages)
    question = "新桥昨天通车了吗"
    pairs = {question[i : i + 2] for i in range(len(question) - 1)}
    counts = {pair: sum(pair in passage for passage in passages) for pair in pairs}
    scores = [sum(math.log(4 / counts[p]) for p in pairs if counts[p] and p in passage) for passage in passages]
    expected = sorted((i for i in range(4) if scores[i] > 0), key=lambda i: -scores[i])
    assert index.nearest(question, 4) == expected
    assert index.nearest("zzz", 4) == []


@pytest.mark.parametrize("config", ["s2t", "t2s"])
def test_conversion_keeps_the_answer_marked_even_where_lengths_change(config: str) -> None:
    text = "内存条和硬盘在计算机里面，發展很快。"
    spans = ((0, 3), (4, 6), (13, 15))
    converted, moved = convert_passage(text, spans, lambda piece: converter(config)(piece).replace("计算机", "電腦"))
    assert [converted[a:b] for a, b in moved] == [converter(config)(text[a:b]) for a, b in spans]


def test_rewording_leaves_a_question_to_answer() -> None:
    reworded = {reword("青石镇新桥一共有几米，长度是多少？", random.Random(i)) for i in range(200)}
    assert {"青石镇新桥一共有几米，长度是多少", "青石镇新桥一共有几米，长度"} <= reworded
    assert len(reworded) > 3
    assert all(len(question) >= 4 for question in reworded)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000))
def test_targets_decode_to_the_answer(seed: int) -> None:
    rng = random.Random(seed)
    pair = PairMaker(QUESTIONS, []).positive(rng.choice(QUESTIONS), rng)
    (encoded,) = encode([pair], tokenizer(), 512)
    answers = [pair.passage[a:b] for a, b in pair.spans]
    first, last = np.flatnonzero(encoded.starts)[0], np.flatnonzero(encoded.ends)[0]
    assert answers[0] in tokenizer().decode(encoded.ids[first : last + 1].tolist())
    assert encoded.inside[first]
    assert encoded.inside[last]


def test_pair_that_does_not_answer_points_nowhere_and_overlong_pairs_are_left_out() -> None:
    pairs = [Pair("谁？", "今天有雨。", ()), Pair("谁？", "雨" * 900, ())]
    (encoded,) = encode(pairs, tokenizer(), 100)
    assert np.flatnonzero(encoded.starts).tolist() == [NOWHERE]
    assert np.flatnonzero(encoded.ends).tolist() == [NOWHERE]
    assert not encoded.answering.any()


def test_batches_hold_every_pair_once_within_their_tokens_and_keep_a_question_together() -> None:
    drawn = [[Pair("谁？", "雨" * n, ()), Pair("谁？", "雪" * n, ())] for n in (3, 50, 4, 51, 120)]
    groups = [encode(pairs, tokenizer(), 200) for pairs in drawn]
    made = batches([*groups, []], 300, random.Random(0))
    assert sum(len(batch.ids) for batch in made) == 10
    assert all(batch.ids.size <= 300 or len(set(batch.questions)) == 1 for batch in made)
    assert all((np.bincount(batch.questions) == 2).all() for batch in made)
    assert all((batch.ids[~batch.mask] == 1).all() for batch in made)
    assert sorted(batch.mask.sum() for batch in made) == sorted(
        sum(len(one.ids) for group in together for one in group)
        for together in ([groups[0], groups[2]], [groups[1], groups[3]], [groups[4]])
    )


def test_loss_is_the_negative_log_of_the_mass_on_right_places() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(1, 5, COLUMNS)).astype(np.float32)
    inside = np.array([[False, False, True, True, True]])
    starts = np.array([[False, False, True, False, True]])
    ends = np.array([[False, False, False, True, True]])
    allowed = [0, 2, 3, 4]

    def part(column: int, right: list[int]) -> float:
        mass = np.exp(logits[0, :, column])
        return -math.log(mass[right].sum() / mass[allowed].sum())

    def logistic(right: bool, log_odds: float) -> float:
        return math.log(1 + math.exp(-log_odds if right else log_odds))

    answering = np.array([[False, False, True, True, False]])
    within = sum(logistic(answering[0, at], logits[0, at, INSIDE_COLUMN]) for at in (2, 3, 4)) / 3
    expected = (part(0, [2, 4]) + part(1, [3, 4])) / 2 + INSIDE_WEIGHT * within
    expected += ANSWERS_WEIGHT * logistic(True, logits[0, 0, ANSWERS_COLUMN])
    given = [torch.from_numpy(array) for array in (inside, starts, ends, answering)]
    for yes, of_polarity in ((math.nan, 0.0), (0.0, logistic(False, logits[0, 0, POLARITY_COLUMN]))):
        targets = Targets(*given, torch.tensor([yes]), torch.tensor([0]))
        loss = float(loss_of(torch.from_numpy(logits), targets))
        assert loss == pytest.approx(expected + POLARITY_WEIGHT * of_polarity, rel=1e-5)


def test_passages_of_one_question_are_ranked_and_those_of_another_do_not_matter() -> None:
    inside = torch.tensor([[False, True, True]] * 4)
    starts = torch.tensor([[False, True, False], [True, False, False], [False, False, True], [True, False, False]])
    logits = torch.zeros(4, 3, COLUMNS)
    unasked = torch.full((4,), math.nan)
    logits[:, 0, 2] = torch.tensor([2.0, 1.0, -1.0, 3.0])
    together = float(loss_of(logits, Targets(inside, starts, starts, starts, unasked, torch.tensor([0, 0, 1, 1]))))
    apart = float(loss_of(logits, Targets(inside, starts, starts, starts, unasked, torch.tensor([0, 1, 2, 3]))))
    ranking = (math.log(1 + math.exp(-1)) + math.log(1 + math.exp(4))) / 4
    assert together - apart == pytest.approx(RANKING_WEIGHT * ranking, rel=1e-4)


def test_network_gives_the_hidden_states_of_bert() -> None:
    weights = load_weights()
    net = ReadingEncoder(weights.shape, frozen=12)
    net.load_bert(weights.tensors)
    torch.nn.init.eye_(net.head.weight)
    texts = [tokenizer().encode("谁？", BRIDGE).ids[:40], tokenizer().encode("Who?", "Ada.").ids]
    ids = torch.full((2, 40), 1)
    for row, text in enumerate(texts):
        ids[row, : len(text)] = torch.tensor(text)
    net.eval()
    with torch.no_grad():
        ours = net(ids, ids != 1).numpy()
    for row, text in enumerate(texts):
        theirs = hidden_states(weights.shape, weights.tensors, text)[:, :COLUMNS]
        np.testing.assert_allclose(ours[row, : len(text)], theirs, atol=1e-4)


def small_run(folder: Path, minutes: float) -> Run:
    torch.manual_seed(0)
    return Run(ReadingEncoder(SMALL, frozen=1), Recipe(minutes=minutes, frozen=1, tokens=300, rate=3e-3), folder)


def test_stopped_run_goes_on_where_it_was_and_only_upper_layers_move(tmp_path: Path) -> None:
    maker = PairMaker(QUESTIONS, ["今天有雨。" * 40])
    probe = [Pair("谁？", BRIDGE, ((28, 31),)), Pair("谁？", "今天有雨。", ())]
    first = small_run(tmp_path, 0.05)
    before = {name: part.clone() for name, part in first.net.state_dict().items()}
    first.train(maker, tokenizer(), probe)
    moved = {name for name, part in first.net.state_dict().items() if not torch.equal(part, before[name])}
    assert moved
    assert all(name.startswith(("layers.1.", "layers.2.", "head.")) for name in moved)
    assert "layers.1.attend.weight" in moved

    second = small_run(tmp_path, 0.07)
    assert (second.step, second.epoch, second.in_epoch) == (first.step, first.epoch, first.in_epoch)
    assert all(torch.equal(a, b) for a, b in zip(first.net.parameters(), second.net.parameters(), strict=True))
    second.train(maker, tokenizer(), probe)
    assert second.step > first.step
    log = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text("utf-8").splitlines()]
    assert {"f1", "em", "area"} <= log[-1].keys()


def test_exported_weights_are_those_of_the_checkpoint_and_read_the_same_in_int8(tmp_path: Path) -> None:
    base = load_weights()
    torch.manual_seed(1)
    net = ReadingEncoder(base.shape, frozen=11)
    net.load_bert(base.tensors)
    net.eval()
    Run(net, Recipe(minutes=1, frozen=11), tmp_path).save()
    export(tmp_path / "checkpoint.pt", tmp_path / "weights.npz")
    weights = load_reader_weights(tmp_path / "weights.npz")
    assert weights.about["frozen"] == 11
    assert {name.split(".")[2] for name in weights.tensors if name.startswith("encoder")} == {"11"}
    for name, tensor in net.bert_tensors().items():
        step = np.abs(tensor).max(-1, keepdims=True) / 127
        assert (np.abs(weights.tensors[name] - tensor) <= step / 2 + 1e-6).all()

    again = ReadingEncoder(base.shape, frozen=10)
    again.load_bert(base.tensors | weights.tensors)
    assert (again.bert_tensors()["head.weight"] == weights.tensors["head.weight"]).all()

    ids = np.array(tokenizer().encode("query: 谁？", "passage: " + BRIDGE).ids, np.int64)
    in_int8 = bundled_scorer(tmp_path / "weights.npz", tmp_path).score(ids)
    in_fp32 = checkpoint_scorer(tmp_path / "checkpoint.pt").score(ids)
    assert np.corrcoef(in_int8[:, :2].ravel(), in_fp32[:, :2].ravel())[0, 1] > 0.99
    assert in_int8[0, 2] == pytest.approx(in_fp32[0, 2], abs=0.1)


def test_end_of_a_run_is_averaged_with_its_start(tmp_path: Path) -> None:
    base = load_weights()
    net = ReadingEncoder(base.shape, frozen=11)
    net.load_bert(base.tensors)
    Run(net, Recipe(minutes=1, frozen=11), tmp_path).save()
    end = tmp_path / "end.npz"
    export(tmp_path / "checkpoint.pt", end)
    (tmp_path / "checkpoint.pt").unlink()
    with torch.no_grad():
        net.head.weight += 1.0
    Run(net, Recipe(minutes=1, frozen=11), tmp_path).save()
    export(tmp_path / "checkpoint.pt", tmp_path / "between.npz", start=end, share=0.75)
    moved = load_reader_weights(tmp_path / "between.npz").tensors["head.weight"]
    np.testing.assert_allclose(moved - load_reader_weights(end).tensors["head.weight"], 0.75, atol=0.02)


def bundled_scorer(weights: Path, cache_dir: Path) -> TokenScorer:
    return BundledReader(cache_dir, weights=weights).scorer()


def checkpoint_scorer(checkpoint: Path) -> TokenScorer:
    return load_average(checkpoint)[0]


def test_rate_rises_to_its_peak_and_falls_to_nothing() -> None:
    recipe = Recipe(minutes=1, warm_up=0.1)
    scales = [recipe.scale(i / 100) for i in range(121)]
    assert scales[0] == 0
    assert max(scales) == scales[10] == 1
    assert all(a > b for a, b in itertools.pairwise(scales[10:101]))
    assert set(scales[100:]) == {0.0}


def test_overlap_counts_characters_apart_from_punctuation() -> None:
    assert best_f1("刘满仓", ["刘", "刘满仓"]) == 1
    assert is_exact("《刘满仓》", ["刘满仓"])
    assert not is_exact("刘", ["刘满仓"])


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_area_is_the_share_of_pairs_in_the_right_order(right: list[int], wrong: list[int]) -> None:
    pairs = list(itertools.product(right, wrong))
    expected = sum((a > b) + (a == b) / 2 for a, b in pairs) / len(pairs)
    assert roc_area(right, wrong) == pytest.approx(expected)
