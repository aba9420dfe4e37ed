"""How things look in a terminal: colour and width where there is one, plain lines where there is none."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.progress import TaskID

    from byline.retrieval.answers.answer import Answer, Citation

PLAIN_EVERY_S = 5.0  # between lines of progress in a log
_POSSIBLY = {"zh": "可能：", "en": "Possibly: "}
_UNDERSTOOD = {"zh": ("按这样理解：", "也可以问："), "en": ("Read as: ", "Or ask: ")}
_READ_AS = {"zh": "理解为：{question}", "en": "Read as: {question}"}
SHORT_CHARS = 40  # of a path beside a progress bar
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Progress(Protocol):
    """Told how far work is; `byline.retrieval.indexing.Progress` for any unit."""

    def __call__(self, done: int, total: int, unit: str = "", file: str = "") -> None:
        """Say that `done` of `total` are done, and which file is at hand."""
        ...


def console(*, err: bool = False) -> Console:
    """A console for standard output or error; colours and wraps only in a terminal."""
    stream = sys.stderr if err else sys.stdout
    return Console(file=stream, highlight=False, soft_wrap=not stream.isatty(), emoji=False, markup=False)


def harmless(text: str) -> str:
    """Take out what could steer a terminal: an article may hold escape sequences, or turn the writing around."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


def answer_lines(answer: Answer) -> Iterator[Text]:
    """Lay an answer out: the short answer, the sentences it stands on, the sources with their quotes."""
    from byline.retrieval.text.question import language_of

    if answer.understood is not None and answer.understood.follows:
        read_as = _READ_AS[language_of(answer.question)].format(question=harmless(answer.understood.question))
        yield Text(read_as, style="dim")
    if answer.heading:
        unsure = f"{_POSSIBLY[language_of(answer.question)]}{answer.heading}" if answer.is_unsure else answer.heading
        yield Text(harmless(unsure), style="bold yellow" if answer.is_unsure else "bold green")
        yield Text()
    yield _words(answer, "" if answer.answered else "yellow")
    for choice in answer.choices:
        yield Text(f"  · {harmless(choice.question)}", style="cyan")
    if answer.understood and answer.understood.otherwise:
        read_as, otherwise = _UNDERSTOOD[language_of(answer.question)]
        yield Text()
        yield Text(read_as + on_one_line(answer.understood.question), style="dim")
        yield Text(otherwise + on_one_line(answer.understood.otherwise), style="dim")
    if answer.citations:
        yield Text()
    supporting = sum(citation.supports for citation in answer.citations)
    for place, citation in enumerate(answer.citations):
        if place == supporting:
            yield Text("Nearest passages, which do not answer it:", style="dim")
        yield Text.assemble((f"[{citation.number}] ", "bold cyan"), (headline(citation), "bold"))
        if citation.number not in answer.repeated:  # one that is the answer need not be read twice
            yield Text("    " + quoted(citation.quote), style="" if citation.supports else "dim")
    yield Text()
    yield Text(f"confidence {answer.confidence:.2f}, {answer.took_ms.total:.0f} ms", style="dim")


def headline(citation: Citation) -> str:
    """Title, byline, source and date of a citation, as far as there are any."""
    parts = (citation.title or citation.article_id, citation.byline, citation.source, citation.published or "")
    return " · ".join(on_one_line(part) for part in parts if part)


def quoted(quote: str) -> str:
    """A quote on one line, in quotation marks."""
    return f"“{on_one_line(quote)}”"


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table for people in a terminal, else rows for programs, their fields apart by tabs.

    Args:
        columns: headings; one that starts with # is over numbers, and they stand to the right.
        rows: as many fields each.
    """
    out = console()
    if not out.is_terminal:
        for row in rows:
            print("\t".join(on_one_line(str(field)) for field in row))
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(column.lstrip("#"), justify="right" if column.startswith("#") else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(on_one_line(str(field)) for field in row))
    out.print(shown)


def on_one_line(text: str) -> str:
    """Text for one cell of a table."""
    return harmless(" ".join(text.split()))


@contextmanager
def progress(what: str) -> Iterator[Progress]:
    """Show how far long work is, on standard error: a bar in a terminal, else a line every few seconds.

    Yields:
        A function to call with how much is done, of how much, the unit, and the file at hand.
    """
    if not sys.stderr.isatty():
        yield _plain_progress(what)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, TextColumn("{task.fields[file]}"), console=console(err=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(done: int, total: int, unit: str = "", file: str = "") -> None:
            if unit not in tasks:
                tasks[unit] = bars.add_task(f"{what} {unit}".strip(), total=total, file="")
            bars.update(tasks[unit], completed=done, total=total, file=_short(file))

        yield show


def _plain_progress(what: str) -> Progress:
    began = last = time.monotonic()
    whole = ""  # how far all files are: the passages of one of them are not what the seconds so far went into

    def say(done: int, total: int, unit: str = "", file: str = "") -> None:
        nonlocal last, whole
        now = time.monotonic()
        counted = f"{done} of {total} {unit}".rstrip()
        if unit == "files":
            whole = counted
        if now - last >= PLAIN_EVERY_S:
            last = now
            parts = [counted] if counted == whole or not file else [*filter(None, [whole]), f"{counted} in this file"]
            where = f" ({_short(file)})" if file else ""
            print(f"{what}: {', '.join(parts)} after {now - began:.0f} s{where}", file=sys.stderr, flush=True)

    return say


def _short(path: str) -> str:
    """The end of a path, which is what tells files apart."""
    return harmless(path if len(path) <= SHORT_CHARS else "…" + path[1 - SHORT_CHARS :])


def _words(answer: Answer, style: str) -> Text:
    """The answer's words, its markers told apart from a `[3]` that an article prints."""
    from byline.retrieval.answers.answer import Marker

    said = Text(style=style)
    for part in answer.parts:
        said.append(harmless(part.text), "bold cyan" if isinstance(part, Marker) else None)
    return said
