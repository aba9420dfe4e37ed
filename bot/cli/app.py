"""`byline` itself: its commands, what all of them share, and how a failure becomes one line and a status."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from byline.bot.settings import Settings
    from byline.bot.wiring import Components

DONE, FAILED, WRONG_USAGE = 0, 1, 2
INTERRUPTED = 130  # 128 + SIGINT, what shells give

# Where each command lives. A module is imported when its command runs, so that `byline --help` and shell
# completion do not wait for models, web servers and databases.
COMMANDS = {
    "index": ("byline.bot.cli.indexing", "Add and update articles."),
    "read": ("byline.bot.cli.reading", "Show the articles of files as they would be indexed."),
    "ask": ("byline.bot.cli.asking", "Answer a question with the sentences it stands on."),
    "chat": ("byline.bot.cli.chatting", "Ask one question after another."),
    "serve": ("byline.bot.cli.serving", "HTTP API and web page; the Telegram bot too when a token is set."),
    "telegram": ("byline.bot.cli.serving", "The Telegram bot alone, by long polling."),
    "evaluate": ("byline.bot.cli.evaluating", "Labelled questions to figures."),
    "articles": ("byline.bot.cli.articles", "List, show and remove articles."),
    "status": ("byline.bot.cli.articles", "What is indexed, with what model, where, how big."),
    "backup": ("byline.bot.cli.copying", "Copy the archive into one file."),
    "restore": ("byline.bot.cli.copying", "Put a backup in the place of the archive."),
    "forget": ("byline.bot.cli.forgetting", "Delete an article, a person or a day for good."),
    "key": ("byline.bot.cli.keys", "Make a key for the HTTP interface and the page."),
    "feedback": ("byline.bot.cli.articles", "What people said of the answers."),
    "calibrate": ("byline.bot.cli.training", "Fit confidence to a reader on labelled questions."),
    "train": ("byline.bot.cli.training", "Teach the bundled reader, or what tells a page apart."),
    "completion": ("byline.bot.cli.completing", "Print the script that completes commands in your shell."),
}

_DATA, _DEBUG, _SAMPLE = "byline.data", "byline.debug", "byline.sample"
Command = TypeVar("Command", bound=Callable[..., Any])


class Commands(click.Group):
    """A group that imports a command when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order an article, and then a question, passes through them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command, or None if there is none of that name."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(importlib.import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


def shared_options(command: Command) -> Command:
    """Give a command `--data`, `--sample` and `--debug`; they may stand before or after its name."""
    data = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        expose_value=False,
        callback=_remember(_DATA),
        help="Folder where everything is kept (or BYLINE_DATA).",
    )
    sample = click.option(
        "--sample",
        is_flag=True,
        expose_value=False,
        callback=_remember(_SAMPLE),
        help="Take the made-up sample that comes with Byline, in a data folder of its own.",
    )
    debug = click.option(
        "--debug", is_flag=True, expose_value=False, callback=_remember(_DEBUG), help="Show the traceback of a failure."
    )
    return data(sample(debug(command)))


def _remember(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def remember(ctx: click.Context, _option: click.Parameter, value: Any) -> Any:
        if value:
            ctx.find_root().meta[name] = value
        return value

    return remember


def settings_of(ctx: click.Context) -> Settings:
    """The settings for this command, over the sample's data folder where `--sample` was given.

    Raises:
        SettingsFault: one of them cannot be used.
    """
    settings = archive_settings_of(ctx)
    if not sample_asked_for(ctx):
        return settings
    from byline.bot.sample_archive import sample_settings

    return sample_settings(settings)


def archive_settings_of(ctx: click.Context) -> Settings:
    """The settings for this command, over the user's own archive also where `--sample` was given.

    Raises:
        SettingsFault: one of them cannot be used.
    """
    from byline.bot.settings import load_settings

    return load_settings(data=ctx.find_root().meta.get(_DATA))


def sample_asked_for(ctx: click.Context, paths: Sequence[Path] = ()) -> bool:
    """Whether `--sample` was given.

    Args:
        ctx: of the command.
        paths: articles it was given.

    Raises:
        click.UsageError: it was given together with `paths`: the sample stays apart from the user's articles.
    """
    asked = bool(ctx.find_root().meta.get(_SAMPLE))
    if asked and paths:
        raise click.UsageError("--sample is an archive of its own; give either --sample or PATH.", ctx)
    return asked


def components_of(ctx: click.Context, *, at_most_wrong: float | None = None) -> Components:
    """The parts for a command that asks; with `--sample`, the sample is indexed if it is not yet.

    Args:
        at_most_wrong: takes the place of the setting of that name.

    Raises:
        SettingsFault: see `byline.bot.wiring.wire`, for the others too.
        BylineError: the index or the answer log cannot be used.
        ModelUnavailable: a model cannot be had on this machine.
    """
    from byline.bot.wiring import wire

    settings = settings_of(ctx)
    if at_most_wrong is not None:
        settings = settings.model_copy(update={"at_most_wrong": at_most_wrong})
    components = wire(settings)
    if sample_asked_for(ctx) and not components.store.articles(limit=1).total:
        from byline.bot.cli.output import progress
        from byline.bot.sample_archive import SAMPLE
        from byline.retrieval.indexing import index_paths

        with progress("indexing the sample") as tell:
            index_paths([SAMPLE], components.store, components.embedder, progress=tell)
    return components


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="byline", message="%(prog)s %(version)s")
@shared_options
def byline() -> None:
    """Ask a pile of articles a question; get the answer with the exact sentence it stands on."""


def run(arguments: Sequence[str]) -> int:
    """Run a command.

    Returns:
        0 done, 1 failed or nothing found, 2 wrong usage, 130 interrupted.
    """
    debug = "--debug" in arguments
    _log(debug)
    try:
        status = byline.main(list(arguments), "byline", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else DONE
    except click.UsageError as fault:
        where = fault.ctx.command_path if fault.ctx else "byline"
        return _failed(f"{fault.format_message()} See `{where} --help`.", WRONG_USAGE)
    except (click.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read has gone. Python would fail once more when it flushes the rest at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except Exception as fault:
        if debug:
            raise
        return _failed(_in_one_line(fault), FAILED)


def _log(debug: bool) -> None:
    """Write Byline's own warnings to standard error, and of libraries what they call an error."""
    logging.basicConfig(level=logging.WARNING if debug else logging.ERROR, format="byline: %(message)s")
    logging.getLogger("byline").setLevel(logging.DEBUG if debug else logging.WARNING)


def _in_one_line(fault: Exception) -> str:
    from byline.bot.hints import in_words
    from byline.embeddings.errors import BylineError

    if isinstance(fault, BylineError):
        return in_words(fault)
    if isinstance(fault, click.ClickException):
        return fault.format_message()
    if isinstance(fault, OSError) and fault.strerror:
        return f"{fault.strerror.lower()}: {fault.filename}" if fault.filename else fault.strerror.lower()
    return f"failed inside ({type(fault).__name__}: {fault}); run it again with --debug and report what it says"


def _failed(message: str, status: int) -> int:
    click.echo("byline: " + " ".join(message.split()), err=True)
    return status
