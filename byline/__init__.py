"""Ask a pile of articles a question and get the answer with the exact sentence it stands on.

    import byline

    with byline.open("folder") as archive:
        archive.index("articles/")
        answer = archive.ask("沙湾渡口改造总投资是多少?")
        print(answer.short_answer, answer.citations[0].quote)

What `__all__` names is the public interface; everything else may move. Nothing is loaded before it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from byline.embeddings.errors import BylineError, Hint, ModelUnavailable
    from byline.retrieval.answers.answer import Answer, Citation, Marker, Text
    from byline.retrieval.archive import Archive
    from byline.retrieval.archive import open_archive as open  # as in `gzip.open`
    from byline.retrieval.articles.article import Article
    from byline.retrieval.errors import BadQuestion, IndexFault, NotCalibrated, NotFound, UnreadableFile
    from byline.retrieval.index.store import Filters, Header
    from byline.retrieval.index_report import IndexReport
    from byline.retrieval.search import Hit

__all__ = [
    "Answer",
    "Archive",
    "Article",
    "BadQuestion",
    "BylineError",
    "Citation",
    "Filters",
    "Header",
    "Hint",
    "Hit",
    "IndexFault",
    "IndexReport",
    "Marker",
    "ModelUnavailable",
    "NotCalibrated",
    "NotFound",
    "Text",
    "UnreadableFile",
    "__version__",
    "open",
]

__version__ = "0.1.0"

_HOMES = {
    "byline.embeddings.errors": ("BylineError", "Hint", "ModelUnavailable"),
    "byline.retrieval.answers.answer": ("Answer", "Citation", "Marker", "Text"),
    "byline.retrieval.archive": ("Archive",),
    "byline.retrieval.articles.article": ("Article",),
    "byline.retrieval.errors": ("BadQuestion", "IndexFault", "NotCalibrated", "NotFound", "UnreadableFile"),
    "byline.retrieval.index.store": ("Filters", "Header"),
    "byline.retrieval.index_report": ("IndexReport",),
    "byline.retrieval.search": ("Hit",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "open":
        return import_module("byline.retrieval.archive").open_archive
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'byline' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
