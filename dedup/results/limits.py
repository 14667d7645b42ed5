"""Limits beyond which a run removes nothing, but says what it would have removed."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import numpy as np

from dedup.columns.types import BoolArray, Int64Array
from dedup.errors import SettingsError
from dedup.pipeline.run import RunResult
from dedup.system.wording import counted

#: A source with fewer items than that is not held to `max_removed_source`: all three of three can
#: be copies.
SOURCE_ITEMS_MIN = 20


class Removals(NamedTuple):
    """What limits look at, one value per item.

    `removed` bool; `keeper` int64: the item for which it is removed, itself where it is kept;
    `sources` int64: numbers among `names`, -1 unknown.
    """

    removed: BoolArray
    keeper: Int64Array
    sources: Int64Array
    names: list[str]


def removals_of(result: RunResult) -> Removals:
    """The removals among a run's own items."""
    first = len(result.stored.numbers)
    removed = np.flatnonzero(result.removed_by >= 0)
    pairs = result.pairs.rows(result.removed_by[removed])
    keeper = np.arange(len(result.removed_by))
    keeper[removed] = np.where(pairs.left == removed, pairs.right, pairs.left)
    corpus = result.items
    return Removals(
        result.removed_by[first:] >= 0, keeper[first:], corpus.sources, corpus.source_names
    )


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much a run may remove on its own.

    `max_removed`: the share of all items, 0 to 1; `max_removed_source`: the share of the items of
    one source that has at least 20; `max_cluster`: the items of one cluster. None: no limit.
    """

    max_removed: float | None = None
    max_removed_source: float | None = None
    max_cluster: int | None = None

    def check(self) -> Limits:
        """These limits; raises SettingsError for one that is out of its range."""
        for name in ("max_removed", "max_removed_source"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 1:
                raise SettingsError(f"{name} is {value}, expected 0 to 1")
        if self.max_cluster is not None and self.max_cluster < 2:
            raise SettingsError(f"max_cluster is {self.max_cluster}, expected 2 or more")
        return self

    def alarms(self, removals: Removals) -> list[str]:
        """A sentence for each limit that is exceeded."""
        alarms = []
        size, removed = len(removals.removed), int(removals.removed.sum())
        if self.max_removed is not None and removed > self.max_removed * size:
            alarms.append(
                f"{removed:,} of {size:,} would be removed ({removed / size:.0%}); the limit is "
                f"{self.max_removed:.0%}"
            )
        if self.max_removed_source is not None:
            alarms += self._of_sources(removals, self.max_removed_source)
        if self.max_cluster is not None:
            sizes = np.bincount(removals.keeper, minlength=1)
            large = int((sizes > self.max_cluster).sum())
            if large:
                alarms.append(
                    f"{counted(large, 'cluster')} would have more than {self.max_cluster:,} "
                    f"members, the largest {int(sizes.max()):,}"
                )
        return alarms

    @staticmethod
    def _of_sources(removals: Removals, limit: float) -> list[str]:
        sources, names = removals.sources, removals.names
        known = sources >= 0
        sizes = np.bincount(sources[known], minlength=len(names))
        removed = np.bincount(sources[known & removals.removed], minlength=len(names))
        beyond = np.flatnonzero((sizes >= SOURCE_ITEMS_MIN) & (removed > limit * sizes))
        return [
            f"{removed[one]:,} of {sizes[one]:,} of the source {names[one]} would be removed "
            f"({removed[one] / sizes[one]:.0%}); the limit is {limit:.0%}"
            for one in beyond.tolist()
        ]
