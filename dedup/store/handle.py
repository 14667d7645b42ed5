"""A store's file in use: opened when it is needed, and by which versions it was made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from dedup.errors import StoreDamaged, StoreMismatch
from dedup.settings import Settings, settings_of
from dedup.store.connection import close_store, open_store, read_meta
from dedup.store.fingerprint import (
    Differences,
    differences_in_words,
    is_later,
    outdated,
    require_settings,
    settings_in,
    versions,
)
from dedup.store.invariants import contradictions
from dedup.store.schema import FORMAT, OLDEST, columns_of, reading_statements, same_tables
from dedup.store.sql import Connection, quoted


class StoreHandle:
    """The file of a store, which exists.

    `number`: its format; `stored`: its fingerprint; `settings`: those of the store, which are also
    those `asked` for; `differences`: by which versions it was made that are not today's. A store of
    an older format or of other versions can be read; it is written to once it is upgraded.
    Raises StoreBusy, StoreError, StoreMismatch.
    """

    def __init__(
        self, path: Path, asked: Settings | Mapping[str, Any] | None, wait: float, workers: int
    ) -> None:
        self.path = path
        self.wait = wait
        self.workers = workers
        self._db: Connection | None = None
        self._writes = False
        try:
            self._learn_what_it_is()
            require_settings(self.settings, chosen_settings(asked, self.settings), path)
        except BaseException:
            self.close()
            raise

    number: int
    stored: dict[str, Any]
    settings: Settings
    differences: Differences

    def _learn_what_it_is(self) -> None:
        db = self._open(read_only=True)
        self.number, self.stored = read_meta(db, self.path)
        if self.number > FORMAT:
            raise StoreMismatch(
                f"{self.path}: format is {self.number}, this dedup reads {OLDEST} to {FORMAT}; "
                "update dedup"
            )
        self.settings = settings_in(self.stored, self.path)
        self.differences = outdated(self.stored, self.settings)
        if is_later(self.differences):
            raise StoreMismatch(
                f"{self.path}: a later version of dedup made it "
                f"({differences_in_words(self.differences)}); update dedup"
            )
        self._require_tables(db)
        self._prepare(db)

    def _require_tables(self, db: Connection) -> None:
        """Raises StoreDamaged where the tables are not those of the store's format."""
        rows = db.execute(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() "
            "WHERE database_name = 'store' AND schema_name = 'main' ORDER BY column_index"
        ).fetchall()
        for name in same_tables(self.number):
            columns = {column: type for table, column, type in rows if table == name}
            if list(columns.items()) != list(columns_of(name).items()):
                raise StoreDamaged(
                    f"{self.path}: its table {name} does not have the columns of format "
                    f"{self.number}; restore a backup"
                )

    def contradiction(self) -> str:
        """What in the store contradicts itself, in words; empty where nothing is seen."""
        self.close()
        try:
            return "; ".join(contradictions(self.reading())[:3])
        except duckdb.Error as error:
            return str(error)

    def _prepare(self, db: Connection) -> None:
        """Let an older format be asked as the present one."""
        for statement in reading_statements(self.number, "store", quoted(self.rules)):
            db.execute(statement)

    @property
    def rules(self) -> str:
        """By which versions the store is made, as JSON."""
        names = [name for name in versions(self.settings) if name in self.stored]
        return json.dumps({name: self.stored[name] for name in names})

    @property
    def is_present(self) -> bool:
        """Is the store of the present format and made by the present versions?"""
        return self.number == FORMAT and not self.differences

    def require_present(self) -> None:
        """Raises StoreMismatch that says how a store of earlier versions is brought up to date."""
        if self.is_present:
            return
        why = differences_in_words(self.differences) or f"format {self.number}, now {FORMAT}"
        raise StoreMismatch(
            f"{self.path}: made by an earlier version of dedup ({why}). Run "
            f"`dedup store upgrade {self.path}` first: the decisions and the ids of clusters stay"
        )

    def require_format(self) -> None:
        """Raises StoreMismatch where the store's tables are those of an older format."""
        if self.number != FORMAT:
            self.require_present()

    def reading(self) -> Connection:
        """A connection to read by."""
        if self._db is None:
            self._prepare(self._open(read_only=True))
        assert self._db is not None
        return self._db

    def writing(self, attach: Sequence[str] = (), merge_every: int = 1) -> Connection:
        """A connection to write by; `attach` and `merge_every` as for `open_store`, and then a new
        one."""
        if self._db is None or not self._writes or attach or merge_every > 1:
            self.close()
            self._open(read_only=False, attach=attach, merge_every=merge_every)
        assert self._db is not None
        return self._db

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            close_store(self._db, self.path)
            self._db = None

    def reopen(self) -> None:
        """Read anew what the file is, because another file has taken its place."""
        self.close()
        self._learn_what_it_is()

    def _open(
        self, read_only: bool, attach: Sequence[str] = (), merge_every: int = 1
    ) -> Connection:
        self._db = open_store(
            self.path,
            read_only=read_only,
            wait=self.wait,
            workers=self.workers,
            attach=attach,
            merge_every=merge_every,
        )
        self._writes = not read_only
        return self._db


def chosen_settings(asked: Settings | Mapping[str, Any] | None, rest: Settings) -> Settings:
    """Whole settings, or single ones with the rest. Raises SettingsError."""
    return asked.check() if isinstance(asked, Settings) else settings_of(rest, asked or {})
