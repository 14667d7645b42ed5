"""From numbers to names: items with their decision, pairs and clusters as DataFrames."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.columns.arrow import one_array
from dedup.match.rules import EXCERPT, IDENTICAL, POLICY, REPRINT
from dedup.pipeline.story_pairs import STORY_RULE_NAME
from dedup.results.build import RELATION_NAMES, rounded
from dedup.spark.clusters import REMOVAL_SCHEMA
from dedup.spark.exchange import Batches, addressed, on_workers, received
from dedup.spark.frames import names_of, numbers
from dedup.spark.groups import GROUP_SCHEMA
from dedup.spark.items import NUMBERED_FACT_SCHEMA, PLACE_BITS, of_schema
from dedup.system.ids import cluster_name, group_name

#: Items in arrival order. `kept`: whether it is kept; if not, `removed_by`: the id of the item that
#: is kept in its place, their `relation` and scores. `cluster`, `story_group`: names, null where
#: there is none of two or more.
DECISION_SCHEMA = (
    "number bigint, id string, role string, parent string, source string, region string,"
    " published string, title string, input string, line bigint, kept boolean,"
    " removed_by string, relation string, jaccard double, containment double,"
    " cluster string, story_group string"
)
#: Related pairs as `dedup.result.Pair`; `a` stays where one goes.
PAIR_SCHEMA = (
    "left bigint, right bigint, a string, b string, relation string, jaccard double,"
    " containment double, score double, rule string"
)
#: A row for each member of a cluster of two or more, the kept one (`relation` "kept") first.
CLUSTER_SCHEMA = (
    "cluster string, size bigint, head bigint, number bigint, kept string, id string,"
    " relation string, jaccard double, containment double"
)
#: What is written of items, pairs and clusters: without the numbers of one run.
ITEM_OUTPUT_SCHEMA = DECISION_SCHEMA.removeprefix("number bigint, ")
PAIR_OUTPUT_SCHEMA = PAIR_SCHEMA.removeprefix("left bigint, right bigint, ")
CLUSTER_OUTPUT_SCHEMA = CLUSTER_SCHEMA.replace("size bigint, head bigint, number bigint, ", "")
#: Records that were not taken.
SKIPPED_SCHEMA = "input string, line bigint, reason string"
_FACTS = ("number", "id", "role", "parent", "source", "region", "published", "title")
_PLACE = ("input", "line")
_SCORES = ("jaccard", "containment", "score")


#: Facts of items, who is removed, who stays for others, and of items of groups their founders.
_ITEMS, _REMOVED, _HEADS, _GROUPED = range(4)
_MESSAGES = {
    _ITEMS: NUMBERED_FACT_SCHEMA,
    _REMOVED: REMOVAL_SCHEMA,
    _HEADS: "number bigint",
    _GROUPED: GROUP_SCHEMA,
}


def named_items(items: DataFrame, decided: DataFrame, partitions: int) -> DataFrame:
    """Items with their decision, in order over the partitions: columns `DECISION_SCHEMA`.

    `items`: chunks (`dedup.spark.arrival.NUMBERED_SCHEMA`); `decided`: what `removal_messages` and
    `group_messages` tell their partitions.
    """
    facts = items.select(
        F.col("part").alias("target"),
        F.lit(_ITEMS).cast("tinyint").alias("kind"),
        F.col("facts").alias("message"),
    )
    return received(facts.union(decided), partitions, _MESSAGES, _decided, DECISION_SCHEMA)


def removal_messages(batches: Batches) -> Batches:
    """Who is removed (`REMOVAL_SCHEMA`), to the partitions of items: `MESSAGE_SCHEMA`."""
    for batch in batches:
        rows = of_schema(batch.columns, REMOVAL_SCHEMA)
        yield addressed(rows, numbers(batch.column("removed")) >> PLACE_BITS, _REMOVED)
        heads = np.unique(numbers(batch.column("keeper")))
        yield addressed(of_schema([pa.array(heads)], "number bigint"), heads >> PLACE_BITS, _HEADS)


def group_messages(batches: Batches) -> Batches:
    """Who is in a group (`GROUP_SCHEMA`), to the partitions of items: `MESSAGE_SCHEMA`."""
    for batch in batches:
        rows = of_schema(batch.columns, GROUP_SCHEMA)
        yield addressed(rows, numbers(batch.column("item")) >> PLACE_BITS, _GROUPED)


def _decided(target: int, arrived: Mapping[int, pa.Table]) -> Batches:
    items = arrived[_ITEMS].sort_by("number").combine_chunks()
    number = numbers(items.column("number"))

    def of_items(table: pa.Table, key: str) -> pa.Table:
        """Rows of a table by items; nulls where there is none."""
        row = np.full(len(number), -1)
        row[np.searchsorted(number, numbers(table.column(key)))] = np.arange(len(table))
        return table.take(pa.array(row, mask=row < 0))

    removal = of_items(arrived[_REMOVED], "removed")
    head = np.isin(number, numbers(arrived[_HEADS].column("number"))).tolist()
    removed, ids = removal.column("keeper_id").to_pylist(), items.column("id").to_pylist()
    founders = of_items(arrived[_GROUPED], "item").column("founder_id").to_pylist()
    clusters = [
        cluster_name(by) if by is not None else cluster_name(one) if leads else None
        for by, one, leads in zip(removed, ids, head, strict=True)
    ]
    scores = [_rounded(one_array(removal.column(name))) for name in ("jaccard", "containment")]
    columns = [
        *(one_array(items.column(name)) for name in (*_FACTS, *_PLACE)),
        pa.array([one is None for one in removed]),
        pa.array(removed, pa.string()),
        _RELATIONS.take(one_array(removal.column("relation"))),
        *scores,
        pa.array(clusters, pa.string()),
        pa.array([None if one is None else group_name(one) for one in founders], pa.string()),
    ]
    yield of_schema(columns, DECISION_SCHEMA)


def named_pairs(pairs: DataFrame, goes: DataFrame) -> DataFrame:
    """Related pairs by ids: columns `PAIR_SCHEMA`, in no order."""

    def side(name: str) -> DataFrame:
        return goes.select(F.col("removed").alias(name), F.col("keeper").alias(f"{name}_keeper"))

    named = ("left", "right", "relation", "shorter", *_SCORES, "rule", "left_id", "right_id")
    both = (
        pairs.select(*named).join(side("left"), "left", "left").join(side("right"), "right", "left")
    )
    copies = F.col("relation").isin(IDENTICAL, REPRINT)
    only_left = F.col("left_keeper").isNotNull() & F.col("right_keeper").isNull()
    # Does the right item stay? As `dedup.results.build.right_stays`.
    swap = (
        F.when(F.col("left_keeper") == F.col("right"), True)
        .when(F.col("right_keeper") == F.col("left"), False)
        .when(F.col("relation") == EXCERPT, F.col("shorter") == 0)
        .otherwise(copies & only_left)
    )
    chosen = both.select(
        "left",
        "right",
        F.when(swap, F.col("right_id")).otherwise(F.col("left_id")).alias("a"),
        F.when(swap, F.col("left_id")).otherwise(F.col("right_id")).alias("b"),
        "relation",
        "jaccard",
        "containment",
        "score",
        "rule",
    )
    return on_workers(chosen, pair_names, PAIR_SCHEMA)


def pair_names(batches: Batches) -> Batches:
    """Pairs with the ids `a` and `b`, and with relations and rules by number: `PAIR_SCHEMA`."""
    for batch in batches:
        columns = [
            *(batch.column(name) for name in ("left", "right", "a", "b")),
            _RELATIONS.take(batch.column("relation")),
            *(_rounded(batch.column(name)) for name in _SCORES),
            # The story rule, which has the number -1, stands last.
            _RULES.take(pa.array(numbers(batch.column("rule")) % len(_RULES))),
        ]
        yield pa.RecordBatch.from_arrays(columns, names_of(PAIR_SCHEMA))


def named_clusters(goes: DataFrame) -> DataFrame:
    """Clusters of two or more, a row for each member, in no order: columns `CLUSTER_SCHEMA`."""
    heads = goes.groupBy(F.col("keeper").alias("head")).agg(
        (F.count("*") + 1).alias("size"), F.first("keeper_id").alias("kept")
    )
    going = goes.select(
        F.col("keeper").alias("head"),
        F.col("removed").alias("number"),
        F.col("removed_id").alias("id"),
        "relation",
        "jaccard",
        "containment",
    )
    kept = heads.select(
        "head",
        F.col("head").alias("number"),
        F.col("kept").alias("id"),
        F.lit(None).cast("tinyint").alias("relation"),
        F.lit(1.0).alias("jaccard"),
        F.lit(1.0).alias("containment"),
    )
    return on_workers(going.union(kept).join(heads, "head"), cluster_names, CLUSTER_SCHEMA)


def cluster_names(batches: Batches) -> Batches:
    """Members of clusters with relations by number, null for the kept one: `CLUSTER_SCHEMA`."""
    for batch in batches:
        columns = [
            pa.array(map(cluster_name, batch.column("kept").to_pylist()), pa.string()),
            *(batch.column(name) for name in ("size", "head", "number", "kept", "id")),
            _RELATIONS.take(batch.column("relation")).fill_null("kept"),
            *(_rounded(batch.column(name)) for name in ("jaccard", "containment")),
        ]
        yield pa.RecordBatch.from_arrays(columns, names_of(CLUSTER_SCHEMA))


#: Names of relations and of rules by number.
_RELATIONS = pa.array(RELATION_NAMES)
_RULES = pa.array([*(rule.name for rule in POLICY), STORY_RULE_NAME])


def _rounded(scores: pa.Array) -> pa.Array:
    """To four places, as on one machine; nulls stay."""
    unknown = scores.is_null()
    return pc.if_else(
        unknown, None, pa.array(rounded(numbers(scores.fill_null(0.0))), pa.float64())
    )
