"""CONTRIBUTING.md names what there is."""

from __future__ import annotations

import re

import pytest

from tests.conftest import THOROUGH
from tests.worlds.process import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(?:python -m )?([\w.]+(?:/[\w.]+)+/?|[A-Z]+\.md)`", TEXT)))


def test_paths_are_found_in_it() -> None:
    assert len(NAMED) > 10


@pytest.mark.parametrize("path", [path for path in NAMED if "NAME" not in path])
def test_a_file_it_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_markers_it_names_are_known(pytestconfig: pytest.Config) -> None:
    known = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert set(re.findall(r"pytest -q -m (\w+)", TEXT)) == {"fast", "slow"} <= known


def test_every_module_left_out_of_the_fast_tests_is_there() -> None:
    assert [module for module in sorted(THOROUGH) if not (ROOT / module).exists()] == []


def test_a_test_is_fast_unless_its_module_is_named(request: pytest.FixtureRequest) -> None:
    fast = {item.path.relative_to(ROOT).as_posix() for item in request.session.items if item.get_closest_marker("fast")}
    assert "tests/test_contributing.py" in fast
    assert not fast & THOROUGH
