"""How much memory and which disk a run may take."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from dedup.errors import SettingsError
from dedup.system.sizes import parse_size

#: The memory of a run by default is the machine's by this number.
MACHINE_PARTS = 2

#: The least memory that can be asked for, in bytes.
MEMORY_MIN = 1 << 20


def machine_memory() -> int:
    """The bytes of memory that this machine has, or that its control group grants."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        granted = Path("/sys/fs/cgroup/memory.max").read_text("ascii").strip()
    except OSError:
        return whole
    return min(whole, int(granted)) if granted.isdigit() else whole


@dataclass(frozen=True, slots=True)
class Budget:
    """What a run may take; it changes no result.

    `memory`: what grows with the input (keys of items, what meets by them, what is known of each
    item) may take so much at once, in bytes or as `4GB`; by default half of the machine's. What is
    beyond goes to scratch files. It does not bound the whole run: deciding on pairs of items takes
    0.15 to 0.3 KB a story, and the program and the chunks that workers are at take about 400 MB
    more. `scratch`: the folder for scratch files, by default that of the system (TMPDIR).

    Raises SettingsError if `memory` is not a size of at least 1 MB, or `scratch` is not a folder.
    """

    memory: int | str | None = None
    scratch: str | PathLike[str] | None = None

    def __post_init__(self) -> None:
        if self.memory is not None and parse_size(self.memory) < MEMORY_MIN:
            raise SettingsError(f"memory is {self.memory!r}, expected a size such as 4GB")
        if self.scratch is not None and not Path(self.scratch).is_dir():
            raise SettingsError(f"{self.scratch}: no such folder for scratch files; make it first")

    @property
    def bytes(self) -> int:
        """The memory in bytes."""
        return machine_memory() // MACHINE_PARTS if self.memory is None else parse_size(self.memory)

    @property
    def folder(self) -> Path:
        """The folder in which scratch files are made."""
        return Path(tempfile.gettempdir() if self.scratch is None else self.scratch)
