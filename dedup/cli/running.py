"""What a command that runs over inputs hands to the library, and the progress that it shows."""

from __future__ import annotations

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


class RunArguments(TypedDict):
    """The arguments of a run, by the names that the functions of `dedup.api` give them."""

    inputs: list[PathInput]
    settings: Settings
    reading: ReadOptions
    workers: int | None
    watch: Watch
    budget: Budget


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
