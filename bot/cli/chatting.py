"""`byline chat`: one question after another."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import DONE, components_of, shared_options

if TYPE_CHECKING:
    from byline.bot.wiring import Components
    from byline.retrieval.answers.answer import Answer

AROUND_CHARS = 200  # shown before and after a quote: some three lines of a terminal
LEAVE = ("/quit", "/exit", "/q")
BEGIN_ANEW = ("/new",)
AS_ASKED = "/as-asked"


@click.command()
@shared_options
@click.pass_context
def chat(ctx: click.Context) -> int:
    """Ask one question after another, each read as going on from those before it.

    The number of a source shows what stands around its quote; `/new` begins a new conversation; `/as-asked` answers
    the last question as it stands.
    """
    components = components_of(ctx)
    try:
        _converse(components)
    finally:
        components.close()
    return DONE


def _converse(components: Components) -> None:
    from byline.bot.cli.asking import CHANNEL, show
    from byline.bot.conversations import NEW
    from byline.retrieval.errors import BadQuestion
    from byline.retrieval.service import AskRequest

    at_terminal = sys.stdin.isatty()
    if at_terminal:
        import readline  # noqa: F401  # importing it gives `input` line editing and history

        click.echo(
            "Ask a question, then the next one after it; the number of a source shows it in place; "
            "/new begins anew; /quit or Ctrl-D leaves.",
            err=True,
        )
    answer: Answer | None = None
    conversation = NEW
    while (line := _next_line("? " if at_terminal else "")) is not None:
        if line in LEAVE:
            return
        if not line:
            continue
        if line.isascii() and line.isdigit():
            _show_source(components, answer, int(line))
            continue
        if line in BEGIN_ANEW:
            conversation = NEW
            continue
        as_asked = line == AS_ASKED
        if as_asked and answer is None:
            click.echo("byline: nothing was asked yet", err=True)
            continue
        question = answer.question if as_asked and answer else line
        try:
            request = AskRequest(question, conversation=conversation, as_asked=as_asked)
            answer = components.asker.ask(request, channel=CHANNEL)
        except BadQuestion as fault:
            click.echo(f"byline: {fault}", err=True)
            continue
        conversation = answer.conversation or NEW
        show(answer)


def _next_line(prompt: str) -> str | None:
    """The next line without white space around it, or None at the end."""
    try:
        return input(prompt).strip()
    except EOFError:
        return None


def _show_source(components: Components, answer: Answer | None, number: int) -> None:
    """Print what stands around the quote of a citation, the quote itself in bold."""
    from rich.text import Text

    from byline.bot.cli.output import console, harmless, headline
    from byline.retrieval.errors import NotFound

    cited = [citation for citation in answer.citations if citation.number == number] if answer else []
    if not cited:
        click.echo(f"byline: the last answer has no source {number}", err=True)
        return
    citation = cited[0]
    try:
        text = components.service.store.article(citation.article_id).text
    except NotFound as fault:
        click.echo(f"byline: {fault}", err=True)
        return
    start, end = max(0, citation.start - AROUND_CHARS), citation.end + AROUND_CHARS
    shown = Text.assemble(
        ("…" if start else "") + harmless(text[start : citation.start]),
        (harmless(citation.quote), "bold reverse"),
        harmless(text[citation.end : end]) + ("…" if end < len(text) else ""),
    )
    out = console()
    out.print(Text(headline(citation), style="bold"))
    out.print(shown)
