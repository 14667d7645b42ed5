"""HTML in fields is read as a browser shows it; what only looks like it stays."""

from __future__ import annotations

import time

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.readers import Chunk, ReadOptions, parse_chunk
from dedup.readers.markup import read_markup, visible_text, visible_text_line


@pytest.mark.parametrize(
    ("given_", "seen"),
    [
        ("<p>Мост открыт.</p>\n<p>Движение\nначалось.</p>", "Мост открыт.\nДвижение началось."),
        ("Line one<br/>line two<BR>three", "Line one\nline two\nthree"),
        ("a&nbsp;b &laquo;c&raquo; &#1084;&#x43e;", "a\u00a0b «c» мо"),
        ("&lt;p&gt;Encoded &amp;amp; twice&lt;/p&gt;", "Encoded & twice"),
        ("<a href=\"x?a=1&b=2\" title='q > r'>link</a> text", "link text"),
        ("<script>var a = '<p>';</script>Text<style>p {}</style>", "Text"),
        ("<!-- a <b>note</b> -->Text <b>bold</b>", "Text bold"),
        ("<![CDATA[<p>Text</p>]]>", "Text"),
        ('<img src="a.jpg" align="left"/>Text', "Text"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("plain &quot;quoted&quot;\nsecond line", 'plain "quoted"\nsecond line'),
        ("a < b and c > d", "a < b and c > d"),
        ("AT&T, R&D; x&y=1", "AT&T, R&D; x&y=1"),
        ("https://a.example/?a=1&copy=2", "https://a.example/?a=1&copy=2"),
        ("<Иванов> said <3", "<Иванов> said <3"),
        ("an open <p tag", "an open <p tag"),
        ("5 <b", "5 <b"),
    ],
)
def test_what_a_reader_sees(given_: str, seen: str) -> None:
    assert visible_text(given_).strip() == seen
    assert visible_text(visible_text(given_)) == visible_text(given_)


def test_titles_are_one_line() -> None:
    assert visible_text_line("<h1>A<br>title &mdash;\n more</h1>") == "A title — more"


@given(st.text(st.sampled_from("<>&;/ \"'!-pab#1\n"), max_size=40))
def test_columns_equal_each(text: str) -> None:
    assert read_markup(pa.array([text]), lines=True).to_pylist() == [visible_text(text)]


@pytest.mark.parametrize(
    "piece", ["<p ", "<a '", '<a "', "<!--", "<script>", "&", "&#", "<p>", "&amp;", "<![CDATA["]
)
def test_time_is_in_proportion(piece: str) -> None:
    begin = time.process_time()
    visible_text(piece * 5_000)
    short = time.process_time() - begin
    begin = time.process_time()
    visible_text(piece * 50_000)
    assert time.process_time() - begin < 40 * short + 1


def test_keep_keeps() -> None:
    chunk = Chunk("a.jsonl", "jsonl", b'{"text": "<p>a &amp; b</p>", "title": "c&nbsp;d"}')
    auto = parse_chunk(chunk).items.to_pylist()[0]
    kept = parse_chunk(chunk, ReadOptions(markup="keep")).items.to_pylist()[0]
    assert (auto["text"], auto["title"]) == ("a & b", "c\u00a0d")
    assert (kept["text"], kept["title"]) == ("<p>a &amp; b</p>", "c&nbsp;d")
