"""`byline calibrate` and `byline train`: fit and teach what comes fitted and taught, from labelled questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

_PASS_ON = {"ignore_unknown_options": True, "help_option_names": []}
_arguments = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)


@click.command(context_settings=_PASS_ON)
@_arguments
def calibrate(arguments: tuple[str, ...]) -> int:
    """Fit order, confidence and the points to answer from, on questions whose answers are known."""
    from byline.retrieval.training.calibration import main

    return _status_of(main, arguments)


@click.group()
def train() -> None:
    """Teach the bundled reader, or what tells a page apart."""


@train.command(context_settings=_PASS_ON)
@_arguments
def reader(arguments: tuple[str, ...]) -> int:
    """Teach, export or measure the bundled reader; needs `byline[train]`."""
    try:
        from byline.retrieval.training.reader.command import main
    except ImportError as error:
        raise click.ClickException(
            f"training needs packages that are not installed ({error}); run `pip install 'byline[train]'`"
        ) from error
    return _status_of(main, arguments)


@train.command(context_settings=_PASS_ON)
@_arguments
def pages(arguments: tuple[str, ...]) -> int:
    """Count, in text, where it goes on across a cut."""
    from byline.retrieval.training.continuation_model import main

    return _status_of(main, arguments)


@train.command(context_settings=_PASS_ON)
@_arguments
def labels(arguments: tuple[str, ...]) -> int:
    """Learn, from labelled pages, which part of a page each line is."""
    from byline.retrieval.training.line_labels import main

    return _status_of(main, arguments)


def _status_of(main: Callable[[Sequence[str]], None], arguments: tuple[str, ...]) -> int:
    """Run a command line that reads its own options, and give the status it ends with."""
    try:
        main(arguments)
    except SystemExit as ended:
        return int(ended.code or 0)
    return 0
