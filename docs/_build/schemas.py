"""The JSON Schema of every output, one file each.

Outputs that are objects of the library have the schema of their class. Rows that are columns have
theirs here; the tests hold real outputs to all of them.
"""

from __future__ import annotations

from typing import Any

import msgspec

from dedup.result import Report, Skipped
from dedup.results.evaluation import Evaluation
from dedup.results.explanation import Explanation
from dedup.results.showing import Shown
from dedup.results.filter_files import FilterCounts
from dedup.store.result import (
    BackedUp,
    Exchanged,
    Forgotten,
    Info,
    Match,
    Matches,
    Reviewed,
    StoreExplanation,
    Update,
    Upgraded,
)

TEXT = {"type": "string"}
NUMBER = {"type": "number", "minimum": 0, "maximum": 1}
OPTIONAL_NUMBER = {"type": ["number", "null"], "minimum": 0, "maximum": 1}
COUNT = {"type": "integer", "minimum": 0}
REMOVING = {"enum": ["identical", "reprint", "excerpt"]}

#: File -> what it is, and the class whose schema it holds.
OBJECTS: dict[str, tuple[str, type]] = {
    "report": ("dedup report --format json", Report),
    "skipped": ("a line of the file of --skipped", Skipped),
    "explanation": ("dedup explain --format json", Explanation),
    "explanation-of-store": ("dedup explain --store --format json", StoreExplanation),
    "shown": ("dedup show --format json", Shown),
    "evaluation": ("dedup evaluate --format json", Evaluation),
    "match": ("a line of dedup find --format json", Match),
    "update": ("dedup update --format json", Update),
    "store-info": ("dedup store info --format json", Info),
    "store-forget": ("dedup store forget --format json", Forgotten),
    "matches": ("a line of dedup find --input --format json", Matches),
    "filtered": ("dedup filter --format json", FilterCounts),
    "store-review": ("dedup store keep, remove or split --format json", Reviewed),
    "store-upgrade": ("dedup store upgrade --format json", Upgraded),
    "store-exchange": ("dedup store export or import --format json", Exchanged),
    "store-backup": ("dedup store backup --format json", BackedUp),
}

#: File -> what it is, and the type of each column.
ROWS: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    "item-row": (
        "a line of dedup items --format jsonl",
        {
            **dict.fromkeys(("id",), TEXT),
            "role": {"enum": ["story", "teaser"]},
            **dict.fromkeys(("parent", "source", "region", "published", "title", "text"), TEXT),
        },
    ),
    "report-row": (
        "a line of dedup report --format jsonl",
        {
            **dict.fromkeys(("cluster", "kept", "id"), TEXT),
            "relation": {"enum": ["kept", "identical", "reprint", "excerpt", ""]},
            **dict.fromkeys(("jaccard", "containment"), OPTIONAL_NUMBER),
            "group": TEXT,
            "role": {"enum": ["story", "teaser"]},
            **dict.fromkeys(("source", "published", "title"), TEXT),
        },
    ),
    "pair-row": (
        "a line of dedup pairs --format jsonl",
        {
            **dict.fromkeys(("a", "b"), TEXT),
            "relation": {
                "enum": ["identical", "reprint", "excerpt", "overlap", "template", "story"]
            },
            **dict.fromkeys(("jaccard", "containment", "score"), NUMBER),
        },
    ),
    "kept-row": (
        "a line of the file of dedup update --kept",
        {
            "id": TEXT,
            "role": {"enum": ["story", "teaser"]},
            **dict.fromkeys(
                ("parent", "source", "region", "published", "title", "text", "cluster", "input"),
                TEXT,
            ),
            "line": COUNT,
            "changed": {"type": "boolean"},
        },
    ),
    "removed-row": (
        "a line of the file of dedup update --removed",
        {
            **dict.fromkeys(("id", "kept", "cluster"), TEXT),
            "relation": REMOVING,
            "rule": TEXT,
            **dict.fromkeys(("jaccard", "containment"), NUMBER),
            "input": TEXT,
            "line": COUNT,
        },
    ),
    "superseded-row": (
        "a line of the file of dedup update --superseded",
        {
            **dict.fromkeys(("id", "superseded_by"), TEXT),
            "relation": {"const": "excerpt"},
            **dict.fromkeys(("jaccard", "containment"), NUMBER),
        },
    ),
}


def schemas() -> dict[str, dict[str, Any]]:
    """File name (without suffix) -> JSON Schema of one object."""
    made = {}
    for name, (what, kind) in OBJECTS.items():
        made[name] = {**_head(what), **_closed(msgspec.json.schema(kind))}
    for name, (what, columns) in ROWS.items():
        made[name] = {
            **_head(what),
            "type": "object",
            "properties": columns,
            "required": list(columns),
            "additionalProperties": False,
        }
    return made


def _head(what: str) -> dict[str, Any]:
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": what}


def _closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with no other field allowed: what is not documented is not written."""
    for part in schema.get("$defs", {}).values():
        if part.get("type") == "object" and "properties" in part:
            part["additionalProperties"] = False
            part["required"] = list(part["properties"])
    return schema
