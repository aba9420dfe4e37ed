"""`byline serve` and `byline telegram`: Byline where people are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import archive_settings_of, sample_asked_for, shared_options

if TYPE_CHECKING:
    from byline.bot.settings import Settings
    from byline.bot.wiring import Components

_paths = click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))


@click.command()
@_paths
@click.option("--host", help="Address to listen on (or BYLINE_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one (or BYLINE_PORT).")
@shared_options
@click.pass_context
def serve(ctx: click.Context, paths: tuple[Path, ...], host: str | None, port: int | None) -> None:
    """Index PATH, then serve the HTTP API and the web page; the Telegram bot too when a token is set.

    Without PATH and with nothing indexed, or with --sample, a made-up sample answers until articles come.
    """
    from byline.bot.http.serving import serve as run

    named = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = archive_settings_of(ctx).model_copy(update=named)
    components = _wired(ctx, settings, paths)
    try:
        run(components, settings, paths, say=_say)
    finally:
        components.close()


@click.command()
@_paths
@shared_options
@click.pass_context
def telegram(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Index PATH, then run the Telegram bot alone, by long polling; it needs BYLINE_TELEGRAM_TOKEN."""
    from byline.bot.http.serving import run_telegram

    settings = archive_settings_of(ctx)
    components = _wired(ctx, settings, paths)
    try:
        run_telegram(components, settings, paths, say=_say)
    finally:
        components.close()


def _wired(ctx: click.Context, settings: Settings, paths: Sequence[Path]) -> Components:
    from byline.bot.wiring import holds_articles, wire

    sample = sample_asked_for(ctx, paths) or (not paths and not holds_articles(settings))
    return wire(settings, sample=sample)


def _say(line: str) -> None:
    click.echo(f"byline: {line}")
