"""How rare a stem is: the weight of evidence that two texts share it.

The package ships the document counts of Russian stems (`stems_ru.tsv`, built by
`benchmarks/build/build_rarity.py`), so that a single page can be judged; a run of many texts
adds its own, and a store those of all its runs. Without them, each word of another language is
rare.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import takewhile
from pathlib import Path

import numpy as np

from dedup.columns.built_tables import built_table
from dedup.columns.hash_table import Lookup
from dedup.columns.types import Float32Array, Int64Array, Uint32Array
from dedup.errors import SettingsError
from dedup.story.stems import FUNCTION_STEM, STEMS_VERSION, stem_hash

#: The counts that come with the package.
_SHIPPED = Path(__file__).with_name("stems_ru.tsv")

#: A corpus's own counts are used from this many documents on.
MIN_DOCUMENTS = 1000

#: A stem in fewer texts of the corpus is left to the shipped counts: names once seen, misprints.
MIN_COUNT = 2

#: Taken off each weight: what most texts share (weight below one nat) is no evidence at all.
RARITY_FLOOR = 1.0


class Rarity:
    """Document counts of stems, held fixed while a run lasts.

    `version` names the counts; a pair is judged by one version. `documents` is the number of
    texts counted; `stems` uint32 [stems] (sorted, distinct) and `counts` int64 [stems].
    """

    def __init__(
        self,
        version: str,
        documents: int,
        stems: Uint32Array,
        counts: Int64Array,
    ) -> None:
        if len(stems) != len(counts) or (len(stems) > 1 and not (stems[1:] > stems[:-1]).all()):
            raise SettingsError("stem counts must be given for distinct stems in rising order")
        self.version = version
        self.documents = documents
        self.stems = stems
        self.counts = counts
        self._known = Lookup()
        self._known.add(stems.astype(np.uint64), np.arange(len(stems), dtype=np.int32))
        # The last place serves unknown stems, which Lookup answers with -1.
        padded = np.append(counts, 0)
        # Function words are no evidence, in however few of all texts their language is.
        padded[:-1][stems == FUNCTION_STEM] = documents
        self._weights = weights_of(padded, documents)

    @classmethod
    def shipped(cls) -> Rarity:
        """The counts that come with the package."""
        return _shipped()

    def weights(self, stems: Uint32Array) -> Float32Array:
        """float32 [stems]: ln((documents + 1) / (count + 1)) - 1, not below 0 (Spärck Jones)."""
        return self._weights[self._known.get(stems.astype(np.uint64))]

    def counts_of(self, stems: Uint32Array) -> Int64Array:
        """In how many texts each stem stands, int64 [stems]; 0 for an unknown one."""
        place = self._known.get(stems.astype(np.uint64))
        return np.where(place >= 0, self.counts[place], 0)

    def blend(self, stems: Uint32Array, counts: Int64Array, documents: int) -> Rarity:
        """These counts and a corpus's together; unchanged below `MIN_DOCUMENTS` documents.

        The corpus's counts are rows of any order, one for a stem; those below `MIN_COUNT` are left
        out. The version says how many documents were added.
        """
        if documents < MIN_DOCUMENTS:
            return self
        stems, counts = stems[counts >= MIN_COUNT], counts[counts >= MIN_COUNT]
        stems_of_both = np.concatenate((self.stems, stems))
        distinct, place = np.unique(stems_of_both, return_inverse=True)
        added = np.concatenate((self.counts, counts))
        total = np.zeros(len(distinct), np.int64)
        np.add.at(total, place, added)
        return Rarity(f"{self.version}+{documents}", self.documents + documents, distinct, total)


def weights_of(counts: Int64Array, documents: int) -> Float32Array:
    """The weights of stems that stand in so many of the documents, as `Rarity.weights` has them."""
    weights = np.log((documents + 1) / (counts + 1)) - RARITY_FLOOR
    return np.maximum(weights, 0).astype(np.float32)


class DocumentCounts:
    """Counts in how many items each stem stands, batch by batch."""

    #: Rows not yet added up, at least; and as many as there are distinct stems, or each batch of
    #: rows would go over all stems before it.
    PENDING = 1 << 21

    def __init__(self) -> None:
        self.documents = 0
        self._parts: list[tuple[Uint32Array, Int64Array]] = []
        self._pending = 0

    def add(self, stems: Uint32Array, counts: Int64Array, documents: int) -> None:
        """Count `documents` more items; `counts` of them hold each of the distinct `stems`."""
        self.documents += documents
        self._parts.append((stems, counts))
        self._pending += len(stems)
        if self._pending > self.PENDING + len(self._parts[0][0]):
            self._parts, self._pending = [self.rows()], 0

    def rows(self) -> tuple[Uint32Array, Int64Array]:
        """Distinct stems uint32, rising, and counts int64."""
        if not self._parts:
            return np.zeros(0, np.uint32), np.zeros(0, np.int64)
        stems, counts = (np.concatenate(column) for column in zip(*self._parts, strict=True))
        order = np.argsort(stems, kind="stable")
        stems = stems[order]
        heads = np.flatnonzero(np.append(True, stems[1:] != stems[:-1])[: len(stems)])
        return stems[heads], np.add.reduceat(counts[order], heads) if len(heads) else counts


def stem_counts(
    stems: Uint32Array,
) -> tuple[Uint32Array, Int64Array]:
    """The distinct stems of some items' sketches, rising, and in how many items each stands."""
    stems = np.sort(stems)
    heads = np.flatnonzero(np.append(True, stems[1:] != stems[:-1])[: len(stems)])
    return stems[heads], np.diff(np.append(heads, len(stems)))


@lru_cache(maxsize=1)
def _shipped() -> Rarity:
    head = _shipped_head()
    return Rarity(head["version"], int(head["documents"]), *_shipped_counts())


def _shipped_head() -> dict[str, str]:
    """What the file of shipped counts says of itself."""
    with _SHIPPED.open(encoding="utf-8") as lines:
        named = takewhile(lambda line: line.startswith("#"), lines)
        return dict(line[2:].strip().split(": ", 1) for line in named if line.startswith("# "))


@built_table(tuple, STEMS_VERSION)
def _shipped_counts() -> tuple[Uint32Array, Int64Array]:
    """The shipped stems, uint32, rising, and their counts, int64."""
    lines = _SHIPPED.read_text("utf-8").splitlines()
    rows = [line.rsplit("\t", 1) for line in lines if not line.startswith("#")]
    hashes = stem_hash([row[0] for row in rows])
    documents = int(_shipped_head()["documents"])
    stems, place = np.unique(np.append(hashes, FUNCTION_STEM), return_inverse=True)
    counts = np.zeros(len(stems), np.int64)
    np.add.at(counts, place, np.array([*(int(row[1]) for row in rows), documents], np.int64))
    return stems, counts
