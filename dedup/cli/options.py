"""Groups of options that several commands share, and what is made of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.cli import values
from dedup.cli.groups import UsageError

if TYPE_CHECKING:
    from dedup.readers import ReadOptions
    from dedup.readers.memory import PathInput
    from dedup.settings import Settings
    from dedup.views.progress import Progress

#: Formats by the suffix of an output file.
SUFFIX_FORMATS = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".svg": "svg",
    ".txt": "table",
}

#: Seconds to wait for another job on a store.
WAIT_SECONDS = 10.0


class Level(StrEnum):
    """How deep to look."""

    copies = "copies"
    excerpts = "excerpts"
    stories = "stories"


class RowFormat(StrEnum):
    """Formats of an answer that is rows."""

    table = "table"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


class ReportFormat(StrEnum):
    """Formats of a report."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    html = "html"


class Markup(StrEnum):
    """What to do with HTML in the fields of records."""

    auto = "auto"
    keep = "keep"


class InputFormat(StrEnum):
    """Formats of standard input."""

    jsonl = "jsonl"
    json = "json"
    csv = "csv"
    tsv = "tsv"
    txt = "txt"
    html = "html"


class AnswerFormat(StrEnum):
    """Formats of an answer that is one object."""

    table = "table"
    json = "json"


def _option(title: str, *flags: str, help: str, **more: Any) -> Any:
    """An option in the group `title`; its default is said in its help text."""
    return typer.Option(*flags, help=help, rich_help_panel=title, show_default=False, **more)


WAIT_HELP = "How long to wait for another job on the store, such as 30s. Default: 10s."


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What to read."""

    inputs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="INPUT",
            help="Files, folders, or - for standard input. Formats: .jsonl .ndjson "
            ".jl .json .csv .tsv .parquet .txt .html; text formats also compressed as .gz, .zst, "
            ".bz2 or .xz. Patterns such as 'news/*.jsonl' are read too, and with the extra "
            "dedup-news[remote] addresses such as s3://bucket/news/.",
            show_default=False,
        ),
    ] = None
    field: Annotated[
        list[str] | None,
        _option(
            "Reading",
            "--field",
            metavar="FIELD=NAME",
            parser=values.field_name,
            help="The name that a field has in the records, for example text=body. Can be "
            "repeated.",
        ),
    ] = None
    input_format: Annotated[
        InputFormat | None,
        _option(
            "Reading",
            "--input-format",
            help="The format of standard input (-). Default: jsonl.",
        ),
    ] = None
    skipped: Annotated[
        str | None,
        _option(
            "Reading",
            "--skipped",
            metavar="FILE",
            help="Write all records that are skipped, with the reason, to this file as JSON lines.",
        ),
    ] = None
    markup: Annotated[
        Markup | None,
        _option(
            "Reading",
            "--markup",
            help="What to do with tags and entities of HTML in titles and texts. auto: read them "
            "as a browser shows them. keep: leave them as they are. Default: auto.",
        ),
    ] = None
    encoding: Annotated[
        str | None,
        _option(
            "Reading",
            "--encoding",
            metavar="NAME",
            help="The encoding of the text files, such as windows-1251. Default: UTF-8, or what "
            "the beginning of a file looks like.",
        ),
    ] = None
    max_record: Annotated[
        str | None,
        _option(
            "Reading",
            "--max-record",
            metavar="SIZE",
            help="Skip records and pages that are longer than this, such as 64MB. Default: 64MB.",
        ),
    ] = None
    strict: Annotated[
        bool,
        _option(
            "Reading",
            "--strict",
            help="Stop with an error if a file of a folder cannot be read, instead of skipping it.",
        ),
    ] = False
    ok_skipped: Annotated[
        bool,
        _option(
            "Reading",
            "--ok-skipped",
            help="Exit with 0 instead of 3 when some records are skipped.",
        ),
    ] = False

    def required(self) -> list[PathInput]:
        """The inputs, of which there must be some. Raises UsageError."""
        if not self.inputs:
            raise UsageError("give files, folders or - to read")
        if self.input_format is None:
            return list(self.inputs)
        if "-" not in self.inputs:
            raise UsageError("--input-format is the format of standard input; give - as an input")
        from dedup.readers.sources import Source

        piped = Source("-", "-", self.input_format.value)
        return [piped if given == "-" else given for given in self.inputs]

    def how(self) -> ReadOptions:
        """How the inputs are read. Raises SettingsError."""
        from dedup.readers import ReadOptions

        pairs = (option.partition("=") for option in self.field or ())
        return ReadOptions(
            fields={name: other for name, _, other in pairs},
            markup=self.markup.value if self.markup else "auto",
            encoding=self.encoding or "auto",
            max_record=self.max_record or "64MB",
            strict=self.strict,
        )


@dataclass(frozen=True, kw_only=True)
class StoreChoice:
    """A store that is asked instead of inputs."""

    store: Annotated[
        str | None,
        _option("Store", "--store", metavar="FILE", help="Ask this store instead of inputs."),
    ] = None
    wait: Annotated[
        dt.timedelta | None,
        _option(
            "Store",
            "--wait",
            metavar="TIME",
            parser=values.duration("s", "7d", zero=True),
            help=WAIT_HELP,
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """How items are compared."""

    level: Annotated[
        Level | None,
        _option(
            "Comparing",
            "--level",
            help="How deep to look. copies: near copies only. excerpts: also a text within "
            "another. stories: also the same story in other words. Default: stories.",
        ),
    ] = None
    threshold: Annotated[
        float | None,
        _option(
            "Comparing",
            "--threshold",
            metavar="NUMBER",
            parser=values.number(0.3, 1.0),
            help="For --level copies only: the least Jaccard similarity of near copies, 0.3 to 1. "
            "Of the pairs above it less than one in a thousand is missed. Default: 0.7.",
        ),
    ] = None
    shingle: Annotated[
        int | None,
        _option(
            "Comparing",
            "--shingle",
            metavar="WORDS",
            parser=values.whole_number(1, 16),
            help="How many words in a row are compared as one, 1 to 16. Default: 3.",
        ),
    ] = None
    story_window: Annotated[
        dt.timedelta | None,
        _option(
            "Comparing",
            "--story-window",
            metavar="TIME",
            parser=values.duration("h", "3650d"),
            help="Two items can tell the same story only if they were published within this time, "
            "such as 72h or 3d. Default: 72h.",
        ),
    ] = None
    story_threshold: Annotated[
        float | None,
        _option(
            "Comparing",
            "--story-threshold",
            metavar="NUMBER",
            parser=values.number(0.05, 1.0),
            help="From which story score on two items tell the same story, 0.05 to 1. The score is "
            "a probability: a higher number finds fewer pairs, and more of them are right. "
            "Default: 0.3.",
        ),
    ] = None
    learn: Annotated[
        bool | None,
        _option(
            "Comparing",
            "--learn/--no-learn",
            help="Learn which lines a source repeats under its texts, and leave them out of the "
            "comparison. Default: --learn.",
        ),
    ] = None

    def asked(self) -> dict[str, Any]:
        """The settings that were given, by the names of `dedup.Settings`."""
        window = self.story_window
        given = {
            "level": None if self.level is None else self.level.value,
            "threshold": self.threshold,
            "shingle": self.shingle,
            "window": None if window is None else window.total_seconds() / 3600,
            "learn": self.learn,
            "story_threshold": self.story_threshold,
        }
        return {name: value for name, value in given.items() if value is not None}

    def check_threshold(self) -> None:
        """Raises UsageError for a threshold at a level where it would change nothing."""
        if self.threshold is not None and self.level is not Level.copies:
            raise UsageError(
                "--threshold applies to --level copies only: the deeper levels also compare items "
                "that share passages, however low their Jaccard similarity is"
            )

    def settings(self, **more: Any) -> Settings:
        """The settings of a run without a store, and `more` of them. Raises UsageError."""
        from dedup.settings import Settings

        self.check_threshold()
        return Settings(**self.asked(), **more).check()


@dataclass(frozen=True, kw_only=True)
class Writing:
    """Where the result is written."""

    output: Annotated[
        str | None,
        _option(
            "Output",
            "--output",
            "-o",
            metavar="FILE",
            help="Write the result to this file instead of standard output. The file is replaced "
            "only when the result is complete.",
        ),
    ] = None


FORMAT_HELP = "The form of the result. Default: by the suffix of --output, else table."


@dataclass(frozen=True, kw_only=True)
class WritingRows(Writing):
    """Where rows are written and how."""

    format: Annotated[RowFormat | None, _option("Output", "--format", help=FORMAT_HELP)] = None


@dataclass(frozen=True, kw_only=True)
class WritingReport(Writing):
    """Where a report is written and how."""

    format: Annotated[ReportFormat | None, _option("Output", "--format", help=FORMAT_HELP)] = None


@dataclass(frozen=True, kw_only=True)
class WritingAnswer(Writing):
    """Where an answer is written and how."""

    format: Annotated[AnswerFormat | None, _option("Output", "--format", help=FORMAT_HELP)] = None


#: The form of a summary on standard output.
SummaryFormat = Annotated[
    AnswerFormat,
    _option(
        "Output",
        "--format",
        help="The form of the answer: table, or json on one line. Default: table.",
    ),
]

Quiet = Annotated[
    bool, _option("Running", "--quiet", "-q", help="Print no progress on standard error.")
]


@dataclass(frozen=True, kw_only=True)
class Running:
    """How the work is done."""

    workers: Annotated[
        int | None,
        _option(
            "Running",
            "--workers",
            metavar="NUMBER",
            parser=values.whole_number(1, 256),
            help="Threads to use, 1 to 256; they change no result. Default: all cores.",
        ),
    ] = None
    quiet: Quiet = False


@dataclass(frozen=True, kw_only=True)
class StoreFile:
    """The store that a command looks after."""

    file: Annotated[str, typer.Argument(metavar="FILE", help="The store.", show_default=False)]
    wait: Annotated[
        dt.timedelta | None,
        _option(
            "Store",
            "--wait",
            metavar="TIME",
            parser=values.duration("s", "7d", zero=True),
            help=WAIT_HELP,
        ),
    ] = None


def seconds_to_wait(wait: dt.timedelta | None) -> float:
    """`--wait` in seconds."""
    return WAIT_SECONDS if wait is None else wait.total_seconds()


def format_of(writing: WritingRows | WritingReport | WritingAnswer) -> str:
    """The format of the output. Raises UsageError as `format_named`."""
    kinds: dict[type, type[StrEnum]] = {
        WritingRows: RowFormat,
        WritingReport: ReportFormat,
        WritingAnswer: AnswerFormat,
    }
    return format_named(writing.format, writing.output, kinds[type(writing)])


def format_named(chosen: StrEnum | None, output: str | None, formats: type[StrEnum]) -> str:
    """The format that was chosen, else that of the output's suffix, else a table.

    Raises UsageError where the suffix names a format that the command does not write.
    """
    if chosen is not None:
        return chosen.value
    known = [form.value for form in formats]
    suffix = Path(output).suffix.lower() if output else ""
    named = SUFFIX_FORMATS.get(suffix, "table")
    if named in known:
        return named
    raise UsageError(
        f"this command cannot write {suffix}; let --output end in one of its formats "
        f"({', '.join(known)}), or choose one with --format"
    )


def refuse(group: Any, names: Iterable[str], why: str) -> None:
    """Raises UsageError where one of these options was given, since it would have no effect."""
    for name in names:
        value = getattr(group, name)
        if value is None or (value is False and name != "learn") or value == []:
            continue
        flag = f"--no-{name}" if value is False else f"--{name.replace('_', '-')}"
        raise UsageError(f"{flag} {why}")


def require_one_source(reading: Reading, store: StoreChoice, *asked: Any) -> None:
    """Refuse both inputs and a store, neither of them, and with a store the options of inputs."""
    if store.store is None:
        if not reading.inputs:
            raise UsageError("give files, folders or - to read, or --store FILE")
        return
    if reading.inputs:
        raise UsageError("give inputs or --store, not both")
    why = "applies to inputs; a store has its own settings"
    for group in asked:
        refuse(group, [field.name for field in fields(group)], why)
    refuse(
        reading,
        ("skipped", "field", "input_format", "markup", "encoding", "max_record", "strict"),
        why,
    )


def check_paths(
    inputs: list[PathInput], *outputs: str | None, store: str | None = None, quiet: bool = False
) -> list[PathInput]:
    """The inputs, once it is sure that they can be read and that the outputs can be written.

    Says how many files of folders are not read. Raises InputError, OutputError.
    """
    from dedup.cli.output import say
    from dedup.readers.sources import expand, left_out_message

    expanded = expand(inputs)
    if expanded.left_out and not quiet:
        say(f"dedup: {left_out_message(expanded.left_out)}")
    check_output_paths(outputs, [source.path for source in expanded.sources], store)
    return inputs


def check_output_paths(
    outputs: Iterable[str | None], others: Iterable[str] = (), store: str | None = None
) -> None:
    """Refuse outputs that cannot be written or would replace one of the others or a store.

    Raises OutputError.
    """
    from dedup.system import atomic

    taken = [Path(name) for name in others]
    if store is not None:
        from dedup.store.files import store_files

        taken += store_files(Path(store))
    atomic.check_outputs([Path(name) for name in outputs if name not in (None, "-")], taken)


def progress_of(quiet: bool) -> Progress:
    """The watcher of a run. Says in a line if the run will be slow because of missing loops."""
    from dedup.cli.output import say
    from dedup.cli.version import compiled
    from dedup.views.progress import Progress

    if not quiet and not compiled():
        say(
            "dedup: the inner loops are not compiled, so this run takes two to three times as "
            "long; install again where a C compiler is, or from a wheel"
        )
    return Progress(quiet)
