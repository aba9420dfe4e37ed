"""An index database opened for use: created, migrated to this version, or refused in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from byline.embeddings.errors import Hint
from byline.retrieval.errors import IndexDamaged, IndexMismatch
from byline.retrieval.index.migrations import INDEX
from byline.retrieval.sqlite import ForeignFile, NewerFile, bring_up_to_date

VERSION = INDEX.version


def prepare(connection: sqlite3.Connection, place: Path) -> None:
    """Make the tables in a new database, or bring an older one to this version.

    Raises:
        IndexMismatch: a newer Byline made it.
        IndexDamaged: it is some other program's database.
    """
    try:
        bring_up_to_date(connection, INDEX)
    except ForeignFile as error:
        raise IndexDamaged(
            f"{place} is a database of another program; choose another folder", hint=Hint.DATA_FOLDER
        ) from error
    except NewerFile as error:
        raise IndexMismatch(
            f"{place} was made by a newer Byline (index version {error.version}, this one reads {error.reads}); "
            "update Byline"
        ) from error
