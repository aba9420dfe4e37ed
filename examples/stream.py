"""A client for the event stream of `POST /v1/ask`: what was found first, then the words, then their sources.

    python examples/stream.py QUESTION [--server http://127.0.0.1:8000] [--key KEY]

The events are `hits`, `token`, `citation` and `done`, whose data is JSON; `error` ends a stream that failed. The texts
of all tokens together are the answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import httpx


def events(lines: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Read server-sent events as Byline writes them: each one line of JSON; a line that starts with `:` keeps alive."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def main() -> int:
    """Ask, print the answer as it comes, and then what it stands on; 1 if there is no answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question")
    parser.add_argument("--server", default="http://127.0.0.1:8000")
    parser.add_argument("--key", help="one of the server's BYLINE_API_KEYS")
    options = parser.parse_args()
    headers = {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {options.key}"} if options.key else {})
    url, asked = f"{options.server}/v1/ask", {"question": options.question}
    with httpx.stream("POST", url, json=asked, headers=headers, timeout=60.0) as response:
        if response.is_error:
            problem = json.loads(response.read())
            print(f"{response.status_code}: {problem.get('detail') or problem['title']}", file=sys.stderr)
            return 2
        for name, said in events(response.iter_lines()):
            if name == "token":
                print(said["text"], end="", flush=True)
            elif name == "error":
                print(f"\n{said['detail']}", file=sys.stderr)
                return 2
            elif name == "done":
                print()
                for citation in said["citations"]:
                    print(f"[{citation['number']}] {citation['title']} {options.server}{citation['url']}")
                return 0 if said["answered"] else 1
    return 2


if __name__ == "__main__":
    raise SystemExit(main())
