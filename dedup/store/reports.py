"""Reports of all that a store holds."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

from dedup.result import Report
from dedup.results.report_parts import build_report
from dedup.results.stories import recent_part, utc_now
from dedup.settings import Settings, window_days
from dedup.store import queries
from dedup.store.sql import Connection

if TYPE_CHECKING:
    from dedup.results.html_data import Evidence

#: A time before now, as `dedup.settings.window_days` takes it.
Since = str | float | dt.timedelta | None


def stored_report(db: Connection, settings: Settings, since: Since) -> Report:
    """Clusters and story groups, or those with an item published `since`. Raises SettingsError."""
    days = window_days(since)
    return _recent(build_report(queries.decisions_of(db, settings)), days)


def stored_report_with_evidence(
    db: Connection, settings: Settings, since: Since
) -> tuple[Report, Evidence]:
    """The report, and what the HTML view shows beyond it. Raises SettingsError."""
    from dedup.results.html_data import gather_evidence

    days = window_days(since)
    sql = 'SELECT source, count(*) FROM items WHERE "current" GROUP BY source ORDER BY 1'
    sources = dict(db.execute(sql).fetchall())
    answer = queries.decisions_of(db, settings)
    explain = partial(queries.explain_stored, db, settings)
    return _recent(build_report(answer), days), gather_evidence(answer, sources, explain)


def _recent(report: Report, days: float | None) -> Report:
    return report if days is None else recent_part(report, days, utc_now())
