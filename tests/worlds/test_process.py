"""A process that a test starts runs the code beside the test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds.process import BYLINE, ROOT, clean_environment, use_this_tree

WHERE = (
    "from byline import bot, embeddings, retrieval;"
    "print(bot.__file__, retrieval.__file__, embeddings.__file__, sep='\\n')"
)


def test_a_process_in_another_folder_imports_this_tree_and_no_installed_copy(tmp_path: Path) -> None:
    for environment in (None, clean_environment(BYLINE_DATA=str(tmp_path))):
        said = subprocess.check_output([sys.executable, "-c", WHERE], cwd=tmp_path, env=environment, text=True)
        assert [Path(line).resolve().parents[1] for line in said.splitlines()] == [ROOT] * 3


def test_the_command_line_of_a_copied_tree_is_the_copys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installed copy, or another tree on the path, must not be what is tested: the nearer one goes before."""
    cli = tmp_path / "elsewhere" / "byline" / "bot" / "cli"
    cli.mkdir(parents=True)
    for package in (cli.parent, cli.parents[1]):
        (package / "__init__.py").write_text("")
    (cli / "__init__.py").write_text("def main(): print('another')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "elsewhere"))
    assert subprocess.check_output([*BYLINE, "--version"], cwd=tmp_path, text=True) == "another\n"
    use_this_tree()
    assert subprocess.check_output([*BYLINE, "--version"], cwd=tmp_path, text=True).startswith("byline ")
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(ROOT), str(tmp_path / "elsewhere")]
