"""Byline as a process of its own: always the tree these tests stand in, never an installed copy."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BYLINE = [sys.executable, "-c", "from byline.bot.cli import main; main()"]


def use_this_tree() -> None:
    """Have every process started from here import this tree, in whatever folder it runs."""
    others = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path != str(ROOT)]
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), *others])


def clean_environment(**settings: str) -> dict[str, str]:
    """The caller's environment, with the model's cache as it is, and nothing else of Byline's but `settings`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BYLINE_")}
    if cache := os.environ.get("BYLINE_CACHE"):
        kept["BYLINE_CACHE"] = cache
    return {**kept, **settings}
