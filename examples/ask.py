"""Ask a folder of articles from Python, and show each quote in its place.

python examples/ask.py ARTICLES QUESTION [--data FOLDER]
"""

from __future__ import annotations

import argparse
import tempfile

import byline

CONTEXT_CHARS = 20  # shown on either side of a quote


def main() -> int:
    """Index the articles, ask, and print the answer with the sentences it stands on; 1 if there is no answer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles")
    parser.add_argument("question")
    parser.add_argument("--data", help="keep the index here; by default it is gone afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, byline.open(options.data or scratch) as archive:
        archive.index(options.articles)
        answer = archive.ask(options.question)
        print(answer.short_answer or answer.answer)
        for citation in answer.citations:
            if citation.evidence:
                text = archive.article(citation.article_id).text
                before = text[max(0, citation.start - CONTEXT_CHARS) : citation.start]
                after = text[citation.end : citation.end + CONTEXT_CHARS]
                print(f"[{citation.number}] {citation.title}: …{before}【{citation.quote}】{after}…")
        return 0 if answer.answered else 1


if __name__ == "__main__":
    raise SystemExit(main())
