"""`byline serve` and `byline telegram`: Byline where people are."""

from __future__ import annotations

from pathlib import Path

import click

from bot.cli.app import settings_of, shared_options

_paths = click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))


@click.command()
@_paths
@click.option("--host", help="Address to listen on (or BYLINE_HOST).")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes a free one (or BYLINE_PORT).")
@shared_options
@click.pass_context
def serve(ctx: click.Context, paths: tuple[Path, ...], host: str | None, port: int | None) -> None:
    """Index PATH, then serve the HTTP API and the web page; the Telegram bot too when a token is set.

    Without PATH and with nothing indexed, a made-up sample is indexed to try Byline on.
    """
    from bot.serving import serve as run
    from bot.wiring import wire

    named = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_of(ctx).model_copy(update=named)
    parts = wire(settings)
    try:
        run(parts, settings, paths, say=_say)
    finally:
        parts.close()


@click.command()
@_paths
@shared_options
@click.pass_context
def telegram(ctx: click.Context, paths: tuple[Path, ...]) -> None:
    """Index PATH, then run the Telegram bot alone, by long polling; it needs BYLINE_TELEGRAM_TOKEN."""
    from bot.serving import run_telegram
    from bot.wiring import wire

    settings = settings_of(ctx)
    parts = wire(settings)
    try:
        run_telegram(parts, settings, paths, say=_say)
    finally:
        parts.close()


def _say(line: str) -> None:
    click.echo(f"byline: {line}")
