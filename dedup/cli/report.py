"""dedup report: the clusters and story groups of inputs or of a store."""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dedup.cli import checks, options, values
from dedup.cli.choosing import Choosing
from dedup.cli.groups import UsageError, command
from dedup.cli.reading import Reading
from dedup.cli.running import RunArguments, prepare_long_run, run_arguments

if TYPE_CHECKING:
    from dedup.result import Report, Skipped
    from dedup.results.html_data import Evidence


#: Formats in which the report of inputs is written as it is made; the others look at all of it.
STREAMED = ("json", "jsonl", "csv", "parquet")


class Engine(StrEnum):
    """Where a report is worked out; the answer is the same."""

    here = "here"
    spark = "spark"


@dataclass(frozen=True, kw_only=True)
class StoreToReport(options.StoreChoice):
    """A store that is reported instead of inputs, and how much of it."""

    since: Annotated[
        dt.timedelta | None,
        typer.Option(
            "--since",
            metavar="TIME",
            rich_help_panel="Store",
            show_default=False,
            parser=values.duration("d", "36500d"),
            help="Show only clusters and story groups with an item that was published within this "
            "time before now, such as 7d or 12h. A number without a unit counts days.",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class OnSpark:
    """Options of Apache Spark."""

    engine: Annotated[
        Engine,
        typer.Option(
            "--engine",
            rich_help_panel="Apache Spark",
            show_default=False,
            help="What computes the report: this machine (here) or Apache Spark (spark). With "
            "spark, --output is a folder of Parquet files; the answer is the same. Default: here.",
        ),
    ] = Engine.here
    master: Annotated[
        str | None,
        typer.Option(
            "--master",
            metavar="URL",
            rich_help_panel="Apache Spark",
            help="The master of Spark. Default: as Spark is configured.",
        ),
    ] = None
    overwrite: Annotated[
        bool,
        typer.Option(
            "--overwrite",
            rich_help_panel="Apache Spark",
            help="With spark: replace the whole output folder.",
        ),
    ] = False


@command(
    "dedup report crawl/",
    "dedup report crawl/ --output report.html",
    "dedup report news.jsonl --level copies --threshold 0.8 --output copies.csv",
    "dedup report --store news.db --format json",
    "dedup report --store news.db --since 7d",
)
def run_report(
    reading: Reading,
    store: StoreToReport,
    comparing: options.Comparing,
    choosing: Choosing,
    writing: options.WritingReport,
    running: options.Running,
    budgeting: options.Budgeting,
    on_spark: OnSpark,
) -> None:
    """Find the copies: which items are kept and which are removed.

    The items come from files or folders, which are never changed, or from a store. The report
    lists clusters and story groups. A cluster is one kept item with the items that are removed
    because of it. A story group is a set of kept items that tell the same story in other words;
    nothing in it is removed.
    """
    if on_spark.engine is Engine.spark:
        checks.refuse(budgeting, ("memory", "scratch"), "does not apply to --engine spark")
        _run_on_spark(reading, store, comparing, choosing, writing, running, on_spark)
        return
    checks.refuse(on_spark, ("master", "overwrite"), "applies to --engine spark only")
    checks.require_one_source(reading, store, comparing, choosing)
    if store.store is None:
        checks.refuse(store, ("since",), checks.OF_STORE)
    else:
        checks.refuse(budgeting, ("memory", "scratch"), "applies to inputs only")
    form = checks.format_of(writing)
    prepare_long_run(reading, running)
    from dedup.cli.output import end_with_skipped, errors_reported

    run = run_arguments(reading, comparing, choosing, writing.output, running, budgeting)
    with errors_reported():
        if store.store is None and form in STREAMED:
            end_with_skipped(_stream(run, form, writing.output), reading)
            return
        if store.store is not None:
            report, evidence = _of_store(store, store.store, writing, running)
        else:
            report, evidence = _of_inputs(run, form)
        corpus = corpus_name(reading.inputs, store.store)
        _write(report, evidence, form, writing.output, corpus)
        end_with_skipped(report.skipped, reading)


def _of_inputs(
    run: AbstractContextManager[RunArguments], form: str
) -> tuple[Report, Evidence | None]:
    from dedup.api import report_with_evidence

    with run as arguments:
        return report_with_evidence(**arguments, evidence=form == "html")


def _stream(
    run: AbstractContextManager[RunArguments], form: str, output: str | None
) -> list[Skipped]:
    """Write the report of inputs as it is made; what was skipped."""
    from dedup.api import report_parts
    from dedup.cli.output import write_bytes, write_tables
    from dedup.views.report_json import json_pieces

    with ExitStack() as stack:
        with run as arguments:
            parts = stack.enter_context(report_parts(**arguments))
        if form == "json":
            write_bytes(json_pieces(parts), output)
        else:
            write_tables(parts.tables(), form, output)
        return parts.skipped


def _of_store(
    choice: StoreToReport, path: str, writing: options.WritingReport, running: options.Running
) -> tuple[Report, Evidence | None]:
    from dedup.store import Store

    checks.check_output_paths([writing.output], store=path)
    wait = checks.seconds_to_wait(choice.wait)
    with Store(path, create=False, wait=wait, workers=running.workers) as store:
        if checks.format_of(writing) == "html":
            return store.report_with_evidence(since=choice.since)
        return store.report(since=choice.since), None


def corpus_name(inputs: list[str] | None, store: str | None) -> str:
    """What a report is about: the names of the inputs, or of the store."""
    names = [store] if store is not None else inputs or []
    short = ["standard input" if name == "-" else Path(name).name or name for name in names]
    others = f" and {len(short) - 3} more" if len(short) > 3 else ""
    return values.readable(", ".join(short[:3]) + others)


def _write(
    report: Report, evidence: Evidence | None, form: str, output: str | None, corpus: str
) -> None:
    from dedup.cli.output import print_to, write_bytes, write_tables

    if form == "json":
        write_bytes([report.to_json()], output)
    elif form == "html":
        from dedup.results.html_data import Evidence
        from dedup.views.html import html_report

        pieces = html_report(report, evidence or Evidence(), corpus)
        write_bytes((piece.encode() for piece in pieces), output)
    elif form == "table":
        from dedup.views.terminal import print_report

        print_to(output, lambda file: print_report(report, file))
    else:
        write_tables([report.to_arrow()], form, output)


def _run_on_spark(
    reading: Reading,
    store: StoreToReport,
    comparing: options.Comparing,
    choosing: Choosing,
    writing: options.WritingReport,
    running: options.Running,
    on_spark: OnSpark,
) -> None:
    from dedup.cli.output import errors_reported

    if writing.output is None or store.store is not None:
        raise UsageError("--engine spark takes inputs and --output FOLDER, and no store")
    why = "does not apply to --engine spark"
    checks.refuse(writing, ("format",), why)
    checks.refuse(running, ("workers",), why)
    checks.refuse(reading, ("skipped", "input_format"), why)
    reading.required()
    with errors_reported():
        from dedup.cli.spark import report_on_spark

        counts = report_on_spark(
            reading.inputs or [],
            writing.output,
            comparing.settings(**choosing.asked()),
            reading.how(),
            on_spark.master,
            on_spark.overwrite,
        )
        if counts.get("skipped") and not reading.ok_skipped:
            from dedup.cli.output import SKIPPED

            raise SystemExit(SKIPPED)
