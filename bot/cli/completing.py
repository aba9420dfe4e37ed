"""`byline completion`: commands and options completed by the shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from byline.bot.cli.app import byline, shared_options

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@shared_options
def completion(shell: str) -> None:
    """Print the script that completes `byline` in SHELL.

    For bash: eval "$(byline completion bash)" in ~/.bashrc; likewise for zsh in ~/.zshrc;
    for fish: byline completion fish > ~/.config/fish/completions/byline.fish
    """
    script = get_completion_class(shell)
    assert script is not None
    click.echo(script(byline, {}, "byline", "_BYLINE_COMPLETE").source())
