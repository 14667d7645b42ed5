"""dedup filter: the inputs less what is removed, in their own format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from dedup.cli import checks, options
from dedup.cli.choosing import Choosing
from dedup.cli.groups import UsageError, command
from dedup.cli.limits import Limiting
from dedup.cli.reading import Reading


def _option(flag: str, *flags: str, help: str, **more: Any) -> Any:
    return typer.Option(
        flag, *flags, help=help, rich_help_panel="Output", show_default=False, **more
    )


@dataclass(frozen=True, kw_only=True)
class FilterFiles:
    """Where a filter writes."""

    output: Annotated[
        str,
        _option(
            "--output",
            "-o",
            metavar="PATH",
            help="Write the records that are kept to this file, or, for a folder or several "
            "inputs, to this new folder. It appears when it is complete.",
        ),
    ]
    removed: Annotated[
        str | None,
        _option(
            "--removed",
            metavar="PATH",
            help="Write the records that are removed there, each with the fields kept, cluster, "
            "relation, rule, jaccard and containment added.",
        ),
    ] = None
    annotate: Annotated[
        bool,
        _option(
            "--annotate",
            help="Keep the removed records in the output too, and add these fields to all records.",
        ),
    ] = False
    teasers: Annotated[
        bool,
        _option(
            "--teasers",
            help="Take the teasers that are removed out of the records that are kept. A record in "
            "which the place of a teaser cannot be proved is written whole and named.",
        ),
    ] = False
    removed_teasers: Annotated[
        str | None,
        _option(
            "--removed-teasers",
            metavar="FILE",
            help="With --teasers: write what was taken out, and why, to this file, as JSON lines.",
        ),
    ] = None
    format: options.SummaryFormat = options.AnswerFormat.table


@dataclass(frozen=True, kw_only=True)
class SavedPairs:
    """Pairs that are known already."""

    pairs: Annotated[
        str | None,
        typer.Option(
            "--pairs",
            metavar="FILE",
            rich_help_panel="Comparing",
            show_default=False,
            help="Decide by the pairs that dedup pairs wrote to this file (.parquet or .jsonl) for "
            "the same inputs, without looking for them anew.",
        ),
    ] = None


@command(
    "dedup filter news.jsonl --output clean.jsonl",
    "dedup filter crawl/ --output clean/ --removed removed/",
    "dedup filter news.csv.gz --output clean.csv.gz --keep longest --prefer ria.ru,tass.ru",
    "dedup filter news.jsonl --output strict.jsonl --pairs pairs.parquet --min-containment 0.9",
    "dedup filter news.parquet --output all.parquet --annotate",
    "dedup filter crawl/ --output clean/ --teasers --removed-teasers teasers.jsonl",
)
def run_filter(
    reading: Reading,
    comparing: options.Comparing,
    saved: SavedPairs,
    choosing: Choosing,
    limiting: Limiting,
    files: FilterFiles,
    running: options.Running,
    budgeting: options.Budgeting,
) -> None:
    """Write the inputs without the records that are removed.

    Every record that is kept is written byte for byte as it came, with all of its own fields. The
    output has the format and the compression of the input. For a file it is a file, and for a
    folder it is a folder of the same shape. Records that are skipped are in no output. A record is
    removed with its story; its teasers are looked at only with --teasers.
    """
    if "-" in (files.output, files.removed, files.removed_teasers):
        raise UsageError(
            "- cannot be used here, because the summary goes to standard output; name a file"
        )
    if files.annotate and files.removed is not None:
        raise UsageError("--annotate and --removed cannot be used together")
    if files.annotate and files.teasers:
        raise UsageError("--annotate and --teasers cannot be used together")
    if files.removed_teasers is not None and not files.teasers:
        raise UsageError("--removed-teasers needs --teasers")
    from dedup.cli.output import (
        end_with_alarms,
        end_with_skipped,
        errors_reported,
        print_summary,
        tell_skipped,
        warn_of_uncut,
    )

    inputs = reading.required()
    settings = comparing.settings(**choosing.asked())
    with errors_reported():
        import dedup

        checks.check_paths(inputs, reading.skipped, quiet=running.quiet)
        checks.check_apart(reading.skipped, files.output, files.removed, files.removed_teasers)
        with checks.progress_of(running.quiet) as progress:
            answer = dedup.filter(
                inputs,
                files.output,
                removed=files.removed,
                annotate=files.annotate,
                teasers=files.teasers,
                removed_teasers=files.removed_teasers,
                limits=limiting.limits(),
                pairs=saved.pairs,
                settings=settings,
                reading=reading.how(),
                workers=running.workers,
                watch=progress,
                budget=budgeting.budget(),
            )
        print_summary(answer.counts(), files.format)
        warn_of_uncut(answer.uncut)
        if answer.alarms:
            tell_skipped(answer.reasons, reading)
            end_with_alarms(answer.alarms, "all records that were read are in the output")
        end_with_skipped(answer.reasons, reading)
