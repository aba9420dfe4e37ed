"""Questions all at once to a running server: does it queue, and does every one get its answer?

python -m tests.benchmarks.burst URL QUESTIONS.jsonl [--at-once 20] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

PATIENCE_S = 60


def main() -> None:
    """Print the times of each round."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("questions", type=Path)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    asked = [json.loads(line)["question"] for line in arguments.questions.read_text("utf-8").splitlines() if line]
    _ask(arguments.url, asked[-1])  # the models load with the first question
    for number in range(arguments.rounds):
        at = number * arguments.at_once
        chosen = asked[at : at + arguments.at_once]
        with ThreadPoolExecutor(len(chosen)) as pool:
            seconds = list(pool.map(lambda question: _ask(arguments.url, question), chosen))
        print(f"{len(chosen)} at once: median {np.median(seconds):.2f} s, last {max(seconds):.2f} s, none refused")


def _ask(url: str, question: str) -> float:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(url + "/v1/ask", body, {"Content-Type": "application/json"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
        json.load(response)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
