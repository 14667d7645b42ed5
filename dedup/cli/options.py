"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


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
    int | None, typer.Option(help="Threads; all cores by default. Changes no result.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.")]
StoreOption = Annotated[
    str | None, typer.Option("--store", metavar="FILE", help="The store that `update` keeps.")
]
