"""What a command that runs over inputs hands to the library, and the progress that it shows."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypedDict

from dedup.cli import checks, options
from dedup.cli.choosing import Choosing
from dedup.cli.reading import Reading

if TYPE_CHECKING:
    from dedup.pipeline.run import Watch
    from dedup.readers import ReadOptions
    from dedup.readers.memory import PathInput
    from dedup.settings import Settings
    from dedup.system.budget import Budget


#: Bytes of inputs from which on worker processes will read them.
_LONG = 1 << 26


class RunArguments(TypedDict):
    """The arguments of a run, by the names that the functions of `dedup.api` give them."""

    inputs: list[PathInput]
    settings: Settings
    reading: ReadOptions
    workers: int | None
    watch: Watch
    budget: Budget


def prepare_long_run(reading: Reading, running: options.Running) -> None:
    """Where the inputs are long, start what worker processes come from before all else is loaded:
    both take a third of a second. And keep freed memory: the steps of a long run make arrays of the
    same sizes for each few thousand items."""
    from dedup.system.free_memory import keep_freed_memory
    from dedup.system.parallel import cores, start_early

    files = [path for path in reading.inputs or () if os.path.isfile(path)]
    if sum(map(os.path.getsize, files)) >= _LONG:
        keep_freed_memory()
        if (running.workers or cores()) > 1:
            start_early("dedup.pipeline.corpus")


@contextmanager
def run_arguments(
    reading: Reading,
    comparing: options.Comparing,
    choosing: Choosing,
    output: str | None,
    running: options.Running,
    budgeting: options.Budgeting,
) -> Iterator[RunArguments]:
    """The arguments of a run, checked. Its progress is shown until the context ends.

    Raises SettingsError, InputError, OutputError.
    """
    settings, how = comparing.settings(**choosing.asked()), reading.how()
    inputs = checks.check_paths(reading.required(), output, reading.skipped, quiet=running.quiet)
    with checks.progress_of(running.quiet) as progress:
        yield {
            "inputs": inputs,
            "settings": settings,
            "reading": how,
            "workers": running.workers,
            "watch": progress,
            "budget": budgeting.budget(),
        }
