"""The command line: `byline COMMAND`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command of `sys.argv` and exit with its status."""
    from byline.bot.cli.app import run  # here, so that `import bot` costs nothing

    sys.exit(run(sys.argv[1:]))
