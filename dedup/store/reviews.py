"""An editor's word: an item is kept, is removed for another, or two items are not copies.

A review is written down by the ids of items, with a name and a reason, and put in force at once.
Later runs respect it: an item that is to be kept is not removed when it comes with another text,
and two items that are not copies do not remove each other. That one item is removed for another
holds for the texts that were reviewed: a new text is judged anew, for in doubt an item is kept.
A pair that a review has decided has the rule `editor`, which no upgrade judges anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from dedup._version import __version__
from dedup.errors import SettingsError, UnknownItem
from dedup.match.forms import RecurringForms
from dedup.pipeline.prepare import Sketcher
from dedup.results.explanation import ComparedText, explain_texts
from dedup.settings import Settings
from dedup.store.connection import commit
from dedup.store.fingerprint import versions
from dedup.store.learned import Learned
from dedup.store.reassign import (
    Moves,
    members_of,
    moves_of,
    reassign_members,
    record_decision,
)
from dedup.store.result import Reviewed
from dedup.store.sql import Connection, bind_arrays, fetch_columns, fetch_row
from dedup.store.story_groups import leave_groups
from dedup.store.writer import new_clusters
from dedup.story.stems import Vocabulary

#: The rule of a pair that an editor has decided.
EDITOR = "editor"

#: Words of the shorter text in relation to the longer, from which an editor's removal is recorded
#: as that of a reprint, not of an excerpt.
REPRINT_SHARE = 0.8

Verdict = Literal["keep", "remove", "split"]


class Review(NamedTuple):
    """A verdict on an item; `other_id`: the kept item it is removed for, or is split from."""

    verdict: Verdict
    id: str
    other_id: str = ""
    reviewer: str = ""
    reason: str = ""


class _Item(NamedTuple):
    number: int
    id: str
    kept: bool


def review_items(
    db: Connection, path: Path, settings: Settings, reviews: list[Review]
) -> list[Reviewed]:
    """Write down reviews and put them in force, all in one transaction.

    Raises UnknownItem for an id that the store does not hold, SettingsError for a verdict that
    cannot be: an item is removed only for another one, which is kept.
    """
    db.execute("BEGIN")
    (run,) = fetch_row(db, "SELECT coalesce(max(run), 0) + 1 FROM runs")
    done = []
    for number, review in enumerate(reviews, run):
        db.execute("INSERT INTO reviews VALUES (?, ?, ?, ?, ?, ?)", [number, *review])
        before = members_of(db)
        _put_in_force(db, settings, number, review)
        moves = moves_of(db, number, before)
        _run_row(db, settings, number, review, moves)
        done.append(Reviewed(number, *review, moves.removed, moves.restored, moves.moved))
    commit(db, path)
    return done


def _put_in_force(db: Connection, settings: Settings, run: int, review: Review) -> None:
    item = _item(db, review.id)
    if review.verdict == "keep":
        _keep(db, run, item, review)
        return
    other = _item(db, review.other_id)
    if item.number == other.number:
        raise SettingsError(f'"{review.id}" is one item; name two different items')
    if review.verdict == "remove":
        _remove(db, settings, run, item, other, review)
    else:
        _split(db, settings, run, item, other)


def _item(db: Connection, identity: str) -> _Item:
    rows = db.execute(
        """SELECT item, id, item NOT IN (SELECT item FROM members) FROM items
           WHERE id = ? AND "current" """,
        [identity],
    ).fetchall()
    if not rows:
        raise UnknownItem(f'the store holds no item "{identity}"')
    return _Item(*rows[0])


def _why(review: Review) -> str:
    who = f" of {review.reviewer}" if review.reviewer else ""
    return f"by a review{who}" + (f": {review.reason}" if review.reason else "")


def _keep(db: Connection, run: int, item: _Item, review: Review) -> None:
    if item.kept:
        return
    db.execute("DELETE FROM members WHERE item = ?", [item.number])
    new_clusters(db, run, np.array([item.number]))
    record_decision(db, run, item.number, item.id, "kept", _why(review))


def _remove(
    db: Connection, settings: Settings, run: int, item: _Item, kept: _Item, review: Review
) -> None:
    if not kept.kept:
        raise SettingsError(
            f'"{kept.id}" is removed itself, so nothing can be removed for it; name the item that '
            "is kept, or keep it first"
        )
    _write_pair(db, settings, run, item, kept, removing=True)
    db.execute("DELETE FROM clusters WHERE kept = ?", [item.number])
    leave_groups(db, f"SELECT {item.number}")
    (members,) = fetch_columns(
        db, "SELECT item FROM members WHERE kept = ? ORDER BY item", [item.number]
    )
    db.execute("DELETE FROM members WHERE item = ?", [item.number])
    db.execute(
        """
        INSERT INTO members
        SELECT $item, $kept, relation, rule, jaccard, containment, $run FROM pairs
        WHERE a = least($item, $kept) AND b = greatest($item, $kept)
        """,
        {"item": item.number, "kept": kept.number, "run": run},
    )
    db.execute(
        """
        INSERT INTO decisions
        SELECT $run, $item, $id, $kept, $kept_id, relation, rule, jaccard, containment, $why
        FROM members WHERE item = $item
        """,
        {
            "run": run,
            "item": item.number,
            "id": item.id,
            "kept": kept.number,
            "kept_id": kept.id,
            "why": _why(review),
        },
    )
    heirs = dict.fromkeys(members.tolist(), kept.number)
    reassign_members(db, settings, run, members, heirs, "its kept item was removed by a review")


def _split(db: Connection, settings: Settings, run: int, item: _Item, other: _Item) -> None:
    _write_pair(db, settings, run, item, other, removing=False)
    _reassign_split(db, settings, run)


def _reassign_split(db: Connection, settings: Settings, run: int) -> list[str]:
    """Decide anew on items that were removed because of an item from which they are now split."""
    (members,) = fetch_columns(
        db,
        f"""
        SELECT members.item FROM members JOIN pairs
            ON pairs.a = least(members.item, kept) AND pairs.b = greatest(members.item, kept)
        WHERE pairs.rule = '{EDITOR}' AND pairs.relation = 'overlap' ORDER BY members.item
        """,
    )
    return reassign_members(
        db, settings, run, members, {}, "by a review it is not a copy of its kept item"
    )


def _write_pair(
    db: Connection, settings: Settings, run: int, item: _Item, other: _Item, removing: bool
) -> None:
    """Write what an editor has decided of two items, with the scores of their texts."""
    version = Learned(db).version
    a, b = sorted((item, other))
    scores = _scores(db, settings, version, a.id, b.id)
    words = dict(
        db.execute("SELECT item, words FROM items WHERE item IN (?, ?)", [a[0], b[0]]).fetchall()
    )
    # The item that is removed counts as the shorter one, as it is of an excerpt.
    shorter = item.number if removing or words[item.number] < words[other.number] else other.number
    share = words[item.number] / max(words[other.number], 1)
    relation = "overlap"
    if removing:
        relation = "reprint" if share >= REPRINT_SHARE else "excerpt"
    db.execute("DELETE FROM pairs WHERE a = ? AND b = ?", [a.number, b.number])
    db.execute(
        "INSERT INTO pairs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [a.number, b.number, relation, EDITOR, *scores, shorter, run, version],
    )


def _scores(
    db: Connection, settings: Settings, version: int, a: str, b: str
) -> tuple[float, float, float]:
    learned = Learned(db)
    rows = db.execute(
        'SELECT id, title, text, source, published FROM items WHERE id IN (?, ?) AND "current"',
        [a, b],
    ).fetchall()
    one, other = (ComparedText(*row) for row in sorted(rows, key=lambda row: row[0] != a))
    sketcher = Sketcher(Vocabulary(), learned.rarity(version))
    forms = RecurringForms(learned.forms(version))
    explained = explain_texts(one, other, settings, sketcher, learned.lines(version), forms)
    return explained.jaccard, explained.containment, explained.score


def _run_row(db: Connection, settings: Settings, run: int, review: Review, moves: Moves) -> None:
    with bind_arrays(
        db,
        run=[run],
        command=[review.verdict],
        inputs=[json.dumps(review._asdict(), ensure_ascii=False)],
        settings=[json.dumps(settings.as_dict())],
        program=[__version__],
        delivered=[not any(moves)],
        outputs=["{}"],
        note=[""],
        rules=[json.dumps(versions(settings))],
    ):
        db.execute("INSERT INTO runs BY NAME SELECT *, now()::TIMESTAMP AS began FROM bound")


def respect_reviews(db: Connection, settings: Settings, run: int) -> list[str]:
    """Put reviews in force for the texts that came with a run; the ids of items that are kept by
    it, which the run had removed."""
    if not fetch_row(db, "SELECT count(*) FROM reviews")[0]:
        return []
    db.execute(
        f"""
        UPDATE pairs SET relation = 'overlap', rule = '{EDITOR}'
        FROM items AS one, items AS other, reviews
        WHERE pairs.run = $run AND one.item = pairs.a AND other.item = pairs.b
          AND reviews.verdict = 'split'
          AND ((reviews.id = one.id AND reviews.other_id = other.id)
            OR (reviews.id = other.id AND reviews.other_id = one.id))
        """,
        {"run": run},
    )
    kept = _reassign_split(db, settings, run)
    rows = db.execute(
        """
        SELECT members.item, items.id FROM members JOIN items USING (item)
        JOIN (SELECT id, arg_max(verdict, run) AS verdict FROM reviews
              WHERE verdict != 'split' GROUP BY id) AS last ON last.id = items.id
        WHERE items.run = ? AND last.verdict = 'keep' ORDER BY members.item
        """,
        [run],
    ).fetchall()
    for number, identity in rows:
        _keep(db, run, _Item(number, identity, False), Review("keep", identity))
    return [*kept, *(identity for _, identity in rows)]
