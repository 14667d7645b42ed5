"""A run's figures for Prometheus' textfile collector."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from dedup.store.result import Info, SourceFigures, Update
from dedup.store.sql import Connection
from dedup.store.watching import source_figures
from dedup.system.atomic import write_atomic

_HELP = {
    "items": ("gauge", "Items that the store holds now."),
    "new": ("gauge", "New items of the last update."),
    "unchanged": ("gauge", "Items of the last update that the store held already."),
    "changed": ("gauge", "Items of the last update that came with another text."),
    "kept": ("gauge", "Items that the last update kept."),
    "removed": ("gauge", "Items that the last update removed."),
    "skipped": ("gauge", "Records that the last update could not take."),
    "seconds": ("gauge", "Duration of the last update."),
    "store_bytes": ("gauge", "Size of the store's file."),
    "last_success_timestamp_seconds": ("gauge", "When the last update ended."),
    "removed_share": ("gauge", "Share of the last update's items that were removed."),
    "largest_cluster_items": ("gauge", "Items of the largest cluster."),
    "learned_age_seconds": ("gauge", "Time since lines or the rarity of words were learned."),
}

#: Figures of each source, by the name of the field they come from.
_OF_SOURCES = {
    "items": ("source_items", "Items of the last update, by source."),
    "removed": ("source_removed", "Items of the last update that were removed, by source."),
}


def write_night(path: Path, db: Connection, info: Info, summary: Update) -> None:
    """Write the figures of the update that has just ended, and of the store after it."""
    came = summary.kept + summary.removed
    values: dict[str, float] = {
        **{name: getattr(summary, name) for name in summary.__struct_fields__},
        "items": info.items,
        "store_bytes": info.bytes,
        "last_success_timestamp_seconds": round(time.time()),
        "removed_share": summary.removed / max(came, 1),
        "largest_cluster_items": max((one.items for one in info.largest_clusters), default=0),
    }
    if info.learned_days is not None:
        values["learned_age_seconds"] = round(info.learned_days * 86400)
    write_metrics(path, values, source_figures(db, info.nights[0].run) if came else [])


def write_metrics(
    path: str | Path, values: dict[str, float], sources: Sequence[SourceFigures] = ()
) -> None:
    """Write the figures, as `dedup_NAME VALUE`, whole or not at all."""
    lines = []
    for name, (kind, help) in _HELP.items():
        if name in values:
            lines += [f"# HELP dedup_{name} {help}", f"# TYPE dedup_{name} {kind}"]
            lines.append(f"dedup_{name} {values[name]:.15g}")
    for field, (name, help) in _OF_SOURCES.items() if sources else ():
        lines += [f"# HELP dedup_{name} {help}", f"# TYPE dedup_{name} gauge"]
        lines += [
            f'dedup_{name}{{source="{_label(figures.source)}"}} {getattr(figures, field)}'
            for figures in sources
        ]
    write_atomic(Path(path), ["".join(line + "\n" for line in lines).encode()])


def _label(text: str) -> str:
    """A text as the value of a label."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
