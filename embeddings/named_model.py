"""What any model given by name or folder needs: a checksum of its weights, and the line that says it is not here."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from byline.embeddings.errors import ModelUnavailable

if TYPE_CHECKING:
    from torch import Tensor


def hash_weights(weights: Iterable[tuple[str, Tensor]]) -> hashlib._Hash:
    """Hash named parameters, in the order of their names; the caller may add to it."""
    digest = hashlib.sha256()
    for name, tensor in sorted(weights):
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().float().contiguous().numpy().data)
    return digest


def cannot_load(what: str, name: str, setting: str, error: Exception, *, allow_download: bool) -> ModelUnavailable:
    """Say in one line that a model does not load, and what to set instead.

    Args:
        what: `embedding model`, `reader`.
        setting: the environment variable that named it.
    """
    reason = str(error).strip().partition("\n")[0]
    where = "or on the model hub" if allow_download else "and downloads are off"
    return ModelUnavailable(
        f'the {what} "{name}" cannot be loaded from this machine {where} ({reason}); set {setting} to a folder that '
        "holds it or to `bundled`, or BYLINE_ALLOW_DOWNLOADS=true"
    )
