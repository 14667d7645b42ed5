"""The commands of a store: update, find, store info|check|forget|compact."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from dedup.cli import options
from dedup.cli.options import Level, ShortFormat

store_app = typer.Typer(
    no_args_is_help=True, help="Look after a store: info, check, forget, compact."
)

StoreFile = Annotated[str, typer.Argument(metavar="FILE", help="The store.")]
Wait = Annotated[float, typer.Option(help="Seconds to wait for another job on the store.")]


def add_commands(app: typer.Typer) -> None:
    """Add the store's commands to the application."""
    app.command()(update)
    app.command()(find)
    app.add_typer(store_app, name="store")


def update(
    store: Annotated[str, typer.Option("--store", metavar="FILE", help="The store; made if new.")],
    inputs: options.Inputs = None,
    kept: Annotated[
        str | None, typer.Option(metavar="FILE", help="New items to publish, as JSON lines.")
    ] = None,
    removed: Annotated[
        str | None, typer.Option(metavar="FILE", help="New items that may go, with the reason.")
    ] = None,
    superseded: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Earlier items that a longer new one makes superfluous."),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option(metavar="30d", help="Compare with stored items no older than this now."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Decide, but write nothing.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Learn nothing from this run.")] = False,
    metrics: Annotated[
        str | None, typer.Option(metavar="FILE", help="Figures in Prometheus text format.")
    ] = None,
    format: Annotated[ShortFormat, typer.Option(help="Form of the summary.")] = ShortFormat.table,
    level: Annotated[Level | None, typer.Option(help="Of a new store: how deep to look.")] = None,
    threshold: Annotated[float | None, typer.Option(help="Of a new store, as in report.")] = None,
    shingle: Annotated[int | None, typer.Option(help="Of a new store, as in report.")] = None,
    story_window: Annotated[
        float | None, typer.Option(help="Of a new store, as in report.")
    ] = None,
    learn: Annotated[bool | None, typer.Option(help="Of a new store, as in report.")] = None,
    skipped: options.Skips = None,
    field: options.Field = None,
    wait: Wait = 10.0,
    workers: options.Workers = None,
    quiet: options.Quiet = False,
) -> None:
    """Take the night's items into a store: compare, decide, record why."""
    from dedup.cli.output import complain, errors, tell, write_bytes

    fields = options.fields_of(field)
    if "-" in (kept, removed, superseded, skipped, metrics):
        raise typer.BadParameter("standard output carries the summary: name a file")
    with errors():
        from dedup.store import Store
        from dedup.views.progress import Progress

        outputs = (kept, removed, superseded, skipped, metrics)
        options.given(inputs, *outputs, store=store, quiet=quiet)
        asked: dict[str, Any] = {
            "level": level.value if level else None,
            "threshold": threshold,
            "shingle": shingle,
            "window": story_window,
            "learn": learn,
        }
        chosen = {name: value for name, value in asked.items() if value is not None}
        progress = Progress(quiet)
        try:
            with (
                _place(store, dry_run) as place,
                Store(place, chosen, wait=wait, workers=workers) as opened,
            ):
                found = opened.update(
                    inputs or [],
                    kept=kept,
                    removed=removed,
                    superseded=superseded,
                    window=window,
                    hold=hold,
                    dry_run=dry_run,
                    fields=fields,
                    watch=progress,
                    metrics=metrics,
                )
                bad, warnings = opened.skipped, opened.warnings
        finally:
            progress.close()
        if format is ShortFormat.json:
            write_bytes([_line(found)], None)
        else:
            _rows(found)
        for warning in warnings:
            tell(f"dedup: warning: {warning}")
        complain(bad, skipped)


@contextmanager
def _place(store: str, dry_run: bool) -> Iterator[str]:
    """Where the store is; a dry run without one leaves none behind."""
    if not dry_run or Path(store).exists() or not Path(store).absolute().parent.is_dir():
        yield store
        return
    from dedup.system.scratch import ScratchFolder

    with ScratchFolder() as folder:
        yield str(folder / "store.duckdb")


def find(
    text: Annotated[str, typer.Argument(metavar="TEXT|-", help="A text; - reads standard input.")],
    store: Annotated[str, typer.Option("--store", metavar="FILE", help="The store to look in.")],
    format: Annotated[ShortFormat, typer.Option(help="Form of the output.")] = ShortFormat.table,
    wait: Wait = 10.0,
) -> None:
    """What the store holds that matches a text, closest relation first."""
    from dedup.cli.output import errors, write_bytes

    with errors():
        from dedup.errors import InputError
        from dedup.store import Store

        if text == "-" and sys.stdin is None:
            raise InputError("-: standard input is closed")
        read = sys.stdin.buffer.read().decode("utf-8", "replace") if text == "-" else None
        sought = options.legible(text) if read is None else read
        with Store(store, create=False, wait=wait) as opened:
            found = opened.find(sought)
        if format is ShortFormat.json:
            write_bytes((_line(match) for match in found), None)
            return
        from dedup.views.terminal import print_rows

        names = ("relation", "jaccard", "containment", "score", "id", "kept", "title")
        rows = [[getattr(match, name) for name in names] for match in found]
        print_rows(names, rows, sys.stdout)


@store_app.command()
def info(
    file: StoreFile,
    format: Annotated[ShortFormat, typer.Option(help="Form of the output.")] = ShortFormat.table,
    wait: Wait = 10.0,
) -> None:
    """What a store holds, its versions and settings."""
    from dedup.cli.output import errors, write_bytes

    with errors():
        from dedup.store import Store

        with Store(file, create=False, wait=wait) as opened:
            found = opened.info()
        if format is ShortFormat.json:
            write_bytes([_line(found)], None)
        else:
            _rows(found)


@store_app.command()
def check(file: StoreFile, wait: Wait = 10.0, quiet: options.Quiet = False) -> None:
    """Derive everything anew from the stored texts and name what is wrong; exit 1 if anything."""
    from dedup.cli.output import ERROR, errors
    from dedup.system.escaping import printable

    with errors():
        from dedup.store import Store
        from dedup.views.progress import Progress

        progress = Progress(quiet)
        try:
            with Store(file, create=False, wait=wait) as opened:
                wrong = opened.check(watch=progress)
        finally:
            progress.close()
        for line in wrong:
            print(printable(line, 500))
        if wrong:
            raise SystemExit(ERROR)
        print("nothing is wrong")


@store_app.command()
def forget(
    file: StoreFile,
    id: Annotated[list[str] | None, typer.Option("--id", help="An item; may be repeated.")] = None,
    source: Annotated[str | None, typer.Option(help="All items of a source.")] = None,
    before: Annotated[
        str | None, typer.Option(metavar="TIME", help="All published before (ISO).")
    ] = None,
    format: Annotated[ShortFormat, typer.Option(help="Form of the output.")] = ShortFormat.table,
    wait: Wait = 10.0,
) -> None:
    """Remove items; where a kept one goes, its cluster's best member takes its place."""
    from dedup.cli.output import errors, write_bytes

    if not (id or source or before):
        raise typer.BadParameter("say which: --id, --source or --before")
    with errors():
        from dedup.store import Store

        with Store(file, create=False, wait=wait) as opened:
            found = opened.forget(
                [options.legible(one) for one in id] if id else None,
                source=options.legible(source) if source is not None else None,
                before=options.legible(before) if before is not None else None,
            )
        if format is ShortFormat.json:
            write_bytes([_line(found)], None)
        else:
            _rows(found)


@store_app.command()
def compact(file: StoreFile, wait: Wait = 10.0) -> None:
    """Rewrite the file without the room of what was deleted."""
    from dedup.cli.output import errors

    with errors():
        from dedup.store import Store

        with Store(file, create=False, wait=wait) as opened:
            before, after = opened.compact()
        print(f"{before:,} bytes before, {after:,} after")


def _line(found: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(found) + b"\n"


def _rows(found: Any) -> None:
    from dedup.views.terminal import print_rows

    names = found.__struct_fields__
    print_rows(("what", "value"), ((name, getattr(found, name)) for name in names), sys.stdout)
