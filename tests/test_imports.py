"""Imports point one way: bot → retrieval → embeddings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"embeddings": set(), "retrieval": {"embeddings"}, "bot": {"retrieval", "embeddings"}}
FORBIDDEN = {layer: set(MAY_IMPORT) - allowed - {layer} for layer, allowed in MAY_IMPORT.items()}


def imported_packages(source: str) -> Iterator[tuple[int, str]]:
    """Line and top package of every import, also those inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield node.lineno, name.name.partition(".")[0]
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, (node.module or "").partition(".")[0] if not node.level else "(relative)"
        elif (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "__import__")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            yield node.lineno, str(node.args[0].value).partition(".")[0]


def against_the_direction(layer: str, source: str) -> list[str]:
    return [
        f"line {line} imports {package}"
        for line, package in imported_packages(source)
        if package in FORBIDDEN[layer] | {"tests", "(relative)"}
    ]


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_no_module_imports_against_the_direction(layer: str) -> None:
    modules = sorted((ROOT / layer).rglob("*.py"))
    assert modules
    found = {str(m.relative_to(ROOT)): against_the_direction(layer, m.read_text(encoding="utf-8")) for m in modules}
    assert {module: faults for module, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("embeddings", "from retrieval.errors import NotFound"),
        ("embeddings", "def f():\n    import bot.settings as s"),
        ("retrieval", "if TYPE_CHECKING:\n    from bot import ledger"),
        ("retrieval", "importlib.import_module('bot.cli')"),
        ("retrieval", "from . import service"),
        ("bot", "from tests.doubles import HashEmbedder"),
    ],
)
def test_every_way_to_import_against_the_direction_is_seen(layer: str, source: str) -> None:
    assert against_the_direction(layer, source)


def test_imports_along_the_direction_pass() -> None:
    assert not against_the_direction("bot", "import retrieval.service\nfrom embeddings import embedder\nimport botany")
    assert not against_the_direction("retrieval", "from embeddings.embedder import Embedder")
