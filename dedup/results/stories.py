"""A story group as people read it: its title, when it began and ended, who told it, how it grew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pyarrow as pa

from dedup.readers.moments import moments
from dedup.result import Item, Link, Report, StoryGroup, StoryStep

#: Characters of the title of a story whose items have none.
TITLE_LENGTH = 100

#: A story that lasts longer than so many days is shown day by day, else hour by hour.
HOURLY_DAYS = 2.0

#: The item that says most is one whose mean score with the others is this part of the best at
#: least: a digest of the day is the longest, and is about other things.
CENTRAL_SHARE = 0.7


def tell_story(
    name: str,
    items: Sequence[Item],
    times: Sequence[float],
    words: Sequence[int],
    links: list[Link],
) -> StoryGroup:
    """The story group `name` of these items, which are in order of arrival.

    `times`: days since 1970, NaN where unknown; `words`: how many words each item has; `links`:
    the pairs that hold the group together.
    """
    scores = _scores(items, links)
    best = max(scores)
    central = min(range(len(items)), key=lambda i: (not items[i].title, -scores[i], i))
    near = [i for i, score in enumerate(scores) if score >= CENTRAL_SHARE * best]
    fullest = min(near, key=lambda i: (-words[i], i))
    known = [i for i, time in enumerate(times) if time == time]
    known.sort(key=lambda i: (times[i], i))
    return StoryGroup(
        name,
        [item.id for item in items],
        links,
        title=_title(items[central]),
        first=items[known[0]].published if known else "",
        last=items[known[-1]].published if known else "",
        sources=list(dict.fromkeys(item.source for item in items if item.source)),
        fullest=items[fullest].id,
        growth=_growth([items[i] for i in known], [times[i] for i in known]),
    )


def _scores(items: Sequence[Item], links: Sequence[Link]) -> list[float]:
    """The mean story score of each item with the others, an unlinked one counting 0."""
    sums: Mapping[str, list[float]] = {item.id: [] for item in items}
    for link in links:
        sums[link.a].append(link.score)
        sums[link.b].append(link.score)
    return [sum(sums[item.id]) / max(len(items) - 1, 1) for item in items]


def _title(item: Item) -> str:
    """The title of an item, or the beginning of its text up to a whole word."""
    if item.title:
        return item.title
    text = " ".join(item.excerpt.split())
    if len(text) <= TITLE_LENGTH:
        return text
    cut = text.rfind(" ", 0, TITLE_LENGTH)
    return text[: cut if cut > 0 else TITLE_LENGTH] + "…"


def _growth(items: Sequence[Item], times: Sequence[float]) -> list[StoryStep]:
    """How many items and sources there were at the end of each hour or day in which some came."""
    if not times:
        return []
    hourly = times[-1] - times[0] <= HOURLY_DAYS
    steps: dict[str, StoryStep] = {}
    sources: set[str] = set()
    for count, (item, time) in enumerate(zip(items, times, strict=True), 1):
        sources.update([item.source] if item.source else [])
        moment = dt.datetime(1970, 1, 1) + dt.timedelta(days=time)
        step = moment.strftime("%Y-%m-%dT%H" if hourly else "%Y-%m-%d")
        steps[step] = StoryStep(step, count, len(sources))
    return list(steps.values())


def utc_now() -> dt.datetime:
    """The time now, in UTC, without a zone."""
    return dt.datetime.now(dt.UTC).replace(tzinfo=None)


def times_of(items: Sequence[Item]) -> list[float]:
    """Times of publication in days since 1970, NaN where unknown."""
    if not items:
        return []
    times: list[float] = moments(pa.array([item.published for item in items])).tolist()
    return times


def recent_part(report: Report, days: float, now: dt.datetime) -> Report:
    """What of a report came in the last `days` before `now` (UTC): clusters and story groups with
    an item that was published since then, whole, and the items that they name.

    Its counts of clusters and groups are those of what is left; the others are as they were.
    """
    edge = (now - dt.datetime(1970, 1, 1)).total_seconds() / 86400 - days
    recent = np.asarray(times_of(report.items)) >= edge  # unknown times are not
    late = {item.id for item, new in zip(report.items, recent.tolist(), strict=True) if new}
    clusters = [one for one in report.clusters if any(member.id in late for member in one.members)]
    groups = [one for one in report.story_groups if not late.isdisjoint(one.items)]
    named = {member.id for one in clusters for member in one.members}
    named.update(item for one in groups for item in one.items)
    return msgspec.structs.replace(
        report,
        counts=report.counts | {"clusters": len(clusters), "story_groups": len(groups)},
        items=[item for item in report.items if item.id in named],
        clusters=clusters,
        story_groups=groups,
    )
