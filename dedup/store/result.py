"""What the methods of a store answer."""

from __future__ import annotations

from typing import Any

import msgspec

from dedup.results.explanation import Explanation


class Update(msgspec.Struct, frozen=True):
    """What an update did. `clusters` counts those that a removed item joined."""

    new: int
    unchanged: int
    changed: int
    kept: int
    removed: int
    clusters: int
    skipped: int
    seconds: float


class Match(msgspec.Struct, frozen=True):
    """A stored item that is related to a text; the closest comes first. `kept` is the kept item of
    its cluster."""

    id: str
    relation: str
    rule: str
    jaccard: float
    containment: float
    score: float
    source: str
    published: str
    title: str
    kept: str
    cluster: str


class Matches(msgspec.Struct, frozen=True):
    """What the store holds that is related to the text `id`, closest relation first."""

    id: str
    matches: list[Match]


class Event(msgspec.Struct, frozen=True):
    """One decision about an item; `kept` is "" where it had no kept item to go for."""

    run: int
    began: str
    id: str
    kept: str
    relation: str
    rule: str
    jaccard: float | None
    containment: float | None
    why: str


class Recorded(msgspec.Struct, frozen=True):
    """What the store has on record of two items: the pair (relation "" if none was found), the
    run that judged it, by which version of what was learned; every decision on either; and `rules`:
    by which versions of the rules, of the way to words and of the index the pair was judged."""

    relation: str
    rule: str
    jaccard: float
    containment: float
    score: float
    run: int
    version: int
    decisions: list[Event]
    rules: dict[str, Any] = {}


class StoreExplanation(Explanation, frozen=True):
    """An explanation, and what is on record."""

    recorded: Recorded


class SourceFigures(msgspec.Struct, frozen=True):
    """Of a source: present items, how many of them are removed, and their share."""

    source: str
    items: int
    removed: int
    share: float


class NightFigures(msgspec.Struct, frozen=True):
    """Of an update: items that were new or came with another text, and the share removed."""

    run: int
    began: str
    new: int
    changed: int
    removed: int
    share: float


class ClusterSize(msgspec.Struct, frozen=True):
    """Of a cluster: its id, its kept item and how many items it has."""

    id: str
    kept: str
    items: int


class Info(msgspec.Struct, frozen=True):
    """What a store holds.

    - `bytes`: the size of its file.
    - `version`: counts how often something was learned; `learned_days` is how many days ago that
      was.
    - `learned_lines`: how many repeated lines are known; `documents`: from how many items the
      rarity of stems was counted.
    - `sources`: those with the most items; `nights`: the last ones; `largest_clusters`: the
      clusters with the most items.
    """

    path: str
    format: int
    fingerprint: dict[str, Any]
    items: int
    kept: int
    removed: int
    history: int
    pairs: int
    clusters: int
    story_groups: int
    runs: int
    first_run: str
    last_run: str
    version: int
    learned_lines: int
    documents: int
    bytes: int
    learned_days: float | None = None
    sources: list[SourceFigures] = []
    nights: list[NightFigures] = []
    largest_clusters: list[ClusterSize] = []


class Forgotten(msgspec.Struct, frozen=True):
    """What `forget` did.

    - `items`: how many items were deleted.
    - `replaced`: clusters whose kept item was deleted: (cluster, id of the old one, id of the new
      one).
    - `restored`: ids of removed items that are kept now, because no kept item is like them any
      more.
    - `moved`: items that are removed because of another item now: (id, id of the old one, id of
      the new one).
    - `unknown`: ids that the store does not hold.
    """

    items: int
    replaced: list[tuple[str, str, str]]
    restored: list[str]
    unknown: list[str] = []
    moved: list[tuple[str, str, str]] = []


class Reviewed(msgspec.Struct, frozen=True):
    """What a review did: its number in the history, the verdict on `id` (`other_id`: what it is
    removed for or split from), who gave it and why; `removed` (id, its kept id), `restored` (ids
    kept now) and `moved` (id, its old kept id, its new one)."""

    run: int
    verdict: str
    id: str
    other_id: str
    reviewer: str
    reason: str
    removed: list[tuple[str, str]]
    restored: list[str]
    moved: list[tuple[str, str, str]]


class UpgradePlan(msgspec.Struct, frozen=True):
    """What an upgrade would do. `differences`: name of a version -> in the store, now;
    `bytes_needed` beside the store for the copy, of `bytes_free`."""

    path: str
    from_format: int
    to_format: int
    differences: dict[str, list[Any]]
    items: int
    pairs: int
    bytes_needed: int
    bytes_free: int


class Upgraded(msgspec.Struct, frozen=True):
    """What an upgrade did. `judged_otherwise`: pairs that today's rules judge otherwise than they
    are on record, `otherwise` by relations (`reprint -> overlap`); `restored`: ids of removed items
    that are kept again (only if pairs were judged anew); `run`: its number in the history."""

    from_format: int
    to_format: int
    differences: dict[str, list[Any]]
    items: int
    pairs: int
    judged_otherwise: int
    otherwise: dict[str, int]
    restored: list[str]
    run: int
    bytes_before: int
    bytes_after: int
    seconds: float


class Exchanged(msgspec.Struct, frozen=True):
    """What an export or an import has written: where, rows of each table, bytes of Parquet."""

    place: str
    rows: dict[str, int]
    bytes: int


class BackedUp(msgspec.Struct, frozen=True):
    """A backup: where it is, what it holds, and whether a job was at work on the store meanwhile
    (then it is the store before that job's next commit, or after its last)."""

    place: str
    items: int
    runs: int
    bytes: int
    at_work: bool
