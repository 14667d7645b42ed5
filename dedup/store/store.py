"""The store: an index on disk that grows night by night.

What only some methods need is imported there: `find` of one text takes less time than to import all
of it.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, overload

import msgspec

from dedup.errors import DedupError, LimitExceeded, StoreDamaged
from dedup.pipeline.run import Watch, silent
from dedup.readers import ReadOptions
from dedup.readers.memory import Inputs
from dedup.result import Pair, Report, Skipped
from dedup.results.build import build_pairs
from dedup.settings import Settings, window_days
from dedup.store import queries
from dedup.store.files import make_store, require_store, store_errors, store_files, store_path
from dedup.store.fingerprint import fingerprint
from dedup.store.handle import StoreHandle, chosen_settings
from dedup.store.info import read_info
from dedup.store.reports import stored_report, stored_report_with_evidence
from dedup.store.result import (
    Exchanged,
    Forgotten,
    Info,
    Match,
    Matches,
    Reviewed,
    StoreExplanation,
    Update,
    Upgraded,
    UpgradePlan,
)
from dedup.system.parallel import cores
from dedup.system.scratch import ScratchFolder

if TYPE_CHECKING:
    from dedup.results.html_data import Evidence
    from dedup.results.limits import Limits
    from dedup.results.showing import Shown
    from dedup.store.reviews import Review, Verdict
    from dedup.store.update import UpdateRequest

#: Seconds to wait for another process that holds the store.
WAIT = 10.0

#: Updates of which one may have its checkpoint merge small row groups. DuckDB then writes up to a
#: few hundred thousand items anew, with all their texts, however few came: seven CPU seconds.
RUNS_PER_MERGE = 16

Name = str | PathLike[str]


class Store:
    """The file of a store. Use it as a context manager, or call `close`.

    - `settings`: the settings of a new store, or single ones by name. A store that exists has its
      own; other ones raise StoreMismatch.
    - `create`: whether to make the file if it does not exist; else StoreError is raised.
    - `wait`: how many seconds to wait for another process before StoreBusy is raised.
    - `workers`: how many threads to use; all cores by default.

    The attribute `skipped` lists the records that the last `update` could not take, and `warnings`
    says what else has to be known of it.

    Methods that only read let other processes read too. The file is closed to others only while a
    method changes the store. Every method raises StoreBusy, StoreError, StoreMismatch.
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
        self.path = store_path(path)
        self.skipped: list[Skipped] = []
        self.warnings: list[str] = []
        if not require_store(self.path, path, create):
            make_store(self.path, fingerprint(chosen_settings(settings, Settings())))
        self._handle = StoreHandle(self.path, settings, wait, workers or cores())

    @property
    def settings(self) -> Settings:
        """The settings of the store."""
        return self._handle.settings

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
        """Close the file, so that other processes can use it."""
        self._handle.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn errors of DuckDB and the system into StoreError, and any other into StoreDamaged
        where the store contradicts itself."""
        try:
            with store_errors(self.path):
                yield
        except DedupError:
            raise
        except Exception as error:
            problem = self._handle.contradiction()
            if not problem:
                raise
            raise StoreDamaged(
                f"{self.path}: the store contradicts itself ({problem}); `dedup store check "
                f"{self.path}` lists all problems; restore a backup"
            ) from error

    def update(  # noqa: PLR0913 - the public signature: each output has its keyword
        self,
        inputs: Inputs | None = None,
        *,
        records: Inputs | None = None,
        kept: Name | None = None,
        removed: Name | None = None,
        superseded: Name | None = None,
        original: bool = False,
        window: str | float | dt.timedelta | None = None,
        hold: bool = False,
        dry_run: bool = False,
        fields: Mapping[str, str] | None = None,
        reading: ReadOptions | None = None,
        workers: int | None = None,
        watch: Watch = silent,
        metrics: Name | None = None,
        limits: Limits | None = None,
    ) -> Update:
        """Compare new items with each other and with all stored items, decide, and store the
        decisions.

        The items come from files and folders (`inputs`) or from memory (`records`: dictionaries,
        Arrow data, data frames).

        - `kept`, `removed`, `superseded`: JSONL files to write. Each is written whole or not at
          all.
        - `original`: `kept` and `removed` get the records of the inputs instead of items, byte for
          byte as they came, and removed ones with the reason added, as `dedup.filter` writes them.
          For one input file each is a file, else a new folder.
        - `window`: compare only with stored items that are no older than this (`"30d"`, `"12h"`, a
          number of days, a timedelta).
        - `hold`: learn nothing from this run.
        - `dry_run`: decide, but write nothing.
        - `fields`, `reading`: as for `dedup.items`.
        - `metrics`: a file for the figures of the run, as Prometheus reads them.
        - `limits`: if more would be removed, LimitExceeded is raised and the store stays as it
          was.

        Raises InputError, OutputError, StoreError.
        """
        from dedup.results.limits import Limits
        from dedup.store.metrics import write_night
        from dedup.store.originals import ORIGINALS
        from dedup.store.update import UpdateRequest
        from dedup.store.update_inputs import one_given, with_items, with_originals

        self._handle.require_present()
        began = time.monotonic()
        files = {"kept": kept, "removed": removed, "superseded": superseded}
        if original:
            files = {ORIGINALS.get(kind, kind): name for kind, name in files.items()}
        outputs = {kind: str(Path(name).absolute()) for kind, name in files.items() if name}
        written = [Path(name) for name in (*outputs.values(), metrics) if name]
        given = one_given(inputs, records)
        asked = UpdateRequest(
            inputs=[],
            reading=(reading or ReadOptions())
            .having(fields or {})
            .ranked_by(self.settings.prefer_field),
            window=window_days(window),
            learns=self.settings.learn and not hold,
            dry_run=dry_run,
            outputs=outputs,
            workers=workers or self._handle.workers,
            watch=watch,
            limits=(limits or Limits()).check(),
        )
        complete = with_originals if original else with_items
        with ScratchFolder() as folder:
            asked = complete(asked, given, written, self.path, folder)
            summary = self._update(asked, began)
        self.close()  # let the next job in, and have the log worked into the file
        if metrics and not dry_run:
            info = self.info()
            with self._explained():
                write_night(Path(metrics), self._handle.reading(), info, summary)
        return summary

    def _update(self, asked: UpdateRequest, began: float) -> Update:
        from dedup.store.update import update

        db = self._handle.writing(merge_every=RUNS_PER_MERGE)
        try:
            with self._explained():
                done = update(db, self.path, self.settings, asked, began)
        except BaseException as error:
            if isinstance(error, LimitExceeded):
                self.skipped = list(error.skipped)
            self.close()  # whatever was begun is given up; the next use opens the file anew
            raise
        summary, self.skipped, self.warnings = done
        return summary

    def report(self, *, since: str | float | dt.timedelta | None = None) -> Report:
        """Clusters and story groups of all that the store holds.

        `since`: only those with an item that was published in this time before now (`7d`, `12h`,
        days as a number, or a timedelta). Raises SettingsError.
        """
        with self._explained():
            return stored_report(self._handle.reading(), self.settings, since)

    def report_with_evidence(
        self, *, since: str | float | dt.timedelta | None = None
    ) -> tuple[Report, Evidence]:
        """The report, and what the HTML view shows beyond it; `since` as for `report`."""
        with self._explained():
            return stored_report_with_evidence(self._handle.reading(), self.settings, since)

    def pairs(self) -> Iterator[Pair]:
        """Every related pair of items that the store holds, in order of arrival."""
        with self._explained():
            yield from build_pairs(queries.decisions_of(self._handle.reading(), self.settings))

    @overload  # a text is iterable, too
    def find(  # type: ignore[overload-overlap]
        self, text: str, title: str = "", *, published: str = "", workers: int | None = None
    ) -> list[Match]: ...

    @overload
    def find(
        self,
        text: Inputs,
        *,
        fields: Mapping[str, str] | None = None,
        workers: int | None = None,
    ) -> list[Matches]: ...

    def find(
        self,
        text: str | Inputs,
        title: str = "",
        *,
        published: str = "",
        fields: Mapping[str, str] | None = None,
        workers: int | None = None,
    ) -> list[Match] | list[Matches]:
        """The stored items that are related to a text, the closest relation first.

        For many texts (a list of strings, or records: dictionaries, Arrow data, paths of files)
        there is one answer for each, in their order. Then `skipped` lists the records that have no
        text.
        """
        self._handle.require_present()
        workers = workers or self._handle.workers
        db = self._handle.reading()
        with self._explained():
            if isinstance(text, str):
                sought = queries.SoughtText(text, title, published)
                return queries.find_matches(db, self.settings, sought)
            if isinstance(text, list | tuple) and all(isinstance(one, str) for one in text):
                text = [{"id": str(number), "text": one} for number, one in enumerate(text)]
            answers, self.skipped = queries.find_many(
                db, self.settings, text, ReadOptions(fields or {}), workers
            )
            return answers

    def explain(self, a: str, b: str) -> StoreExplanation:
        """Why two items, by their ids, are related as they are. Raises UnknownItem."""
        with self._explained():
            return queries.explain_stored(self._handle.reading(), self.settings, a, b)

    def show(self, name: str) -> Shown:
        """The cluster, story group or item of this name. For a removed item it comes with the
        explanation of why. Raises UnknownItem."""
        from dedup.results.showing import removed_pair
        from dedup.store.showing import show_of_store

        with self._explained():
            shown = show_of_store(self._handle.reading(), name)
        pair = removed_pair(shown, name)
        return msgspec.structs.replace(shown, pair=self.explain(*pair) if pair else None)

    def info(self) -> Info:
        """Counts, versions and settings of the store."""
        with self._explained():
            return read_info(self._handle.reading(), self.path)

    def check(
        self, *, fast: bool = False, workers: int | None = None, watch: Watch = silent
    ) -> list[str]:
        """What is wrong with the store, in words; an empty list if nothing is.

        Computes digests, words, signatures, samples and story keys anew from the stored texts, and
        compares them with the tables. Checks that every reference leads somewhere and every
        guarantee holds. `fast`: compute only a sample anew, another one each time, which takes
        seconds. What an earlier version of dedup has computed is not computed anew, because the
        present version computes it differently.
        """
        from dedup.store.check import find_problems

        with self._explained():
            return find_problems(
                self._handle.reading(),
                self.settings,
                workers or self._handle.workers,
                watch,
                derive="" if self._handle.differences else "sample" if fast else "all",
            )

    def forget(
        self,
        ids: Iterable[str] | None = None,
        *,
        source: str | None = None,
        before: str | None = None,
    ) -> Forgotten:
        """Delete the items that have one of these ids, or this source, or that were published
        before this ISO time.

        An item without a time of publication counts by the time at which it was stored. If several
        conditions are given, an item must meet all of them. If a kept item is deleted, the best
        remaining member of its cluster is kept in its place. Members that are not related to that
        one are decided anew. Raises SettingsError.
        """
        from dedup.store.forget import ForgetCriteria, forget_items

        self._handle.require_format()
        which = ForgetCriteria(None if ids is None else list(ids), source, before)
        db = self._handle.writing()
        try:
            with self._explained():
                return forget_items(db, self.path, self.settings, which)
        finally:
            self.close()

    def export(self, folder: Name) -> Exchanged:
        """Write every table as Parquet to a new folder, with a manifest and checksums.

        Raises OutputError.
        """
        from dedup.store.exchange import export_store

        with self._explained():
            return export_store(self._handle, Path(folder))

    def keep(self, id: str, *, reviewer: str = "", reason: str = "") -> Reviewed:
        """Keep an item whatever the rules say, now and when it comes with another text.

        Raises UnknownItem.
        """
        return self._review_one("keep", id, "", reviewer, reason)

    def remove(self, id: str, kept: str, *, reviewer: str = "", reason: str = "") -> Reviewed:
        """Remove an item because of another one, which is kept.

        Raises UnknownItem, SettingsError.
        """
        return self._review_one("remove", id, kept, reviewer, reason)

    def split(self, id: str, other: str, *, reviewer: str = "", reason: str = "") -> Reviewed:
        """Say that two items are not copies of each other, now and later. Raises UnknownItem."""
        return self._review_one("split", id, other, reviewer, reason)

    def _review_one(self, verdict: Verdict, *rest: str) -> Reviewed:
        from dedup.store.reviews import Review

        return self.review([Review(verdict, *rest)])[0]

    def review(self, reviews: Iterable[Review]) -> list[Reviewed]:
        """Store the decisions of an editor and apply them, all or none.

        Items that they keep or remove are in the files of the next `update`.
        """
        from dedup.store.reviews import review_items

        self._handle.require_format()
        db = self._handle.writing()
        try:
            with self._explained():
                return review_items(db, self.path, self.settings, list(reviews))
        finally:
            self.close()

    def upgrade_plan(self) -> UpgradePlan:
        """What `upgrade` would do, and the room that it needs."""
        from dedup.store.upgrade import plan_upgrade

        with self._explained():
            return plan_upgrade(self._handle)

    def upgrade(
        self,
        *,
        rejudge: bool = False,
        dry_run: bool = False,
        kept: Name | None = None,
        removed: Name | None = None,
        workers: int | None = None,
        watch: Watch = silent,
    ) -> Upgraded:
        """Bring a store that an earlier version has made up to the present format and rules.

        Decisions, ids, numbers and history stay. Words, keys and what was learned are computed
        anew from the texts. An upgrade that was killed goes on where it stopped.

        - `rejudge`: decide anew on removed items if the present rules judge their pair
          differently. `kept` is a file for those that are kept again, `removed` one for those that
          are now removed because of another item.
        - `dry_run`: count what would change, and change nothing.
        """
        from dedup.store.delivery import deliver_owed
        from dedup.store.upgrade import UpgradeRequest, upgrade_store
        from dedup.system.atomic import check_outputs

        files = {"kept": kept, "removed": removed}
        outputs = {kind: str(Path(name).absolute()) for kind, name in files.items() if name}
        check_outputs(list(map(Path, outputs.values())), [], store_files(self.path))
        request = UpgradeRequest(rejudge, dry_run, outputs, workers or self._handle.workers, watch)
        try:
            with self._explained():
                upgraded = upgrade_store(self._handle, request)
                if outputs and not dry_run:
                    self.warnings = deliver_owed(self._handle.writing(), self.path, outputs)
        finally:
            self.close()
        return upgraded

    def compact(self) -> tuple[int, int]:
        """Write the file anew without the space of deleted items; its bytes before and after."""
        from dedup.store.compact import rewrite_file

        self._handle.require_format()
        before = self.path.stat().st_size
        try:
            with self._explained():
                rewrite_file(self._handle)
        finally:
            self.close()
        return before, self.path.stat().st_size
