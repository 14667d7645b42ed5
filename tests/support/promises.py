"""What every report promises, whatever it was made from; shared by tests of runs and of stores."""

from __future__ import annotations

from collections.abc import Iterable

from dedup.result import Pair, Report


def goes_by_a_pair(report: Report, pairs: Iterable[Pair]) -> None:
    """Each removed item is directly related to the kept one, by a pair with these scores."""
    known = {(pair.a, pair.b): pair for pair in pairs}
    for cluster in report.clusters:
        for member in cluster.members[1:]:
            pair = known[cluster.kept, member.id]
            assert (pair.relation, pair.jaccard, pair.containment) == (
                member.relation,
                member.jaccard,
                member.containment,
            )
