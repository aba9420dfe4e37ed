"""BERT written out in NumPy from the paper's formulas: slow, and nobody's code but its own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from byline.embeddings.e5_weights import Array, EncoderShape

_erf = np.vectorize(math.erf, otypes=[np.float32])


def hidden_states(shape: EncoderShape, tensors: Mapping[str, Array], token_ids: Sequence[int]) -> Array:
    """Run one text through the encoder.

    Returns:
        float32 (tokens, hidden): the last layer's vectors.
    """
    embedding = "embeddings.{}_embeddings.weight"
    states = tensors[embedding.format("word")][list(token_ids)]
    states = states + tensors[embedding.format("position")][: len(token_ids)]
    states = states + tensors[embedding.format("token_type")][0]
    states = _layer_norm(states, tensors, "embeddings.LayerNorm", shape.epsilon)
    for layer in range(shape.layers):
        prefix = f"encoder.layer.{layer}"
        attended = _linear(_attend(states, tensors, prefix, shape.heads), tensors, f"{prefix}.attention.output.dense")
        states = _layer_norm(states + attended, tensors, f"{prefix}.attention.output.LayerNorm", shape.epsilon)
        inner = _linear(states, tensors, f"{prefix}.intermediate.dense")
        inner = inner * (1 + _erf(inner / math.sqrt(2))) / 2
        outer = _linear(inner, tensors, f"{prefix}.output.dense")
        states = _layer_norm(states + outer, tensors, f"{prefix}.output.LayerNorm", shape.epsilon)
    return states


def mean_pooled(states: Array) -> Array:
    """Average the tokens' vectors and scale to unit length."""
    mean = states.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


def _attend(states: Array, tensors: Mapping[str, Array], prefix: str, heads: int) -> Array:
    query, key, value = (
        np.split(_linear(states, tensors, f"{prefix}.attention.self.{part}"), heads, axis=1)
        for part in ("query", "key", "value")
    )
    mixed = []
    for q, k, v in zip(query, key, value, strict=True):
        scores = q @ k.T / math.sqrt(q.shape[1])
        weights = np.exp(scores - scores.max(axis=1, keepdims=True))
        mixed.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.concatenate(mixed, axis=1)


def _linear(states: Array, tensors: Mapping[str, Array], name: str) -> Array:
    return states @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]


def _layer_norm(states: Array, tensors: Mapping[str, Array], name: str, epsilon: float) -> Array:
    centred = states - states.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + epsilon)
    return np.asarray(scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"])
