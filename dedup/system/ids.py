"""Names that last: the ids of clusters and of story groups.

A cluster is named after the item it was first kept for, a group after its founder, so the
same input gives the same names in a one-shot report and in a store that grows for years.
"""

from __future__ import annotations

from hashlib import blake2b


def cluster_name(kept_id: str, again: int = 0) -> str:
    """The id of the cluster of the item `kept_id`: "c" and 12 hex digits.

    `again` counts clusters that had this name before: a store that forgot an item and meets
    its id anew must not give the new cluster the old one's name.
    """
    return "c" + _digits(kept_id, again)


def group_name(founder_id: str, again: int = 0) -> str:
    """The id of the story group that the item `founder_id` founded: "s" and 12 hex digits."""
    return "s" + _digits(founder_id, again)


def _digits(identity: str, again: int) -> str:
    text = identity if not again else f"{identity}\0{again}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
