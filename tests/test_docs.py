"""What the documents mention is there: every path, command, option, setting and name."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import click
import pytest

from byline.bot.cli.app import COMMANDS, byline
from byline.bot.settings import known_names
from tests.conftest import NAMED_MODELS, THOROUGH
from tests.worlds.process import ROOT

DOCUMENTS = [
    *sorted(ROOT.glob("README*.md")),
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
    ROOT / "examples" / "README.md",
]
# Folders at the top, by which a path is known for one.
TOP = ("bot/", "byline/", "embeddings/", "retrieval/", "tests/", "docs/", "examples/", ".ci/", ".github/")
SOURCES = ("bot", "embeddings", "retrieval", "tests", "examples")
# Stand for whatever the reader puts there.
PLACEHOLDER = re.compile(r"NAME|VERSION|FOLDER|PATH|FILE|QUESTION|MODEL|TOKEN|DATA\b|\bID\b|…|\.\.\.|\*")
# In docs/style.md: how names are made, not names that are.
SHOWN = {"max_chars", "test_deleted_article_never_answers_again", "vectors", "IndexMismatch", "k"}
# Words of other tools and formats.
FOREIGN = {
    "--no-deps",
    "pip",
    "just",
    "uv",
    "rust-just",
    "package-dir",
    "xfail_strict",
    "user_version",
    "application_id",
    "CHROMIUM",
}


def inline(document: Path) -> list[str]:
    """What stands between single backticks, outside fenced blocks."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"(?<!`)`([^`\n]+)`(?!`)", text)


def fenced(document: Path) -> list[str]:
    """The lines of shell blocks."""
    blocks = re.findall(r"```sh\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
    return [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines() if line.strip()]


@cache
def names() -> frozenset[str]:
    """Every name that the code defines or uses, and every string it holds that is a word."""
    found: set[str] = set()
    for folder in SOURCES:
        for module in (ROOT / folder).rglob("*.py"):
            if module == Path(__file__):
                continue
            found.add(module.stem)
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                found.update(_names_of(node))
    return frozenset(found | set(FOREIGN) | set(dir(__builtins__)))


def _names_of(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name) | ast.alias(name=name):
            yield from name.split(".")
        case ast.Constant(value=str(text)) if len(text) < 80:
            yield text
            yield from re.findall(r"[\w-]+", text)


@cache
def files() -> frozenset[str]:
    """Names of all files and folders of the repository."""
    hidden = {".git", ".venv", "__pycache__", "build", "dist"}
    found = [path for path in ROOT.rglob("*") if not hidden & set(path.relative_to(ROOT).parts)]
    return frozenset(path.name for path in found)


@cache
def options() -> frozenset[str]:
    """Every option of every command, those of the passed-on argument parsers too."""
    context = click.Context(byline)
    found: set[str] = set()
    waiting: list[click.Command] = [byline]
    while waiting:
        command = waiting.pop()
        found.update(option for parameter in command.params for option in parameter.opts)
        if isinstance(command, click.Group):
            subcommands = (command.get_command(context, name) for name in command.list_commands(context))
            waiting.extend(one for one in subcommands if one is not None)
    for module in (ROOT / "retrieval" / "training").rglob("*.py"):
        found.update(re.findall(r'"(--[a-z-]+)"', module.read_text(encoding="utf-8")))
    return frozenset(found | FOREIGN | {"--help", "--version"})


def missing_command(words: list[str]) -> str | None:
    """What of `byline …` is no command or no option."""
    commands = [word for word in words[1:] if not word.startswith("-")]
    unknown = [word for word in words[1:] if word.startswith("--") and word.partition("=")[0] not in options()]
    if unknown:
        return unknown[0]
    if not commands or PLACEHOLDER.search(commands[0]) or not re.fullmatch(r"[a-z]+", commands[0]):
        return None
    if commands[0] not in COMMANDS:
        return commands[0]
    command = byline.get_command(click.Context(byline), commands[0])
    if isinstance(command, click.Group) and commands[1:] and re.fullmatch(r"[a-z]+", commands[1]):
        return None if commands[1] in command.list_commands(click.Context(byline)) else commands[1]
    return None


def missing_path(document: Path, path: str) -> bool:
    """Whether a path, from the top or from the document's folder, leads nowhere."""
    return not ((ROOT / path).exists() or (document.parent / path).exists())


def missing_name(token: str) -> bool:
    """Whether a name, with dots or as a call, is nowhere in the code."""
    parts = token.removesuffix("()").split(".")
    if parts[0] == "byline" and len(parts) > 1 and (spec := find_spec("byline")) is not None and spec.origin:
        shown = parts[1] in Path(spec.origin).read_text(encoding="utf-8") or (ROOT / parts[1]).is_dir()
        return not shown or any(part not in names() for part in parts[2:])
    return any(part not in names() for part in parts)


def complaint(document: Path, token: str) -> str | None:
    """Why what stands between backticks is not there; None if it is, or is no path, command, setting or name."""
    if PLACEHOLDER.search(token) and not token.startswith("byline "):
        return None
    if setting := re.fullmatch(r"(BYLINE_[A-Z_]+)(=.*)?", token):
        return None if setting[1] in known_names() else "no such setting"
    if module := re.match(r"python -m ([\w.]+)", token):
        return None if find_spec(module[1]) else "no such module"
    if token.startswith("byline "):
        return missing_command(token.split())
    if re.match(r"just [a-z]", token):
        return None if token.split()[1] in recipes() else "no such recipe"
    if token.startswith("--"):
        return None if token.split()[0] in options() else "no such option"
    if token.startswith(TOP) or token.startswith("../"):
        return "no such path" if missing_path(document, token.partition("::")[0]) else None
    if re.fullmatch(r"[\w-]+(\.\w+)*\.(py|md|lock|toml|json|jsonl|npz|sqlite3?|yml)", token):
        known = token in files() or token in names()
        return None if known else "no such file"
    if re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*(\(\))?", token):
        return None if token in SHOWN or not missing_name(token) else "no such name"
    return None


@cache
def recipes() -> frozenset[str]:
    text = (ROOT / "justfile").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^([a-z][\w-]*)(?: [^:\n]*)?:(?!=)", text, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_document_names_is_there(document: Path) -> None:
    found = {token: why for token in inline(document) if (why := complaint(document, token))}
    assert found == {}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_name_stands_in_the_file_that_a_document_says(document: Path) -> None:
    text = " ".join(document.read_text(encoding="utf-8").split())
    said = re.findall(r"((?:`[\w.]+(?:\(\))?`(?:,| and)? )+)(?:of|in) `([\w/]+\.\w+)`", text)
    for names_said, path in said:
        source = (ROOT / path).read_text(encoding="utf-8")
        for name in re.findall(r"`[\w.]*?(\w+)(?:\(\))?`", names_said):
            assert re.search(rf"\b{name}\b", source), f"{name} is not in {path}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)(?:#([^)\s]+))?\)", document.read_text(encoding="utf-8"))
    assert [link for link, _ in links if not (document.parent / link).exists()] == []
    for link, heading in links:
        if heading:
            headings = re.findall(r"^#+ (.+)$", (document.parent / link).read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", one).lower().replace(" ", "-") for one in headings}, heading


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_of_a_document_can_be_typed(document: Path) -> None:
    for line in fenced(document):
        for command in re.split(r"&&|;|\|", line):
            words = [word.removeprefix(".venv/bin/") for word in shlex.split(command)]
            if words[:1] == ["byline"]:
                assert missing_command(words) is None, command
            if words[:1] == ["just"] and words[1:]:
                assert words[1] in recipes(), command
            for word in words:
                if word.startswith(TOP) or word.endswith(".lock"):
                    assert not missing_path(ROOT / "README.md", word), command


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("retrieval/serach.py", "no such path"),
        ("serach.py", "no such file"),
        ("byline idnex", "idnex"),
        ("byline articles retsore", "retsore"),
        ("byline ask --smaple", "--smaple"),
        ("BYLINE_DTAA", "no such setting"),
        ("python -m byline.retrieval.trainning", "no such module"),
        ("just tets", "no such recipe"),
        ("byline.opne", "no such name"),
        ("Calibration.stop_confidnce", "no such name"),
        ("ReadPasage", "no such name"),
        ("undrstand()", "no such name"),
    ],
)
def test_a_slip_in_a_document_is_seen(token: str, why: str) -> None:
    assert complaint(ROOT / "docs" / "architecture.md", token) == why


def test_the_tree_in_the_architecture_is_the_tree() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (tree,) = re.findall(r"(?:^    \S[^\n]*\n(?:    [^\n]*\n)*)", text.partition("## The tree")[2], re.MULTILINE)[:1]
    shown = set(re.findall(r"(?:^|\s)([a-z_]+/|[a-z_]+\.py)(?=\s)", tree))
    assert {word for word in shown if word.rstrip("/") not in files()} == set()
    rooms = {
        f"{folder.name}/"
        for layer in ("bot", "embeddings", "retrieval")
        for folder in (ROOT / layer).iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    }
    assert rooms - shown == set()


def test_the_markers_in_contributing_are_known(pytestconfig: pytest.Config) -> None:
    known = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert set(re.findall(r"pytest -q -m (\w+)", text)) == {"fast", "slow"} <= known


def test_every_module_that_conftest_names_is_there() -> None:
    assert [module for module in sorted(THOROUGH) if not (ROOT / module).exists()] == []
    assert [module for module in NAMED_MODELS if not (ROOT / "tests" / module).exists()] == []


def test_a_test_is_fast_unless_its_module_is_named(request: pytest.FixtureRequest) -> None:
    fast = {item.path.relative_to(ROOT).as_posix() for item in request.session.items if item.get_closest_marker("fast")}
    assert "tests/test_docs.py" in fast
    assert not fast & THOROUGH
