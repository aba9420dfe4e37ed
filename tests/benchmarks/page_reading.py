"""How many text pages a second are read on one core.

`python -m tests.benchmarks.page_reading FOLDER`, where FOLDER holds `.txt` pages, for instance made by
`python -m tests.articles.layout.page_maker ARTICLES.jsonl FOLDER`.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
from pathlib import Path

from byline.retrieval.articles.layout.newspaper import articles_of_page, blocks_of_text


def main() -> None:
    """Print the machine, the pages and pages a second: the median of five rounds, by processor time."""
    pages = [path.read_text(encoding="utf-8") for path in sorted(Path(sys.argv[1]).glob("*.txt"))]
    started = time.perf_counter()
    articles_of_page(blocks_of_text(pages[0]))
    first_ms = (time.perf_counter() - started) * 1000
    rounds = []
    for _ in range(5):
        started = time.process_time()
        found = sum(len(articles_of_page(blocks_of_text(page)).articles) for page in pages)
        rounds.append(len(pages) / (time.process_time() - started))
    characters = sum(map(len, pages)) // len(pages)
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(f"{len(pages)} pages of {characters} characters on average, {found} articles; {' '.join(sys.argv)}")
    print(f"{statistics.median(rounds):.0f} pages/s ({min(rounds):.0f} to {max(rounds):.0f})")
    print(f"first page, with loading the seam model: {first_ms:.0f} ms")


if __name__ == "__main__":
    main()
