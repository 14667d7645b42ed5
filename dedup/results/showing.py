"""One cluster, story group or item by its name: its members, their scores and the rules."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from dedup.result import Cluster, Item, Report, StoryGroup
from dedup.results.explanation import Explanation


class ShownMember(msgspec.Struct, frozen=True):
    """An item of what is shown.

    `relation`, the scores and the rule are those towards `to`: in a cluster the kept item, in a
    story group the item that this one is linked with most closely. They are empty for the kept
    item itself.
    """

    id: str
    source: str
    published: str
    title: str
    relation: str
    to: str = ""
    jaccard: float | None = None
    containment: float | None = None
    score: float | None = None
    rule: str = ""
    says: str = ""


class Shown(msgspec.Struct, frozen=True):
    """What `dedup show` shows.

    `kind`: `cluster`, `story group` or `item` (an item that is in neither); `id`: of the cluster,
    group or item; `kept`: the kept item of a cluster; `story_group`: the group that the kept item
    is in; `pair`: the explanation of the removed item that was asked for and its kept item.
    """

    kind: str
    id: str
    kept: str
    story_group: str
    members: list[ShownMember]
    pair: Explanation | None = None


def show_of_report(
    name: str,
    report: Report,
    rules: Mapping[tuple[str, str], str],
    sentences: Mapping[str, str],
    link_scores: Mapping[tuple[str, str], tuple[float, float]],
) -> Shown | None:
    """The cluster, or else the story group, that has this name or an item of this name.

    `rules`, `sentences` and `link_scores` are those of `dedup.results.html_data.Evidence`. None
    where nothing of the report has the name.
    """
    items = {item.id: item for item in report.items}
    groups = {item: group for group in report.story_groups for item in group.items}
    for cluster in report.clusters:
        if cluster.id == name or any(member.id == name for member in cluster.members):
            group = groups.get(cluster.kept)
            return _cluster(cluster, items, rules, sentences, group.id if group else "")
    for group in report.story_groups:
        if group.id == name or name in group.items:
            return _group(group, items, rules, sentences, link_scores)
    return None


def shown_item(item: Item) -> Shown:
    """An item that is in no cluster and no story group."""
    return Shown("item", item.id, item.id, "", [_member(item, "kept")])


def removed_pair(shown: Shown, name: str) -> tuple[str, str] | None:
    """The kept item and the removed item of this name, if it is a removed item."""
    if shown.kind != "cluster" or name == shown.kept:
        return None
    named = any(member.id == name for member in shown.members)
    return (shown.kept, name) if named else None


def _member(item: Item, relation: str) -> ShownMember:
    title = item.title or item.excerpt
    return ShownMember(item.id, item.source, item.published, title, relation)


def _cluster(
    cluster: Cluster,
    items: Mapping[str, Item],
    rules: Mapping[tuple[str, str], str],
    sentences: Mapping[str, str],
    story_group: str,
) -> Shown:
    members = []
    for member in cluster.members:
        shown = _member(items[member.id], member.relation)
        if member.id != cluster.kept:
            rule = rules.get((cluster.kept, member.id), "")
            shown = msgspec.structs.replace(
                shown,
                to=cluster.kept,
                jaccard=member.jaccard,
                containment=member.containment,
                rule=rule,
                says=sentences.get(rule, ""),
            )
        members.append(shown)
    return Shown("cluster", cluster.id, cluster.kept, story_group, members)


def _group(
    group: StoryGroup,
    items: Mapping[str, Item],
    rules: Mapping[tuple[str, str], str],
    sentences: Mapping[str, str],
    link_scores: Mapping[tuple[str, str], tuple[float, float]],
) -> Shown:
    members = []
    for name in group.items:
        shown = _member(items[name], "")
        links = [link for link in group.links if name in (link.a, link.b)]
        if links:
            link = max(links, key=lambda link: link.score)
            rule = rules.get((link.a, link.b), "")
            jaccard, containment = link_scores.get((link.a, link.b), (None, None))
            shown = msgspec.structs.replace(
                shown,
                relation=link.relation,
                to=link.b if name == link.a else link.a,
                jaccard=jaccard,
                containment=containment,
                score=link.score,
                rule=rule,
                says=sentences.get(rule, ""),
            )
        members.append(shown)
    return Shown("story group", group.id, "", group.id, members)
