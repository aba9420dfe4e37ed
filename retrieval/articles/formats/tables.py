"""Rows of tables as lines of text."""

from __future__ import annotations

from collections.abc import Sequence


def row_of_cells(cells: Sequence[str]) -> str:
    """Write a row as one line; a blank cell keeps its place, so that what follows stays under its heading.

    Returns:
        The cells between ` | `, without blank ones at the end; nothing for a row without words.
    """
    last = max((at for at, cell in enumerate(cells) if cell), default=-1)
    written = "".join(f" | {cell}" if cell else " |" for cell in cells[: last + 1])
    return written.removeprefix(" | ").strip() if last >= 0 else ""
