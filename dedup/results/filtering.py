"""The records that are kept: of files, or of data in memory."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, overload

from dedup.errors import OutputError
from dedup.pipeline.run import Watch, run, silent
from dedup.readers.memory import Inputs, PathInput, paths_of
from dedup.readers.read_options import ReadOptions, read_options
from dedup.results.filter_files import TEASER_COLUMNS, Filtered, write_filtered
from dedup.results.filter_memory import FILTERED_COLUMNS, filter_memory
from dedup.results.filter_plan import FilterOutputs, plan_outputs, spooled, spooled_json
from dedup.results.limits import Limits
from dedup.results.redecision import decide_saved
from dedup.settings import Settings, settings_of
from dedup.system.budget import Budget
from dedup.system.scratch import ScratchFolder


@overload
def filter(
    inputs: PathInput | Iterable[PathInput],
    output: str | os.PathLike[str],
    *,
    removed: str | os.PathLike[str] | None = None,
    annotate: bool = False,
    teasers: bool = False,
    removed_teasers: str | os.PathLike[str] | None = None,
    limits: Limits | None = None,
    pairs: str | os.PathLike[str] | None = None,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
    **changes: Any,
) -> Filtered: ...


@overload
def filter(
    inputs: Inputs,
    output: None = None,
    *,
    removed: None = None,
    annotate: bool = False,
    teasers: bool = False,
    removed_teasers: None = None,
    limits: Limits | None = None,
    pairs: str | os.PathLike[str] | None = None,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
    **changes: Any,
) -> Any: ...


def filter(  # noqa: PLR0913 - the public signature: each option has its keyword
    inputs: Inputs,
    output: str | os.PathLike[str] | None = None,
    *,
    removed: str | os.PathLike[str] | None = None,
    annotate: bool = False,
    teasers: bool = False,
    removed_teasers: str | os.PathLike[str] | None = None,
    limits: Limits | None = None,
    pairs: str | os.PathLike[str] | None = None,
    settings: Settings | None = None,
    fields: Mapping[str, str] | None = None,
    reading: ReadOptions | None = None,
    workers: int | None = None,
    watch: Watch = silent,
    budget: Budget | None = None,
    **changes: Any,
) -> Any:
    """Write, or return, the records that are kept.

    Files and folders are written to `output`, each record byte for byte as it came; the answer has
    the counts (`Filtered`). `output` is a file if `inputs` is one file, else a new folder; its
    files have the formats and the compression of the inputs. A file of a folder that cannot be
    read, or whose format cannot be written, is skipped and named in `Filtered.reasons`; with
    `reading.strict` it is an error. `removed` gets the removed records, with the fields `kept`
    (the id of the one kept in its place), `cluster`, `relation`, `rule`, `jaccard` and
    `containment` added. All outputs appear together when they are complete.

    Data in memory comes back as what it is: a list of dictionaries, an Arrow table or reader, a
    data frame of pandas or polars, a `datasets.Dataset`. A warning counts the records that are
    skipped.

    With `teasers`, the teasers that are removed are cut out of the records that are kept: out of
    the list in the field `teasers`, out of the lines of a page, or out of the source of an HTML
    page. A teaser is removed because of a story or another teaser of a kept record. All else stays
    as it is. If the place of a teaser cannot be proved, its record is written whole and named in
    `Filtered.uncut`. `removed_teasers` is a file of JSON lines that says what was cut out and why.

    With `annotate`, the output has the removed records too, and every record has the fields above.
    If more would be removed than `limits` allow, nothing is removed: all records are in the
    output, and `removed` has those that would have been removed. `Filtered.alarms`, or a warning,
    says so.

    `pairs`: a file that `dedup pairs` has written for these inputs (Parquet or JSON lines). The
    records are decided on by it, and no pair is looked for again. For files only.

    A record is removed only because of the story of another record, never because of a teaser.
    `changes` are single settings by name (`keep="longest"`); `fields` and `reading` are those of
    `dedup.items`; `budget` is that of `dedup.report`.

    Raises InputError, OutputError, SettingsError.
    """
    chosen = settings_of(settings, changes)
    limits = None if limits is None else limits.check()
    how = read_options(fields, reading)
    if annotate and teasers:
        raise OutputError("annotate keeps all that is removed, and teasers takes it out; give one")
    if removed_teasers is not None and not teasers:
        raise OutputError("removed_teasers needs teasers=True: no teaser is removed without it")
    paths = paths_of(inputs)
    if paths is None:
        if any(one is not None for one in (output, removed, removed_teasers, pairs)):
            raise OutputError("records in memory come back as they were given; name no output")
        return filter_memory(
            inputs,
            annotate=annotate,
            teasers=teasers,
            limits=limits,
            settings=chosen,
            reading=how,
            workers=workers,
            watch=watch,
            budget=budget,
        )
    if output is None and not paths:
        return []
    if output is None:
        raise OutputError("no output given: name a file, or for a folder a new folder")
    places = FilterOutputs(
        Path(output),
        None if removed is None else Path(removed),
        annotate,
        limits,
        teasers,
        None if removed_teasers is None else Path(removed_teasers),
    )
    columns = FILTERED_COLUMNS if removed_teasers is None else TEASER_COLUMNS
    with ScratchFolder((budget or Budget()).folder) as folder:
        plan = plan_outputs(paths, places, how.strict)
        originals = spooled(plan.sources, folder)
        values = spooled_json(originals, folder, how)
        sources = [values[one.name].source if one.name in values else one for one in originals]
        outcome = (
            run(
                sources,
                chosen,
                reading=how,
                workers=workers,
                watch=watch,
                columns=columns,
                budget=budget,
            )
            if pairs is None
            else decide_saved(
                sources,
                pairs,
                chosen,
                reading=how,
                workers=workers,
                watch=watch,
                columns=columns,
                budget=budget,
            )
        )
        try:
            watch("write", 0, 0)
            return write_filtered(outcome, plan._replace(sources=originals), places, values, how)
        finally:
            outcome.items.close()
