"""The encoder as an ONNX graph for ONNX Runtime's CPU kernels: int8 matrices, 4-bit word embeddings.

One text a run, no padding and so no mask: on a CPU, batches of padded texts are slower than the same
texts one by one, and several threads may run one session at once. What the choices below rest on, in
µs of one AVX2 core for 171 tokens (`python -m tests.benchmarks.encoder_kernels` makes it again):

    Add + LayerNormalization      55    SkipLayerNormalization, the fused form, 385
    DynamicQuantizeMatMul      1,149    384 to 1,536; fp32 MatMul 2,183
    Gelu, tanh form              168    erf form 283; the vectors' cosines to fp32 are the same
    MultiHeadAttention           904    written out in MatMul and Softmax 911

ONNX Runtime would put SkipLayerNormalization back: run the graph with its optimiser off.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from byline.embeddings.e5_weights import BLOCK_WEIGHTS, Array, E5Weights, EncoderShape, PackedWords

if TYPE_CHECKING:
    import onnx

TOKEN_IDS = "token_ids"  # input, int64 (1, tokens)
VECTOR = "vector"  # output of MEAN_POOLED, float32 (1, hidden), of unit length
STATES = "states"  # output of TOKEN_STATES, float32 (1, tokens, hidden)
TOKEN_LOGITS = "token_logits"  # output of a ReadingHead, float32 (1, tokens, rows of token_weight)
TEXT_LOGITS = "text_logits"  # output of a ReadingHead, float32 (1, rows of text_weight)

OPSET = 20  # the first with Gelu
IR_VERSION = 9
MICROSOFT = "com.microsoft"  # the domain of ONNX Runtime's own operators

# Without VNNI, two products of an unsigned and a signed byte are added in 16 bits: 2 * 255 * 64 still fits.
INT8_LARGEST = 64


@dataclass(frozen=True, slots=True)
class MeanPooledHead:
    """Ends the graph in the mean of the tokens' vectors, scaled to unit length."""


@dataclass(frozen=True, slots=True)
class TokenStatesHead:
    """Ends the graph in the last layer's vectors, one a token."""


@dataclass(frozen=True, slots=True)
class ReadingHead:
    """Ends the graph in a reader's logits.

    Attributes:
        token_weight: float32 (rows, hidden), what is said of each token.
        token_bias: float32 (rows,).
        text_weight: float32 (rows, hidden), what is said of the whole text, read from the first token's vector.
        text_bias: float32 (rows,).
    """

    token_weight: Array
    token_bias: Array
    text_weight: Array
    text_bias: Array


Head = MeanPooledHead | TokenStatesHead | ReadingHead


def build_encoder(weights: E5Weights, head: Head, *, exact: Collection[str] = ()) -> onnx.ModelProto:
    """Build the graph: token ids in, what `head` makes of the last layer out.

    Args:
        weights: `weights.tensors` need not hold the word embeddings, which come from `weights.words`.
        head: what stands on the last layer.
        exact: matrices left in fp32, as `encoder.layer.4.output.dense`; each costs four times the bytes.

    Returns:
        A model of about 82 MB whose input and outputs are named by this module's constants.
    """
    graph = _Graph(exact)
    outputs: dict[str, tuple[int | None, ...]]
    states = _embed(graph, weights.tensors, weights.words, weights.shape)
    for layer in range(weights.shape.layers):
        states = _layer(graph, states, weights.tensors, f"encoder.layer.{layer}", weights.shape)
    match head:
        case MeanPooledHead():
            mean = graph.add("ReduceMean", [states, graph.constant(np.array([1], np.int64))], keepdims=0)
            graph.add("LpNormalization", [mean], outputs=[VECTOR], axis=-1, p=2)
            outputs = {VECTOR: (1, weights.shape.hidden)}
        case TokenStatesHead():
            graph.add("Identity", [states], outputs=[STATES])
            outputs = {STATES: (1, None, weights.shape.hidden)}
        case ReadingHead():
            _read(graph, states, head)
            outputs = {TOKEN_LOGITS: (1, None, len(head.token_bias)), TEXT_LOGITS: (1, len(head.text_bias))}
    return graph.model(outputs)


def quantise_columns(matrix: Array) -> tuple[npt.NDArray[np.int8], Array]:
    """Quantise a matrix to int8, symmetric, with one scale a column.

    Args:
        matrix: float32 (in, out).

    Returns:
        int8 (in, out) in ±INT8_LARGEST and float32 scales (out,).
    """
    largest = np.abs(matrix).max(axis=0)
    scales = np.where(largest > 0, largest / np.float32(INT8_LARGEST), np.float32(1))
    return np.rint(matrix / scales).astype(np.int8), scales


def _embed(graph: _Graph, tensors: Mapping[str, Array], words: PackedWords, shape: EncoderShape) -> str:
    word = graph.add(
        "GatherBlockQuantized",
        [graph.constant(words.packed), TOKEN_IDS, graph.constant(words.scales)],
        domain=MICROSOFT,
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK_WEIGHTS,
        bits=4,
    )
    # every token is of type 0, so its embedding goes with the position's
    places = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
    tokens = graph.add("Shape", [TOKEN_IDS], start=1, end=2)
    place = graph.add("Slice", [graph.constant(places), graph.constant(np.array([0], np.int64)), tokens])
    return _layer_norm(graph, graph.add("Add", [word, place]), tensors, "embeddings.LayerNorm", shape)


def _layer(graph: _Graph, states: str, tensors: Mapping[str, Array], name: str, shape: EncoderShape) -> str:
    attention = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    joined = _linear(graph, states, tensors, attention)
    query, key, value = graph.add_many("Split", [joined], 3, axis=2, num_outputs=3)
    mixed = graph.add("MultiHeadAttention", [query, key, value], domain=MICROSOFT, num_heads=shape.heads)
    attended = _linear(graph, mixed, tensors, [f"{name}.attention.output.dense"])
    summed = graph.add("Add", [attended, states])
    states = _layer_norm(graph, summed, tensors, f"{name}.attention.output.LayerNorm", shape)
    inner = _linear(graph, states, tensors, [f"{name}.intermediate.dense"])
    outer = _linear(graph, graph.add("Gelu", [inner], approximate="tanh"), tensors, [f"{name}.output.dense"])
    return _layer_norm(graph, graph.add("Add", [outer, states]), tensors, f"{name}.output.LayerNorm", shape)


def _read(graph: _Graph, states: str, head: ReadingHead) -> None:
    tokens = graph.add("MatMul", [states, graph.constant(head.token_weight.T)])
    graph.add("Add", [tokens, graph.constant(head.token_bias)], outputs=[TOKEN_LOGITS])
    first = graph.add("Gather", [states, graph.constant(np.array(0, np.int64))], axis=1)
    text = graph.add("MatMul", [first, graph.constant(head.text_weight.T)])
    graph.add("Add", [text, graph.constant(head.text_bias)], outputs=[TEXT_LOGITS])


def _linear(graph: _Graph, states: str, tensors: Mapping[str, Array], names: Sequence[str]) -> str:
    matrix = np.concatenate([tensors[f"{name}.weight"].T for name in names], axis=1)
    bias = np.concatenate([tensors[f"{name}.bias"] for name in names])
    if names[0] in graph.exact:
        return graph.add("Add", [graph.add("MatMul", [states, graph.constant(matrix)]), graph.constant(bias)])
    quantised, scales = quantise_columns(matrix)
    inputs = [states, graph.constant(quantised), graph.constant(scales), "", graph.constant(bias)]
    return graph.add("DynamicQuantizeMatMul", inputs, domain=MICROSOFT)


def _layer_norm(graph: _Graph, states: str, tensors: Mapping[str, Array], name: str, shape: EncoderShape) -> str:
    inputs = [states, graph.constant(tensors[f"{name}.weight"]), graph.constant(tensors[f"{name}.bias"])]
    return graph.add("LayerNormalization", inputs, axis=-1, epsilon=shape.epsilon)


class _Graph:
    """Collects nodes and constants, naming each by its number."""

    def __init__(self, exact: Collection[str]) -> None:
        self.exact = exact
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, value: npt.NDArray[Any]) -> str:
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value, order="C"), name))
        return name

    def add(self, operator: str, inputs: Sequence[str], *, outputs: Sequence[str] = (), **attributes: Any) -> str:
        return self._append(operator, inputs, outputs or [f"{operator}_{len(self._nodes)}"], attributes)[0]

    def add_many(self, operator: str, inputs: Sequence[str], count: int, **attributes: Any) -> list[str]:
        outputs = [f"{operator}_{len(self._nodes)}_{place}" for place in range(count)]
        return self._append(operator, inputs, outputs, attributes)

    def _append(
        self, operator: str, inputs: Sequence[str], outputs: Sequence[str], attributes: Mapping[str, Any]
    ) -> list[str]:
        from onnx import helper

        self._nodes.append(helper.make_node(operator, inputs, outputs, **attributes))
        return list(outputs)

    def model(self, outputs: Mapping[str, tuple[int | None, ...]]) -> onnx.ModelProto:
        from onnx import TensorProto, helper

        graph = helper.make_graph(
            self._nodes,
            "encoder",
            [helper.make_tensor_value_info(TOKEN_IDS, TensorProto.INT64, (1, None))],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, dims) for name, dims in outputs.items()],
            self._constants,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
