"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from dedup.settings import Settings


class Level(StrEnum):
    """How deep to look."""

    copies = "copies"
    excerpts = "excerpts"
    stories = "stories"


class ItemFormat(StrEnum):
    """Formats of `items` and `pairs`."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


class ReportFormat(StrEnum):
    """Formats of `report`."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    html = "html"


class Engine(StrEnum):
    """Where a report is worked out; the answer is the same."""

    here = "here"
    spark = "spark"


class ShortFormat(StrEnum):
    """Formats of short answers."""

    table = "table"
    json = "json"


Inputs = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="INPUT...",
        help="Files, folders or - (JSONL on standard input): .jsonl .ndjson .csv .tsv .parquet "
        ".txt .html, text formats also .gz .zst",
        show_default=False,
    ),
]
Field = Annotated[
    list[str] | None,
    typer.Option("--field", metavar="FIELD=NAME", help="Name of a field in the records."),
]
Output = Annotated[
    str | None, typer.Option("--output", "-o", metavar="FILE", help="Write there, whole or not.")
]
LevelOption = Annotated[
    Level,
    typer.Option(help="How deep to look: copies, also excerpts, also stories in other words."),
]
Threshold = Annotated[
    float, typer.Option(help="Jaccard at which near copies are found, all but one in 1000.")
]
Shingle = Annotated[int, typer.Option(help="Words per shingle.")]
Window = Annotated[
    float, typer.Option("--story-window", help="Hours within which two items may tell one story.")
]
Learn = Annotated[
    bool, typer.Option(help="Learn the lines that a source repeats, and set them aside.")
]
Workers = Annotated[
    int | None,
    typer.Option(min=1, max=256, help="Threads; all cores by default. Changes no result."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
StoreOption = Annotated[
    str | None, typer.Option("--store", metavar="FILE", help="The store that `update` keeps.")
]

Skips = Annotated[
    str | None,
    typer.Option("--skipped", metavar="FILE", help="All records skipped, as JSON lines."),
]

#: What is said of inputs only.
OF_INPUT = ("level", "threshold", "shingle", "story_window", "learn", "skipped", "field")


def refuse(context: typer.Context, names: Iterable[str], why: str) -> None:
    """Raises typer.BadParameter where one of these options was given, to no effect."""
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(why, param_hint=f"--{name.replace('_', '-')}")


def given(
    inputs: list[str] | None,
    *outputs: str | None,
    store: str | None = None,
    quiet: bool = False,
) -> list[str]:
    """The inputs, of which there must be some. What of them is not read is told; outputs must be
    none of them, nor the store, and can be written. Raises typer.BadParameter, InputError,
    OutputError."""
    from dedup.cli.output import tell
    from dedup.readers import expand

    named = some(inputs)
    expanded = expand(named)
    if expanded.ignored and not quiet:
        tell(f"{expanded.ignored} files of other formats, or linked folders, are not read")
    ready(outputs, [source.path for source in expanded.sources], store)
    return named


def some(inputs: list[str] | None) -> list[str]:
    """The inputs, which may be on a file system that only Spark knows. Raises
    typer.BadParameter."""
    if not inputs:
        raise typer.BadParameter("give files, folders or -", param_hint="INPUT")
    return inputs


def ready(
    outputs: Iterable[str | None], others: Iterable[str] = (), store: str | None = None
) -> None:
    """Refuse outputs that cannot be written, or would replace one of the others or a store. Raises
    OutputError."""
    from dedup.system.atomic import check_outputs

    held = [Path(one) for one in others]
    if store is not None:
        from dedup.store.connection import files_of

        held += files_of(Path(store))
    check_outputs([Path(one) for one in outputs if one not in (None, "-")], held)


def legible(argument: str) -> str:
    """An argument that is a text and no name of a file, which may be any bytes."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def one_of(context: typer.Context, inputs: list[str] | None, store: str | None) -> None:
    """Refuse both of inputs and a store, and with a store the options that are for inputs."""
    if store is None:
        return
    if inputs:
        raise typer.BadParameter("give INPUT or --store, not both", param_hint="--store")
    refuse(context, OF_INPUT, "is for INPUT, not for a store")


def settings(level: Level, threshold: float, shingle: int, window: float, learn: bool) -> Settings:
    """The settings of these options. Raises SettingsError."""
    from dedup.settings import Settings

    return Settings(
        level=level.value, threshold=threshold, shingle=shingle, window=window, learn=learn
    ).check()


def fields_of(options: list[str] | None) -> dict[str, str]:
    """`--field text=body` options as a mapping. Raises typer.BadParameter for another form."""
    fields = {}
    for option in options or []:
        field, equals, name = legible(option).partition("=")
        if not equals or not field or not name:
            raise typer.BadParameter(f"{option!r} is not FIELD=NAME", param_hint="--field")
        fields[field] = name
    return fields
