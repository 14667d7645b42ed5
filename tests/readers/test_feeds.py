"""Feeds: RSS, RDF, Atom and JSON Feed, well formed or not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.errors import InputWarning
from dedup.readers import Parsed, chunks, parse_chunk, read

RSS = """<?xml version="1.0" encoding="{encoding}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Речной листок</title>
<link>https://listok.example/</link>
<item><title>Паром «Ладья» вернулся &amp; ходит</title><link>https://listok.example/a/77</link>
 <guid isPermaLink="false">77</guid><pubDate>Wed, 19 Jun 2024 08:30:00 +0500</pubDate>
 <description>Коротко о пароме.</description>
 <content:encoded><![CDATA[<p>Паром перевёз&nbsp;первые <b>машины</b>.</p>
 <p>Зимой его чинили.</p>]]>
 </content:encoded></item>
<item><title>Щука съела блесну</title><link>https://listok.example/a/78</link>
 <dc:date>2024-06-20T10:00:00Z</dc:date>
 <source url="https://ozero.example/f">Озеро</source>
 <description>
 &lt;p&gt;Блесну достали &amp;laquo;всем отделом&amp;raquo;.&lt;/p&gt;</description></item>
<item><title>Только заголовок</title><guid>tag:listok.example,2024:79</guid></item>
<item><link>https://listok.example/a/80</link><description> </description></item>
</channel></rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>River Sheet</title>
<entry><id>tag:sheet.example,2024:1</id><title type="html">Ferry &amp;amp; bridge</title>
<link rel="self" href="https://sheet.example/1.xml"/><link href="https://sheet.example/1"/>
<updated>2024-06-21T00:00:00Z</updated><published>2024-06-19T08:30:00+05:00</published>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>The ferry is <b>back</b>.</p>
<p>It was mended.</p></div></content></entry>
<entry><id>2</id><title>Pike</title><link href="https://sheet.example/2"/>
<updated>2024-06-20T10:00:00Z</updated><summary>A pike ate a lure.</summary>
<source><title>Lake News</title></source></entry></feed>"""

RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://old.example/"><title>Old Sheet</title></channel>
<item rdf:about="https://old.example/1"><title>Ferry</title><link>https://old.example/1</link>
<dc:date>2024-06-19</dc:date><description>The ferry is back.</description></item></rdf:RDF>"""

JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "River Sheet",
    "items": [
        {"id": 1, "url": "https://sheet.example/1", "title": "Ferry",
         "content_html": "<p>The ferry is <b>back</b>.</p>",
         "date_published": "2024-06-19T08:30:00+05:00"},
        {"id": "2", "content_text": "A pike ate a lure."},
    ],
}  # fmt: skip


def parsed_of(path: Path, content: bytes) -> Parsed:
    path.write_bytes(content)
    (parsed,) = map(parse_chunk, chunks([path]))
    return parsed


def rows_of(path: Path, content: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = parsed_of(path, content).items.to_pylist()
    return rows


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1251", "utf-16", "koi8-r"])
@pytest.mark.parametrize("suffix", ["rss", "xml"])
def test_rss(tmp_path: Path, encoding: str, suffix: str) -> None:
    text = RSS.format(encoding=encoding)
    if encoding == "koi8-r":
        text = text.replace("«", "").replace("»", "")
    first, second, third = rows_of(tmp_path / f"a.{suffix}", text.encode(encoding))
    assert first["id"] == "https://listok.example/a/77"
    assert first["title"].endswith("вернулся & ходит")
    assert first["text"].split("\n") == ["Паром перевёз\xa0первые машины.", "Зимой его чинили."]
    assert first["published"] == "2024-06-19T08:30:00+05:00"
    assert (first["source"], first["role"], first["line"]) == ("Речной листок", "story", 5)
    assert second["text"].strip() == "Блесну достали «всем отделом»."
    assert (second["source"], second["published"]) == ("Озеро", "2024-06-20T10:00:00Z")
    # a feed of headlines holds nothing else to compare
    assert (third["id"], third["text"]) == ("tag:listok.example,2024:79", "Только заголовок")


def test_an_entry_without_text_is_named(tmp_path: Path) -> None:
    parsed = parsed_of(tmp_path / "a.rss", RSS.format(encoding="utf-8").encode())
    assert [str(one) for one in parsed.skipped] == [
        f'{tmp_path / "a.rss"}:17: field "text" is empty'
    ]


def test_atom(tmp_path: Path) -> None:
    first, second = rows_of(tmp_path / "a.atom", ATOM.encode())
    assert first["id"] == "tag:sheet.example,2024:1"
    assert first["title"] == "Ferry & bridge"
    assert first["text"].split("\n") == ["The ferry is back.", "It was mended."]
    assert first["published"] == "2024-06-19T08:30:00+05:00"
    assert (second["id"], second["source"]) == ("https://sheet.example/2", "Lake News")
    assert second["published"] == "2024-06-20T10:00:00Z"


def test_rdf(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path / "a.rdf", RDF.encode())
    assert (row["id"], row["source"]) == ("https://old.example/1", "Old Sheet")
    assert (row["published"], row["text"]) == ("2024-06-19", "The ferry is back.")


@pytest.mark.parametrize("indent", [None, 1])
def test_json_feed(tmp_path: Path, indent: int | None) -> None:
    first, second = rows_of(tmp_path / "a.json", json.dumps(JSON_FEED, indent=indent).encode())
    assert (first["id"], first["source"]) == ("https://sheet.example/1", "River Sheet")
    assert (first["title"], first["text"]) == ("Ferry", "The ferry is back.")
    assert first["published"] == "2024-06-19T08:30:00+05:00"
    assert (second["id"], second["text"]) == ("2", "A pike ate a lure.")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<sitemapindex><sitemap/></sitemapindex>", "not a feed: its root is <sitemapindex>"),
        ("<html><body>a</body></html>", "this is a page: rename it to .html"),
        ("<opml><body/></opml>", "this lists feeds"),
        ("<urlset><url><loc>https://a.example/</loc></url></urlset>", "lists addresses only"),
        ("just text", "neither a feed nor XML"),
        ("", "neither a feed nor XML"),
        ('{"a": 1}', 'not a feed: it has no list "items"'),
    ],
)
def test_what_is_no_feed_is_named(tmp_path: Path, content: str, reason: str) -> None:
    parsed = parsed_of(tmp_path / "a.xml", content.encode())
    assert not len(parsed.items)
    assert reason in str(parsed.skipped[0])


def test_a_sitemap_of_news_gives_headlines(tmp_path: Path) -> None:
    sitemap = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
     xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
    <url><loc>https://listok.example/a/77</loc><news:news><news:publication>
    <news:name>Речной листок</news:name><news:language>ru</news:language></news:publication>
    <news:publication_date>2024-06-19T08:30:00+05:00</news:publication_date>
    <news:title>Паром «Ладья» вернулся</news:title></news:news></url>
    <url><loc>https://listok.example/about</loc></url></urlset>"""
    (row,) = rows_of(tmp_path / "a.xml", sitemap.encode())
    assert row["id"] == "https://listok.example/a/77"
    assert (row["text"], row["title"]) == ("Паром «Ладья» вернулся", "")
    assert (row["source"], row["published"]) == ("Речной листок", "2024-06-19T08:30:00+05:00")


def test_broken_xml_is_read_as_far_as_it_goes_and_told(tmp_path: Path) -> None:
    path = tmp_path / "a.rss"
    path.write_text(RSS.format(encoding="utf-8").split("<dc:date>")[0], "utf-8")
    with pytest.warns(InputWarning, match="the XML is broken in line"):
        (parsed,) = read([path])
    assert parsed.items["id"].to_pylist()[0] == "https://listok.example/a/77"


def test_entities_of_html_and_of_a_document_type(tmp_path: Path) -> None:
    feed = (
        '<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        "<rss><channel><item><title>Caf&eacute; &nbsp; R&D &b;&f;</title>"
        "<description>x&hellip;</description></item></channel></rss>"
    )
    (row,) = rows_of(tmp_path / "a.rss", feed.encode())
    assert row["text"] == "x…"
    assert row["title"].startswith("Café")
    assert "root:" not in str(row)
    assert "aaaaaaaaaa" not in str(row)


PIECES = st.one_of(
    st.sampled_from(
        ["<rss>", "<channel>", "<item>", "</item>", "<title>", "</title>", "<link>", "</link>",
         "<description>", "</description>", "<![CDATA[", "]]>", "<feed>", "<entry>", "</entry>",
         "<id>", "&amp;", "&nbsp;", "&x;", "&#0;", "\x00", "<!--", "-->", "<?x", '<link href="']
    ),
    st.text(max_size=10),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_any_feed_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    content = "".join(["<rss><channel>", *pieces]).encode("utf-8", "surrogatepass")
    parsed_of(tmp_path_factory.mktemp("feed") / "a.rss", content)
