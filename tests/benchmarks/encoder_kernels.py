"""What one layer of the encoder is made of, kernel against kernel: the source of the choices in encoder_graph.py.

    python -m tests.benchmarks.encoder_kernels

Prints microseconds of one core for 171 tokens (a passage of 250 Chinese characters), the best of 30 runs of eight
copies each. Thread time, so a loaded machine disturbs little.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper

TOKENS, HIDDEN, INNER, HEADS = 171, 384, 1536, 12
COPIES, RUNS = 8, 30
FUSED = "com.microsoft"
Make = Callable[["Graph", str], str]


class Graph:
    """Nodes and constants of a small ONNX graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, values: npt.NDArray[Any]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def op(self, kind: str, inputs: Sequence[str], *, domain: str = "", outputs: int = 1, **options: Any) -> str:
        name = f"n{len(self.nodes)}"
        names = [f"{name}.{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, domain=domain, **options))
        return names[0]


def main() -> None:
    """Print the table."""
    draw = np.random.default_rng(0)
    scale, bias = (draw.normal(1, 0.1, HIDDEN).astype(np.float32) for _ in range(2))

    def fused_norm(graph: Graph, x: str) -> str:
        gamma, beta = graph.constant(scale), graph.constant(bias)
        return graph.op("SkipLayerNormalization", [x, x, gamma, beta], domain=FUSED, epsilon=1e-12)

    def plain_norm(graph: Graph, x: str) -> str:
        inputs = [graph.op("Add", [x, x]), graph.constant(scale), graph.constant(bias)]
        return graph.op("LayerNormalization", inputs, axis=-1, epsilon=1e-12)

    _show("Add + LayerNormalization", plain_norm, HIDDEN)
    _show("SkipLayerNormalization", fused_norm, HIDDEN)
    weights = draw.normal(size=(HIDDEN, INNER)).astype(np.float32)
    steps = (np.abs(weights).max(0) / 64).astype(np.float32)
    small = np.rint(weights / steps).astype(np.int8)
    _show("MatMul, fp32, 384 to 1,536", lambda g, x: g.op("MatMul", [x, g.constant(weights)]), HIDDEN)
    _show(
        "DynamicQuantizeMatMul, 384 to 1,536",
        lambda g, x: g.op("DynamicQuantizeMatMul", [x, g.constant(small), g.constant(steps)], domain=FUSED),
        HIDDEN,
    )
    _show("Gelu, erf form", lambda g, x: g.op("Gelu", [x], domain=FUSED), INNER)
    _show("FastGelu, tanh form", lambda g, x: g.op("FastGelu", [x], domain=FUSED), INNER)
    _show(
        "MultiHeadAttention",
        lambda g, x: g.op("MultiHeadAttention", [x, x, x], domain=FUSED, num_heads=HEADS),
        HIDDEN,
    )


def _show(name: str, make: Make, width: int) -> None:
    graph = Graph()
    rows = [
        graph.op("Gather", [make(graph, "x"), graph.constant(np.array([0], np.int64))], axis=1) for _ in range(COPIES)
    ]
    whole = graph.op("Concat", rows, axis=1)
    graph.nodes.append(helper.make_node("Identity", [whole], ["out"]))
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, TOKENS, width])
    taken = helper.make_tensor_value_info("out", TensorProto.FLOAT, None)
    model = helper.make_model(
        helper.make_graph(graph.nodes, "kernels", [given], [taken], graph.constants),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(FUSED, 1)],
        ir_version=10,
    )
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).normal(size=(1, TOKENS, width)).astype(np.float32)
    times = []
    for _ in range(RUNS):
        began = time.thread_time()
        session.run(None, {"x": x})
        times.append(time.thread_time() - began)
    print(f"{name:40}{min(times) / COPIES * 1e6:10,.0f} µs", flush=True)


if __name__ == "__main__":
    main()
