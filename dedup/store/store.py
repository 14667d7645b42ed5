"""The store: an index on disk that grows night by night."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import msgspec

from dedup.errors import StoreError, StoreMismatch
from dedup.pipeline.run import Watch, silent
from dedup.readers import expand
from dedup.result import Pair, Report, Skipped
from dedup.results.build import build_pairs, build_report
from dedup.settings import Settings, settings_of, window_days
from dedup.store import queries
from dedup.store.check import find_problems
from dedup.store.compact import rewrite_file
from dedup.store.connection import (
    Connection,
    close_store,
    fetch_row,
    make_store,
    migrate,
    open_store,
    read_meta,
    store_errors,
    store_files,
)
from dedup.store.fingerprint import fingerprint, hold, settings_in
from dedup.store.forget import ForgetCriteria, forget_items
from dedup.store.info import read_info
from dedup.store.metrics import write_metrics
from dedup.store.result import Forgotten, Info, Match, StoreExplanation, Update
from dedup.store.schema import FORMAT, MIGRATIONS
from dedup.store.update import UpdateRequest, update
from dedup.system.atomic import check_outputs
from dedup.system.escaping import visible
from dedup.system.parallel import cores

if TYPE_CHECKING:
    from dedup.results.html_data import Evidence
    from dedup.results.showing import Shown

#: Seconds to wait for another process that holds the store.
WAIT = 10.0

Name = str | PathLike[str]


class Store:
    """A store's file. Use as a context manager, or call `close`.

    `settings`: those of a new store, or single ones by name; for one that exists, what is not given
    is its own, and others raise StoreMismatch. `create`: make the file where there is none, else
    StoreError. `wait`: seconds to wait for another process before StoreBusy. `skipped`: the records
    that the last `update` could not take. `warnings`: what else has to be said of it.

    Reading methods let other processes read; the file is held for writing only while `update`,
    `forget` or `compact` runs. Every method raises StoreBusy, StoreError, StoreMismatch.
    """

    def __init__(
        self,
        path: Name,
        settings: Settings | Mapping[str, Any] | None = None,
        *,
        create: bool = True,
        wait: float = WAIT,
        workers: int | None = None,
    ) -> None:
        self.path = Path(path).resolve()
        if not _is_utf8(str(self.path)):
            raise StoreError(f"{visible(str(path))}: not a name in UTF-8")
        self.skipped: list[Skipped] = []
        self.warnings: list[str] = []
        self._wait = wait
        self._workers = workers or cores()
        self._db: Connection | None = None
        self._writes = False
        if not self.path.exists():
            if not create:
                raise StoreError(
                    f"{path}: there is no such store; dedup update --store {path} makes one"
                )
            if not self.path.parent.is_dir():
                raise StoreError(
                    f"{path}: its folder does not exist; make it with: mkdir -p {self.path.parent}"
                )
            make_store(self.path, fingerprint(_chosen(settings, Settings())))
        try:
            self.settings = self._agreed(settings)
        except BaseException:
            self.close()
            raise

    def _agreed(self, settings: Settings | Mapping[str, Any] | None) -> Settings:
        """Migrate where needed; the store's settings, if they are those asked for."""
        number, stored = read_meta(self._reading(), self.path)
        if number != FORMAT:
            migrate(self._writing(), self.path, number, MIGRATIONS)
        try:
            chosen = _chosen(settings, settings_in(stored))
        except TypeError as error:
            raise StoreMismatch(f"{self.path}: has unknown settings: {error}") from error
        hold(stored, fingerprint(chosen), str(self.path))
        return chosen

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self._db is not None:
            close_store(self._db, self.path)
            self._db = None

    def _reading(self) -> Connection:
        if self._db is None:
            self._open(read_only=True)
        assert self._db is not None
        return self._db

    def _writing(self) -> Connection:
        if self._db is None or not self._writes:
            self.close()
            self._open(read_only=False)
        assert self._db is not None
        return self._db

    def _open(self, read_only: bool) -> None:
        self._db = open_store(
            self.path, read_only=read_only, wait=self._wait, workers=self._workers
        )
        self._writes = not read_only

    def update(
        self,
        inputs: Sequence[Name],
        *,
        kept: Name | None = None,
        removed: Name | None = None,
        superseded: Name | None = None,
        window: str | float | dt.timedelta | None = None,
        hold: bool = False,
        dry_run: bool = False,
        fields: Mapping[str, str] | None = None,
        workers: int | None = None,
        watch: Watch = silent,
        metrics: Name | None = None,
    ) -> Update:
        """Compare new items with each other and with everything stored, decide, record.

        `kept`, `removed`, `superseded`: JSONL files to write, each whole or not at all. `window`
        (`"30d"`, `"12h"`, days, a timedelta): compare with items no older than this. `hold`:
        learn nothing from this run. `dry_run`: decide only; nothing is written. `metrics`: a
        file of figures for Prometheus. Raises InputError, OutputError, StoreError.
        """
        began = time.monotonic()
        files = {"kept": kept, "removed": removed, "superseded": superseded}
        outputs = {kind: str(Path(name).absolute()) for kind, name in files.items() if name}
        written = [Path(name) for name in (*outputs.values(), metrics) if name]
        read = [Path(source.path) for source in expand(inputs).sources]
        check_outputs(written, [*store_files(self.path), *read])
        asked = UpdateRequest(
            inputs=[str(name) for name in inputs],
            fields=dict(fields or {}),
            window=window_days(window),
            learns=self.settings.learn and not hold,
            dry_run=dry_run,
            outputs=outputs,
            workers=workers or self._workers,
            watch=watch,
        )
        db = self._writing()
        try:
            with store_errors(self.path):
                found, self.skipped, self.warnings = update(
                    db, self.path, self.settings, asked, began
                )
        except BaseException:
            self.close()  # whatever was begun is given up; the next use opens the file anew
            raise
        self.close()  # let the next job in, and have the log worked into the file
        if metrics and not dry_run:
            self._metrics(metrics, found)
        return found

    def _metrics(self, path: Name, found: Update) -> None:
        db = self._reading()
        row = fetch_row(db, 'SELECT count(*) FROM items WHERE "current"')
        with store_errors(self.path):
            write_metrics(
                Path(path),
                {
                    **{name: getattr(found, name) for name in found.__struct_fields__},
                    "items": int(row[0]),
                    "store_bytes": self.path.stat().st_size,
                    "last_success_timestamp_seconds": round(time.time()),
                },
            )

    def report(self) -> Report:
        """Clusters and story groups of all that the store holds."""
        with store_errors(self.path):
            return build_report(queries.decisions_of(self._reading(), self.settings))

    def report_with_evidence(self) -> tuple[Report, Evidence]:
        """The report, and what the HTML view shows beyond it."""
        from dedup.results.html_data import gather_evidence

        db = self._reading()
        with store_errors(self.path):
            sql = 'SELECT source, count(*) FROM items WHERE "current" GROUP BY source ORDER BY 1'
            sources = dict(db.execute(sql).fetchall())
            answer = queries.decisions_of(db, self.settings)
            return build_report(answer), gather_evidence(answer, sources)

    def pairs(self) -> Iterator[Pair]:
        """Every related pair of items that the store holds, in order of arrival."""
        with store_errors(self.path):
            yield from build_pairs(queries.decisions_of(self._reading(), self.settings))

    def find(
        self, text: str, title: str = "", *, published: str = "", workers: int | None = None
    ) -> list[Match]:
        """What the store holds that is related to a text: closest relation first."""
        with store_errors(self.path):
            return queries.find(
                self._reading(), self.settings, text, title, published, workers or self._workers
            )

    def explain(self, a: str, b: str) -> StoreExplanation:
        """Why two items, by their ids, are related as they are. Raises UnknownItem."""
        with store_errors(self.path):
            return queries.explained(self._reading(), self.settings, a, b)

    def show(self, name: str) -> Shown:
        """The cluster, story group or item of this name. Where it is a removed item, with the
        explanation of why. Raises UnknownItem."""
        from dedup.results.showing import removed_pair
        from dedup.store.showing import show_of_store

        with store_errors(self.path):
            shown = show_of_store(self._reading(), name)
        pair = removed_pair(shown, name)
        return msgspec.structs.replace(shown, pair=self.explain(*pair) if pair else None)

    def info(self) -> Info:
        """Counts, versions and settings of the store."""
        with store_errors(self.path):
            return read_info(self._reading(), self.path)

    def check(self, *, workers: int | None = None, watch: Watch = silent) -> list[str]:
        """What is wrong with the store, in words; empty if nothing is.

        Derives digests, words, signatures, samples and story keys anew from the stored texts,
        and holds every reference and guarantee to the tables.
        """
        with store_errors(self.path):
            return find_problems(self._reading(), self.settings, workers or self._workers, watch)

    def forget(
        self,
        ids: Iterable[str] | None = None,
        *,
        source: str | None = None,
        before: str | None = None,
    ) -> Forgotten:
        """Remove the items that have one of these ids, or this source, or (published, else
        taken) before this ISO time; several conditions must all hold.

        Where a kept item goes, its cluster's best remaining member is kept in its place; members
        that are not related to that one are decided anew. Raises SettingsError.
        """
        which = ForgetCriteria(None if ids is None else list(ids), source, before)
        db = self._writing()
        try:
            with store_errors(self.path):
                return forget_items(db, self.path, self.settings, which)
        finally:
            self.close()

    def compact(self) -> tuple[int, int]:
        """Rewrite the file without the room of what was deleted; bytes before and after."""
        before = self.path.stat().st_size
        db = self._writing()
        try:
            with store_errors(self.path):
                rewrite_file(db, self.path)
        finally:
            self.close()
        return before, self.path.stat().st_size


def _chosen(settings: Settings | Mapping[str, Any] | None, rest: Settings) -> Settings:
    """Whole settings, or single ones with the rest. Raises SettingsError."""
    return settings.check() if isinstance(settings, Settings) else settings_of(rest, settings or {})


def _is_utf8(name: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in name)
