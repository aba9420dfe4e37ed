"""`byline backup` and `byline restore`: the archive in one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from byline.bot.cli.app import settings_of, shared_options


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@shared_options
@click.pass_context
def backup(ctx: click.Context, file: Path) -> None:
    """Copy the archive, the answer log and what the bot remembers into FILE; a running server goes on."""
    from byline.bot.backup import back_up

    made = back_up(settings_of(ctx).data, file)
    click.echo(f"backed up: {made.articles:,} articles, {made.files:,} files, {made.size_bytes / 1024 / 1024:.1f} MiB")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@shared_options
@click.pass_context
def restore(ctx: click.Context, file: Path) -> None:
    """Put FILE, a backup, in the place of what is in the data folder; a running server answers from it at once.

    FILE is checked whole before anything is changed. What was added since the backup is gone.
    """
    from byline.bot.backup import bring_back

    brought = bring_back(file, settings_of(ctx).data)
    click.echo(f"restored: {brought.articles:,} articles")
