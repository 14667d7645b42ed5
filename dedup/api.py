"""What a command does, as a function: items, reports, pairs, explanations and evaluations."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import pyarrow as pa

from dedup.columns.frames import Tabular
from dedup.pipeline.run import RunResult, Watch, run, silent
from dedup.readers.memory import Inputs, sources_of
from dedup.readers.read_options import ReadOptions, read_options
from dedup.result import Pairs, Report, Skipped
from dedup.results.build import (
    REPORT_COLUMNS,
    build_pairs,
    pair_tables,
    run_decisions,
)
from dedup.results.report_parts import ReportParts, build_report
from dedup.settings import Settings, settings_of
from dedup.system.budget import Budget
from dedup.system.scratch import ScratchFolder

if TYPE_CHECKING:
    from dedup.results.evaluation import Evaluation
    from dedup.results.explanation import Explanation
    from dedup.results.html_data import Evidence
    from dedup.results.inspection import Inspection
    from dedup.results.showing import Shown


@dataclass(frozen=True)
class Items(Tabular):
    """What was read: a table of `dedup.readers.schema.ITEM_SCHEMA`, and what was not taken.

    A sequence of its items as dictionaries.
    """

    table: pa.Table
    skipped: list[Skipped]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for batch in self.table.to_batches():
            yield from batch.to_pylist()

    def __len__(self) -> int:
        return len(self.table)

    def to_arrow(self) -> pa.Table:
        """The table."""
        return self.table


def items(
    inputs: Inputs,
    *,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
) -> Items:
    """The items of files and folders, in order of input.

    `fields` maps a field to its name in the records; `reading` says all about how inputs are read.
    Raises InputError, SettingsError. A problem that costs no record comes as InputWarning.
    """
    from dedup.readers import ITEM_SCHEMA, read

    tables, skipped = [ITEM_SCHEMA.empty_table()], []
    how = read_options(fields, reading)
    with ScratchFolder() as folder:
        for part in read(sources_of(inputs, folder, how), how):
            tables.append(part.items)
            skipped += part.skipped
    return Items(pa.concat_tables(tables), skipped)


def report(
    inputs: Inputs,
    *,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
    keep_pairs: bool = False,
    **changes: Any,
) -> Report:
    """Clusters and story groups of files and folders, or of records in memory.

    With `keep_pairs`, `Report.rethreshold` gives the report by other settings of removal without a
    new run. `changes` are single settings by name (`level="copies"`); `fields` and `reading` are
    those of `items`; `budget` bounds the memory of the run. Raises InputError, SettingsError, and
    OutputError if a disk has too little room for scratch files. A problem that costs no record
    comes as InputWarning.
    """
    chosen = settings_of(settings, changes)
    how = read_options(fields, reading)
    with _finished(inputs, chosen, how, workers, watch, budget, REPORT_COLUMNS) as outcome:
        answer = build_report(run_decisions(outcome))
        if not keep_pairs:
            return answer
        from dedup.results.redecision import Reconsideration

        return Reconsideration(outcome).attached(answer)


@contextmanager
def report_parts(
    inputs: Inputs,
    *,
    settings: Settings,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
) -> Iterator[ReportParts]:
    """A report whose parts are made as they are asked for; errors as for `report`."""
    with _finished(inputs, settings, reading, workers, watch, budget, REPORT_COLUMNS) as outcome:
        yield ReportParts(run_decisions(outcome))


@contextmanager
def pair_blocks(
    inputs: Inputs,
    *,
    settings: Settings,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
) -> Iterator[tuple[Iterator[pa.Table], list[Skipped]]]:
    """The rows of `pairs` in blocks, and what was skipped; errors as for `report`."""
    with _finished(inputs, settings, reading, workers, watch, budget, ["id"]) as outcome:
        decisions = run_decisions(outcome)
        yield pair_tables(decisions), decisions.skipped


@contextmanager
def _finished(
    inputs: Inputs,
    settings: Settings,
    reading: ReadOptions | None,
    workers: int | None,
    watch: Watch,
    budget: Budget | None,
    columns: Sequence[str],
) -> Iterator[RunResult]:
    """What a run found; its items can be asked for until the context ends."""
    outcome = run(
        inputs,
        settings,
        reading=reading,
        workers=workers,
        watch=watch,
        columns=columns,
        budget=budget,
    )
    try:
        yield outcome
    finally:
        outcome.items.close()


def report_with_evidence(
    inputs: Inputs,
    *,
    settings: Settings,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
    evidence: bool = True,
) -> tuple[Report, Evidence | None]:
    """A report and what the HTML view shows beyond it; errors as for `report`."""
    columns = (*REPORT_COLUMNS, "text") if evidence else REPORT_COLUMNS
    how = read_options(fields, reading)
    with _finished(inputs, settings, how, workers, watch, budget, columns) as outcome:
        decisions = run_decisions(outcome)
        answer = build_report(decisions)
        if not evidence:
            return answer, None
        from dedup.results.html_data import gather_evidence
        from dedup.results.inspection import Inspection

        names = np.array([*outcome.items.source_names, ""], object)
        sources, counts = np.unique(names[outcome.items.sources], return_counts=True)
        items_of = dict(zip(sources.tolist(), counts.tolist(), strict=True))
        return answer, gather_evidence(decisions, items_of, Inspection(outcome).explain)


def pairs(
    inputs: Inputs,
    *,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
    **changes: Any,
) -> Pairs:
    """Every related pair of items of files and folders, or of records in memory.

    Arguments and errors are those of `report`.
    """
    chosen = settings_of(settings, changes)
    how = read_options(fields, reading)
    with _finished(inputs, chosen, how, workers, watch, budget, ["id"]) as outcome:
        decisions = run_decisions(outcome)
        return Pairs(decisions.settings, build_pairs(decisions), decisions.skipped)


def explain(
    a: str | PathLike[str],
    b: str | PathLike[str],
    inputs: Inputs | None = None,
    *,
    texts: bool = False,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
) -> Explanation:
    """Why two items are related as they are.

    `a` and `b` are two files, and their first items are compared. With `inputs` they are the ids of
    two items among the inputs, which are compared as a report over the inputs compares them. With
    `texts` they are two texts. Raises InputError, SettingsError.
    """
    from dedup.results import explanation

    chosen = settings_of(settings, {})
    if texts:
        one, other = (
            explanation.ComparedText(name, "", str(text)) for name, text in (("a", a), ("b", b))
        )
        return explanation.explain_texts(one, other, chosen)
    if inputs is None:
        return explanation.explain_files(a, b, settings=chosen)
    with _inspected(inputs, chosen, read_options(fields, reading), workers) as (_, inspection):
        return inspection.explain(str(a), str(b))


def show(
    name: str,
    inputs: Inputs,
    *,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    **changes: Any,
) -> Shown:
    """The cluster, story group or item of this name: its members, their scores and the rules.

    If the name is the id of a removed item, the explanation of why comes with it. Raises InputError
    if nothing among the inputs has this name, and SettingsError.
    """
    from dedup.results.html_data import gather_evidence
    from dedup.results.showing import removed_pair, show_of_report, shown_item

    chosen = settings_of(settings, changes)
    with _inspected(inputs, chosen, read_options(fields, reading), workers, watch) as (
        outcome,
        inspection,
    ):
        decisions = run_decisions(outcome)
        answer, evidence = build_report(decisions), gather_evidence(decisions, {})
        shown = show_of_report(
            name, answer, evidence.rules, evidence.sentences, evidence.link_scores
        )
        if shown is None:
            return shown_item(inspection.item(name))
        pair = removed_pair(shown, name)
        explained = inspection.explain(*pair) if pair else None
        return msgspec.structs.replace(shown, pair=explained)


def evaluate(
    labels: str | PathLike[str],
    inputs: Inputs,
    *,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    **changes: Any,
) -> Evaluation:
    """How well a run over the inputs agrees with labels of pairs.

    `labels`: a CSV or JSONL file with `a`, `b` (ids of items) and `go` (`yes` or `no`: should one
    of the two be removed because of the other?). Raises InputError, SettingsError.
    """
    from dedup.readers.labels import read_labels
    from dedup.results.evaluation import evaluate_pairs

    chosen, wanted = settings_of(settings, changes), read_labels(os.fspath(labels))
    with _inspected(inputs, chosen, read_options(fields, reading), workers, watch) as (
        outcome,
        inspection,
    ):
        related = {
            frozenset((pair.a, pair.b)): pair for pair in build_pairs(run_decisions(outcome))
        }
        rest = [(one.a, one.b) for one in wanted if frozenset((one.a, one.b)) not in related]
        scores = inspection.scores(rest)
        return evaluate_pairs(wanted, inspection.ids, related, scores, outcome.items.skipped)


@contextmanager
def _inspected(
    inputs: Inputs,
    settings: Settings,
    reading: ReadOptions,
    workers: int | None,
    watch: Watch = silent,
) -> Iterator[tuple[RunResult, Inspection]]:
    """A run whose items can be asked for by id; closed afterwards."""
    from dedup.results.inspection import INSPECTED_COLUMNS, Inspection

    columns = list(dict.fromkeys((*REPORT_COLUMNS, *INSPECTED_COLUMNS)))
    outcome = run(inputs, settings, reading=reading, workers=workers, watch=watch, columns=columns)
    try:
        yield outcome, Inspection(outcome)
    finally:
        outcome.items.close()
