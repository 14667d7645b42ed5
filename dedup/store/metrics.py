"""A run's figures for Prometheus' textfile collector."""

from __future__ import annotations

from pathlib import Path

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
}


def write_metrics(path: str | Path, values: dict[str, float]) -> None:
    """Write the figures, as `dedup_NAME VALUE`, whole or not at all."""
    lines = []
    for name, (kind, said) in _HELP.items():
        if name in values:
            lines += [f"# HELP dedup_{name} {said}", f"# TYPE dedup_{name} {kind}"]
            lines.append(f"dedup_{name} {values[name]:.15g}")
    write_atomic(Path(path), ["".join(line + "\n" for line in lines).encode()])
