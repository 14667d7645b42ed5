"""The report as one HTML file that needs nothing else: no network, no other file.

Strangers' texts never become markup here. They travel as JSON (with `<`, `>`, `&` and the
line separators escaped) or as base64, and the page's script builds its nodes with textContent.
A Content-Security-Policy admits that script and style by their hash and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from markupsafe import Markup

from dedup._version import __version__
from dedup.result import Report
from dedup.results.explanation import Explanation
from dedup.results.html_data import Evidence

ASSETS = Path(__file__).with_name("report")

#: Order matters: one scope, each file uses those before it.
SCRIPTS = (
    "model.js",
    "nodes.js",
    "charts.js",
    "overview.js",
    "list.js",
    "compare.js",
    "review.js",
    "page.js",
)

#: Bins of the similarity histograms, each 1 / BINS wide.
BINS = 50

#: Characters of text in a compressed block: one is unpacked to open a cluster.
BLOCK_CHARACTERS = 200_000

_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def html_report(report: Report, evidence: Evidence, corpus: str = "") -> Iterator[str]:
    """The page in pieces, to be written one after another as UTF-8.

    `corpus`: what the report is about, for its heading: names of inputs, or of a store.
    """
    items = _item_order(report)
    style = _asset("report.css")
    script = _wrapped(_asset(name) for name in SCRIPTS)
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    yield from environment.from_string(_asset("report.html.j2")).generate(
        counts=Counter(report.counts),
        corpus=corpus,
        style=Markup(style),
        style_hash=_csp_hash(style),
        script=Markup(script),
        script_hash=_csp_hash(script),
        data=Markup(_inert_json(_payload(report, evidence, items, corpus))),
        blocks=_text_blocks(items, evidence.texts),
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text("utf-8")


def _wrapped(scripts: Iterable[str]) -> str:
    return '"use strict";\n(() => {\n' + "\n".join(scripts) + "})();\n"


def _csp_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


def _inert_json(value: Any) -> str:
    """JSON that cannot end its script element, whatever its strings hold."""
    return msgspec.json.encode(value).decode().translate(_ESCAPES)


def _item_order(report: Report) -> list[str]:
    """Ids of all items shown, those compared with each other side by side."""
    clustered = [member.id for cluster in report.clusters for member in cluster.members]
    grouped = [item for group in report.story_groups for item in group.items]
    return list(dict.fromkeys([*clustered, *grouped, *(item.id for item in report.items)]))


def _text_blocks(items: list[str], texts: dict[str, str]) -> Iterator[tuple[int, str]]:
    """(number of its first item, base64 of deflated JSON array of texts) of each block.

    Members of a cluster are neighbours, so a copy costs a few bytes beside its original.
    """
    block: list[str] = []
    size = first = 0
    for number, item in enumerate(items):
        text = texts.get(item, "")
        block.append(text)
        size += len(text)
        if size >= BLOCK_CHARACTERS or number + 1 == len(items):
            packed = zlib.compress(msgspec.json.encode(block), 6)
            yield first, base64.b64encode(packed).decode("ascii")
            block, size, first = [], 0, number + 1


def _payload(report: Report, evidence: Evidence, items: list[str], corpus: str) -> dict[str, Any]:
    number = {item: row for row, item in enumerate(items)}
    shown = {item.id: item for item in report.items}
    sources = sorted({item.source for item in report.items} | set(evidence.sources))
    source_number = {source: row for row, source in enumerate(sources)}
    sentences = evidence.sentences
    return {
        "about": {"corpus": corpus, "program": __version__},
        "fingerprint": hashlib.sha256("\n".join([corpus, *items]).encode()).hexdigest()[:16],
        "counts": report.counts,
        "settings": report.settings,
        "thresholds": evidence.thresholds,
        "lsh": [evidence.bands, evidence.rows],
        "sources": [[source, evidence.sources.get(source, 0)] for source in sources],
        "sentences": sentences,
        "items": {
            "id": items,
            "source": [source_number[shown[item].source] for item in items],
            "published": [shown[item].published for item in items],
            "title": [shown[item].title for item in items],
            "excerpt": ["" if shown[item].title else shown[item].excerpt for item in items],
        },
        "clusters": [
            [
                cluster.id,
                number[cluster.kept],
                [
                    [
                        number[member.id],
                        member.relation,
                        _rounded(member.jaccard),
                        _rounded(member.containment),
                        evidence.rules.get((cluster.kept, member.id), ""),
                    ]
                    for member in cluster.members
                    if member.id != cluster.kept
                ],
            ]
            for cluster in report.clusters
        ],
        "groups": [
            [
                group.id,
                [number[item] for item in group.items],
                [
                    [
                        number[link.a],
                        number[link.b],
                        link.relation,
                        _rounded(link.score),
                        evidence.rules.get((link.a, link.b), ""),
                        *map(_rounded, evidence.link_scores.get((link.a, link.b), ())),
                    ]
                    for link in group.links
                ],
                number.get(group.fullest, number[group.items[0]]),
            ]
            for group in report.story_groups
        ],
        "apart": {
            f"{number[kept]}-{number[removed]}": _what_tells_apart(explained)
            for (kept, removed), explained in evidence.explained.items()
            if kept in number and removed in number
        },
        "histogram": _histogram(evidence.pair_scores),
        "skipped": [[entry.input, entry.line, entry.reason] for entry in report.skipped],
    }


def _what_tells_apart(explained: Explanation) -> list[Any]:
    """Words against each other as (kind, words of the kept, of the removed), whose the sentences
    are (0: the kept item's, 1: the removed one's), and those sentences of the shorter text."""
    slots = [[slot.kind, ", ".join(slot.a), ", ".join(slot.b)] for slot in explained.slots]
    return [slots, "ab".index(explained.shorter), explained.own_sentences]


def _rounded(score: float) -> float:
    """Four digits, downwards: only an exact 1 is shown as 1."""
    return int(score * 10_000) / 10_000


def _histogram(
    pair_scores: list[tuple[float, float, str]],
) -> dict[str, dict[str, list[int]]]:
    """relation -> score name -> counts in BINS bins of [0, 1], the last one closed."""
    bins: dict[str, dict[str, list[int]]] = {}
    for jaccard, containment, relation in pair_scores:
        if relation not in bins:
            bins[relation] = {"jaccard": [0] * BINS, "containment": [0] * BINS}
        bins[relation]["jaccard"][min(int(jaccard * BINS), BINS - 1)] += 1
        bins[relation]["containment"][min(int(containment * BINS), BINS - 1)] += 1
    return dict(sorted(bins.items()))
