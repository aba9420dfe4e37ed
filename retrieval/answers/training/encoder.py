"""The network: multilingual-e5-small's encoder with three numbers for every token, in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from retrieval.answers.marking import ANSWERS_COLUMN, END_COLUMN, START_COLUMN, Floats

if TYPE_CHECKING:
    from embeddings.e5_weights import Array, EncoderShape

ANSWERS_WEIGHT = 0.5  # the answerable loss starts at 0.7, the span losses near 5; half keeps it from leading late


class Layer(nn.Module):
    """One BERT layer with query, key and value in one matrix, without dropout."""

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
        """Map (pairs, tokens, hidden) to the same; `mask` is bool (pairs, 1, 1, tokens)."""
        pairs, tokens, wide = hidden.shape
        split = self.attend(hidden).view(pairs, tokens, 3, self.heads, wide // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = mixed.transpose(1, 2).reshape(pairs, tokens, wide)
        hidden = self.out_norm(hidden + self.out(mixed))
        inner: Tensor = functional.gelu(self.widen(hidden))
        normed: Tensor = self.narrow_norm(hidden + self.narrow(inner))
        return normed


class ReadingEncoder(nn.Module):
    """Token ids to start, end and answerable logits.

    The embeddings and the lowest `frozen` layers keep e5's weights, and need not be shipped.
    """

    def __init__(self, shape: EncoderShape, *, frozen: int) -> None:
        super().__init__()
        self.frozen = frozen
        self.words = nn.Embedding(shape.vocabulary, shape.hidden)
        self.places = nn.Embedding(shape.positions, shape.hidden)
        self.segment = nn.Parameter(torch.zeros(shape.hidden))
        self.norm = nn.LayerNorm(shape.hidden, eps=shape.epsilon)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.head = nn.Linear(shape.hidden, 3)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        for part in (self.words, self.places, self.norm, *self.layers[:frozen]):
            part.requires_grad_(False)
        self.segment.requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Give float32 (pairs, tokens, 3) for ids and mask of (pairs, tokens)."""
        attended = mask[:, None, None, :]
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
        """Read one sequence, as `retrieval.answers.marking.TokenScorer`."""
        with torch.no_grad():
            logits = self(torch.from_numpy(ids)[None], torch.ones(1, len(ids), dtype=torch.bool))
        scores: Floats = logits[0].numpy()
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
        state = {name: tensor.detach().numpy() for name, tensor in self.state_dict().items()}
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


def loss_of(logits: Tensor, batch: tuple[Tensor, Tensor, Tensor, Tensor]) -> Tensor:
    """Measure how far the logits are from the targets.

    Start and end are each a softmax over the passage's tokens and `<s>` (SQuAD 2's "no answer"), the loss
    the negative log of the mass on all right places together; answerable is a logistic loss at `<s>`. The
    first gives spans their log-odds against nothing, the second sees the passage as a whole; both are asked
    for by `retrieval.answers.reader.Marked`.

    Args:
        logits: float32 (pairs, tokens, 3).
        batch: `inside`, `starts`, `ends`, `mask` as of `tokens.Batch`.
    """
    inside, starts, ends, _ = batch
    allowed = inside.clone()
    allowed[:, 0] = True
    total = logits.new_zeros(())
    for column, right in ((START_COLUMN, starts), (END_COLUMN, ends)):
        scores = logits[..., column].masked_fill(~allowed, -1e4)
        over_all = torch.logsumexp(scores, 1)
        over_right = torch.logsumexp(scores.masked_fill(~right, -1e4), 1)
        total = total + (over_all - over_right).mean() / 2
    answers = (~starts[:, 0]).float()
    return total + ANSWERS_WEIGHT * functional.binary_cross_entropy_with_logits(logits[:, 0, ANSWERS_COLUMN], answers)
