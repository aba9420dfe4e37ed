"""The bundled reader's weights as they are shipped: int8 matrices with a scale for every row, the rest in fp32."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from byline.embeddings.errors import ModelUnavailable
from byline.retrieval.answers.spans import COLUMNS

Array = npt.NDArray[np.float32]

WEIGHTS_PATH = Path(__file__).with_name("reader_weights.npz")
_SCALE = ".scale"
_ABOUT = "about"
_STEPS = 127  # int8, symmetric
_HEAD = frozenset({"head.weight", "head.bias"})


@dataclass(frozen=True, slots=True)
class ReaderWeights:
    """What was learned.

    Attributes:
        tensors: fp32, the trained layers under the names of transformers' `BertModel`, and `head.weight`
            (`COLUMNS`, hidden) and `head.bias` (`COLUMNS`,), rows as in `marking`; rows that a file of before they
            were taught lacks are zero, as is all that they then say.
        about: the recipe and how far it went.
    """

    tensors: dict[str, Array]
    about: dict[str, Any]


def save_reader_weights(tensors: Mapping[str, Array], about: Mapping[str, Any], path: Path) -> None:
    """Write weights; the encoder's matrices lose up to half a step of 1/127 of their row's largest weight."""
    stored: dict[str, Any] = {_ABOUT: np.array(json.dumps(about))}
    for name, tensor in tensors.items():
        if tensor.ndim == 2 and not name.startswith("head."):
            scale = np.maximum(np.abs(tensor).max(1), np.finfo(np.float32).tiny) / _STEPS
            stored[name] = np.rint(tensor / scale[:, None]).astype(np.int8)
            stored[name + _SCALE] = scale.astype(np.float32)
        else:
            stored[name] = tensor.astype(np.float32)
    np.savez(path, **stored)


def load_reader_weights(path: Path = WEIGHTS_PATH) -> ReaderWeights:
    """Read weights back into fp32.

    Raises:
        ModelUnavailable: the file is missing or is no such file.
    """
    try:
        content = path.read_bytes()
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            parts = dict(stored)
        about = json.loads(str(parts.pop(_ABOUT)))
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        raise _unreadable(path, error) from error
    scales = {name: parts.pop(name) for name in list(parts) if name.endswith(_SCALE)}
    tensors = {name: part.astype(np.float32) for name, part in parts.items()}
    for name, scale in scales.items():
        tensors[name.removesuffix(_SCALE)] *= scale[:, None]
    for name in _HEAD & tensors.keys():
        rows = tensors[name]
        tensors[name] = np.pad(rows, [(0, COLUMNS - len(rows)), *[(0, 0)] * (rows.ndim - 1)])
    return ReaderWeights(tensors, about)


def weights_sha256(path: Path = WEIGHTS_PATH) -> str:
    """Name a weights file by its content, without unpacking it.

    Raises:
        ModelUnavailable: the file is missing.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: Exception) -> ModelUnavailable:
    return ModelUnavailable(f"the bundled reader's weights cannot be read from {path}: {error}; install Byline again")
