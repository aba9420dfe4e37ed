"""What holds for every test: its processes use this tree, and it is fast unless its module is named here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import settings

from tests.worlds.process import ROOT, use_this_tree

use_this_tree()

# What a law takes on a machine that is busy says nothing about it; a hang is pytest-timeout's to end.
settings.register_profile("byline", deadline=None)
settings.load_profile("byline")

# Modules that are left out of `pytest -m fast`: they load a model, open a browser, start servers or draw thousands of
# inputs. By `--durations=0` they take three quarters of the suite's time.
THOROUGH = frozenset(
    {
        "tests/answers/test_bundled_reader.py",
        "tests/training/test_reader.py",
        "tests/articles/formats/test_pdf.py",
        "tests/bot/telegram/test_hostile.py",
        "tests/bot/telegram/test_manners.py",
        "tests/bot/test_cli.py",
        "tests/contracts/test_embedder.py",
        "tests/contracts/test_store_machine.py",
        "tests/embeddings/test_bundled.py",
        "tests/embeddings/test_e5_weights.py",
        "tests/embeddings/test_sentence_transformer.py",
        "tests/end_to_end/test_page_for_everyone.py",
        "tests/end_to_end/test_page_in_browser.py",
        "tests/end_to_end/test_same_citations.py",
        "tests/end_to_end/test_serve.py",
        "tests/test_examples.py",
        "tests/test_install.py",
    }
)

# Modules that load a model by name, which a slim install (requirements-slim.lock) has no packages for.
NAMED_MODELS = (
    "answers/test_named_reader.py",
    "embeddings/test_sentence_transformer.py",
    "training/test_contrasts.py",
    "training/test_reader.py",
)
SLIM = find_spec("torch") is None
collect_ignore = list(NAMED_MODELS) if SLIM else []


def pytest_report_header() -> str | None:
    """Say what a slim install leaves out."""
    return f"slim install, without {', '.join(NAMED_MODELS)}" if SLIM else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is fast."""
    for item in items:
        slow = item.get_closest_marker("slow") is not None
        if not slow and Path(item.path).relative_to(ROOT).as_posix() not in THOROUGH:
            item.add_marker("fast")
