"""What a run answers: the objects that every view (JSON, table, CSV, HTML) shows.

Field order is the order in the JSON contract `dedup.report/1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from dedup.columns.frames import Tabular
from dedup.errors import SettingsError

if TYPE_CHECKING:
    import pyarrow as pa

#: Length of `Item.excerpt` in characters.
EXCERPT = 200

#: Relations by which the second item of a pair can be removed.
REMOVING: tuple[Literal["identical", "reprint", "excerpt"], ...] = (
    "identical",
    "reprint",
    "excerpt",
)


class Skipped(msgspec.Struct, frozen=True):
    """An input record that was not taken, and why. `line` is 1-based; 0 means the whole input."""

    input: str
    line: int
    reason: str

    def __str__(self) -> str:
        place = f"{self.input}:{self.line}" if self.line else self.input
        return f"{place}: {self.reason}"


class Item(msgspec.Struct, frozen=True):
    """One item as a report shows it; times as the input gave them."""

    id: str
    role: str
    source: str
    published: str
    title: str
    excerpt: str


class Member(msgspec.Struct, frozen=True):
    """One member of a cluster; scores are against the kept item (1.0 for the kept item itself)."""

    id: str
    relation: str
    jaccard: float
    containment: float


class Cluster(msgspec.Struct, frozen=True):
    """A kept item and the items that are removed because of it; the kept one comes first."""

    id: str
    kept: str
    members: list[Member]


class Link(msgspec.Struct, frozen=True):
    """Why two items stand in one story group. `relation` is `story` or `overlap`."""

    a: str
    b: str
    relation: str
    score: float


class StoryStep(msgspec.Struct, frozen=True, gc=False):
    """How far a story had grown: `items` and `sources` at the end of `time`, which is an hour
    (2025-03-04T11) or, of a story of more than two days, a day (2025-03-04)."""

    time: str
    items: int
    sources: int


class StoryGroup(msgspec.Struct, frozen=True):
    """Kept items that tell the same happening; nothing in it is removed.

    `items` are in order of arrival. `title` is that of the item which is closest to the others;
    `first` and `last` are the earliest and the latest time of publication, as the items have it;
    `fullest` is the item that says most: the longest of those close to the others; `growth` says
    how the story grew, for items whose times are known.
    """

    id: str
    items: list[str]
    links: list[Link]
    title: str = ""
    first: str = ""
    last: str = ""
    sources: list[str] = []
    fullest: str = ""
    growth: list[StoryStep] = []


class Pair(msgspec.Struct, frozen=True, gc=False):
    """Two related items. Where one of them can be removed, it is `b`.

    `jaccard` and `containment` are exact, on word shingles of the texts as compared;
    `score` is the story score, 0.0 where none was computed. `rule` names the rule
    that gave the relation.
    """

    a: str
    b: str
    relation: str
    jaccard: float
    containment: float
    score: float
    rule: str = ""


class Report(Tabular, msgspec.Struct, frozen=True, dict=True):
    """The answer of `dedup report`; `dedup.report/1` when written as JSON.

    It is a sequence of its clusters, and `report["c0123456789ab"]` is the cluster of this id.
    """

    schema: str
    settings: dict[str, Any]
    counts: dict[str, int]
    items: list[Item]
    clusters: list[Cluster]
    story_groups: list[StoryGroup]
    skipped: list[Skipped]

    def rethreshold(self, **changes: Any) -> Report:
        """The report by other settings of what is removed, without a new run.

        `changes`: `remove`, `min_containment`, `min_jaccard`, `keep`, `prefer`,
        `prefer_over_length`. The report must be made with `keep_pairs=True`. Raises SettingsError.
        """
        reconsideration = self.__dict__.get("_reconsideration")
        if reconsideration is None:
            raise SettingsError("this report has no pairs; make it with keep_pairs=True")
        report: Report = reconsideration.report(changes)
        return report

    def to_json(self) -> bytes:
        """The report as UTF-8 JSON, two spaces of indent, ending in a newline."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"

    def __iter__(self) -> Iterator[Cluster]:
        return iter(self.clusters)

    def __len__(self) -> int:
        return len(self.clusters)

    def __getitem__(self, cluster: str) -> Cluster:
        """The cluster of this id. Raises KeyError."""
        for one in self.clusters:
            if one.id == cluster:
                return one
        raise KeyError(cluster)

    def to_arrow(self) -> pa.Table:
        """One row for each item that a cluster or a story group names.

        cluster, kept, id, relation (`kept`, `identical`, `reprint`, `excerpt`; empty for an item of
        a story group alone), jaccard, containment (against the kept item), group, role, source,
        published, title.
        """
        import pyarrow as pa

        items = {item.id: item for item in self.items}
        group_of = {item: group.id for group in self.story_groups for item in group.items}
        rows: list[tuple[object, ...]] = []
        clustered = set()
        for cluster in self.clusters:
            group = group_of.get(cluster.kept, "")
            for member in cluster.members:
                scores = (member.relation, member.jaccard, member.containment)
                rows.append((cluster.id, cluster.kept, member.id, *scores, group))
                clustered.add(member.id)
        for story_group in self.story_groups:
            for item in story_group.items:
                if item not in clustered:
                    rows.append(("", "", item, "", None, None, story_group.id))
        facts = [_facts(items[str(row[2])]) for row in rows]
        decision_columns = ("cluster", "kept", "id", "relation", "jaccard", "containment", "group")
        item_columns = ("role", "source", "published", "title")
        columns = {
            name: pa.array(
                [row[place] for row in rows],
                pa.float64() if name in ("jaccard", "containment") else pa.string(),
            )
            for place, name in enumerate(decision_columns)
        }
        columns |= {
            name: pa.array([fact[place] for fact in facts], pa.string())
            for place, name in enumerate(item_columns)
        }
        return pa.table(columns)


def _facts(item: Item) -> tuple[str, str, str, str]:
    return item.role, item.source, item.published, item.title


class Pairs(Tabular, msgspec.Struct, frozen=True):
    """Related pairs, in order of arrival, the settings they were found with, what was skipped.

    A sequence of its pairs.
    """

    settings: dict[str, Any]
    rows: list[Pair]
    skipped: list[Skipped]

    def __iter__(self) -> Iterator[Pair]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Pair:
        return self.rows[row]

    def to_arrow(self) -> pa.Table:
        """a, b, relation string; jaccard, containment, score float64."""
        return pair_table(self.rows)


def pair_table(rows: Sequence[Pair]) -> pa.Table:
    """Columns of pairs: a, b, relation string; jaccard, containment, score float64."""
    import pyarrow as pa

    kinds = {name: pa.string() for name in ("a", "b", "relation")}
    kinds |= {name: pa.float64() for name in ("jaccard", "containment", "score")}
    columns = {
        name: pa.array([getattr(row, name) for row in rows], kind) for name, kind in kinds.items()
    }
    return pa.table(columns)
