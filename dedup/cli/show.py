"""dedup show: one cluster, story group or item."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli import checks, options, values
from dedup.cli.groups import command
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.results.showing import Shown


@command(
    "dedup show c48907a4a4432 crawl/",
    "dedup show article-17 crawl/",
    "dedup show article-17 --store news.db",
)
def run_show(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="The id of a cluster, a story group or an item."),
    ],
    reading: Reading,
    store: options.StoreChoice,
    comparing: options.Comparing,
    writing: options.WritingAnswer,
    running: options.Running,
) -> None:
    """Show one cluster, story group or item with its members.

    Each member comes with its scores and the rule that decided. If the name is the id of a removed
    item, both texts follow: the kept one and the removed one, with the passages that they share
    marked. With inputs, the command compares all of them as dedup report does; with a store, it
    looks the name up.
    """
    checks.require_one_source(reading, store, comparing)
    form = checks.format_of(writing)
    from dedup.cli.output import end_with_skipped, errors_reported, print_to, write_json

    with errors_reported():
        if store.store is not None:
            from dedup.store import Store

            checks.check_output_paths([writing.output], store=store.store)
            wait = checks.seconds_to_wait(store.wait)
            with Store(store.store, create=False, wait=wait) as opened:
                shown = opened.show(values.readable(name))
        else:
            shown = _of_inputs(values.readable(name), reading, comparing, writing, running)
        if form == "json":
            write_json(shown, writing.output)
        else:
            from dedup.views.showing import print_shown

            print_to(writing.output, lambda file: print_shown(shown, file))
        end_with_skipped([], reading)


def _of_inputs(
    name: str,
    reading: Reading,
    comparing: options.Comparing,
    writing: options.WritingAnswer,
    running: options.Running,
) -> Shown:
    from dedup.api import show

    settings = comparing.settings()
    inputs = checks.check_paths(reading.required(), writing.output, quiet=running.quiet)
    with checks.progress_of(running.quiet) as progress:
        return show(
            name,
            inputs,
            settings=settings,
            reading=reading.how(),
            workers=running.workers,
            watch=progress,
        )
