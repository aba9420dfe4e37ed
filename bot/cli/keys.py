"""`byline key`: a key for the HTTP interface and the page."""

from __future__ import annotations

import click

from byline.bot.cli.app import shared_options


@click.command()
@click.argument("right", type=click.Choice(("ask", "write", "admin")), default="ask")
@shared_options
def key(right: str) -> None:
    """Make a key that may ask (and read), write (also add and remove), or admin (also see what people asked).

    The first line is the key, for whoever uses it; the second is the entry for BYLINE_API_KEYS, which holds only its
    hash. Nothing is kept here.
    """
    from byline.bot.keys import Right, new_key

    secret, entry = new_key(Right[right.upper()])
    click.echo(secret)
    click.echo(entry)
