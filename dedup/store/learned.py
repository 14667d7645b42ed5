"""What a store has learned from its texts: lines that sources repeat, rarity of stems.

Both come in versions, so that a pair can be judged again as it was. A line is learned in the
run that finds it often enough. Stem counts grow with every run, but the rarity in use is
renewed only when the documents have doubled: a dozen versions in the life of a store.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from dedup.store.connect import Connection, columns, given, one
from dedup.story.rarity import ENOUGH, Rarity, document_counts

Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

#: A stem in fewer texts of the store is left to the shipped counts: names once seen, misprints.
TWICE = 2


class Learned:
    """The learned tables of a store, as they are at the begin of a run, and what it adds."""

    def __init__(self, db: Connection) -> None:
        self._db = db
        row = one(db, "SELECT coalesce(max(version), 0) FROM versions")
        self.version = int(row[0])
        self.new_lines: Keys = np.zeros(0, np.uint64)
        self._seen: tuple[Keys, Numbers] = (np.zeros(0, np.uint64), np.zeros(0, np.int64))
        self._vouched = self._seen

    def rarity(self, version: int | None = None) -> Rarity:
        """The rarity of stems in a version (the present one)."""
        version = self.version if version is None else version
        sql = """
            SELECT stem, texts, version FROM rarity
            WHERE version = (SELECT max(version) FROM rarity WHERE version <= $version)
        """
        stems, texts, versions = columns(self._db, sql, {"version": version})
        if not len(stems):
            return Rarity.shipped()
        sql = "SELECT documents FROM versions WHERE version = $version"
        row = one(self._db, sql, {"version": int(versions[0])})
        return Rarity.shipped().blend(stems, texts, int(row[0]))

    def lines(self, version: int | None = None) -> Keys:
        """Keys of the lines learned up to a version (the present one), ascending."""
        version = self.version if version is None else version
        sql = "SELECT key FROM lines WHERE version <= $version ORDER BY key"
        (keys,) = columns(self._db, sql, {"version": version})
        return np.sort(keys.astype(np.uint64))

    def lines_now(self) -> Keys:
        """The present version's lines and those that this run has learned."""
        return np.union1d(self.lines(), self.new_lines)

    def seen(self, keys: Keys, counts: Numbers) -> Numbers:
        """Texts in which lines stood, the store's and this run's."""
        self._seen = (keys, counts)
        return counts + self._before(keys, "texts")

    def vouched(self, keys: Keys, counts: Numbers) -> Numbers:
        """Texts that vouched for lines, the store's and this run's."""
        self._vouched = (keys, counts)
        return counts + self._before(keys, "vouched")

    def _before(self, keys: Keys, name: str) -> Numbers:
        sql = f"""
            SELECT line_counts.key AS key, sum({name})::BIGINT AS texts
            FROM line_counts JOIN given ON line_counts.key = given.key GROUP BY ALL
        """
        with given(self._db, key=keys):
            key, texts = columns(self._db, sql)
        out = np.zeros(len(keys), np.int64)
        out[np.searchsorted(keys, key.astype(np.uint64))] = texts
        return out

    def save(self, run: int, documents: int, stems: list[npt.NDArray[np.uint32]]) -> int:
        """Write what this run has taught and return the version that it judged by.

        `stems`: the stems of its items' sketches, batch by batch.
        """
        judged = self.version
        if len(self.new_lines):
            judged += 1
            self._version(judged, run, 0)
            with given(self._db, key=self.new_lines):
                self._db.execute(f"INSERT INTO lines SELECT key, {judged} FROM given")
        for (keys, counts), column in ((self._seen, "texts"), (self._vouched, "vouched")):
            with given(self._db, key=keys, counted=counts):
                other = "vouched" if column == "texts" else "texts"
                self._db.execute(
                    f"INSERT INTO line_counts (key, {column}, {other}) SELECT key, counted, 0 "
                    "FROM given"
                )
        self._add_stems(stems)
        self._renew(judged, run, documents)
        return judged

    def _add_stems(self, stems: list[npt.NDArray[np.uint32]]) -> None:
        found, counts = document_counts(stems)
        with given(self._db, stem=found, texts=counts):
            self._db.execute("""
                CREATE OR REPLACE TEMP TABLE total AS SELECT stem, sum(texts)::BIGINT AS texts
                FROM (SELECT * FROM stem_counts UNION ALL SELECT * FROM given) GROUP BY stem
            """)
        self._db.execute("DELETE FROM stem_counts")
        self._db.execute("INSERT INTO stem_counts SELECT * FROM temp.total ORDER BY stem")
        self._db.execute("DROP TABLE temp.total")

    def _renew(self, judged: int, run: int, documents: int) -> None:
        """A new rarity, for the runs to come, once the documents have doubled."""
        row = one(self._db, "SELECT coalesce(max(documents), 0) FROM versions WHERE stems > 0")
        some = self._db.execute("SELECT 1 FROM stem_counts LIMIT 1").fetchall()
        if not some or documents < max(ENOUGH, 2 * int(row[0])):
            return
        version = judged + 1
        self._db.execute(
            f"INSERT INTO rarity SELECT {version}, stem, texts FROM stem_counts "
            f"WHERE texts >= {TWICE} ORDER BY stem"
        )
        self._version(version, run, documents)

    def _version(self, version: int, run: int, documents: int) -> None:
        self._db.execute(
            "INSERT INTO versions SELECT $version, $run, $documents, "
            "(SELECT count(*) FROM lines WHERE version = $version) + $lines, "
            "(SELECT count(*) FROM rarity WHERE version = $version)",
            {
                "version": version,
                "run": run,
                "documents": documents,
                "lines": 0 if documents else len(self.new_lines),
            },
        )
