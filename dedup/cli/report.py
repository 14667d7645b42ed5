"""dedup report: the clusters and story groups of inputs or of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedup.cli import options as shared
from dedup.cli import values
from dedup.cli.parser import Options, Parser, UsageError

if TYPE_CHECKING:
    from dedup.result import Report
    from dedup.results.html_data import Evidence

DESCRIPTION = """
Find the copies in files or folders, or in all that a store holds. The report lists clusters and
story groups. A cluster is one kept item with the items that are removed because of it. A story
group is a set of kept items that tell the same story in other words; nothing in it is removed.

The inputs are never changed.
"""

EXAMPLES = (
    "dedup report crawl/",
    "dedup report crawl/ --output report.html",
    "dedup report news.jsonl --level copies --threshold 0.8 --output copies.csv",
    "dedup report --store news.db --format json",
)

FORMATS = ("table", "json", "jsonl", "csv", "parquet", "html")

ENGINES = ("here", "spark")


def declare(parser: Parser) -> None:
    """Add the arguments of this command."""
    shared.add_inputs(parser, required=False)
    shared.add_store(parser)
    shared.add_comparison(parser)
    shared.add_output(parser, FORMATS)
    shared.add_running(parser)
    group = parser.add_argument_group("Apache Spark")
    group.add_argument(
        "--engine",
        choices=ENGINES,
        type=values.name_of(ENGINES),
        metavar="ENGINE",
        default="here",
        help="Where to work: here, or spark. With spark, --output is a folder of Parquet files. "
        "The answer is the same. Default: here.",
    )
    group.add_argument(
        "--master", metavar="URL", help="The master of Spark. Default: as Spark is configured."
    )
    group.add_argument(
        "--overwrite", action="store_true", help="With spark: replace the whole output folder."
    )


def run(options: Options) -> None:
    """Print or write the report."""
    if options.engine == "spark":
        _run_on_spark(options)
        return
    shared.refuse(options, ("master", "overwrite"), "applies to --engine spark only")
    shared.require_one_source(options)
    form = shared.format_of(options, FORMATS)
    from dedup.cli.output import end_with_skipped, errors_reported

    with errors_reported():
        with_evidence = form == "html"
        found = _of_store if options.store is not None else _of_inputs
        report, evidence = found(options, with_evidence)
        _write(report, evidence, form, options.output)
        end_with_skipped(report.skipped, options)


def _of_inputs(options: Options, with_evidence: bool) -> tuple[Report, Evidence | None]:
    from dedup.api import report_with_evidence

    settings = shared.settings_of(options)
    inputs = shared.check_paths(options, options.output, options.skipped)
    progress = shared.progress_of(options)
    try:
        return report_with_evidence(
            inputs,
            settings=settings,
            fields=shared.fields_of(options),
            workers=options.workers,
            watch=progress,
            evidence=with_evidence,
        )
    finally:
        progress.close()


def _of_store(options: Options, with_evidence: bool) -> tuple[Report, Evidence | None]:
    from dedup.store import Store

    shared.check_outputs([options.output], store=options.store)
    wait = shared.seconds_to_wait(options)
    with Store(options.store, create=False, wait=wait, workers=options.workers) as store:
        return store.report_with_evidence() if with_evidence else (store.report(), None)


def _write(report: Report, evidence: Evidence | None, form: str, output: str | None) -> None:
    from dedup.cli.output import print_to, write_bytes, write_tables

    if form == "json":
        write_bytes([report.to_json()], output)
    elif form == "html":
        from dedup.results.html_data import Evidence
        from dedup.views.html import html_report

        pages = html_report(report, evidence or Evidence())
        write_bytes((piece.encode() for piece in pages), output)
    elif form == "table":
        from dedup.views.terminal import print_report

        print_to(output, lambda file: print_report(report, file))
    else:
        from dedup.views.records import report_table

        write_tables([report_table(report)], form, output)


def _run_on_spark(options: Options) -> None:
    from dedup.cli.output import errors_reported

    if options.output is None or options.store is not None or not options.inputs:
        raise UsageError("--engine spark takes inputs and --output FOLDER, and no store")
    shared.refuse(options, ("format", "workers", "skipped"), "does not apply to --engine spark")
    with errors_reported():
        from dedup.cli.spark import report_on_spark

        report_on_spark(options, shared.settings_of(options), shared.fields_of(options))
