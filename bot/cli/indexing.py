"""`byline index`: files and folders into the index."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from byline.bot.cli.app import DONE, FAILED, sample_asked_for, settings_of, shared_options

if TYPE_CHECKING:
    from byline.retrieval.index_report import IndexReport, NotRead

MAX_NOTES = 10
WAIT_S = 24 * 3600.0  # longer than any run is; who asked to wait can still stop waiting


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--again", is_flag=True, help="Read anew what did not change, and what was handed in.")
@click.option("--wait", is_flag=True, help="Wait while another process is indexing, instead of saying so.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@shared_options
@click.pass_context
def index(ctx: click.Context, paths: tuple[Path, ...], again: bool, wait: bool, as_json: bool) -> int:
    """Add and update the articles of PATH (files and folders).

    Unchanged files cost nothing, and what has gone from a folder goes from the index. Without PATH, everything that
    was ever given is looked at again. With --again, what reads as before keeps its id and is not embedded again; what
    reads differently gets a new one. With --sample, the sample is indexed, into its own data folder. Says at the end
    how many files were not read, by kind. Exits with 1 if one that should have been read could not be; all others are
    indexed.
    """
    from byline.bot.cli.output import progress
    from byline.bot.sample_archive import SAMPLE
    from byline.bot.wiring import wire
    from byline.retrieval.indexing import index_paths

    wanted = [SAMPLE] if sample_asked_for(ctx, paths) else list(paths)
    components = wire(settings_of(ctx))
    try:
        handed_in = again and components.store.files().originals()
        if not wanted and not handed_in and not components.store.status().files:
            raise click.UsageError("Nothing was ever indexed, so a PATH is needed, or --sample.", ctx)
        with progress("indexing") as tell:
            report = index_paths(
                wanted,
                components.store,
                components.embedder,
                progress=tell,
                wait_s=WAIT_S if wait else 0.0,
                again=again,
            )
    finally:
        components.close()
    if as_json:
        click.echo(json.dumps(asdict(report), ensure_ascii=False))
    else:
        click.echo(summary(report))
        for line in how_it_was_read(report):
            click.echo(line)
    for warning in warnings_of(report):
        click.echo(f"byline: {warning}", err=True)
    for fault in report.faults:
        click.echo(f"byline: {fault.path}: {fault.reason}", err=True)
    return FAILED if report.faults else DONE


def warnings_of(report: IndexReport) -> Iterator[str]:
    """What a run did that may not be what was wanted, in lines."""
    for folder in report.emptied:
        yield (
            f"warning: {folder} holds no files any more; what was indexed from it is removed; if it is a disk that was "
            "not there, index it again when it is"
        )


def how_it_was_read(report: IndexReport) -> Iterator[str]:
    """What else there is to know of a run, in lines: how files were read, and which were not."""
    for note in report.notes[:MAX_NOTES]:
        yield f"{note.path}: {note.reason}"
    if len(report.notes) > MAX_NOTES:
        yield f"and so on for {len(report.notes) - MAX_NOTES:,} more files"
    if report.not_read:
        yield said_of_not_read(report.not_read)


def said_of_not_read(kinds: Sequence[NotRead]) -> str:
    """Say how many files gave nothing, of which kinds, and what to do with those of kinds that are not read."""
    from byline.retrieval.articles.kinds import how_to_get

    count = sum(kind.count for kind in kinds)
    listed = [(kind.kind or "(no suffix)") + (f" ({kind.count:,})" if kind.count > 1 else "") for kind in kinds]
    advice = dict.fromkeys(how for kind in kinds if kind.count > kind.failed and (how := how_to_get(kind.kind)))
    helps = [
        " ".join(kind.kind for kind in kinds if how_to_get(kind.kind) == how and kind.count > kind.failed) + f": {how}"
        for how in advice
    ]
    return "; ".join([f"{count:,} file{'s' if count > 1 else ''} not read: {' '.join(listed)}", *helps])


def summary(report: IndexReport) -> str:
    """What a run did, in one line."""
    files = {
        "added": report.files_added,
        "updated": report.files_updated,
        "unchanged": report.files_unchanged,
        "gone": report.files_removed,
    }
    counted = ", ".join(f"{count:,} {what}" for what, count in files.items() if count) or "none"
    embedded = report.passages_embedded + report.passages_reembedded
    return (
        f"files: {counted}; articles: {report.articles_added:,} added, {report.articles_removed:,} removed;"
        f" {embedded:,} passages embedded in {report.took_s:.1f} s"
    )
