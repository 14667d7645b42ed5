"""The corpus and its gold relations agree with themselves; what the program finds is elsewhere."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from itertools import combinations
from typing import NamedTuple

from repository import CORPUS

from dedup.readers.page import parse_page
from dedup.result import REMOVING

RELATIONS = ("identical", "reprint", "excerpt", "overlap", "template", "story", "none")


class Text(NamedTuple):
    published: str
    title: str
    text: str

    def words(self) -> list[str]:
        """Title and text as words: small, ё as е, no soft hyphens."""
        text = f"{self.title}\n{self.text}".lower().replace("ё", "е").replace("\u00ad", "")
        return re.findall(r"[^\W_]+", text)


@cache
def texts() -> dict[str, Text]:
    found: dict[str, Text] = {}
    for path in sorted((CORPUS / "pages").glob("*.txt")):
        name = f"pages/{path.name}"
        page = parse_page(path.read_text("utf-8"))
        found[name] = Text("", page.title, page.text)
        for n, teaser in enumerate(page.teasers, 1):
            found[f"{name}#{n}"] = Text(teaser.published, "", teaser.text)
    for line in (CORPUS / "news.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        assert list(record) == ["id", "source", "published", "title", "text"]
        assert record["id"] not in found
        found[record["id"]] = Text(record["published"], record["title"], record["text"])
    return found


@cache
def gold() -> tuple[tuple[str, str, str], ...]:
    head, *rows = (CORPUS / "gold.relations").read_text("utf-8").splitlines()
    assert head == "a\tb\trelation"
    pairs = []
    for row in rows:
        a, b, relation = row.split("\t")
        pairs.append((a, b, relation))
    return tuple(pairs)


def runs(words: list[str]) -> set[tuple[str, ...]]:
    return {tuple(words[i : i + 3]) for i in range(len(words) - 2)}


def test_size() -> None:
    pages = [name for name in texts() if name.startswith("pages/") and "#" not in name]
    teasers = [name for name in texts() if "#" in name]
    assert len(pages) >= 12
    assert len(teasers) >= 40
    assert len(texts()) - len(pages) - len(teasers) >= 60


def test_pages_are_read_without_residue() -> None:
    for name, item in texts().items():
        if name.startswith("pages/"):
            for residue in ("ads_code", "Фото", "Автор:", "Подробне", "Читайте", "по теме"):
                assert residue not in item.text, name
            assert item.text, name


def test_gold_names_items_of_the_corpus_once() -> None:
    seen = Counter(frozenset(pair[:2]) for pair in gold())
    assert all(len(pair) == 2 for pair in seen)
    assert max(seen.values()) == 1
    for a, b, relation in gold():
        assert a in texts()
        assert b in texts()
        assert relation in RELATIONS
    assert {relation for _, _, relation in gold()} == set(RELATIONS)


def test_identical_is_identical_words() -> None:
    for a, b, relation in gold():
        same = texts()[a].words() == texts()[b].words()
        # Two storms under one warning: the words are the same, the time tells.
        assert same == (relation == "identical") or (a, b) == ("svodka-a1", "svodka-a2")


def arrival(name: str) -> tuple[bool, str, str]:
    """Order of publication; an unknown time is the latest."""
    published = texts()[name].published
    return (not published, published, name)


def test_the_one_that_stays_comes_first() -> None:
    for a, b, relation in gold():
        if relation == "excerpt":
            assert len(texts()[a].words()) > 1.3 * len(texts()[b].words()), (a, b)
        else:
            assert arrival(a) < arrival(b), (a, b)


def test_identical_holds_across() -> None:
    relation_of = {frozenset(pair[:2]): pair[2] for pair in gold()}
    for a, b, relation in gold():
        if relation != "identical":
            continue
        for other in texts():
            if other in (a, b):
                continue
            of_a = relation_of.get(frozenset((a, other)))
            of_b = relation_of.get(frozenset((b, other)))
            if of_a in REMOVING or of_b in REMOVING:
                assert of_a == of_b, (a, b, other)


def test_no_removable_pair_is_missing() -> None:
    listed = {frozenset(pair[:2]) for pair in gold()}
    found = {name: runs(item.words()) for name, item in texts().items()}
    for a, b in combinations(found, 2):
        shared = len(found[a] & found[b]) / min(len(found[a]), len(found[b]))
        assert shared < 0.4 or frozenset((a, b)) in listed, (a, b)
