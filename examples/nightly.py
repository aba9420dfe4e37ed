"""Keep an index in step with a folder, from cron, and say something only when there is something to say.

    15 3 * * *  /opt/byline/.venv/bin/python /opt/byline/examples/nightly.py /srv/articles --data /var/lib/byline

Cron mails what a command prints. Unchanged files cost nothing; what left the folder leaves the index; a run that is
stopped loses nothing it had finished. A server on the same data folder answers meanwhile and sees each batch at once.
"""

from __future__ import annotations

import argparse
import sys

import byline


def main() -> int:
    """Index, and exit with 1 if files could not be read, 2 if another run still holds the index."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--data", required=True, help="the data folder, as of `byline --data`")
    options = parser.parse_args()
    try:
        with byline.open(options.data) as archive:
            report = archive.index(options.folder)
    except byline.IndexFault as error:
        print(f"not indexed: {error}", file=sys.stderr)
        return 2
    if report.articles_added or report.articles_removed:
        print(f"{report.articles_added} articles added, {report.articles_removed} removed, {report.took_s:.0f} s")
    for fault in report.faults:
        print(f"left out: {fault.path}: {fault.reason}", file=sys.stderr)
    return 1 if report.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
