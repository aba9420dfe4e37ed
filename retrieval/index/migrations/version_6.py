"""Version 6: the edition, the title in its place and where that is from stand under an article's checksum, too."""

from __future__ import annotations

import sqlite3

from byline.retrieval.index.integrity import seal_articles


def migrate(connection: sqlite3.Connection) -> None:
    """Seal every article anew, and those that stand removed when they are restored."""
    connection.execute("UPDATE article SET checksum = ''")
    seal_articles(connection)
    connection.execute("UPDATE removed SET article = json_remove(article, '$.checksum')")
