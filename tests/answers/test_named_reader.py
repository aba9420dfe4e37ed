"""Readers by name: a question-answering model and a cross-encoder of a few kilobytes, saved as folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from transformers import BertForQuestionAnswering, BertForSequenceClassification, BertModel, PreTrainedModel

from byline.embeddings.errors import ModelUnavailable
from byline.retrieval.answers.named_reader import NamedReader
from byline.retrieval.answers.reader import PassageText
from tests.answers.tiny_reader import CHARACTERS, save_reader

QUESTION = "谁在哪里开车？"
PASSAGES = ["昨天重新开放。旅客不用再在雨里排队！", "邮政报刊投递站长候车。", "雨。"]
SHOWN = [PassageText(text, "开车的人") for text in PASSAGES]


def best_by_hand(folder: str, passage: str) -> tuple[str, float]:
    """The best span and its log-odds, from logits of the pair alone, every span tried."""
    model = BertForQuestionAnswering.from_pretrained(folder).eval()
    ids = [0, *(4 + CHARACTERS.index(c) for c in QUESTION), 1, *(4 + CHARACTERS.index(c) for c in passage), 1]
    kinds = [0] * (len(QUESTION) + 2) + [1] * (len(passage) + 1)
    with torch.no_grad():
        said = model(torch.tensor([ids]), token_type_ids=torch.tensor([kinds]))
    starts, ends = said.start_logits[0].numpy(), said.end_logits[0].numpy()
    first = len(QUESTION) + 2
    spans = {
        (a, b): starts[first + a] + ends[first + b] - starts[0] - ends[0]
        for a in range(len(passage))
        for b in range(a, len(passage))
    }
    (a, b), odds = max(spans.items(), key=lambda item: item[1])
    return passage[a : b + 1], float(odds)


def test_question_answering_model_marks_its_best_span(tmp_path: Path) -> None:
    folder = save_reader(tmp_path / "marker", BertForQuestionAnswering)
    read = NamedReader(folder, device="cpu").read(QUESTION, SHOWN)
    for passage, marked in zip(PASSAGES, read, strict=True):
        said, odds = best_by_hand(folder, passage)
        assert passage[marked.start : marked.end] == said
        assert marked.span_score == marked.answerable == pytest.approx(odds, abs=1e-4)


def test_passage_longer_than_the_model_is_read_to_its_end(tmp_path: Path) -> None:
    folder = save_reader(tmp_path / "marker", BertForQuestionAnswering)
    reader = NamedReader(folder, device="cpu")
    long = PASSAGES[0] * 20
    (marked,) = reader.read(QUESTION, [PassageText(long)])
    parts = [PassageText(long[at : at + 30]) for at in range(len(long))]
    alone = max(reader.read(QUESTION, parts), key=lambda marked: marked.span_score)
    assert marked.span_score <= alone.span_score
    assert 0 <= marked.start < marked.end <= len(long)
    assert reader.read(QUESTION, []) == []


def test_cross_encoder_marks_the_sentence_it_scores_highest(tmp_path: Path) -> None:
    folder = save_reader(tmp_path / "ranker", BertForSequenceClassification)
    reader = NamedReader(folder, device="cpu")
    texts = [PassageText(text) for text in (PASSAGES[0], PASSAGES[0][:7], PASSAGES[0][7:])]
    whole, first, second = (marked.answerable for marked in reader.read(QUESTION, texts))
    (marked,) = reader.read(QUESTION, SHOWN[:1])
    assert marked.start == marked.end == (0 if first > second else 7)
    assert marked.answerable == pytest.approx(whole, abs=1e-4)
    assert marked.span_score == pytest.approx(max(first, second), abs=1e-4)


def test_other_weights_under_the_same_name_have_another_fingerprint(tmp_path: Path) -> None:
    first, second = (save_reader(tmp_path / str(n) / "m", BertForQuestionAnswering, seed=n) for n in (1, 2))
    names = [NamedReader(folder).fingerprint for folder in (first, second, first)]
    assert names[0] == names[2] != names[1]
    assert names[0].startswith("m:")


@pytest.mark.parametrize(
    ("kind", "labels", "said"), [(BertModel, 1, "BertModel"), (BertForSequenceClassification, 3, "3 scores for a pair")]
)
def test_model_of_another_kind_is_refused(tmp_path: Path, kind: type[PreTrainedModel], labels: int, said: str) -> None:
    folder = save_reader(tmp_path / "other", kind, labels=labels)
    with pytest.raises(ModelUnavailable, match=rf"{said}.*or `bundled`") as refusal:
        NamedReader(folder).read(QUESTION, SHOWN)
    assert "\n" not in str(refusal.value)


def test_model_that_is_not_here_is_refused_with_what_to_set(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"nowhere.*`bundled`, or allow downloads") as refusal:
        NamedReader(str(tmp_path / "nowhere")).read(QUESTION, SHOWN)
    assert "\n" not in str(refusal.value)


def test_folder_without_a_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "bert"}))
    with pytest.raises(ModelUnavailable, match="`bundled`"):
        NamedReader(str(tmp_path)).read(QUESTION, SHOWN)
