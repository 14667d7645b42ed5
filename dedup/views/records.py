"""Flat views: the same columns as CSV, JSON lines and Parquet.

Column names and types are a contract for spreadsheets and data frames; a missing value is
an empty string, a score is a float64.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from dedup.result import Item, Pair, Report

#: Columns of `dedup items`, in order.
ITEM_COLUMNS = ("id", "role", "parent", "source", "region", "published", "title", "text")

#: What begins a formula in a spreadsheet.
_FORMULA = "^[=+\\-@\t\r]"


def item_table(table: pa.Table) -> pa.Table:
    """Columns of `dedup items`: all string."""
    return table.select(list(ITEM_COLUMNS))


def pair_table(rows: Sequence[Pair]) -> pa.Table:
    """Columns of `dedup pairs`: a, b, relation string; jaccard, containment, score float64."""
    columns = {name: pa.string() for name in ("a", "b", "relation")}
    columns |= {name: pa.float64() for name in ("jaccard", "containment", "score")}
    return pa.table(
        {
            name: pa.array([getattr(row, name) for row in rows], kind)
            for name, kind in columns.items()
        }
    )


def report_table(report: Report) -> pa.Table:
    """One row for each item that a cluster or a story group names.

    cluster, kept, id, relation (`kept`, `identical`, `reprint`, `excerpt`; empty for an item of a
    story group alone), jaccard, containment (against the kept item), group, role, source,
    published, title.
    """
    items = {item.id: item for item in report.items}
    group = {one: found.id for found in report.story_groups for one in found.items}
    rows: list[tuple[object, ...]] = []
    clustered = set()
    for cluster in report.clusters:
        of_group = group.get(cluster.kept, "")
        for member in cluster.members:
            scores = (member.relation, member.jaccard, member.containment)
            rows.append((cluster.id, cluster.kept, member.id, *scores, of_group))
            clustered.add(member.id)
    for found in report.story_groups:
        for one in found.items:
            if one not in clustered:
                rows.append(("", "", one, "", None, None, found.id))
    facts = [_facts(items[str(row[2])]) for row in rows]
    names = ("cluster", "kept", "id", "relation", "jaccard", "containment", "group")
    more = ("role", "source", "published", "title")
    columns = {
        name: pa.array(
            [row[place] for row in rows],
            pa.float64() if name in ("jaccard", "containment") else pa.string(),
        )
        for place, name in enumerate(names)
    }
    columns |= {
        name: pa.array([fact[place] for fact in facts], pa.string())
        for place, name in enumerate(more)
    }
    return pa.table(columns)


def _facts(item: Item) -> tuple[str, str, str, str]:
    return item.role, item.source, item.published, item.title


def as_jsonl(table: pa.Table) -> bytes:
    """One JSON object a line, UTF-8, columns in order."""
    encoder = msgspec.json.Encoder()
    # Structs are made and written several times as fast as dictionaries.
    fields = [(f"f{i}", Any, msgspec.field(name=name)) for i, name in enumerate(table.column_names)]
    row = msgspec.defstruct("Row", fields, gc=False)
    out = []
    for batch in table.to_batches(max_chunksize=4096):
        columns = [column.to_pylist() for column in batch.columns]
        out.append(encoder.encode_lines(list(map(row, *columns))))
    return b"".join(out)


def as_csv(table: pa.Table) -> bytes:
    """CSV, UTF-8, with a header. A cell that a spreadsheet would take for a formula gets an
    apostrophe in front."""
    import pyarrow.compute as pc

    columns = []
    for name in table.column_names:
        column = table.column(name)
        if column.type == pa.string():
            risky = pc.match_substring_regex(column, _FORMULA)
            guarded = pc.binary_join_element_wise("'", column, "")
            column = pc.if_else(risky, guarded, column)
        columns.append(column)
    sink = io.BytesIO()
    pyarrow.csv.write_csv(pa.table(columns, names=table.column_names), sink)
    return sink.getvalue()


def as_parquet(table: pa.Table) -> bytes:
    """Parquet, zstd."""
    sink = io.BytesIO()
    pyarrow.parquet.write_table(table.combine_chunks(), sink, compression="zstd")
    return sink.getvalue()


#: Writers by format.
WRITERS = {"jsonl": as_jsonl, "csv": as_csv, "parquet": as_parquet}
