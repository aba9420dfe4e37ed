"""How much of a question's subject a text covers, rarer terms weighing more: a feature, and what claims compare."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

from byline.retrieval.text.folding import terms
from byline.retrieval.text.question import without_interrogatives

NOWHERE = 1.0 / math.log(2.0)  # the weight of a term that no passage holds
DocumentFrequencies = Callable[[Sequence[str]], Mapping[str, int]]


def term_weights(question: str, document_frequencies: DocumentFrequencies) -> dict[str, float]:
    """Weigh the words that name a question's subject, rarer ones more.

    Args:
        question: as asked.
        document_frequencies: in how many passages each term stands.

    Returns:
        Folded terms with 1 / ln(2 + passages that hold it): a name that stands nowhere weighs 1.4, one that stands
        in ten thousand passages 0.1.
    """
    subject = list(dict.fromkeys(terms(without_interrogatives(question))))
    frequencies = document_frequencies(subject)
    return {term: 1.0 / math.log(2.0 + frequencies.get(term, 0)) for term in subject}


def known_weights(question: str, document_frequencies: DocumentFrequencies) -> dict[str, float]:
    """The weights of the words that stand somewhere in the archive.

    Most pairs of characters across the edge of two words stand nowhere, and so weigh most: who looks for what speaks
    of a question leaves them out.
    """
    weights = term_weights(question, document_frequencies)
    return {term: weight for term, weight in weights.items() if weight < NOWHERE}


@lru_cache(maxsize=128)  # what is read for one question, batch after batch; and a few questions at once
def term_set(text: str) -> frozenset[str]:
    """The distinct folded terms of a text."""
    return frozenset(terms(text))


def coverage(text: str, weights: Mapping[str, float]) -> float:
    """Tell what share of the weight stands in a text, in [0, 1]; 0 for a question without a subject."""
    whole = sum(weights.values())
    there = term_set(text)
    return sum(weight for term, weight in weights.items() if term in there) / whole if whole else 0.0


def covered_terms(texts: Iterable[str], weights: Mapping[str, float]) -> frozenset[str]:
    """Give the weighed terms that stand in one of the texts."""
    return frozenset(weights) & frozenset().union(*map(term_set, texts))
