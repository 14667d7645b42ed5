"""The records of files, less what is removed, written in the format in which they came."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from dedup.errors import InputError, OutputError
from dedup.pipeline.run import RunResult
from dedup.readers.memory import PathInput
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source, expand
from dedup.result import Skipped
from dedup.results.limits import Limits
from dedup.results.original_json import SpooledJson, copy_json, json_form, spool_json
from dedup.results.original_parquet import ParquetOutputs, copy_parquet
from dedup.results.original_text import TextOutputs, compressing, copy_text
from dedup.results.record_decisions import ADDED, REMOVED, SKIPPED, RecordDecisions
from dedup.system.escaping import visible
from dedup.system.staging import Staging, check_files, check_folders

#: Name of the file, in a folder of removed records, that says why each page was removed.
PAGES = "removed-pages.jsonl"

#: Kinds of sources that are one record each.
PAGE_KINDS = ("txt", "html")

#: Kinds of sources whose records are written back as they came.
WRITTEN_KINDS = ("jsonl", "json", "csv", "tsv", "parquet", *PAGE_KINDS)

_NOT_WRITTEN = (
    "this format is read, but not written back; write its items with dedup items --format jsonl, "
    "and filter those"
)


class FilterCounts(msgspec.Struct, frozen=True):
    """How many records of the inputs a filter kept, removed and skipped: these are all."""

    kept: int
    removed: int
    skipped: int


class Filtered(FilterCounts, frozen=True):
    """What a filter did. `reasons` names the records that it skipped. `alarms`: the limits that
    were exceeded; if there are any, nothing was removed."""

    reasons: list[Skipped]
    alarms: list[str]

    def counts(self) -> FilterCounts:
        """The counts alone."""
        return FilterCounts(self.kept, self.removed, self.skipped)


class FilterOutputs(NamedTuple):
    """Where a filter writes: `output` gets the kept records; with `annotate` the removed ones too,
    and all with what was decided; `removed` gets the removed ones, with the reason."""

    output: Path
    removed: Path | None = None
    annotate: bool = False
    limits: Limits | None = None

    def paths(self) -> list[Path]:
        """The outputs that there are."""
        return [self.output] if self.removed is None else [self.output, self.removed]


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
    """Where each file of `inputs` goes: one file to a file, a folder to a folder of its shape,
    several inputs into a folder.

    Files of a folder that cannot be read or written back are skipped, or an error where `strict`.
    Raises InputError, OutputError.
    """
    names = [one.path if isinstance(one, Source) else os.fspath(one) for one in inputs]
    if len(names) == 1 and not os.path.isdir(names[0]):
        sources = expand(names, strict=True).sources
        if len(sources) != 1:
            raise OutputError(
                f"{visible(names[0])}: stands for {len(sources)} files; name a folder"
            )
        plan = Plan(sources, [""], [])
    else:
        plan = _folder_plan(names, strict)
    others = [Path(source.path) for source in plan.sources]
    others += [Path(name) for name in names if os.path.isdir(name)]
    if plan.one_file:
        check_files(outputs.paths(), others)
    else:
        check_folders(outputs.paths(), others)
    for source in plan.sources:
        if not _is_written(source):
            raise OutputError(f"{source.name}: {_NOT_WRITTEN}")
    annotated = [s for s in plan.sources if s.kind in PAGE_KINDS] if outputs.annotate else []
    if annotated:
        raise OutputError(
            f"{annotated[0].name}: nothing can be added to a page; leave out --annotate, and name "
            "a folder for the removed ones with --removed"
        )
    return plan


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


def write_filtered(
    result: RunResult,
    plan: Plan,
    outputs: FilterOutputs,
    spooled: Mapping[str, SpooledJson],
    reading: ReadOptions,
) -> Filtered:
    """Write the records of a run's inputs, less those that are removed. All outputs appear
    together, once they are complete. `spooled`: JSON files that were read by way of others, by
    name. Raises OutputError."""
    result.items.skipped += plan.skipped
    for one in spooled.values():
        result.items.skipped += one.skipped()
    decisions = RecordDecisions(result, outputs.limits)
    with Staging() as staging:
        roots = {
            path: staging.file(path) if plan.one_file else staging.folder(path)
            for path in outputs.paths()
        }
        pages: list[tuple[str, object]] = []
        for source, place in zip(plan.sources, plan.places, strict=True):
            targets = {
                path: root if plan.one_file else _within(root, place)
                for path, root in roots.items()
            }
            output = targets[outputs.output]
            removed = None if outputs.removed is None else targets[outputs.removed]
            write = _Writing(decisions, output, removed, outputs.annotate, reading)
            write.source(source, spooled.get(source.name))
            records = decisions.of(source.name)
            if source.kind in PAGE_KINDS and records.count(REMOVED):
                pages.append((place or source.name, decisions.added(records.numbers)[0]))
        if pages and outputs.removed is not None and not plan.one_file:
            _write_reasons(roots[outputs.removed] / PAGES, pages)
        staging.commit()
    placed = [
        spooled[one.input].placed(one) if one.input in spooled else one
        for one in result.items.skipped
    ]
    reasons = sorted(placed, key=lambda one: (one.input, one.line, one.reason))
    written = sum(decisions.count(state) for state in range(decisions.last_written + 1))
    rest = 0 if decisions.alarms else decisions.count(REMOVED)
    return Filtered(written, rest, decisions.count(SKIPPED), reasons, decisions.alarms)


def _within(root: Path, place: str) -> Path:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class _Writing(NamedTuple):
    """How the records of one file are written."""

    decisions: RecordDecisions
    output: Path
    removed: Path | None
    annotate: bool
    reading: ReadOptions

    def source(self, source: Source, spooled: SpooledJson | None) -> None:
        """Write the records of one file."""
        records, last = self.decisions.of(source.name), self.decisions.last_written
        if source.kind in PAGE_KINDS:
            state = int(records.states[0]) if len(records.states) else SKIPPED
            if state <= last:
                shutil.copyfile(source.path, self.output)
            if state == REMOVED and self.removed is not None:
                shutil.copyfile(source.path, self.removed)
            return
        if not len(records.lines):
            return  # nothing of it was read
        if source.kind == "parquet":
            copy_parquet(source.path, records, self.decisions.added, self._tables(last))
            return
        with ExitStack() as stack:
            outputs = self._texts(source, last, stack)
            if spooled is not None:
                copy_json(spooled, records, self.decisions.added, outputs, self.reading)
            else:
                copy_text(source, records, self.decisions.added, outputs, self.reading)

    def _tables(self, last: int) -> ParquetOutputs:
        if self.annotate:
            return ParquetOutputs(None, self.removed, self.output)
        return ParquetOutputs(self.output, self.removed, last_written=last)

    def _texts(self, source: Source, last: int, stack: ExitStack) -> TextOutputs:
        def writer(path: Path | None) -> BinaryIO | None:
            if path is None:
                return None
            file = stack.enter_context(path.open("wb"))
            return stack.enter_context(compressing(file, source.compression))

        if self.annotate:
            return TextOutputs(removed=writer(self.removed), annotated=writer(self.output))
        return TextOutputs(writer(self.output), writer(self.removed), last_written=last)


def _write_reasons(path: Path, pages: list[tuple[str, object]]) -> None:
    """Why each page of a folder was removed."""
    with path.open("wb") as file:
        for page, values in pages:
            row = {"page": page, **dict(zip(ADDED, values, strict=True))}  # type: ignore[call-overload]
            file.write(msgspec.json.encode(row) + b"\n")
