"""Learn from text where it goes on across a cut: `byline train pages FILES --out continuation_model.npz`.

FILES are `.jsonl` or `.jsonl.gz` with a `text` in each line, or plain text. The shipped model comes
from CRUD-RAG's news articles (IAAR-Shanghai, Apache-2.0), one in ten left out to measure with.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from byline.retrieval.articles.layout.continuation_model import (
    BREAK,
    CLOSERS,
    COUNT_OF_LEVEL,
    EDGE_FEATURES,
    FINGERPRINT_BITS,
    LEVEL_BITS,
    ORDER,
    PROBES,
    SENTENCE_ENDS,
    SHIPPED,
    Codes,
    Floats,
    SeamModel,
    codes_of,
    edge_features,
    fold,
    hashes,
    level_of_count,
)

_SENTENCE_END = re.compile(f"([{re.escape(SENTENCE_ENDS)};][{re.escape(CLOSERS)}]*)")
_CHINESE_SPACE = re.compile(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])")
EVERY = 10
"""One article in so many is held out, by a hash of its id."""


def held_out(article_id: str) -> bool:
    """Tell whether an article is kept back from training, the same on every machine."""
    return hashlib.blake2b(article_id.encode(), digest_size=4).digest()[0] % EVERY == 0


def articles_in(paths: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Read `(id, text)` from `.jsonl`, `.jsonl.gz` and plain text files."""
    for path in paths:
        if ".jsonl" not in path.suffixes:
            yield path.name, path.read_text(encoding="utf-8")
            continue
        opener = gzip.open if path.suffix == ".gz" else open
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                article = json.loads(line)
                yield str(article.get("id", f"{path.name}:{number}")), article["text"]


def sentences_marked(text: str) -> str:
    """Fold a text for counting: no spaces around Chinese, a `BREAK` before and after each sentence."""
    return BREAK + _SENTENCE_END.sub(r"\1" + BREAK, fold(_CHINESE_SPACE.sub("", text)))


def count_ngrams(codes: Codes, order: int, fewest: int) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Count the n-grams of one order that were seen at least `fewest` times, by their hash."""
    found, counts = np.unique(hashes(codes, order), return_counts=True)
    kept = counts >= fewest
    return found[kept], counts[kept]


def build_table(ngrams: Codes, counts: npt.NDArray[np.int64], bits: int) -> npt.NDArray[np.uint16]:
    """Put n-grams into a hashed table of `2**bits` slots, the frequent first; what finds no slot is dropped."""
    size = 1 << bits
    table = np.zeros(size, dtype=np.uint16)
    waiting = np.argsort(-counts, kind="stable")
    entries = ((ngrams & np.uint64((1 << FINGERPRINT_BITS) - 1)) << np.uint64(LEVEL_BITS)).astype(np.uint16)
    entries |= level_of_count(counts)
    places = ((ngrams >> np.uint64(FINGERPRINT_BITS)) & np.uint64(size - 1)).astype(np.int64)
    for probe in range(PROBES):
        slots = (places[waiting] + probe) & (size - 1)
        free = table[slots] == 0
        first = np.unique(slots[free], return_index=True)[1]
        chosen = waiting[free][first]
        table[slots[free][first]] = entries[chosen]
        waiting = waiting[~np.isin(waiting, chosen)]
    return table


def fit_weights(table: npt.NDArray[np.uint16], characters: int, codes: Codes, rounds: int = 12) -> Floats:
    """Fit the interpolation weights to text the counts have not seen, by expectation maximisation.

    Orders are fitted from the shortest up, each on top of the finished ones below it (deleted
    interpolation, Jelinek & Mercer 1980, one order at a time).
    """
    weights = np.zeros((ORDER, 32), dtype=np.float32)
    model = SeamModel(table, weights, characters, np.zeros((2, EDGE_FEATURES + 1), dtype=np.float32))
    lower = np.minimum(COUNT_OF_LEVEL[model.levels(hashes(codes[ORDER - 1 :], 1))] / characters, 1) * 0.999 + 1e-8
    for order in range(2, ORDER + 1):
        start = ORDER - order
        levels = model.levels(hashes(codes[start:], order))
        context_levels = model.levels(hashes(codes[start:-1], order - 1))
        context = COUNT_OF_LEVEL[context_levels]
        share = np.where(context > 0, np.minimum(COUNT_OF_LEVEL[levels] / np.maximum(context, 1), 1), 0)
        weight = np.full(32, 0.5)
        for _ in range(rounds):
            high = weight[context_levels] * share
            belief = high / (high + (1 - weight[context_levels]) * lower)
            seen = np.bincount(context_levels, minlength=32)
            weight = np.bincount(context_levels, belief, minlength=32) / np.maximum(seen, 1)
            weight = np.clip(weight, 0, 0.999)
        weight[0] = 0
        weights[order - 1] = weight
        lower = np.where(context > 0, weight[context_levels] * share + (1 - weight[context_levels]) * lower, lower)
    print(f"held-out cross-entropy: {-np.log(lower).mean():.3f} nats a character")
    return weights


def fit_edges(articles: Sequence[str], rounds: int = 8) -> Floats:
    """Learn what tells an article's first sentence from its others, and its last: logistic regression.

    Returns:
        float32 (2, EDGE_FEATURES + 1), the constant last; trained as if both kinds were equally frequent.
    """
    split = [[part for part in text.split(BREAK) if len(part) > 1] for text in articles]
    split = [parts for parts in split if len(parts) > 2]
    firsts = [parts[0] for parts in split]
    lasts = [parts[-1][::-1] for parts in split]
    inner = [part for parts in split for part in parts[1:-1]]
    return np.stack([_logistic(firsts, inner, rounds), _logistic(lasts, [part[::-1] for part in inner], rounds)])


def edge_accuracy(edges: Floats, articles: Sequence[str]) -> str:
    """Say how often the right sentence of an unseen article scores highest."""
    split = [[part for part in text.split(BREAK) if len(part) > 1] for text in articles]
    split = [parts for parts in split if len(parts) > 4]
    right = [0, 0]
    for parts in split:
        first = edges[0][edge_features(parts)].sum(axis=1)
        last = edges[1][edge_features([part[::-1] for part in parts])].sum(axis=1)
        right[0] += int(first.argmax()) == 0
        right[1] += int(last.argmax()) == len(parts) - 1
    return f"{right[0] / len(split):.1%} and {right[1] / len(split):.1%} of {len(split)} articles"


def _logistic(positive: Sequence[str], negative: Sequence[str], rounds: int) -> Floats:
    """Minimise the log loss with AdaGrad (Duchi, Hazan & Singer 2011) in batches of 512."""
    features = edge_features([*positive, *negative])
    features = np.concatenate([features, np.full((len(features), 1), EDGE_FEATURES)], axis=1)
    labels = np.concatenate([np.ones(len(positive)), np.zeros(len(negative))])
    share = np.where(labels == 1, len(labels) / 2 / len(positive), len(labels) / 2 / len(negative))
    weights = np.zeros(EDGE_FEATURES + 1)
    squares = np.full(EDGE_FEATURES + 1, 1e-6)
    chance = np.random.default_rng(0)
    for _ in range(rounds):
        order = chance.permutation(len(labels))
        for start in range(0, len(order), 512):
            rows = order[start : start + 512]
            score = np.clip(weights[features[rows]].sum(axis=1), -30, 30)
            error = (1 / (1 + np.exp(-score)) - labels[rows]) * share[rows] / len(rows)
            counted = np.bincount(features[rows].ravel(), np.repeat(error, features.shape[1]), EDGE_FEATURES + 1)
            slope = counted + 1e-5 * weights
            squares += slope**2
            weights -= 0.05 * slope / np.sqrt(squares)
    return weights.astype(np.float32)


def main(given: Sequence[str] | None = None) -> None:
    """Count, fit and write."""
    parser = argparse.ArgumentParser(
        prog="byline train pages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--bits", type=int, default=21, help="2**bits slots of two bytes (default 21: 4 MB)")
    parser.add_argument("--fewest", type=int, nargs=ORDER, default=[1, 1, 2, 2, 2], help="pruning, one number an order")
    arguments = parser.parse_args(given)
    texts = [sentences_marked(text) for name, text in articles_in(arguments.files) if not held_out(name)]
    fitting = len(texts) // 20
    counted = codes_of("\0\0\0\0".join(texts[fitting:]))
    parts = [count_ngrams(counted, order, arguments.fewest[order - 1]) for order in range(1, ORDER + 1)]
    print("n-grams kept:", [len(found) for found, _ in parts])
    ngrams, counts = (np.concatenate(column) for column in zip(*parts, strict=True))
    table = build_table(ngrams, counts, arguments.bits)
    print(f"table {np.count_nonzero(table) / len(table):.0%} full, holds {np.count_nonzero(table) / len(ngrams):.1%}")
    weights = fit_weights(table, len(counted), codes_of("\0\0\0\0".join(texts[:fitting])))
    edges = fit_edges(texts[fitting:])
    print(f"first and last sentences told from others: {edge_accuracy(edges, texts[:fitting])}")
    np.savez_compressed(arguments.out, table=table, weights=weights, characters=np.int64(len(counted)), edges=edges)
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.1f} MB")
