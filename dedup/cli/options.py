"""Options that several commands share, in groups, and what is made of them."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup.cli import values
from dedup.cli.parser import Options, Parser, UsageError
from dedup.settings import LEVELS, Settings

if TYPE_CHECKING:
    from dedup.views.progress import Progress

#: Formats by the suffix of an output file.
SUFFIXES = {
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

#: Formats of answers that are rows.
ROW_FORMATS = ("table", "jsonl", "csv", "parquet")

#: Formats of answers that are one object.
OBJECT_FORMATS = ("table", "json")

#: Options of how items are read and compared; a store has its own.
OF_INPUTS = ("level", "threshold", "shingle", "story_window", "learn", "skipped", "field")

#: Hours, the longest time within which two items may tell one story.
LONGEST_WINDOW = "3650d"


def add_inputs(parser: Parser, *, required: bool) -> None:
    """INPUT and the options of reading."""
    parser.add_argument(
        "inputs",
        metavar="INPUT",
        nargs="+" if required else "*",
        help="Files, folders, or - for JSON lines on standard input. Formats: .jsonl .ndjson .csv "
        ".tsv .parquet .txt .html; text formats also compressed as .gz or .zst.",
    )
    group = parser.add_argument_group("Reading")
    group.add_argument(
        "--field",
        metavar="FIELD=NAME",
        action="append",
        type=values.field_name,
        help="The name that a field has in the records, for example text=body. Can be repeated.",
    )
    group.add_argument(
        "--skipped",
        metavar="FILE",
        help="Write all records that are skipped, with the reason, to this file as JSON lines.",
    )
    group.add_argument(
        "--ok-skipped",
        action="store_true",
        help="Exit with 0 instead of 3 when some records are skipped.",
    )


def add_comparison(parser: Parser, *, new_store: bool = False) -> None:
    """The options of how items are compared; with `new_store`, those of a store to be made."""
    group = parser.add_argument_group(
        "Comparing" if not new_store else "Comparing (of a new store; an old one keeps its own)"
    )
    group.add_argument(
        "--level",
        choices=LEVELS,
        type=values.name_of(LEVELS),
        metavar="LEVEL",
        help="How deep to look. copies: near copies only. excerpts: also a text within another. "
        "stories: also the same story in other words. Default: stories.",
    )
    group.add_argument(
        "--threshold",
        type=values.number(0.3, 1.0),
        metavar="NUMBER",
        help="For --level copies: the Jaccard similarity, 0.3 to 1, from which near copies are "
        "looked for. Of the pairs above it one in a thousand is missed. Default: 0.7.",
    )
    group.add_argument(
        "--shingle",
        type=values.whole_number(1, 16),
        metavar="WORDS",
        help="How many words in a row are compared as one, 1 to 16. Default: 3.",
    )
    group.add_argument(
        "--story-window",
        type=values.duration("h", LONGEST_WINDOW),
        metavar="TIME",
        help="Two items can tell the same story only if they were published within this time, such "
        "as 72h or 3d. Default: 72h.",
    )
    group.add_argument(
        "--learn",
        action=argparse.BooleanOptionalAction,
        help="Learn which lines a source repeats under its texts, and leave them out of the "
        "comparison. Default: --learn.",
    )


def add_output(parser: Parser, formats: Iterable[str]) -> None:
    """`--format` and `--output`."""
    known = tuple(formats)
    group = parser.add_argument_group("Output")
    group.add_argument(
        "-o",
        "--output",
        metavar="FILE",
        help="Write the result to this file instead of standard output. The file is replaced only "
        "when the result is complete.",
    )
    group.add_argument(
        "--format",
        choices=known,
        type=values.name_of(known),
        metavar="FORMAT",
        help=f"One of {', '.join(known)}. Default: by the suffix of --output, else table.",
    )


def add_running(parser: Parser) -> None:
    """`--workers` and `--quiet`."""
    group = parser.add_argument_group("Running")
    group.add_argument(
        "--workers",
        type=values.whole_number(1, 256),
        metavar="NUMBER",
        help="Threads to use, 1 to 256; they change no result. Default: all cores.",
    )
    add_quiet(group)


def add_quiet(group: Any) -> None:
    """`--quiet`, in a group of its own or of another."""
    group.add_argument(
        "-q", "--quiet", action="store_true", help="Print no progress on standard error."
    )


def add_store(parser: Parser) -> None:
    """`--store` of a command that takes files or a store."""
    group = parser.add_argument_group("Store")
    group.add_argument("--store", metavar="FILE", help="Ask this store instead of reading inputs.")
    add_wait(group)


def add_wait(group: Any) -> None:
    """`--wait`, in the group where the store is named."""
    group.add_argument(
        "--wait",
        type=values.duration("s", "7d", zero=True),
        metavar="TIME",
        help="How long to wait for another job on the store, such as 30s. Default: 10s.",
    )


def seconds_to_wait(options: Options) -> float:
    """`--wait` in seconds."""
    return 10.0 if options.wait is None else float(options.wait.total_seconds())


def settings_asked(options: Options) -> dict[str, Any]:
    """The settings that were given on the command line, by the names of `Settings`."""
    window = options.story_window
    asked = {
        "level": options.level,
        "threshold": options.threshold,
        "shingle": options.shingle,
        "window": None if window is None else window.total_seconds() / 3600,
        "learn": options.learn,
    }
    return {name: value for name, value in asked.items() if value is not None}


def settings_of(options: Options) -> Settings:
    """The settings of a run without a store. Raises SettingsError."""
    return Settings(**settings_asked(options)).check()


def fields_of(options: Options) -> dict[str, str]:
    """`--field text=body` options as a mapping."""
    return dict(options.field or ())


def format_of(options: Options, formats: Iterable[str]) -> str:
    """The format of the output: `--format`, else by the suffix of `--output`, else a table.

    Raises UsageError where the suffix names a format that this command does not write.
    """
    if options.format:
        return str(options.format)
    known = tuple(formats)
    suffix = Path(options.output).suffix.lower() if options.output else ""
    named = SUFFIXES.get(suffix, "table")
    if named in known:
        return named
    raise UsageError(
        f"it cannot write {suffix}; give --output a name that ends in one of its formats "
        f"({', '.join(known)}), or choose one with --format"
    )


def refuse(options: Options, names: Iterable[str], why: str) -> None:
    """Raises UsageError where one of these options was given, since it would have no effect."""
    for name in names:
        if getattr(options, name) not in (None, False):
            flag = f"--{name.replace('_', '-')}"
            raise UsageError(f"{flag} {why}")
        if name == "learn" and getattr(options, name) is False:
            raise UsageError(f"--no-learn {why}")


def require_one_source(options: Options) -> None:
    """Refuse both inputs and a store, neither of them, and with a store the options of inputs."""
    if options.store is None:
        if not options.inputs:
            raise UsageError("give files, folders or - to read, or --store FILE")
        return
    if options.inputs:
        raise UsageError("give inputs or --store, not both")
    refuse(options, OF_INPUTS, "applies to inputs; a store has its own settings")


def check_paths(options: Options, *outputs: str | None, store: str | None = None) -> list[str]:
    """The inputs, once it is sure that they can be read and that the outputs can be written.

    Says how many files of folders are not read. Raises InputError, OutputError.
    """
    from dedup.cli.output import say
    from dedup.readers import expand

    expanded = expand(options.inputs)
    if expanded.ignored and not getattr(options, "quiet", False):
        say(
            f"dedup: not read: {expanded.ignored} files of other formats or links to folders "
            "within the folders given"
        )
    check_outputs(outputs, [source.path for source in expanded.sources], store)
    inputs: list[str] = options.inputs
    return inputs


def check_outputs(
    outputs: Iterable[str | None], others: Iterable[str] = (), store: str | None = None
) -> None:
    """Refuse outputs that cannot be written or would replace one of the others or a store.

    Raises OutputError.
    """
    from dedup.system import atomic

    taken = [Path(name) for name in others]
    if store is not None:
        from dedup.store.connection import store_files

        taken += store_files(Path(store))
    atomic.check_outputs([Path(name) for name in outputs if name not in (None, "-")], taken)


def progress_of(options: Options) -> Progress:
    """The watcher of a run. Says in a line if the run will be slow because of missing loops."""
    from dedup.cli.output import say
    from dedup.cli.version import compiled
    from dedup.views.progress import Progress

    if not options.quiet and not compiled():
        say(
            "dedup: the inner loops are not compiled, so this run takes two to three times as "
            "long; install again where a C compiler is, or from a wheel"
        )
    return Progress(options.quiet)
