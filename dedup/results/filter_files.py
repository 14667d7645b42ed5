"""The records of files, less what is removed, written in the format in which they came."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

import msgspec

from dedup.columns.types import Int64Array
from dedup.pipeline.run import RunResult
from dedup.readers.compression import decompressed
from dedup.readers.read_options import ReadOptions
from dedup.readers.sources import Source
from dedup.result import Skipped
from dedup.results.compressing import compressing
from dedup.results.cut_page import NO_ELEMENT, cut_from_page
from dedup.results.filter_plan import PAGE_KINDS, FilterOutputs, Plan
from dedup.results.original_json import SpooledJson, copy_json
from dedup.results.original_parquet import ParquetOutputs, copy_parquet
from dedup.results.original_text import TextOutputs, copy_text
from dedup.results.record_decisions import (
    ADDED,
    REMOVED,
    SKIPPED,
    Added,
    FileRecords,
    RecordDecisions,
)
from dedup.results.teaser_removals import TEASERS_PER_STEP, place_in_list
from dedup.system.staging import Staging

#: Name of the file, in a folder of removed records, that says why each page was removed.
PAGES = "removed-pages.jsonl"

#: What the file of removed teasers tells of each, beside why it was removed.
TEASER_COLUMNS = ("id", "parent", "input", "line", "source", "region", "published", "text")


class FilterCounts(msgspec.Struct, frozen=True):
    """How many records of the inputs a filter kept, removed and skipped: these are all. `teasers`:
    how many teasers it took out of kept records, 0 where it was not asked to."""

    kept: int
    removed: int
    skipped: int
    teasers: int = 0


class Filtered(FilterCounts, frozen=True, kw_only=True):
    """What a filter did. `reasons` names the records that it skipped. `alarms`: the limits that
    were exceeded; if there are any, nothing was removed. `uncut`: the kept records with
    removed teasers that could not be taken out, with the reason; these teasers stay."""

    reasons: list[Skipped]
    alarms: list[str]
    uncut: list[Skipped] = []

    def counts(self) -> FilterCounts:
        """The counts alone."""
        return FilterCounts(self.kept, self.removed, self.skipped, self.teasers)


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
    decisions = RecordDecisions(result, outputs.limits, outputs.teasers)
    with Staging() as staging:
        roots = {
            path: staging.file(path) if plan.one_file else staging.folder(path)
            for path in outputs.paths()
        }
        write_records(decisions, plan, outputs, roots, spooled, reading)
        if outputs.removed_teasers is not None:
            rows = removed_teasers(result, decisions)
            with staging.file(outputs.removed_teasers).open("wb") as file:
                file.writelines(rows)
        staging.commit()

    def placed(skipped: list[Skipped]) -> list[Skipped]:
        mapped = (
            spooled[one.input].placed(one) if one.input in spooled else one for one in skipped
        )
        return sorted(mapped, key=lambda one: (one.input, one.line, one.reason))

    cutting = decisions.cutting
    written = sum(decisions.count(state) for state in range(decisions.last_written + 1))
    rest = 0 if decisions.alarms else decisions.count(REMOVED)
    return Filtered(
        written,
        rest,
        decisions.count(SKIPPED),
        cutting.count() if cutting else 0,
        reasons=placed(result.items.skipped),
        alarms=decisions.alarms,
        uncut=placed(cutting.uncut) if cutting else [],
    )


def write_records(
    decisions: DecidedRecords,
    plan: Plan,
    outputs: FilterOutputs,
    roots: Mapping[Path, Path],
    spooled: Mapping[str, SpooledJson],
    reading: ReadOptions,
) -> None:
    """Write the records of the files of a plan to the outputs; `roots`: where to write each."""
    pages: list[tuple[str, object]] = []
    for source, place in zip(plan.sources, plan.places, strict=True):
        targets: dict[Path | None, Path] = {
            path: root if plan.one_file else _within(root, place) for path, root in roots.items()
        }
        output, removed = targets.get(outputs.output), targets.get(outputs.removed)
        write = _Writing(decisions, output, removed, outputs.annotate, reading)
        write.source(source, spooled.get(source.name))
        records = decisions.of(source.name)
        if source.kind in PAGE_KINDS and records.count(REMOVED):
            pages.append((place or source.name, decisions.added(records.numbers)[0]))
    if pages and outputs.removed is not None and not plan.one_file:
        _write_reasons(roots[outputs.removed] / PAGES, pages)


def removed_teasers(result: RunResult, decisions: RecordDecisions) -> Iterator[bytes]:
    """JSON lines: each teaser that was taken out, what it was, and why it was removed."""
    cutting, numbers = decisions.cutting, decisions.teasers
    if cutting is None:
        return
    for low in range(0, len(numbers), TEASERS_PER_STEP):
        step = numbers[low : low + TEASERS_PER_STEP]
        rows = result.items.table(step, TEASER_COLUMNS).to_pylist()
        for row, values in zip(rows, decisions.added(step), strict=True):
            if not cutting.stays(row["input"], row["line"], place_in_list(row["id"])):
                yield msgspec.json.encode(row | dict(zip(ADDED, values, strict=True))) + b"\n"


def _within(root: Path, place: str) -> Path:
    path = root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class DecidedRecords(Protocol):
    """What became of the records of some inputs; `RecordDecisions` says what each method gives."""

    @property
    def last_written(self) -> int: ...

    def of(self, name: str) -> FileRecords: ...

    def is_unread(self, name: str) -> bool: ...

    def added(self, numbers: Int64Array) -> list[tuple[Added, ...]]: ...


class _Writing(NamedTuple):
    """How the records of one file are written."""

    decisions: DecidedRecords
    output: Path | None
    removed: Path | None
    annotate: bool
    reading: ReadOptions

    def source(self, source: Source, spooled: SpooledJson | None) -> None:
        """Write the records of one file."""
        records, last = self.decisions.of(source.name), self.decisions.last_written
        if source.kind in PAGE_KINDS:
            state = int(records.states[0]) if len(records.states) else SKIPPED
            if state <= last and self.output is not None:
                self._page(source, records, self.output)
            if state == REMOVED and self.removed is not None:
                shutil.copyfile(source.path, self.removed)
            return
        if self.decisions.is_unread(source.name):
            return  # what it holds is not known
        if source.kind == "parquet":
            teasers = self.reading.names["teasers"]
            copy_parquet(source.path, records, self.decisions.added, self._tables(last), teasers)
            return
        with ExitStack() as stack:
            outputs = self._texts(source, last, stack)
            if spooled is not None:
                copy_json(spooled, records, self.decisions.added, outputs, self.reading)
            else:
                copy_text(source, records, self.decisions.added, outputs, self.reading)

    def _page(self, source: Source, records: FileRecords, output: Path) -> None:
        """Write a page that is kept."""
        line, cutting = int(records.lines[0]), records.cutting
        if cutting is None or line not in cutting.lines:
            shutil.copyfile(source.path, output)
            return
        with Path(source.path).open("rb") as file:
            page = b"".join(decompressed(file, source.compression))

        def cut(content: bytes, places: Sequence[int]) -> bytes:
            whole, staying = cut_from_page(content, source.kind, places, self.reading)
            if staying:
                cutting.tell(line, NO_ELEMENT, staying)
            return whole

        written = cutting.cut(line, page, cut)
        if written == page:
            shutil.copyfile(source.path, output)
            return
        with output.open("wb") as target, compressing(target, source.compression) as out:
            out.write(written)

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
