"""The network: multilingual-e5-small's encoder with five numbers for every token, in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from byline.retrieval.answers.spans import (
    ANSWERS_COLUMN,
    COLUMNS,
    END_COLUMN,
    INSIDE_COLUMN,
    POLARITY_COLUMN,
    START_COLUMN,
    Floats,
)
from byline.retrieval.training.reader.tokens import NOWHERE

if TYPE_CHECKING:
    from byline.embeddings.e5_weights import Array, EncoderShape

DROPOUT = 0.1  # BERT's
RANKING_WEIGHT = 0.5  # as the answerable loss, the other one of a whole passage; no other value was tried
ANSWERS_WEIGHT = 0.5  # the answerable loss starts at 0.7, the span losses near 5; half keeps it from leading late
POLARITY_WEIGHT = 0.5  # as the answerable loss
INSIDE_WEIGHT = 2.0  # nineteen tokens in twenty are easy: the mean over all soon is a twentieth of the span losses


@dataclass(frozen=True, slots=True)
class Targets:
    """What is right for a batch; tensors as of `tokens.Batch`."""

    inside: Tensor
    starts: Tensor
    ends: Tensor
    answering: Tensor
    yes: Tensor
    questions: Tensor


class Layer(nn.Module):
    """One BERT layer with query, key and value in one matrix; dropout on what either half adds."""

    def __init__(self, shape: EncoderShape) -> None:
        super().__init__()
        wide = shape.hidden
        self.heads = shape.heads
        self.attend = nn.Linear(wide, 3 * wide)
        self.out = nn.Linear(wide, wide)
        self.out_norm = nn.LayerNorm(wide, eps=shape.epsilon)
        self.widen = nn.Linear(wide, shape.feed_forward)
        self.narrow = nn.Linear(shape.feed_forward, wide)
        self.narrow_norm = nn.LayerNorm(wide, eps=shape.epsilon)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Map (pairs, tokens, hidden) to the same; `mask` (pairs, 1, 1, tokens) is added to the scores."""
        pairs, tokens, wide = hidden.shape
        split = self.attend(hidden).view(pairs, tokens, 3, self.heads, wide // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        # Written out: PyTorch's own attention takes half of a step in its backward pass on a CPU in bfloat16.
        scores = torch.matmul(query * (wide // self.heads) ** -0.5, key.transpose(-1, -2)) + mask
        mixed = torch.matmul(torch.softmax(scores, -1, dtype=scores.dtype), value)
        mixed = mixed.transpose(1, 2).reshape(pairs, tokens, wide)
        hidden = self.out_norm(hidden + self._dropped(self.out(mixed)))
        inner: Tensor = functional.gelu(self.widen(hidden))
        normed: Tensor = self.narrow_norm(hidden + self._dropped(self.narrow(inner)))
        return normed

    def _dropped(self, added: Tensor) -> Tensor:
        """Drop channels of a whole sequence (Gal & Ghahramani, NeurIPS 2016): drawing for every token takes longer."""
        if not self.training:
            return added
        kept = torch.rand(len(added), 1, added.shape[-1], device=added.device) >= DROPOUT
        return added * (kept / (1 - DROPOUT)).to(added.dtype)


class ReadingEncoder(nn.Module):
    """Token ids to start, end, answerable, polarity and inside logits.

    The embeddings and the lowest `frozen` layers keep the weights they are loaded with.
    """

    def __init__(self, shape: EncoderShape, *, frozen: int) -> None:
        super().__init__()
        self.frozen = frozen
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.places = nn.Embedding(shape.positions, shape.hidden)
        self.segment = nn.Parameter(torch.zeros(shape.hidden))
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.head = nn.Linear(shape.hidden, COLUMNS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        for part in (self.words, self.places, self.norm, *self.layers[:frozen]):
            part.requires_grad_(False)
        self.segment.requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give float32 (pairs, tokens, `COLUMNS`) for ids and mask of (pairs, tokens)."""
        attended = torch.where(mask, 0.0, -1e4)[:, None, None, :]
        if torch.is_autocast_enabled(ids.device.type):
            attended = attended.to(torch.get_autocast_dtype(ids.device.type))
        with torch.no_grad():
            places = self.places.weight[: ids.shape[1]]
            hidden = self.norm(self.words(ids) + places + self.segment)
            for layer in self.layers[: self.frozen]:
                hidden = layer(hidden, attended)
        for layer in self.layers[self.frozen :]:
            hidden = layer(hidden, attended)
        logits: Tensor = self.head(hidden)
        return logits

    def score(self, ids: npt.NDArray[np.int64]) -> Floats:
        """Read one sequence, as `byline.retrieval.answers.spans.TokenScorer`."""
        with torch.no_grad():
            given = torch.from_numpy(ids)[None].to(self.head.weight.device)
            logits = self(given, torch.ones_like(given, dtype=torch.bool))
        scores: Floats = logits[0].float().cpu().numpy()
        return scores

    def load_bert(self, tensors: Mapping[str, Array]) -> None:
        """Take over weights named as in transformers' `BertModel`, and `head.*` where given."""
        given = {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}
        loaded = {
            "words.weight": given["embeddings.word_embeddings.weight"],
            "places.weight": given["embeddings.position_embeddings.weight"],
            "segment": given["embeddings.token_type_embeddings.weight"][0],
            "norm.weight": given["embeddings.LayerNorm.weight"],
            "norm.bias": given["embeddings.LayerNorm.bias"],
            "head.weight": given.get("head.weight", self.head.weight),
            "head.bias": given.get("head.bias", self.head.bias),
        }
        for number in range(len(self.layers)):
            for kind in ("weight", "bias"):
                parts = [given[f"encoder.layer.{number}.attention.self.{name}.{kind}"] for name in _ATTENTION]
                loaded[f"layers.{number}.attend.{kind}"] = torch.cat(parts)
                for ours, theirs in _LAYER_NAMES.items():
                    loaded[f"layers.{number}.{ours}.{kind}"] = given[f"encoder.layer.{number}.{theirs}.{kind}"]
        self.load_state_dict(loaded)

    def bert_tensors(self) -> dict[str, Array]:
        """Give the trained layers under `BertModel`'s names, and the head as `head.weight` and `head.bias`."""
        state = {name: tensor.detach().cpu().numpy() for name, tensor in self.state_dict().items()}
        tensors = {"head.weight": state["head.weight"], "head.bias": state["head.bias"]}
        for number in range(self.frozen, len(self.layers)):
            for kind in ("weight", "bias"):
                together = state[f"layers.{number}.attend.{kind}"]
                for name, part in zip(_ATTENTION, together.reshape(3, -1, *together.shape[1:]), strict=True):
                    tensors[f"encoder.layer.{number}.attention.self.{name}.{kind}"] = part
                for ours, theirs in _LAYER_NAMES.items():
                    tensors[f"encoder.layer.{number}.{theirs}.{kind}"] = state[f"layers.{number}.{ours}.{kind}"]
        return tensors


_ATTENTION = ("query", "key", "value")
_LAYER_NAMES = {
    "out": "attention.output.dense",
    "out_norm": "attention.output.LayerNorm",
    "widen": "intermediate.dense",
    "narrow": "output.dense",
    "narrow_norm": "output.LayerNorm",
}


def loss_of(logits: Tensor, batch: Targets) -> Tensor:
    """Measure how far the logits are from the targets.

    Start and end are each a softmax over the passage's tokens and `<s>` (SQuAD 2's "no answer"), the loss
    the negative log of the mass on all right places together; answerable is a logistic loss at `<s>`. The
    first gives spans their log-odds against nothing, the second sees the passage as a whole; both are asked
    for by `AnswerSpan`. Beside these, the passages of one question are ranked by answerable: a softmax over the
    passages, the loss the negative log of the answering passage's share (ListNet, Cao et al., 2007).

    Args:
        logits: float32 (pairs, tokens, `COLUMNS`).
        batch: what is right.
    """
    allowed = batch.inside.clone()
    allowed[:, NOWHERE] = True
    total = logits.new_zeros(())
    for column, right in ((START_COLUMN, batch.starts), (END_COLUMN, batch.ends)):
        scores = logits[..., column].masked_fill(~allowed, -1e4)
        over_all = torch.logsumexp(scores, 1)
        over_right = torch.logsumexp(scores.masked_fill(~right, -1e4), 1)
        total = total + (over_all - over_right).mean() / 2
    answers = ~batch.starts[:, NOWHERE]
    said = logits[:, NOWHERE, ANSWERS_COLUMN]
    total = total + ANSWERS_WEIGHT * functional.binary_cross_entropy_with_logits(said, answers.float())
    total = total + RANKING_WEIGHT * _ranking_loss(said, answers, batch.questions)
    asked_yes_no = ~torch.isnan(batch.yes)
    if asked_yes_no.any():
        polarity = logits[asked_yes_no, NOWHERE, POLARITY_COLUMN]
        said_yes = functional.binary_cross_entropy_with_logits(polarity, batch.yes[asked_yes_no])
        total = total + POLARITY_WEIGHT * said_yes
    inside = logits[..., INSIDE_COLUMN][batch.inside]
    within = functional.binary_cross_entropy_with_logits(inside, batch.answering[batch.inside].float())
    return total + INSIDE_WEIGHT * within


def _ranking_loss(said: Tensor, answers: Tensor, questions: Tensor) -> Tensor:
    same = questions[:, None] == questions[None, :]
    over_all = torch.logsumexp(said.expand_as(same).masked_fill(~same, -1e4), 1)
    ranked = answers & (same.sum(1) > 1)
    return ((over_all - said) * ranked).sum() / max(len(said), 1)
