"""From numbers to names: items with their decision, pairs and clusters as DataFrames."""

from __future__ import annotations

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from dedup.match.rules import EXCERPT, IDENTICAL, REPRINT
from dedup.results.build import RELATION_NAMES, rule_name
from dedup.spark.frames import names_of
from dedup.spark.items import Batches
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


def named_items(items: DataFrame, goes: DataFrame, groups: DataFrame) -> DataFrame:
    """Items with their decision: columns `DECISION_SCHEMA`."""
    items_taken = items.where("reason is null").select(*_FACTS, *_PLACE)
    ids = items_taken.select(F.col("number").alias("keeper"), F.col("id").alias("removed_by"))
    going = goes.join(ids, "keeper").withColumnRenamed("removed", "number")
    heads = goes.select(F.col("keeper").alias("number"), F.lit(True).alias("head")).distinct()
    large = groups.groupBy("founder").agg(F.count("*").alias("n")).where("n > 1")
    founder_ids = items_taken.select(
        F.col("number").alias("founder"), F.col("id").alias("founder_id")
    )
    by_group = (
        groups.join(large, "founder")
        .join(founder_ids, "founder")
        .select(F.col("item").alias("number"), "founder_id")
    )
    whole = (
        items_taken.join(going.drop("keeper"), "number", "left")
        .join(heads, "number", "left")
        .join(by_group, "number", "left")
    )
    return whole.mapInArrow(_item_names, DECISION_SCHEMA)


def _item_names(batches: Batches) -> Batches:
    for batch in batches:
        rows = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        removed, ids, heads = rows["removed_by"], rows["id"], rows["head"]
        clusters = [
            cluster_name(by) if by is not None else cluster_name(one) if head else None
            for by, one, head in zip(removed, ids, heads, strict=True)
        ]
        relation = [None if one is None else RELATION_NAMES[one] for one in rows["relation"]]
        scores = [_rounded(rows[name]) for name in ("jaccard", "containment")]
        groups = [None if one is None else group_name(one) for one in rows["founder_id"]]
        yield pa.RecordBatch.from_arrays(
            [
                *(batch.column(name) for name in (*_FACTS, *_PLACE)),
                pa.array([one is None for one in removed]),
                pa.array(removed, pa.string()),
                pa.array(relation, pa.string()),
                *(pa.array(column, pa.float64()) for column in scores),
                pa.array(clusters, pa.string()),
                pa.array(groups, pa.string()),
            ],
            names_of(DECISION_SCHEMA),
        )


def named_pairs(items: DataFrame, pairs: DataFrame, goes: DataFrame) -> DataFrame:
    """Related pairs by ids: columns `PAIR_SCHEMA`."""
    gone = goes.select(F.col("removed").alias("number"), "keeper")
    items_taken = items.where("reason is null").select("number", "id").join(gone, "number", "left")

    def side(name: str) -> DataFrame:
        return items_taken.select(
            F.col("number").alias(name),
            F.col("id").alias(f"{name}_id"),
            F.col("keeper").alias(f"{name}_keeper"),
        )

    both = pairs.join(side("left"), "left").join(side("right"), "right")
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
    return chosen.mapInArrow(_pair_names, PAIR_SCHEMA)


def _pair_names(batches: Batches) -> Batches:
    for batch in batches:
        relation = [RELATION_NAMES[one] for one in batch.column("relation").to_pylist()]
        scores = [
            _rounded(batch.column(name).to_pylist()) for name in ("jaccard", "containment", "score")
        ]
        yield pa.RecordBatch.from_arrays(
            [
                *(batch.column(name) for name in ("left", "right", "a", "b")),
                pa.array(relation, pa.string()),
                *(pa.array(column, pa.float64()) for column in scores),
                pa.array([rule_name(one) for one in batch.column("rule").to_pylist()], pa.string()),
            ],
            names_of(PAIR_SCHEMA),
        )


def named_clusters(items: DataFrame, goes: DataFrame) -> DataFrame:
    """Clusters of two or more, a row for each member: columns `CLUSTER_SCHEMA`."""
    ids = items.where("reason is null").select("number", "id")
    sizes = goes.groupBy("keeper").agg((F.count("*") + 1).alias("size"))
    heads = sizes.join(ids, F.col("keeper") == F.col("number")).select(
        F.col("keeper").alias("head"), "size", F.col("id").alias("kept")
    )
    going = goes.join(ids, F.col("removed") == F.col("number")).select(
        F.col("keeper").alias("head"), "number", "id", "relation", "jaccard", "containment"
    )
    kept = heads.select(
        "head",
        F.col("head").alias("number"),
        F.col("kept").alias("id"),
        F.lit(None).cast("tinyint").alias("relation"),
        F.lit(1.0).alias("jaccard"),
        F.lit(1.0).alias("containment"),
    )
    return going.union(kept).join(heads, "head").mapInArrow(_cluster_names, CLUSTER_SCHEMA)


def _cluster_names(batches: Batches) -> Batches:
    for batch in batches:
        rows = {name: batch.column(name).to_pylist() for name in batch.schema.names}
        relation = ["kept" if one is None else RELATION_NAMES[one] for one in rows["relation"]]
        yield pa.RecordBatch.from_arrays(
            [
                pa.array([cluster_name(one) for one in rows["kept"]], pa.string()),
                *(batch.column(name) for name in ("size", "head", "number", "kept", "id")),
                pa.array(relation, pa.string()),
                pa.array(_rounded(rows["jaccard"]), pa.float64()),
                pa.array(_rounded(rows["containment"]), pa.float64()),
            ],
            names_of(CLUSTER_SCHEMA),
        )


def _rounded(scores: list[float | None]) -> list[float | None]:
    # Python's, as on one machine: Spark's round goes by the decimal digits.
    return [None if one is None else round(one, 4) for one in scores]
