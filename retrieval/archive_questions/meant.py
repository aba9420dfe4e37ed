"""Which articles a question means by a title or by a few words."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from byline.retrieval.answers.coverage import coverage, known_weights
from byline.retrieval.articles.article import Article
from byline.retrieval.index.store import Filters, Header, Store
from byline.retrieval.search import Hit
from byline.retrieval.text.folding import fold

Find = Callable[[str, Filters], Sequence[Hit]]

COVERED = 0.5  # share of the weight of the words that say which article, that have to stand in it
EVERY = 200  # headers looked through at a time


def titled(store: Store, title: str, filters: Filters, *, exactly: bool = False) -> list[Header]:
    """The articles of a title: those that bear it whole, else those that have it within theirs; newest first.

    Args:
        store: where they are.
        title: as it was written.
        filters: which articles may be meant.
        exactly: only those that bear it whole.
    """
    wanted = _bare(title)
    page = store.articles(limit=EVERY, query=title, filters=filters)
    bearing = [header for header in page.articles if wanted in _bare(header.title) or wanted in _bare(header.subtitle)]
    same = [header for header in bearing if _bare(header.title) == wanted]
    return same if exactly else same or bearing


def meant(store: Store, find: Find, about: str, filters: Filters) -> list[Article]:
    """The articles that a few words mean, best first: each speaks of most of what is said.

    Args:
        store: where they are.
        find: finds passages by words and meaning.
        about: the words.
        filters: which articles may be meant.
    """
    weights = known_weights(about, store.document_frequencies)
    if not weights:
        return []
    best: dict[str, float] = {}
    for place, hit in enumerate(find(about, filters)):
        header = hit.stored.article
        spoken = coverage(f"{header.title}\n{header.subtitle}\n{header.source}\n{hit.stored.passage.text}", weights)
        best[header.id] = max(best.get(header.id, 0.0), spoken - 0.02 * place)
    order = sorted(best, key=lambda article_id: -best[article_id])
    articles = [store.article(article_id) for article_id in order[:5]]
    return [article for article in articles if coverage(_everything(article), weights) >= COVERED]


def _everything(article: Article) -> str:
    return "\n".join((article.title, article.subtitle, article.byline, article.source, article.text))


def _bare(title: str) -> str:
    return re.sub(r"[\W_]+", "", fold(title))
