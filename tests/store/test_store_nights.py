"""Night by night: the pairs of one run, decisions by the plain rule, in any order of files."""

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from nightly import corpora, dump, write

import dedup
from dedup import Settings, Store

#: What is learned from the corpus is held fixed: nothing is.
FIXED = Settings(learn=False)
LIGHT = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def split(folder, records, nights):
    """A file for each night."""
    return [
        write(
            folder / f"night{night}.jsonl",
            [r for r, n in zip(records, nights, strict=True) if n == night],
        )
        for night in sorted(set(nights))
    ]


def plain(pairs):
    """Pairs whichever item is named first."""
    return {
        frozenset((pair.a, pair.b)): (pair.relation, pair.jaccard, pair.containment, pair.score)
        for pair in pairs
    }


def decide_plainly(records, nights, pairs, sizes):
    """DESIGN.md, "Clusters", word by word: who is kept, and for each other whom it goes for."""
    order = {"identical": 0, "reprint": 1, "excerpt": 2}
    near = {record["id"]: [] for record in records}
    for pair in pairs:
        if pair.relation in order:
            # `a` is the longer half of an excerpt; of copies either may go.
            near[pair.b].append((pair, pair.a))
            if pair.relation != "excerpt":
                near[pair.a].append((pair, pair.b))
    arrival = {}
    for night in sorted(set(nights)):
        own = [r for r, n in zip(records, nights, strict=True) if n == night]
        for record in sorted(own, key=lambda r: (r["published"] or "~", r["id"])):
            arrival[record["id"]] = (night, len(arrival))
    went, kept = {}, set()
    for night in sorted(set(nights)):
        own = [one for one, (n, _) in arrival.items() if n == night]
        known = {one for one, (n, _) in arrival.items() if n <= night}
        shorter = {
            pair.b
            for pair in pairs
            if pair.relation == "excerpt" and {pair.a, pair.b} <= known and pair.a not in went
        }
        first = [one for one in own if one not in shorter]
        then = sorted(
            (one for one in own if one in shorter), key=lambda one: (-sizes[one], arrival[one])
        )
        for one in [*first, *then]:
            homes = [
                (order[pair.relation], -pair.containment, -pair.jaccard, arrival[other], other)
                for pair, other in near[one]
                if other in kept
            ]
            if homes:
                went[one] = min(homes)[-1]
            else:
                kept.add(one)
    return went


@given(corpora())
@LIGHT
def test_nights_find_the_pairs_of_one_run_and_decide_by_the_plain_rule(corpus):
    records, nights = corpus
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = dedup.pairs([write(folder / "all.jsonl", records)], settings=FIXED, workers=1)
        with Store(folder / "s.duckdb", FIXED, workers=1) as store:
            for night in split(folder, records, nights):
                store.update([night])
            pairs = list(store.pairs())
            report = store.report()
            assert store.check() == []
        rows = dump(folder / "s.duckdb")["items"]
    assert plain(pairs) == plain(whole)
    went = {
        member.id: cluster.kept
        for cluster in report.clusters
        for member in cluster.members
        if member.relation != "kept"
    }
    sizes = {row[1]: row[14] for row in rows}
    assert went == decide_plainly(records, nights, pairs, sizes)


@given(corpora())
@LIGHT
def test_order_of_files_and_a_second_update_change_nothing(corpus):
    records, _ = corpus
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = [write(folder / f"{i}.jsonl", records[i::3]) for i in range(3)]
        files = [file for file in files if file.stat().st_size]
        dumps = []
        for number, order in enumerate((files, files[::-1])):
            path = folder / f"{number}.duckdb"
            outputs = {kind: folder / kind for kind in ("kept", "removed", "superseded")}
            with Store(path) as store:
                found = store.update(order, **outputs)
                assert found.new == len(records) == found.kept + found.removed
                dumps.append(dump(path))
                texts = [out.read_bytes() for out in outputs.values()]
                again = store.update(order, **outputs)
                assert (again.new, again.changed, again.unchanged) == (0, 0, len(records))
                assert [out.read_bytes() for out in outputs.values()] == texts
            assert dump(path) == dumps[-1]
        assert dumps[0] == dumps[1]
