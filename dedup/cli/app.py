"""The commands over files: items, report, pairs, explain; those of a store join them."""

from __future__ import annotations

import sys
from typing import Annotated, Any, TextIO

import typer

from dedup.cli import options
from dedup.cli.options import Engine, ItemFormat, Level, ReportFormat, ShortFormat

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
        from dedup import __version__

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
    field: options.Field = None,
) -> None:
    """What was read: id, role, parent, source, region, published, title, text."""
    from dedup.cli.output import complain, errors, fields_of

    fields = fields_of(field)
    with errors():
        from dedup.api import items as read_items
        from dedup.views.records import item_table

        found = read_items(_given(inputs), fields=fields)
        _write_table(item_table(found.table), format.value, output)
        complain(found.skipped)


@app.command()
def report(
    inputs: options.Inputs = None,
    store: options.StoreOption = None,
    format: Annotated[ReportFormat, typer.Option(help="Form of the output.")] = ReportFormat.table,
    output: options.Output = None,
    level: options.LevelOption = Level.stories,
    threshold: options.Threshold = 0.7,
    shingle: options.Shingle = 3,
    story_window: options.Window = 72.0,
    learn: options.Learn = True,
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
    from dedup.cli.output import complain, errors, fields_of, write_bytes

    fields = fields_of(field)
    if engine is Engine.spark:
        if output is None or store is not None:
            raise typer.BadParameter("spark takes INPUT and --output FOLDER", param_hint="--engine")
        with errors():
            chosen = _settings(level, threshold, shingle, story_window, learn)
            _on_spark(_given(inputs), output, chosen, fields, master, overwrite)
        return
    with errors():
        from dedup.views.progress import Progress

        chosen = _settings(level, threshold, shingle, story_window, learn)
        progress = Progress(quiet)
        try:
            found, evidence = _reported(
                inputs, store, chosen, fields, workers, progress, format is ReportFormat.html
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

            _print(lambda file: print_report(found, file), output)
        else:
            from dedup.views.records import report_table

            _write_table(report_table(found), format.value, output)
        complain(found.skipped)


@app.command()
def pairs(
    inputs: options.Inputs = None,
    store: options.StoreOption = None,
    format: Annotated[ItemFormat, typer.Option(help="Form of the output.")] = ItemFormat.table,
    output: options.Output = None,
    level: options.LevelOption = Level.stories,
    threshold: options.Threshold = 0.7,
    shingle: options.Shingle = 3,
    story_window: options.Window = 72.0,
    learn: options.Learn = True,
    field: options.Field = None,
    workers: options.Workers = None,
    quiet: options.Quiet = False,
) -> None:
    """Every related pair with its scores; `a` is the one that stays where one goes."""
    from dedup.cli.output import complain, errors, fields_of

    fields = fields_of(field)
    with errors():
        from dedup.views.progress import Progress
        from dedup.views.records import pair_table

        if store is not None:
            from dedup.store import Store

            _one_of(inputs, store)
            with Store(store, create=False) as opened:
                rows, skipped = list(opened.pairs()), []
        else:
            from dedup.api import pairs as find_pairs

            chosen = _settings(level, threshold, shingle, story_window, learn)
            progress = Progress(quiet)
            try:
                found = find_pairs(
                    _given(inputs), settings=chosen, fields=fields, workers=workers, watch=progress
                )
            finally:
                progress.close()
            rows, skipped = found.rows, found.skipped
        if format is ItemFormat.table:
            from dedup.views.terminal import print_pairs

            _print(lambda file: print_pairs(rows, file), output)
        else:
            _write_table(pair_table(rows), format.value, output)
        complain(skipped)


@app.command()
def explain(
    a: Annotated[str, typer.Argument(help="An id of the store, or a file.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    store: options.StoreOption = None,
    format: Annotated[ShortFormat, typer.Option(help="Form of the output.")] = ShortFormat.table,
    output: options.Output = None,
) -> None:
    """Scores of two items, the rule that decided, what they share and where they differ."""
    from dedup.cli.output import errors, write_bytes

    with errors():
        from dedup.explanation import Explanation

        found: Explanation
        recorded = None
        if store is not None:
            from dedup.store import Store

            with Store(store, create=False) as opened:
                found = told = opened.explain(a, b)
            recorded = told.recorded
        else:
            from dedup.explanation import explain as explain_files

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

            _print(show, output)


def _on_spark(
    inputs: list[str],
    output: str,
    settings: Any,
    fields: dict[str, str],
    master: str | None,
    overwrite: bool,
) -> None:
    from dedup.errors import InputError
    from dedup.views.terminal import print_rows

    try:
        from dedup.spark import report_to
    except ImportError as error:
        raise InputError(
            f"the Spark engine is not installed: pip install 'dedup[spark]' ({error})"
        ) from error
    counts = report_to(inputs, output, settings, master=master, overwrite=overwrite, fields=fields)
    print_rows(("what", "value"), counts.items(), sys.stdout)
    if counts.get("skipped"):
        from dedup.cli.output import SKIPPED

        raise SystemExit(SKIPPED)


def _given(inputs: list[str] | None) -> list[str]:
    if not inputs:
        raise typer.BadParameter("give files, folders or - (or --store)", param_hint="INPUT")
    return inputs


def _one_of(inputs: list[str] | None, store: str | None) -> None:
    if inputs and store:
        raise typer.BadParameter("give INPUT or --store, not both", param_hint="--store")


def _settings(level: Level, threshold: float, shingle: int, window: float, learn: bool) -> Any:
    from dedup.settings import Settings

    return Settings(
        level=level.value, threshold=threshold, shingle=shingle, window=window, learn=learn
    ).check()


def _reported(
    inputs: list[str] | None,
    store: str | None,
    settings: Any,
    fields: dict[str, str],
    workers: int | None,
    progress: Any,
    with_evidence: bool,
) -> tuple[Any, Any]:
    """The report and, for HTML, its evidence."""
    if store is not None:
        from dedup.store import Store

        _one_of(inputs, store)
        with Store(store, create=False) as opened:
            found = opened.report()
            return found, opened.evidence(found) if with_evidence else None
    from dedup.api import report_with_evidence

    return report_with_evidence(
        _given(inputs),
        settings=settings,
        fields=fields,
        workers=workers,
        watch=progress,
        evidence=with_evidence,
    )


def _write_table(table: Any, format: str, output: str | None) -> None:
    from dedup.cli.output import write_bytes

    if format == "table":
        from dedup.views.terminal import print_items

        _print(lambda file: print_items(table, file), output)
        return
    from dedup.views.records import WRITERS

    write_bytes([WRITERS[format](table)], output)


def _print(printer: Any, output: str | None) -> None:
    """Print a table to standard output, or as plain text to a file."""
    if output is None or output == "-":
        printer(sys.stdout)
        return
    import io

    from dedup.cli.output import write_bytes

    text = io.StringIO()
    printer(text)
    write_bytes([text.getvalue().encode()], output)
