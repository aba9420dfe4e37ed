"""Database files as earlier Bylines left them, as SQL: `index_2` and the rest are of commit 39c4a0f."""

from __future__ import annotations

import sqlite3
from pathlib import Path

KEPT = Path(__file__).parent


def lay_out(name: str, place: Path) -> None:
    """Make the database file that `name` is a dump of."""
    place.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(place)
    try:
        connection.executescript((KEPT / f"{name}.sql").read_text(encoding="utf-8"))
    finally:
        connection.close()
