"""The HTML report as text; how it behaves in a browser is tested in tests/browser."""

import base64
import hashlib
import json
import re
import zlib

from hypothesis import given
from hypothesis import strategies as st

from dedup.result import Cluster, Item, Link, Member, Report, Skipped, StoryGroup
from dedup.results.html_data import Evidence
from dedup.views.html import _inert_json, _rounded, html_report

EVIL = "</script><script>alert(1)</script><!--<script>&lt;\u2028\u2029\u202e javascript:alert(1)"


def report_of(word: str, texts: dict[str, str]) -> tuple[Report, Evidence]:
    """Two copies and a story group, with `word` in every field that a stranger can fill."""
    ids = [f"{number}{word}" for number in range(3)]
    report = Report(
        schema="dedup.report/1",
        settings={word: word, "shingle": 4},
        counts={"stories": 3, "teasers": 0, "clusters": 1, "kept": 2, "removed": 1},
        items=[Item(item, "story", word, word, word, word) for item in ids],
        clusters=[
            Cluster(word, ids[0], [Member(ids[0], "kept", 1, 1), Member(ids[1], "reprint", 0.9, 1)])
        ],
        story_groups=[StoryGroup(word, [ids[0], ids[2]], [Link(ids[0], ids[2], "story", 0.99999)])],
        skipped=[Skipped(word, 3, word)],
    )
    evidence = Evidence(
        texts={item: texts.get(item, word) for item in ids},
        rules={(ids[0], ids[1]): word},
        sentences={word: word},
        sources={word: 3},
        pair_scores=[(0.9, 1.0, "reprint")],
    )
    return report, evidence


def page_of(word: str) -> str:
    return "".join(html_report(*report_of(word, {})))


def unpacked(page: str) -> list[str]:
    blocks = re.findall(r'<script type="text/plain"[^>]*>([^<]*)</script>', page)
    return [
        text for block in blocks for text in json.loads(zlib.decompress(base64.b64decode(block)))
    ]


def data_of(page: str) -> dict[str, object]:
    found = re.search(r'id="report-data">([^<]*)</script>', page)
    assert found
    data: dict[str, object] = json.loads(found[1])
    return data


@given(st.recursive(st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_inert_json_holds_no_markup_and_loses_nothing(value: object) -> None:
    written = _inert_json(value)
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == value


def test_no_markup_of_a_stranger_reaches_the_page() -> None:
    evil, calm = page_of(EVIL), page_of("calm")
    assert "alert(1)</script>" not in evil
    for tag in ("<script", "</script", "<!--", "<a ", "<img"):
        assert evil.count(tag) == calm.count(tag)
    assert unpacked(evil) == [EVIL] * 3
    assert data_of(evil)["skipped"] == [[EVIL, 3, EVIL]]


def test_page_asks_nothing_of_a_network_and_its_policy_admits_only_its_own_script() -> None:
    page = page_of("calm")
    assert not re.search(r"""(?:src|href)="(?!#)|@import|url\(""", page)
    script = re.search(r"<script>(.*?)</script>", page, re.S)
    assert script
    digest = base64.b64encode(hashlib.sha256(script[1].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert policy[1].startswith("default-src 'none'")
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert "unsafe" not in policy[1]


def test_same_report_gives_the_same_bytes() -> None:
    assert page_of(EVIL) == page_of(EVIL)


def test_texts_of_long_reports_come_in_blocks_that_keep_their_order() -> None:
    texts = {f"{number}x": letter * 150_000 for number, letter in enumerate("абв")}
    page = "".join(html_report(*report_of("x", texts)))
    assert re.findall(r'data-first="(\d+)"', page) == ["0", "2"]
    assert unpacked(page) == list(texts.values())


def test_empty_report_is_a_page() -> None:
    empty = Report("dedup.report/1", {}, {}, [], [], [], [])
    assert "Of 0 items" in "".join(html_report(empty, Evidence()))


def test_only_an_exact_one_is_written_as_one() -> None:
    assert _rounded(1.0) == 1
    assert _rounded(0.99999) == 0.9999
