"""Every error dedup raises, as a tree.

DedupError                 anything below; a command ends with exit code 1
├── InputError             an input that cannot be read at all (missing, unknown format)
├── OutputError            an output that cannot be written (full disk, no permission)
├── SettingsError          a setting out of its range; exit code 2, as any wrong usage
├── LimitExceeded          more would be removed than a limit allows; nothing was; exit code 4
└── StoreError             something about the store file
    ├── StoreMismatch      the store was made with other settings, hash scheme or format
    ├── StoreBusy          another process is writing to the store
    ├── StoreDamaged       the store's content contradicts itself
    └── UnknownItem        an id that the store does not hold

A bad record is not an error: it is a `dedup.result.Skipped`, and the run goes on. A
problem that costs no record comes as a Python warning, InputWarning.
"""

from collections.abc import Iterable
from typing import Any


class DedupError(Exception):
    """Base of every error that dedup raises on purpose; its text says what to do."""


class InputError(DedupError):
    """An input does not exist, holds nothing readable, or has an unknown format."""


class InputWarning(UserWarning):
    """Something about an input that costs no record: an encoding that was recognised, fields of
    another type, times that are not understood."""


class OutputError(DedupError):
    """An output file cannot be written; what stood in its place is untouched."""


class SettingsError(DedupError):
    """A setting is out of its range or contradicts another."""


class LimitExceeded(DedupError):
    """More would be removed than a limit allows; nothing was decided.

    `skipped`: the records that the run could not take (`dedup.result.Skipped`).
    """

    def __init__(self, message: str, skipped: Iterable[Any] = ()) -> None:
        super().__init__(message)
        self.skipped = list(skipped)


class StoreError(DedupError):
    """The store file cannot serve this call."""


class StoreMismatch(StoreError):
    """The store's format or settings fingerprint differs; the text names the fields."""


class StoreBusy(StoreError):
    """Another process holds the store."""


class StoreDamaged(StoreError):
    """The store contradicts itself (found by `store check`)."""


class UnknownItem(StoreError):
    """No item of the store has this id."""
