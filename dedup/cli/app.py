"""The commands over files: items, report, pairs, explain; those of a store join them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from dedup.cli import options
from dedup.cli.options import (
    Engine,
    ItemFormat,
    Level,
    ReportFormat,
    ShortFormat,
    given,
    legible,
    one_of,
    ready,
    settings,
    some,
)

if TYPE_CHECKING:
    from dedup.result import Skipped

app = typer.Typer(
    name="dedup",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Find the copies in a news corpus, keep one, say why each of the others may go.",
    epilog="Exit: 0 done, 1 error, 2 usage, 3 done but some records were skipped.",
)


def run_app() -> None:
    """Run the command line."""
    from dedup.cli.store import add_commands

    add_commands(app)
    app()


def _version(value: bool) -> None:
    if value:
        from dedup._version import __version__

        print(__version__)
        raise typer.Exit


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def items(
    inputs: options.Inputs = None,
    format: Annotated[ItemFormat, typer.Option(help="Form of the output.")] = ItemFormat.table,
    output: options.Output = None,
    skipped: options.Skips = None,
    field: options.Field = None,
) -> None:
    """What was read: id, role, parent, source, region, published, title, text."""
    from dedup.cli.output import complain, errors, print_to, write_tables

    fields = options.fields_of(field)
    with errors():
        if format is ItemFormat.table:
            from dedup.api import items as read_items
            from dedup.views.terminal import print_items

            found = read_items(given(inputs, output, skipped), fields=fields)
            print_to(output, lambda file: print_items(found.table, file))
            complain(found.skipped, skipped)
            return
        from dedup.readers import read
        from dedup.views.records import item_tables

        bad: list[Skipped] = []
        parts = read(given(inputs, output, skipped), fields=fields)
        write_tables(item_tables(parts, bad), format.value, output)
        complain(bad, skipped)


@app.command()
def report(
    context: typer.Context,
    inputs: options.Inputs = None,
    store: options.StoreOption = None,
    format: Annotated[ReportFormat, typer.Option(help="Form of the output.")] = ReportFormat.table,
    output: options.Output = None,
    level: options.LevelOption = Level.stories,
    threshold: options.Threshold = 0.7,
    shingle: options.Shingle = 3,
    story_window: options.Window = 72.0,
    learn: options.Learn = True,
    skipped: options.Skips = None,
    field: options.Field = None,
    workers: options.Workers = None,
    quiet: options.Quiet = False,
    engine: Annotated[Engine, typer.Option(help="Where to work.")] = Engine.here,
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="Spark's master; else what is configured.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="With spark: replace the output folder, whole.")
    ] = False,
) -> None:
    """Clusters and story groups: of files, or of all that a store holds."""
    from dedup.cli.output import complain, errors, print_to, write_bytes, write_tables

    fields = options.fields_of(field)
    if engine is Engine.spark:
        if output is None or store is not None:
            raise typer.BadParameter("spark takes INPUT and --output FOLDER", param_hint="--engine")
        options.refuse(context, ("format", "workers", "skipped"), "is not for --engine spark")
        with errors():
            chosen = settings(level, threshold, shingle, story_window, learn)
            from dedup.cli.spark import report_on_spark

            report_on_spark(some(inputs), output, chosen, fields, master, overwrite)
        return
    options.refuse(context, ("master", "overwrite"), "is for --engine spark")
    one_of(context, inputs, store)
    with errors():
        from dedup.views.progress import Progress

        chosen = settings(level, threshold, shingle, story_window, learn)
        progress = Progress(quiet)
        try:
            if store is not None:
                ready([output], store=store)
                found, evidence = _stored(store, workers, format is ReportFormat.html)
            else:
                from dedup.api import report_with_evidence

                found, evidence = report_with_evidence(
                    given(inputs, output, skipped, quiet=quiet),
                    settings=chosen,
                    fields=fields,
                    workers=workers,
                    watch=progress,
                    evidence=format is ReportFormat.html,
                )
        finally:
            progress.close()
        if format is ReportFormat.json:
            write_bytes([found.to_json()], output)
        elif format is ReportFormat.html:
            from dedup.views.html import html_report

            write_bytes((piece.encode() for piece in html_report(found, evidence)), output)
        elif format is ReportFormat.table:
            from dedup.views.terminal import print_report

            print_to(output, lambda file: print_report(found, file))
        else:
            from dedup.views.records import report_table

            write_tables([report_table(found)], format.value, output)
        complain(found.skipped, skipped)


@app.command()
def pairs(
    context: typer.Context,
    inputs: options.Inputs = None,
    store: options.StoreOption = None,
    format: Annotated[ItemFormat, typer.Option(help="Form of the output.")] = ItemFormat.table,
    output: options.Output = None,
    level: options.LevelOption = Level.stories,
    threshold: options.Threshold = 0.7,
    shingle: options.Shingle = 3,
    story_window: options.Window = 72.0,
    learn: options.Learn = True,
    skipped: options.Skips = None,
    field: options.Field = None,
    workers: options.Workers = None,
    quiet: options.Quiet = False,
) -> None:
    """Every related pair with its scores; `a` is the one that stays where one goes."""
    from dedup.cli.output import complain, errors, print_to, write_tables

    fields = options.fields_of(field)
    one_of(context, inputs, store)
    with errors():
        from dedup.views.progress import Progress
        from dedup.views.records import pair_table

        if store is not None:
            from dedup.store import Store

            ready([output], store=store)
            with Store(store, create=False, workers=workers) as opened:
                rows, bad = list(opened.pairs()), []
        else:
            from dedup.api import pairs as find_pairs

            chosen = settings(level, threshold, shingle, story_window, learn)
            progress = Progress(quiet)
            try:
                found = find_pairs(
                    given(inputs, output, skipped, quiet=quiet),
                    settings=chosen,
                    fields=fields,
                    workers=workers,
                    watch=progress,
                )
            finally:
                progress.close()
            rows, bad = found.rows, found.skipped
        if format is ItemFormat.table:
            from dedup.views.terminal import print_pairs

            print_to(output, lambda file: print_pairs(rows, file))
        else:
            write_tables([pair_table(rows)], format.value, output)
        complain(bad, skipped)


@app.command()
def explain(
    a: Annotated[str, typer.Argument(help="An id of the store, or a file.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    store: options.StoreOption = None,
    format: Annotated[ShortFormat, typer.Option(help="Form of the output.")] = ShortFormat.table,
    output: options.Output = None,
) -> None:
    """Scores of two items, the rule that decided, what they share and where they differ."""
    from dedup.cli.output import errors, print_to, write_bytes

    with errors():
        from dedup.results.explanation import Explanation

        found: Explanation
        recorded = None
        if store is not None:
            from dedup.store import Store

            ready([output], store=store)
            with Store(store, create=False) as opened:
                found = told = opened.explain(legible(a), legible(b))
            recorded = told.recorded
        else:
            ready([output], [a, b])
            from dedup.results.explanation import explain as explain_files

            found = explain_files(a, b)
        if format is ShortFormat.json:
            import msgspec

            write_bytes([msgspec.json.format(msgspec.json.encode(found)) + b"\n"], output)
        else:
            from dedup.views.terminal import print_explanation, print_recorded

            def show(file: TextIO) -> None:
                print_explanation(found, file)
                if recorded is not None:
                    print_recorded(recorded, file)

            print_to(output, show)


def _stored(store: str, workers: int | None, with_evidence: bool) -> tuple[Any, Any]:
    """The report of a store and, for HTML, its evidence."""
    from dedup.store import Store

    with Store(store, create=False, workers=workers) as opened:
        return opened.report_with_evidence() if with_evidence else (opened.report(), None)
