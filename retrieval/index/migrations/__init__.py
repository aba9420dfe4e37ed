"""The index database from version to version; every version has a module, which never changes once it is released."""

from __future__ import annotations

from byline.retrieval.index.migrations import version_2, version_3, version_4, version_5, version_6
from byline.retrieval.sqlite import FileKind

# A version is added whenever a table, or what `byline.retrieval.text.folding.terms` returns, changes.
INDEX = FileKind(
    application_id=0x42594C4E,  # "BYLN"
    first=2,
    create=version_2.create,
    steps={
        2: version_2.migrate,
        3: version_3.migrate,
        4: version_4.migrate,
        5: version_5.migrate,
        6: version_6.migrate,
    },
)
