"""What a run answers: the objects that every view (JSON, table, CSV, HTML) shows.

Field order is the order in the JSON contract `dedup.report/1`.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

#: Length of `Item.excerpt` in characters.
EXCERPT = 200

#: Relations by which the second item of a pair may go.
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
    """A kept item and the items that may go because of it; the kept one comes first."""

    id: str
    kept: str
    members: list[Member]


class Link(msgspec.Struct, frozen=True):
    """Why two items stand in one story group. `relation` is `story` or `overlap`."""

    a: str
    b: str
    relation: str
    score: float


class StoryGroup(msgspec.Struct, frozen=True):
    """Items that tell the same happening; nothing in it goes."""

    id: str
    items: list[str]
    links: list[Link]


class Pair(msgspec.Struct, frozen=True, gc=False):
    """Two related items. `a` stays where one goes.

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


class Report(msgspec.Struct, frozen=True):
    """The answer of `dedup report`; `dedup.report/1` when written as JSON."""

    schema: str
    settings: dict[str, Any]
    counts: dict[str, int]
    items: list[Item]
    clusters: list[Cluster]
    story_groups: list[StoryGroup]
    skipped: list[Skipped]

    def to_json(self) -> bytes:
        """The report as UTF-8 JSON, two spaces of indent, ending in a newline."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2) + b"\n"
