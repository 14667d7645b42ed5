"""What a store has learned from its texts: lines that sources repeat, shingles that recur over
days, rarity of stems.

All come in versions, so that a pair can be judged again as it was. A line or a shingle is learned
in the run that finds it often enough. Stem counts grow with every run, but the rarity in use is
renewed only when the documents have doubled: a dozen versions in the life of a store. A run is
judged by what it has taught itself: so the first judges as one without a store does.
"""

from __future__ import annotations

import numpy as np

from dedup.columns.types import Int64Array, Uint32Array, Uint64Array
from dedup.store.point_lookups import LookedUpRarity
from dedup.store.sql import Connection, bind_arrays, fetch_columns, fetch_row
from dedup.story.rarity import MIN_COUNT, MIN_DOCUMENTS, DocumentCounts, Rarity


class Learned:
    """The learned tables of a store, as they are at the begin of a run, and what it adds."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        row = fetch_row(db, "SELECT coalesce(max(version), 0) FROM versions")
        self.version = int(row[0])
        self.new_lines: Uint64Array = np.zeros(0, np.uint64)
        self.new_forms: Uint32Array = np.zeros(0, np.uint32)
        self._seen: list[tuple[Uint64Array, Int64Array]] = []
        self._vouched: list[tuple[Uint64Array, Int64Array]] = []
        #: Documents counted for a rarity that this run has renewed, 0 if it has not.
        self._documents = 0

    def rarity(self, version: int | None = None) -> Rarity:
        """The rarity of stems in a version (the one this run judges by)."""
        renewed, documents = self._counted(version)
        if not documents:
            return Rarity.shipped()
        sql = "SELECT stem, texts FROM rarity WHERE version = $version"
        stems, texts = fetch_columns(self._db, sql, {"version": renewed})
        return Rarity.shipped().blend(stems, texts, documents)

    def looked_up_rarity(self) -> Rarity:
        """The rarity that a run judges by which teaches nothing, for few stems: see
        `LookedUpRarity`."""
        renewed, documents = self._counted(None)
        if documents < MIN_DOCUMENTS:
            return Rarity.shipped()
        return LookedUpRarity(self._db, renewed, documents)

    def _counted(self, version: int | None) -> tuple[int, int]:
        """In which version the rarity of a version was counted, and of how many documents; 0 of
        none where the shipped counts stand alone."""
        version = self.version + 1 if version is None else version
        sql = "SELECT coalesce(max(version), 0) FROM rarity WHERE version <= $version"
        renewed = int(fetch_row(self._db, sql, {"version": version})[0])
        if renewed > self.version:
            return renewed, self._documents
        sql = "SELECT documents FROM versions WHERE version = $version"
        return renewed, int(fetch_row(self._db, sql, {"version": renewed})[0]) if renewed else 0

    def lines(self, version: int | None = None) -> Uint64Array:
        """Keys of the lines learned up to a version (the present one), ascending."""
        version = self.version if version is None else version
        sql = "SELECT key FROM lines WHERE version <= $version ORDER BY key"
        (keys,) = fetch_columns(self._db, sql, {"version": version})
        return np.sort(keys.astype(np.uint64))

    def lines_now(self) -> Uint64Array:
        """The present version's lines and those that this run has learned."""
        return np.union1d(self.lines(), self.new_lines)

    def forms(self, version: int | None = None) -> Uint32Array:
        """The recurring shingles learned up to a version (the present one), ascending."""
        version = self.version if version is None else version
        sql = "SELECT key FROM forms WHERE version <= $version ORDER BY key"
        (keys,) = fetch_columns(self._db, sql, {"version": version})
        return np.sort(keys.astype(np.uint32))

    def form_days(self, keys: Uint32Array, samples: str) -> Uint64Array:
        """Each of these samples with each day of the items that have it, packed, ascending.

        `samples`: the table with the rows of these samples, and maybe of others.
        """
        sql = f"""
            SELECT DISTINCT (rows.key::UBIGINT << 32) | floor(items.moment)::UBIGINT
            FROM {samples} AS rows JOIN bound ON rows.key = bound.key
            JOIN items ON rows.item = items.item WHERE items.moment BETWEEN 1 AND 65535
        """
        with bind_arrays(self._db, key=keys):
            (packed,) = fetch_columns(self._db, sql)
        return np.sort(packed.astype(np.uint64))

    def line_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        """Texts in which lines stood, the store's and this run's."""
        return counts + self._before(keys, "texts")

    def support_counts(self, keys: Uint64Array, counts: Int64Array) -> Int64Array:
        """Texts that vouched for lines, the store's and this run's."""
        return counts + self._before(keys, "vouched")

    def count_lines(self, keys: Uint64Array, counts: Int64Array) -> None:
        """Of this run's texts, in how many these lines stood, too; written by `save`."""
        self._seen.append((keys, counts))

    def count_support(self, keys: Uint64Array, counts: Int64Array) -> None:
        """Of this run's texts, how many vouched for these lines, too; written by `save`."""
        self._vouched.append((keys, counts))

    def _before(self, keys: Uint64Array, name: str) -> Int64Array:
        sql = f"""
            SELECT line_counts.key AS key, sum({name})::BIGINT AS texts
            FROM line_counts JOIN bound ON line_counts.key = bound.key GROUP BY ALL
        """
        with bind_arrays(self._db, key=keys):
            key, texts = fetch_columns(self._db, sql)
        out = np.zeros(len(keys), np.int64)
        out[np.searchsorted(keys, key.astype(np.uint64))] = texts
        return out

    def count(self, added: DocumentCounts, documents: int) -> None:
        """Add this run's stem counts; renew the rarity once the `documents` of the store, this
        run's among them, have doubled."""
        stems, counts = added.rows()
        with bind_arrays(self._db, stem=stems, texts=counts):
            self._db.execute("""
                CREATE OR REPLACE TEMP TABLE total AS SELECT stem, sum(texts)::BIGINT AS texts
                FROM (SELECT * FROM stem_counts UNION ALL SELECT * FROM bound) GROUP BY stem
            """)
        self._db.execute("DELETE FROM stem_counts")
        self._db.execute("INSERT INTO stem_counts SELECT * FROM temp.total ORDER BY stem")
        self._db.execute("DROP TABLE temp.total")
        row = fetch_row(
            self._db, "SELECT coalesce(max(documents), 0) FROM versions WHERE stems > 0"
        )
        if len(stems) and documents >= max(MIN_DOCUMENTS, 2 * int(row[0])):
            self._documents = documents
            self._db.execute(
                f"INSERT INTO rarity SELECT {self.version + 1}, stem, texts FROM stem_counts "
                f"WHERE texts >= {MIN_COUNT} ORDER BY stem"
            )

    def save(self, run: int) -> int:
        """Write what this run has taught; returns the version that it judged by."""
        seen = [(keys, counts, "texts") for keys, counts in self._seen]
        vouched = [(keys, counts, "vouched") for keys, counts in self._vouched]
        for keys, counts, column in (*seen, *vouched):
            with bind_arrays(self._db, key=keys, counted=counts):
                other = "vouched" if column == "texts" else "texts"
                self._db.execute(
                    f"INSERT INTO line_counts (key, {column}, {other}) SELECT key, counted, 0 "
                    "FROM bound"
                )
        if not len(self.new_lines) and not len(self.new_forms) and not self._documents:
            return self.version
        version = self.version + 1
        with bind_arrays(self._db, key=self.new_lines):
            self._db.execute(f"INSERT INTO lines SELECT key, {version} FROM bound")
        with bind_arrays(self._db, key=self.new_forms):
            self._db.execute(f"INSERT INTO forms SELECT key, {version} FROM bound")
        self._db.execute(
            "INSERT INTO versions SELECT $version, $run, $documents, (SELECT count(*) FROM lines), "
            "(SELECT count(*) FROM rarity WHERE version = $version)",
            {"version": version, "run": run, "documents": self._documents},
        )
        return version
