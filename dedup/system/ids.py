"""Ids that last: those of clusters and of story groups.

A cluster is named after the item for which it was first made, a story group after its founder. So
the same input gives the same ids in a report of one run and in a store that grows for years.
"""

from __future__ import annotations

from hashlib import blake2b


def cluster_name(kept_id: str, repeat: int = 0) -> str:
    """The id of the cluster of the item `kept_id`: "c" and 12 hex digits.

    `repeat`: how many clusters had this name before. A store that has forgotten an item and meets
    its id anew must not give the new cluster the name of the old one.
    """
    return "c" + _digits(kept_id, repeat)


def group_name(founder_id: str, repeat: int = 0) -> str:
    """The id of the story group that the item `founder_id` founded: "s" and 12 hex digits."""
    return "s" + _digits(founder_id, repeat)


def _digits(identity: str, repeat: int) -> str:
    text = identity if not repeat else f"{identity}\0{repeat}"
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
