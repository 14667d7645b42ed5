"""What a filter reads, and where the records of each of its files go."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from dedup.errors import InputError, OutputError
from dedup.readers.memory import PathInput
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source, expand
from dedup.result import Skipped
from dedup.results.limits import Limits
from dedup.results.original_json import SpooledJson, json_form, spool_json
from dedup.system.escaping import visible
from dedup.system.staging import check_files, check_folders

#: Kinds of sources that are one record each.
PAGE_KINDS = ("txt", "html")

#: Kinds of sources whose records are written back as they came.
WRITTEN_KINDS = ("jsonl", "json", "csv", "tsv", "parquet", *PAGE_KINDS)

_NOT_WRITTEN = (
    "this format is read, but not written back; write its items with dedup items --format jsonl, "
    "and filter those"
)


class FilterOutputs(NamedTuple):
    """Where a filter writes: `output` gets the kept records; with `annotate` the removed ones too,
    and all with what was decided; `removed` gets the removed ones, with the reason. With `teasers`
    kept records lose their removed teasers, which the file `removed_teasers` gets."""

    output: Path | None
    removed: Path | None = None
    annotate: bool = False
    limits: Limits | None = None
    teasers: bool = False
    removed_teasers: Path | None = None

    def paths(self) -> list[Path]:
        """The outputs of records that there are."""
        return [path for path in (self.output, self.removed) if path is not None]


class Plan(NamedTuple):
    """What is read, and the path of each file within the output; "" where the output is a file.
    `skipped`: files of folders that are not read, or could not be written back."""

    sources: list[Source]
    places: list[str]
    skipped: list[Skipped]

    @property
    def one_file(self) -> bool:
        """Is the output a file?"""
        return self.places == [""]


def plan_outputs(inputs: Sequence[PathInput], outputs: FilterOutputs, strict: bool = False) -> Plan:
    """What is read (`plan_inputs`), once it is known that the outputs can be written.

    Raises InputError, OutputError.
    """
    plan = plan_inputs(inputs, strict)
    check_plan(plan, inputs, outputs)
    annotated = [s for s in plan.sources if s.kind in PAGE_KINDS] if outputs.annotate else []
    if annotated:
        raise OutputError(
            f"{annotated[0].name}: nothing can be added to a page; leave out --annotate, and name "
            "a folder for the removed ones with --removed"
        )
    return plan


def plan_inputs(inputs: Sequence[PathInput], strict: bool = False) -> Plan:
    """Where each file of `inputs` goes: one file to a file, a folder to a folder of its shape,
    several inputs into a folder.

    Files of a folder that cannot be read or written back are skipped, or an error where `strict`.
    Raises InputError, OutputError.
    """
    names = _names(inputs)
    if len(names) == 1 and not os.path.isdir(names[0]):
        sources = expand(names, strict=True).sources
        if len(sources) != 1:
            raise OutputError(f"{visible(names[0])}: matches {len(sources)} files; name a folder")
        plan = Plan(sources, [""], [])
    else:
        plan = _folder_plan(names, strict)
    for source in plan.sources:
        if not _is_written(source):
            raise OutputError(f"{source.name}: {_NOT_WRITTEN}")
    return plan


def check_plan(plan: Plan, inputs: Sequence[PathInput], outputs: FilterOutputs) -> None:
    """Refuse outputs that cannot be written, or that would replace what is read.

    Raises OutputError.
    """
    others = [Path(source.path) for source in plan.sources]
    others += [Path(name) for name in _names(inputs) if os.path.isdir(name)]
    lists = [outputs.removed_teasers] if outputs.removed_teasers is not None else []
    if plan.one_file:
        check_files([*outputs.paths(), *lists], others)
    else:
        check_folders(outputs.paths(), others)
        check_files(lists, [*others, *outputs.paths()])


def _names(inputs: Sequence[PathInput]) -> list[str]:
    return [one.path if isinstance(one, Source) else os.fspath(one) for one in inputs]


def _is_written(source: Source) -> bool:
    return source.kind in WRITTEN_KINDS and not source.remote


def _folder_plan(names: list[str], strict: bool) -> Plan:
    sources: list[Source] = []
    places: list[str] = []
    skipped: list[Skipped] = []
    for name in names:
        expanded = expand([name], strict)
        skipped += expanded.skipped
        for source in expanded.sources:
            below = os.path.isdir(name)
            if below and not strict and not _is_written(source):
                skipped.append(Skipped(source.name, 0, _NOT_WRITTEN))
                continue
            place = os.path.relpath(source.path, name) if below else ""
            if len(names) > 1:
                place = os.path.join(os.path.basename(os.path.abspath(name)), place).rstrip(os.sep)
            sources.append(source)
            places.append(place)
    if not sources:
        raise InputError(f"no file here can be read and written back; the first: {skipped[0]}")
    reached: dict[str, int] = {}
    for row, source in enumerate(sources):
        reached.setdefault(os.path.realpath(source.path), row)
    rows = list(reached.values())
    sources, places = [sources[row] for row in rows], [places[row] for row in rows]
    first: dict[str, Source] = {}
    for source, place in zip(sources, places, strict=True):
        if place in first:
            raise OutputError(
                f"{first[place].name} and {source.name} would be written to one file, "
                f"{visible(place)}; filter them one by one"
            )
        first[place] = source
    return Plan(sources, places, list(dict.fromkeys(skipped)))


def spooled(sources: list[Source], folder: Path) -> list[Source]:
    """The sources, with standard input, which can be read only once, as a file in `folder`."""
    return [
        source if source.path != "-" else replace(source, path=_spool(folder / "stdin"))
        for source in sources
    ]


def spooled_json(
    sources: list[Source], folder: Path, reading: ReadOptions
) -> dict[str, SpooledJson]:
    """The JSON files among the sources that have no record a line, by name, spooled to `folder`.

    Raises InputError.
    """
    spooled = {}
    for number, source in enumerate(sources):
        if source.kind not in ("json", "jsonl"):
            continue
        try:
            form = json_form(source, reading)
            if form != "lines":
                array = form == "array"
                spooled[source.name] = spool_json(source, folder, number, array, reading)
        except OSError as error:
            raise InputError(f"{source.name}: cannot be read ({error.strerror})") from error
    return spooled


def _spool(path: Path) -> str:
    if sys.stdin is None:
        raise InputError("-: standard input is closed")
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file)
    return str(path)
