"""Ids that occurred before, over all inputs of a run."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from dedup.read.items import joined
from dedup.read.shown import shown
from dedup.result import Skipped

_LINE_BITS = 40


class _Run:
    """Ids' 128-bit hashes in order, and where each stood first."""

    def __init__(
        self,
        high: npt.NDArray[np.uint64],
        low: npt.NDArray[np.uint64],
        place: npt.NDArray[np.int64],
    ) -> None:
        order = np.lexsort((low, high))
        self.high, self.low, self.place = high[order], low[order], place[order]

    def places(
        self, high: npt.NDArray[np.uint64], low: npt.NDArray[np.uint64]
    ) -> npt.NDArray[np.int64]:
        """Place of each id, -1 where this run has none."""
        found = np.full(len(high), -1, np.int64)
        at = np.searchsorted(self.high, high)
        rows = np.arange(len(high))
        while len(rows):
            inside = at < len(self.high)
            rows, at = rows[inside], at[inside]
            same = self.high[at] == high[rows]
            rows, at = rows[same], at[same]
            hit = self.low[at] == low[rows]
            found[rows[hit]] = self.place[at[hit]]
            rows, at = rows[~hit], at[~hit] + 1
        return found


class Seen:
    """Remembers the id of every item that it is shown: 24 bytes each, nothing of the texts."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._inputs: list[str] = []
        self._number: dict[str, int] = {}

    def repeats(self, table: pa.Table) -> tuple[npt.NDArray[np.bool_], list[Skipped]]:
        """Which rows go because their id occurred before, here or in a table shown earlier.

        `table` is one of `ITEM_SCHEMA` that begins with a story. Returns bool[rows] and one
        Skipped for each id that repeats; the teasers of a story that goes, go along unnamed.
        Ids are told apart by 128-bit BLAKE2b, so two are mistaken for one in a billion billion.
        """
        n = len(table)
        ids = table["id"].to_pylist()
        digests = b"".join([blake2b(one.encode(), digest_size=16).digest() for one in ids])
        halves = np.frombuffer(digests, np.uint64).reshape(n, 2)
        high, low = halves[:, 0].copy(), halves[:, 1].copy()
        place = self._places(table)
        earlier = np.full(n, -1, np.int64)
        for run in self._runs:
            found = run.places(high, low)
            earlier = np.where(found >= 0, found, earlier)
        teaser = np.array([role == "teaser" for role in table["role"].to_pylist()], np.bool_)
        story = np.maximum.accumulate(np.where(teaser, 0, np.arange(n)))
        stays = np.ones(n, np.bool_)  # false: goes along with its story
        while True:
            first = np.where(earlier >= 0, earlier, _first_places(high, low, place, stays))
            repeat = (first >= 0) & stays
            along = teaser & repeat[story] & stays
            if not along.any():
                break
            stays &= ~along
        new = stays & ~repeat
        if new.any():
            self._add(_Run(high[new], low[new], place[new]))
        skipped = [
            Skipped(*self._where(int(place[row])), self._said(ids[row], int(first[row])))
            for row in np.flatnonzero(repeat).tolist()
        ]
        return repeat | ~stays, skipped

    def _places(self, table: pa.Table) -> npt.NDArray[np.int64]:
        coded = joined(table["input"]).dictionary_encode()
        numbers = []
        for name in coded.dictionary.to_pylist():
            if name not in self._number:
                self._number[name] = len(self._inputs)
                self._inputs.append(name)
            numbers.append(self._number[name])
        of_row = np.array(numbers, np.int64)[np.asarray(coded.indices)] if numbers else []
        lines = np.asarray(joined(table["line"]))
        places: npt.NDArray[np.int64] = (np.asarray(of_row, np.int64) << _LINE_BITS) | lines
        return places

    def _where(self, place: int) -> tuple[str, int]:
        return self._inputs[place >> _LINE_BITS], place & ((1 << _LINE_BITS) - 1)

    def _said(self, identity: str, first: int) -> str:
        name, line = self._where(first)
        return f'duplicate id "{shown(identity)}", first at {name}:{line}'

    def _add(self, run: _Run) -> None:
        # Runs at least halve in size from one to the next, so each id is merged a few times.
        while self._runs and len(self._runs[-1].high) <= 2 * len(run.high):
            last = self._runs.pop()
            run = _Run(
                np.concatenate([last.high, run.high]),
                np.concatenate([last.low, run.low]),
                np.concatenate([last.place, run.place]),
            )
        self._runs.append(run)


def _first_places(
    high: npt.NDArray[np.uint64],
    low: npt.NDArray[np.uint64],
    place: npt.NDArray[np.int64],
    stays: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """Place of the first of the rows with the same id, -1 for the first itself."""
    rows = np.flatnonzero(stays)
    order = rows[np.lexsort((rows, low[rows], high[rows]))]
    new = np.ones(len(order), np.bool_)
    new[1:] = (high[order][1:] != high[order][:-1]) | (low[order][1:] != low[order][:-1])
    first = order[np.maximum.accumulate(np.where(new, np.arange(len(order)), 0))]
    found = np.full(len(high), -1, np.int64)
    found[order] = np.where(new, -1, place[first])
    return found
