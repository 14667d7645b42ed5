"""Reading a store: reports, pairs, matches, explanations, in the objects of every other view."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from msgspec import structs

from dedup.columns.types import Int64Array
from dedup.errors import UnknownItem
from dedup.index.postings import pack
from dedup.match.forms import RecurringForms
from dedup.pipeline.corpus import Corpus
from dedup.pipeline.history import KnownItems
from dedup.pipeline.prepare import Sketcher
from dedup.pipeline.run import RunResult, decide, run
from dedup.readers.memory import Inputs
from dedup.readers.moments import moments
from dedup.readers.read_options import ReadOptions
from dedup.result import EXCERPT, Skipped
from dedup.results.build import RELATION_NAMES, Decisions, rule_name
from dedup.results.explanation import ComparedText, explain_texts
from dedup.settings import Settings
from dedup.store.derived_items import DerivedItems
from dedup.store.history import StoreHistory
from dedup.store.learned import Learned
from dedup.store.point_lookups import items_at
from dedup.store.result import Event, Match, Matches, Recorded, StoreExplanation
from dedup.store.sql import Connection, bind_arrays, fetch_columns, fetch_table
from dedup.store.stored_pairs import PAIR_COLUMNS, read_pairs
from dedup.story.rarity import DocumentCounts, Rarity
from dedup.story.stems import Vocabulary
from dedup.system.scratch import ScratchFolder


def lookup(db: Connection, numbers: Int64Array, names: list[str]) -> pa.Table:
    """The named columns of items, in the order asked."""
    with bind_arrays(db, place=np.arange(len(numbers)), item=numbers):
        made = {"excerpt": f"left(text, {EXCERPT})"}
        chosen = ", ".join(f"{made.get(name, f'items.{name}')} AS {name}" for name in names)
        sql = f"""
            SELECT {chosen} FROM bound JOIN {items_at(np.sort(numbers))} AS items
            ON items.item = bound.item ORDER BY place
        """
        return fetch_table(db, sql)


def decisions_of(db: Connection, settings: Settings) -> Decisions:
    """All that a store holds, as the builders of results take it."""
    roles = dict(
        db.execute('SELECT role, count(*) FROM items WHERE "current" GROUP BY role').fetchall()
    )
    removed_items, kept = fetch_columns(db, "SELECT item, kept FROM members ORDER BY item")
    stored = read_pairs(
        fetch_table(
            db,
            f"""
            SELECT {PAIR_COLUMNS} FROM pairs
            WHERE a IN (SELECT item FROM items WHERE "current")
              AND b IN (SELECT item FROM items WHERE "current")
            """,
        )
    )
    pairs = stored.pairs
    known = pack(pairs.left, pairs.right)
    ends = np.minimum(removed_items, kept), np.maximum(removed_items, kept)
    removed_rows = np.searchsorted(known, pack(*ends))
    groups = db.execute("SELECT item, founder FROM story_groups").fetchall()
    heads = db.execute(
        "SELECT kept, id FROM clusters WHERE kept IN (SELECT kept FROM members)"
    ).fetchall()
    founders = db.execute("SELECT founder, min(id) FROM story_groups GROUP BY founder").fetchall()
    return Decisions(
        settings=settings.as_dict(),
        stories=roles.get("story", 0),
        teasers=roles.get("teaser", 0),
        pairs=pairs,
        removed_rows=removed_rows,
        removed_items=removed_items,
        groups=dict(groups),
        items=lambda numbers, names: lookup(db, numbers, names),
        skipped=[],
        cluster_names=dict(heads),
        group_names=dict(founders),
        rule_names=stored.rule_name,
        words=lambda numbers: lookup(db, numbers, ["words"]).column("words").to_numpy(),
    )


class SoughtText(NamedTuple):
    """A text to look for, as an item has it; `published` as ISO 8601, empty if unknown."""

    text: str
    title: str = ""
    published: str = ""

    def table(self) -> pa.Table:
        """The text as a table of one item."""
        names = ("title", "text", "source")
        columns = {
            name: pa.array([value], pa.string())
            for name, value in zip(names, (self.title, self.text, ""), strict=True)
        }
        moment = moments(pa.array([self.published], pa.string()))
        return pa.table({**columns, "moment": pa.array(moment)})


class _Asking(StoreHistory):
    """What a store answers to texts that are not items of it, whatever ids it holds."""

    def known_items(self, items: Corpus) -> KnownItems:
        return KnownItems.none(len(items))


class _AskingOnce(_Asking):
    """What it answers to one text, for which it reads no table as a whole."""

    def rarity(self, counts: DocumentCounts) -> Rarity:
        return self.tables.looked_up_rarity()


def find_matches(db: Connection, settings: Settings, sought: SoughtText) -> list[Match]:
    """What the store holds that is related to a text: a run of one item that writes nothing.

    All of it is done in one thread: a single text is no work for more.
    """
    vocabulary = Vocabulary() if settings.finds("stories") else None
    with ScratchFolder() as folder:
        history = _AskingOnce(db, folder, False, None, 0.0)
        corpus = DerivedItems([sought.table()], vocabulary, 1)
        try:
            outcome = decide(corpus, vocabulary, settings, history, 1)
        finally:
            corpus.close()
    return matches(db, outcome, np.arange(len(outcome.pairs.left)))


def find_many(
    db: Connection,
    settings: Settings,
    inputs: Inputs,
    reading: ReadOptions,
    workers: int,
) -> tuple[list[Matches], list[Skipped]]:
    """What the store holds that is related to each of many texts, in their order; and the records
    that are not texts. One run of all of them, which writes nothing."""
    # Nothing is decided here, so no rank is asked of the records.
    settings = structs.replace(settings, prefer_field="")
    with ScratchFolder() as folder:
        history = _Asking(db, folder, False, None, 0.0)
        outcome = run(
            inputs, settings, reading=reading, workers=workers, history=history, columns=["id"]
        )
        try:
            order = np.argsort(outcome.items.reading_order)
            ids = outcome.items.table(order, ["id"]).column("id").to_pylist()
        finally:
            outcome.items.close()
    first = len(outcome.stored.numbers)
    stored = np.flatnonzero(outcome.pairs.left < first)
    sought = outcome.pairs.right[stored] - first
    rows = stored[np.argsort(sought, kind="stable")]
    bounds = np.searchsorted(np.sort(sought), np.arange(len(order) + 1)).tolist()
    answers = [
        Matches(name, matches(db, outcome, rows[bounds[item] : bounds[item + 1]]))
        for item, name in zip(order.tolist(), ids, strict=True)
    ]
    return answers, outcome.items.skipped


def matches(db: Connection, outcome: RunResult, rows: Int64Array) -> list[Match]:
    """The stored items of some pairs of a run, closest relation first."""
    pairs = outcome.pairs.rows(rows)
    numbers = outcome.stored.numbers[pairs.left]
    order = np.lexsort((numbers, -pairs.score, -pairs.jaccard, -pairs.containment, pairs.relation))
    if not len(order):
        return []
    facts = _facts_of(db, numbers[order])
    return [
        Match(
            relation=RELATION_NAMES[pairs.relation[row]],
            rule=rule_name(int(pairs.rule[row])),
            jaccard=round(float(pairs.jaccard[row]), 4),
            containment=round(float(pairs.containment[row]), 4),
            score=round(float(pairs.score[row]), 4),
            **fact,
        )
        for row, fact in zip(order.tolist(), facts, strict=True)
    ]


def _facts_of(db: Connection, numbers: Int64Array) -> list[dict[str, str]]:
    """What a match says of items, in the order asked: the item kept in its place among it."""
    with bind_arrays(db, place=np.arange(len(numbers)), item=numbers):
        kept = fetch_table(
            db,
            """
            SELECT bound.item, coalesce(members.kept, bound.item) AS kept, clusters.id AS cluster
            FROM bound LEFT JOIN members ON members.item = bound.item
            JOIN clusters ON clusters.kept = coalesce(members.kept, bound.item) ORDER BY place
            """,
        )
    facts = lookup(db, numbers, ["id", "source", "published", "title"])
    keepers = lookup(db, kept.column("kept").to_numpy(), ["id"]).column("id")
    named = facts.append_column("kept", keepers).append_column("cluster", kept.column("cluster"))
    rows: list[dict[str, str]] = named.to_pylist()
    return rows


def explain_stored(db: Connection, settings: Settings, a: str, b: str) -> StoreExplanation:
    """Why two items of the store are related as they are, and what is on record of them.

    Raises UnknownItem.
    """
    one, other = _text_of(db, a), _text_of(db, b)
    recorded = _recorded(db, a, b)
    version = recorded.version if recorded.run else None
    learned = Learned(db)
    sketcher = Sketcher(Vocabulary(), learned.rarity(version))
    forms = RecurringForms(learned.forms(version))
    explained = explain_texts(one, other, settings, sketcher, learned.lines(version), forms)
    fields = {name: getattr(explained, name) for name in explained.__struct_fields__}
    return StoreExplanation(**fields, recorded=recorded)


_NO_PAIR = ("", "", 0.0, 0.0, 0.0, 0, 0, "{}")


def _text_of(db: Connection, identity: str) -> ComparedText:
    sql = 'SELECT id, title, text, source, published FROM items WHERE id = $id AND "current"'
    rows = db.execute(sql, {"id": identity}).fetchall()
    if not rows:
        raise UnknownItem(f'the store holds no item "{identity}"')
    return ComparedText(*rows[0])


def _recorded(db: Connection, a: str, b: str) -> Recorded:
    """The latest pair of any texts of the two ids."""
    pair = db.execute(
        """
        SELECT relation, rule, round(jaccard, 4), round(containment, 4), round(score, 4),
               pairs.run, pairs.version, coalesce(runs.rules, '{}')
        FROM pairs JOIN runs USING (run) JOIN items AS one ON one.item = pairs.a JOIN items AS other
        ON other.item = pairs.b WHERE [one.id, other.id] IN ([$a, $b], [$b, $a])
        ORDER BY pairs.run DESC, pairs.b DESC, pairs.a DESC LIMIT 1
        """,
        {"a": a, "b": b},
    ).fetchall()
    events = db.execute(
        """
        SELECT run, strftime(began, '%Y-%m-%dT%H:%M:%SZ'), id, coalesce(kept_id, ''), relation,
               rule, jaccard, containment, why
        FROM decisions JOIN runs USING (run) WHERE id IN ($a, $b) ORDER BY run, item
        """,
        {"a": a, "b": b},
    ).fetchall()
    relation, rule, jaccard, containment, score, run, version, rules = pair[0] if pair else _NO_PAIR
    return Recorded(
        relation,
        rule,
        jaccard,
        containment,
        score,
        run,
        version,
        [Event(*row) for row in events],
        json.loads(rules),
    )
