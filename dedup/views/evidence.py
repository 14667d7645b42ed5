"""What the HTML report shows beyond `Report`: texts, rules and the figures behind the charts."""

from __future__ import annotations

import msgspec


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Derived from one run; each field may stay empty, and what it feeds is then left out.

    texts       item id -> full original text (without title), for items of clusters and groups
    rules       (a, b) -> name of the rule that decided; `a` is the kept item, or `Link.a`
    sentences   rule name -> one sentence that says what the rule found
    link_scores (a, b) -> (jaccard, containment) of a story group's link
    sources     source -> number of items read from it (those of no cluster too)
    pair_scores (jaccard, containment, relation) of every pair judged, for the histogram
    thresholds  score (`jaccard` or `containment`) -> limit above which an item may go
    bands, rows the LSH parameters b and r; 0 where no LSH was used
    """

    texts: dict[str, str] = {}
    rules: dict[tuple[str, str], str] = {}
    sentences: dict[str, str] = {}
    link_scores: dict[tuple[str, str], tuple[float, float]] = {}
    sources: dict[str, int] = {}
    pair_scores: list[tuple[float, float, str]] = []
    thresholds: dict[str, float] = {}
    bands: int = 0
    rows: int = 0
