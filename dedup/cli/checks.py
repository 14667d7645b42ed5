"""What is checked before a command works: options that contradict each other, paths, formats."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import fields
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dedup.cli.groups import UsageError
from dedup.cli.options import (
    AnswerFormat,
    ReportFormat,
    RowFormat,
    StoreChoice,
    WritingAnswer,
    WritingReport,
    WritingRows,
)
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.readers.memory import PathInput
    from dedup.views.progress import RunProgress

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
    if suffix and suffix not in SUFFIX_FORMATS:
        from dedup.cli.output import say

        say(f"dedup: {suffix} names no format, so a table is written; --format chooses another")
    if named in known:
        return named
    raise UsageError(
        f"this command cannot write {suffix}; give --output a name that ends in one of its formats "
        f"({', '.join(known)}), or choose one with --format"
    )


#: Why an option of stores is refused without one.
OF_STORE = "applies to --store only"


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
        refuse(store, ("wait",), OF_STORE)
        return
    if reading.inputs:
        raise UsageError("give inputs or --store, not both")
    why = "applies to inputs; a store has its own settings"
    for group in asked:
        refuse(group, [field.name for field in fields(group)], why)
    refuse(
        reading,
        (
            "skipped",
            "field",
            "input_format",
            "markup",
            "encoding",
            "max_record",
            "id_from",
            "strict",
        ),
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


def check_apart(path: str | None, *outputs: str | None) -> None:
    """Refuse a file that is one of the other outputs, or within one. Raises OutputError."""
    from dedup.errors import OutputError
    from dedup.system.atomic import followed

    if path is None:
        return
    target = followed(Path(path))
    for one in [followed(Path(name)) for name in outputs if name is not None]:
        if target == one or one in target.parents or target in one.parents:
            raise OutputError(f"{path}: cannot be written: two outputs have this name")


def progress_of(quiet: bool) -> RunProgress:
    """The watcher of a run. Says in a line if the run will be slow because of missing loops."""
    from dedup.cli.output import say
    from dedup.cli.version import compiled
    from dedup.views.progress import RunProgress

    if not quiet and not compiled():
        say(
            "dedup: the inner loops are not compiled, so this run takes two to three times as "
            "long; install dedup again where there is a C compiler, or from a wheel"
        )
    return RunProgress(quiet)
