"""Story groups without chaining: a member is close to the group's core, not to a neighbour.

Units (kept items and single items) come in order of arrival. Each joins the group whose core
it is closest to, or founds its own. The core is the group's first few members, so it cannot
drift: what joins in the third week is measured against the first day, and lies in the window
of the founder or stays out.
"""

from __future__ import annotations

from collections.abc import Mapping

from dedup.columns.types import Float32Array, Int64Array
from dedup.story.score import STORY_SCORE, STORY_WINDOW
from dedup.story.sketch import UNKNOWN_TIME

#: The first members of a group, against which later ones are measured.
CORE_SIZE = 5

#: A unit's mean score with those members of the core that it is linked to must be this at least.
#: Pairs below tell one story often enough to be shown as pairs, but of the groups of two that were
#: made of them every second was wrong.
GROUP_SCORE = 1 / 3

#: The same where the core has several members: what joins them must be likelier than not, or each
#: reaction and each next stage of a much told happening comes in by a weak link.
JOIN_SCORE = 1 / 2


def assign_groups(
    left: Int64Array,
    right: Int64Array,
    scores: Float32Array,
    published: Int64Array,
    grouped: Mapping[int, int] | None = None,
    floor: float = STORY_SCORE,
    window: float = STORY_WINDOW,
) -> dict[int, int]:
    """The group of each unit that has a link: the number of the unit that founded the group.

    `left`, `right` int64 [links] are units, numbered in order of arrival; `scores` [links] of
    the links between them (a pair given twice counts by its best score); `published` int64
    [units], seconds or UNKNOWN_TIME. `grouped` gives units that earlier runs put into groups:
    they stay where they are, and their groups grow. A unit joins the group to whose core its
    mean score is highest, missing links counting 0, if that mean is at least `floor`, it is
    linked to more than half of the core with a mean score of at least `GROUP_SCORE`
    (`JOIN_SCORE` where the core has several members), and the founder's time is within
    `window`. Groups of one unit are named too; views leave them out.
    """
    groups: dict[int, int] = dict(grouped or {})
    cores: dict[int, list[int]] = {}
    for unit in sorted(groups):
        cores.setdefault(groups[unit], []).append(unit)
    for founder, members in cores.items():
        members.sort(key=lambda unit: (unit != founder, unit))
        del members[CORE_SIZE:]

    near: dict[int, dict[int, float]] = {}
    for a, b, score in zip(left.tolist(), right.tolist(), scores.tolist(), strict=True):
        for unit, other in ((a, b), (b, a)):
            links = near.setdefault(unit, {})
            links[other] = max(score, links.get(other, 0.0))

    for unit in sorted(near):
        if unit in groups:
            continue
        links = near[unit]
        near_groups = sorted({groups[other] for other in links if other in groups})
        best, home = floor, unit
        for founder in near_groups:
            if _seconds_apart(int(published[unit]), int(published[founder])) > window:
                continue
            core = cores[founder]
            known = [links[member] for member in core if member in links]
            if 2 * len(known) <= len(core):
                continue
            least = GROUP_SCORE if len(core) == 1 else JOIN_SCORE
            if sum(known) < least * len(known):
                continue
            mean = sum(known) / len(core)
            if mean >= best and (mean > best or home == unit):
                best, home = mean, founder
        groups[unit] = home
        core = cores.setdefault(home, [])
        if len(core) < CORE_SIZE:
            core.append(unit)
    return groups


def _seconds_apart(one: int, other: int) -> int:
    return 0 if UNKNOWN_TIME in (one, other) else abs(one - other)
