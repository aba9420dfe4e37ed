"""A checkpoint to the file that is shipped, and either to a reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from byline.embeddings.e5_weights import load_pieces, load_weights, make_tokenizer
from byline.retrieval.answers.reader_weights import load_reader_weights, save_reader_weights
from byline.retrieval.answers.spans import SpanReader
from byline.retrieval.training.reader.encoder import ReadingEncoder


def load_average(checkpoint: Path, start: Path | None = None) -> tuple[ReadingEncoder, dict[str, Any]]:
    """Load the averaged weights of a run.

    Args:
        checkpoint: of the run.
        start: the weights file the run began with, which its frozen layers kept; e5's when None.

    Returns:
        The network, and the recipe with `steps`, `epochs` and `minutes_done` so far.
    """
    state = torch.load(checkpoint, weights_only=True)
    weights = load_weights()
    net = ReadingEncoder(weights.shape, frozen=state["recipe"]["frozen"])
    net.load_bert(weights.tensors | (load_reader_weights(start).tensors if start else {}))
    missing, unknown = net.load_state_dict(state["average"], strict=False)
    lacking = {name for name, part in net.named_parameters() if part.requires_grad} & set(missing)
    if unknown or lacking:
        raise ValueError(f"{checkpoint} is of another network: unknown {unknown[:3]}, lacking {sorted(lacking)[:3]}")
    steps, epochs, _, seconds = state["at"]
    net.eval()
    return net, state["recipe"] | {"steps": steps, "epochs": epochs, "minutes_done": round(seconds / 60, 1)}


def export(checkpoint: Path, path: Path, *, start: Path | None = None, share: float = 1.0) -> None:
    """Write the averaged weights of a run to `path`.

    Args:
        checkpoint: of the run.
        path: the weights file.
        start: the weights file the run began with, to be averaged with its end: between the two what either knows is
            kept (Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022).
        share: of the run's end in that average, 0 to 1.
    """
    net, about = load_average(checkpoint, start)
    tensors = net.bert_tensors()
    if start:
        before = load_reader_weights(start).tensors
        untaught = ~before["head.weight"].any(1)  # rows the start did not have are taken as they are
        before["head.weight"][untaught] = tensors["head.weight"][untaught]
        before["head.bias"][untaught] = tensors["head.bias"][untaught]
        moved = {name: share * tensor + (1 - share) * before[name] for name, tensor in tensors.items()}
        tensors = before | moved
        about |= {"share": share}
    save_reader_weights(tensors, about, path)


def checkpoint_reader(checkpoint: Path, start: Path | None = None) -> SpanReader:
    """Read with a run's averaged weights in fp32, as PyTorch has them; `start` as for `load_average`."""
    net, about = load_average(checkpoint, start)
    return SpanReader(net, make_tokenizer(load_pieces()), f"checkpoint at step {about['steps']}, fp32")
