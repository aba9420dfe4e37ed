"""What any model given by name or folder needs: a checksum of its weights, and the line that says why it is missing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from byline.embeddings.errors import Hint, ModelUnavailable

if TYPE_CHECKING:
    from torch import Tensor

PACKAGES = "sentence-transformers torch"  # the dependencies in pyproject.toml that requirements-slim.lock leaves out


def hash_weights(weights: Iterable[tuple[str, Tensor]]) -> hashlib._Hash:
    """Hash named parameters, in the order of their names; the caller may add to it."""
    digest = hashlib.sha256()
    for name, tensor in sorted(weights):
        digest.update(f"{name}{tuple(tensor.shape)}{tensor.dtype}".encode())
        digest.update(tensor.detach().cpu().float().contiguous().numpy().data)
    return digest


def cannot_load(what: str, name: str, hint: Hint, error: Exception, *, allow_download: bool) -> ModelUnavailable:
    """Say in one line that a model does not load, and what to set instead.

    Args:
        what: `embedding model`, `reader`.
        hint: where it was named.
    """
    reason = str(error).strip().partition("\n")[0]
    where = "or on the model hub" if allow_download else "and downloads are off"
    return ModelUnavailable(
        f'the {what} "{name}" cannot be loaded from this machine {where} ({reason}); name a folder that holds it, or '
        "`bundled`, or allow downloads",
        hint=hint,
    )


def lacks_packages(what: str, name: str, hint: Hint, error: ImportError) -> ModelUnavailable:
    """Say in one line that a model by name needs packages that a slim install leaves out, and how to have them.

    Args:
        what: `embedding model`, `reader`.
        hint: where it was named.
        error: says which package was looked for.
    """
    reason = str(error).strip().partition("\n")[0]
    return ModelUnavailable(
        f'the {what} "{name}" needs packages that are not installed ({reason}); run '
        f"`pip install {PACKAGES}`, or name `bundled`",
        hint=hint,
    )
