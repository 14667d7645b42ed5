"""Items, pairs and reports as tables that a person reads.

Whatever of a text is printed goes through `printable` first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TextIO

import pyarrow as pa

from dedup.result import Item, Pair, Report
from dedup.system.escaping import printable
from dedup.system.wording import counted
from dedup.views.tables import Row, print_sentence, print_table

#: Rows of an Arrow table that become Python objects at once.
BATCH_ROWS = 1 << 12

#: Columns of the two tables of a report.
CLUSTER_HEADS = (
    "cluster", "items", "removed as", "jaccard", "sources", "first", "last", "kept", "title",
)  # fmt: skip
GROUP_HEADS = ("story group", "items", "score", "sources", "first", "last", "title")

#: Characters of a title, of an id, of the names of sources.
TITLE_WIDTH, ID_WIDTH, SOURCES_WIDTH = 80, 60, 40


def print_items(table: pa.Table, file: TextIO) -> None:
    """Print the items that were read."""
    short = ("id", "role", "source", "region", "published")

    def rows() -> Iterator[Row]:
        for batch in table.to_batches(max_chunksize=BATCH_ROWS):
            for row in batch.to_pylist():
                what = printable(row["title"] or row["text"], 70)
                yield *(printable(row[name], ID_WIDTH) for name in short), what

    print_table((*short, "title or text"), rows, len(table), file, "items")


def print_pairs(pairs: Sequence[Pair], file: TextIO) -> None:
    """Print related pairs, scores first."""

    def rows() -> Iterator[Row]:
        for pair in pairs:
            scores = (f"{value:.2f}" for value in (pair.jaccard, pair.containment, pair.score))
            yield pair.relation, *scores, printable(pair.a, 80), printable(pair.b, 80)

    names = ("relation", "jaccard", "containment", "score", "a", "b")
    print_table(names, rows, len(pairs), file, "pairs")


def print_report(report: Report, file: TextIO) -> None:
    """Print the counts, then clusters and story groups, largest first."""
    items = {item.id: item for item in report.items}
    print_sentence(headline(report), file)

    def clusters() -> Iterator[Row]:
        for cluster in report.clusters:
            members = [items[member.id] for member in cluster.members]
            removed = cluster.members[1:]
            relations = Counter(member.relation for member in removed)
            yield (
                cluster.id,
                str(len(members)),
                ", ".join(f"{n} {name}" for name, n in relations.items()),
                _between([member.jaccard for member in removed]),
                _sources(members),
                *_times(members),
                printable(cluster.kept, ID_WIDTH),
                title_of(items[cluster.kept]),
            )

    def groups() -> Iterator[Row]:
        for group in report.story_groups:
            members = [items[item] for item in group.items]
            yield (
                group.id,
                str(len(members)),
                _between([link.score for link in group.links]),
                _sources(members),
                *_times(members),
                printable(group.title, TITLE_WIDTH) or title_of(members[0]),
            )

    if report.clusters:
        print_table(CLUSTER_HEADS, clusters, len(report.clusters), file, "clusters")
    if report.story_groups:
        print_table(GROUP_HEADS, groups, len(report.story_groups), file, "story groups")


def headline(report: Report) -> str:
    """The counts of a report in one sentence."""
    counts = report.counts
    stories, teasers, clusters, groups, skipped = (
        counted(counts[name], one, many)
        for name, one, many in (
            ("stories", "story", "stories"),
            ("teasers", "teaser", "teasers"),
            ("clusters", "cluster", "clusters"),
            ("story_groups", "story group", "story groups"),
            ("skipped", "record", "records"),
        )
    )
    return (
        f"{stories}, {teasers}: {counts['kept']} kept, {counts['removed']} removed in {clusters}; "
        f"{groups}; {skipped} skipped"
    )


def title_of(item: Item) -> str:
    """The title of an item, or the beginning of its text, on one line."""
    return printable(item.title or item.excerpt, TITLE_WIDTH)


def _times(items: list[Item]) -> tuple[str, str]:
    known = sorted(item.published for item in items if item.published)
    return (printable(known[0], 16), printable(known[-1], 16)) if known else ("", "")


def _between(values: list[float]) -> str:
    """The lowest and the highest; one number if they read the same."""
    ends = sorted({f"{value:.2f}" for value in values})
    return "–".join(dict.fromkeys((ends[0], ends[-1]))) if ends else ""


def _sources(items: list[Item]) -> str:
    names = list(dict.fromkeys(printable(item.source) for item in items if item.source))
    others = f" +{len(names) - 2}" if len(names) > 2 else ""
    return printable(", ".join(names[:2]), SOURCES_WIDTH) + others
