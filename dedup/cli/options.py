"""Groups of options that several commands share, and what is made of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dedup.cli import values
from dedup.cli.groups import UsageError, option_of

if TYPE_CHECKING:
    from dedup.settings import Settings
    from dedup.system.budget import Budget


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


class AnswerFormat(StrEnum):
    """Formats of an answer that is one object."""

    table = "table"
    json = "json"


WAIT_HELP = (
    "How long to wait for another job on the store, such as 30s. A number "
    "without a unit counts seconds. Default: 10s."
)


@dataclass(frozen=True, kw_only=True)
class StoreChoice:
    """A store that is asked instead of inputs."""

    store: Annotated[
        str | None,
        option_of(
            "Store",
            "--store",
            metavar="FILE",
            help="Take the items of this store instead of inputs.",
        ),
    ] = None
    wait: Annotated[
        dt.timedelta | None,
        option_of(
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
        option_of(
            "Comparing",
            "--level",
            help="How deep to look. copies: near copies only. excerpts: also a text within "
            "another. stories: also the same story in other words. Default: stories.",
        ),
    ] = None
    threshold: Annotated[
        float | None,
        option_of(
            "Comparing",
            "--threshold",
            metavar="NUMBER",
            parser=values.number(0.3, 1.0),
            help="For --level copies only: the least Jaccard similarity of near copies, 0.3 to 1. "
            "Less than one in a thousand of the pairs above it is missed. Default: 0.7.",
        ),
    ] = None
    shingle: Annotated[
        int | None,
        option_of(
            "Comparing",
            "--shingle",
            metavar="WORDS",
            parser=values.whole_number(1, 16),
            help="How many words in a row are compared as one, 1 to 16. Default: 3.",
        ),
    ] = None
    story_window: Annotated[
        dt.timedelta | None,
        option_of(
            "Comparing",
            "--story-window",
            metavar="TIME",
            parser=values.duration("h", "3650d"),
            help="Two items can tell the same story only if they were published within this time, "
            "such as 72h or 3d. A number without a unit counts hours. Default: 72h.",
        ),
    ] = None
    story_threshold: Annotated[
        float | None,
        option_of(
            "Comparing",
            "--story-threshold",
            metavar="NUMBER",
            parser=values.number(0.05, 1.0),
            help="The least story score with which two items tell the same story, 0.05 to 1. The "
            "score is a probability: with a higher number fewer pairs are found, and more of them "
            "are right. Default: 0.25.",
        ),
    ] = None
    learn: Annotated[
        bool | None,
        option_of(
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
        option_of(
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

    format: Annotated[RowFormat | None, option_of("Output", "--format", help=FORMAT_HELP)] = None


@dataclass(frozen=True, kw_only=True)
class WritingReport(Writing):
    """Where a report is written and how."""

    format: Annotated[ReportFormat | None, option_of("Output", "--format", help=FORMAT_HELP)] = None


@dataclass(frozen=True, kw_only=True)
class WritingAnswer(Writing):
    """Where an answer is written and how."""

    format: Annotated[AnswerFormat | None, option_of("Output", "--format", help=FORMAT_HELP)] = None


#: The form of a summary on standard output.
SummaryFormat = Annotated[
    AnswerFormat,
    option_of(
        "Output",
        "--format",
        help="The form of the answer: table, or json on one line. Default: table.",
    ),
]

Quiet = Annotated[
    bool, option_of("Running", "--quiet", "-q", help="Print no progress on standard error.")
]


@dataclass(frozen=True, kw_only=True)
class Running:
    """How the work is done."""

    workers: Annotated[
        int | None,
        option_of(
            "Running",
            "--workers",
            metavar="NUMBER",
            parser=values.whole_number(1, 256),
            help="Threads to use, 1 to 256; they change no result. Default: all cores.",
        ),
    ] = None
    quiet: Quiet = False


@dataclass(frozen=True, kw_only=True)
class Budgeting:
    """What a run may take."""

    memory: Annotated[
        str | None,
        option_of(
            "Running",
            "--memory",
            metavar="SIZE",
            parser=values.size("1MB"),
            help="How much of what grows with the input may be in memory, such as 4GB. Scratch "
            "files hold the rest; the result is the same. Besides, the program takes about 400 MB, "
            "and related pairs take 0.15 to 0.3 KB a story. Default: half of the machine's "
            "memory.",
        ),
    ] = None
    scratch: Annotated[
        str | None,
        option_of(
            "Running",
            "--scratch",
            metavar="FOLDER",
            help="Where scratch files are made. A run takes about as much room there as its "
            "inputs do unpacked, and half as much again with --level stories. If less than half of "
            "that is free, the run is refused. Default: the system's folder for temporary files.",
        ),
    ] = None

    def budget(self) -> Budget:
        """What the run may take. Raises SettingsError."""
        from dedup.system.budget import Budget

        return Budget(memory=self.memory, scratch=self.scratch)


@dataclass(frozen=True, kw_only=True)
class StoreFile:
    """The store that a command looks after."""

    file: Annotated[str, typer.Argument(metavar="FILE", help="The store.", show_default=False)]
    wait: Annotated[
        dt.timedelta | None,
        option_of(
            "Store",
            "--wait",
            metavar="TIME",
            parser=values.duration("s", "7d", zero=True),
            help=WAIT_HELP,
        ),
    ] = None
