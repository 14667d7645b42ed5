"""What an update reads, checked against what it writes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dedup.errors import InputError
from dedup.readers import expand
from dedup.readers.memory import Inputs, paths_of, sources_of
from dedup.results.filter_plan import FilterOutputs, check_plan, plan_inputs, spooled
from dedup.store.files import store_files
from dedup.store.originals import ORIGINALS, OriginalRecords
from dedup.store.update import UpdateRequest
from dedup.system.atomic import check_outputs


def one_given(inputs: Inputs | None, records: Inputs | None) -> Inputs:
    """The inputs or the records. Raises InputError where both are given, or neither."""
    given = inputs if records is None else records
    if given is None or (inputs is not None and records is not None):
        raise InputError("give inputs, or records in memory")
    return given


def with_items(
    asked: UpdateRequest, given: Inputs, written: Sequence[Path], store: Path, folder: Path
) -> UpdateRequest:
    """A request to write the new items, with its inputs.

    `written`: the files that will be written; `store`: the path of the store; `folder`: for records
    from memory. Raises InputError, OutputError.
    """
    sources = sources_of(given, folder, asked.reading)
    read = [Path(source.path) for source in expand(sources, asked.reading.strict).sources]
    check_outputs(written, read, store_files(store))
    return asked._replace(inputs=sources)


def with_originals(
    asked: UpdateRequest, given: Inputs, written: Sequence[Path], store: Path, folder: Path
) -> UpdateRequest:
    """A request to write records as they came, with its inputs; arguments and errors as for
    `with_items`."""
    inputs = paths_of(given)
    if inputs is None:
        raise InputError("records in memory have no file; leave out original")
    plan = plan_inputs(inputs, asked.reading.strict)
    kinds = [Path(asked.outputs[kind]) for kind in ORIGINALS.values() if kind in asked.outputs]
    files = [path for path in written if path not in kinds]
    if plan.one_file:
        files, kinds = [*files, *kinds], []
    read = [Path(source.path) for source in plan.sources]
    check_outputs(files, read, store_files(store))
    # What the last run has written into a folder may stand there: see `dedup.store.originals`.
    unwritten = [path for path in kinds if not path.is_dir()]
    first, second = [*unwritten, None, None][:2]
    check_plan(plan, inputs, FilterOutputs(first, second))
    sources = spooled(plan.sources, folder)
    return asked._replace(
        inputs=list(sources),
        originals=OriginalRecords(plan._replace(sources=sources), asked.reading),
    )
