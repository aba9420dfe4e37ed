"""`byline calibrate` and `byline train`: fit and teach what comes fitted and taught, from labelled questions."""

from __future__ import annotations

import click

_PASS_ON = {"ignore_unknown_options": True, "help_option_names": []}
_arguments = click.argument("arguments", nargs=-1, type=click.UNPROCESSED)


@click.command(context_settings=_PASS_ON)
@_arguments
def calibrate(arguments: tuple[str, ...]) -> None:
    """Fit order, confidence and the points to answer from, on questions whose answers are known."""
    from byline.retrieval.training.calibration import main

    main(list(arguments))


@click.group()
def train() -> None:
    """Teach the bundled reader, or what tells a page apart."""


@train.command(context_settings=_PASS_ON)
@_arguments
def reader(arguments: tuple[str, ...]) -> None:
    """Teach, export or measure the bundled reader; needs `byline[train]`."""
    from byline.retrieval.training.reader.command import main

    main(list(arguments))


@train.command(context_settings=_PASS_ON)
@_arguments
def pages(arguments: tuple[str, ...]) -> None:
    """Count, in text, where it goes on across a cut."""
    from byline.retrieval.training.continuation_model import main

    main(list(arguments))


@train.command(context_settings=_PASS_ON)
@_arguments
def labels(arguments: tuple[str, ...]) -> None:
    """Learn, from labelled pages, which part of a page each line is."""
    from byline.retrieval.training.line_labels import main

    main(list(arguments))
