"""dedup evaluate: how well a run agrees with labels of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from dedup.cli import checks, options
from dedup.cli.groups import command
from dedup.cli.reading import Reading


class EvaluationFormat(StrEnum):
    """Formats of an evaluation."""

    table = "table"
    json = "json"
    svg = "svg"


@dataclass(frozen=True, kw_only=True)
class WritingEvaluation(options.Writing):
    """Where an evaluation is written and how."""

    format: Annotated[
        EvaluationFormat | None,
        typer.Option(
            "--format",
            help="The form of the result; svg is a chart of precision and recall over thresholds. "
            "Default: by the suffix of --output, else table.",
            rich_help_panel="Output",
        ),
    ] = None


@command(
    "dedup evaluate labels.csv crawl/",
    "dedup evaluate labels.csv crawl/ --output chart.svg",
    "dedup evaluate labels.jsonl news.jsonl --format json",
)
def run_evaluate(
    labels: Annotated[
        str,
        typer.Argument(
            metavar="LABELS",
            help="A CSV or JSON lines file with the fields a, b and go: two ids, and yes or no.",
        ),
    ],
    reading: Reading,
    comparing: options.Comparing,
    writing: WritingEvaluation,
    running: options.Running,
) -> None:
    """Measure how well the decisions agree with labels of your own.

    A label says of two items whether one of them should be removed because of the other. The HTML
    report exports such labels. The answer is the precision (which share of the removals is right),
    the recall (which share of what should be removed is removed), the worst mistakes, and both
    figures over thresholds of Jaccard and containment.
    """
    form = checks.format_named(writing.format, writing.output, EvaluationFormat)
    inputs = reading.required()
    from dedup.cli.output import (
        end_with_skipped,
        errors_reported,
        print_to,
        write_bytes,
        write_json,
    )

    with errors_reported():
        from dedup.api import evaluate

        settings = comparing.settings()
        checks.check_paths(inputs, writing.output, reading.skipped, quiet=running.quiet)
        checks.check_output_paths([writing.output, reading.skipped], [labels])
        with checks.progress_of(running.quiet) as progress:
            evaluation = evaluate(
                Path(labels),
                inputs,
                settings=settings,
                reading=reading.how(),
                workers=running.workers,
                watch=progress,
            )
        if form == "json":
            write_json(evaluation, writing.output)
        elif form == "svg":
            from dedup.views.evaluation import evaluation_svg

            write_bytes([evaluation_svg(evaluation).encode()], writing.output)
        else:
            from dedup.views.evaluation import print_evaluation

            print_to(writing.output, lambda file: print_evaluation(evaluation, file))
        end_with_skipped(evaluation.skipped, reading)
