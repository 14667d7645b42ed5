"""The HTML report in a real browser: Debian's chromium driven by playwright.

Needs `pip install dedup-news[browser]` and `apt-get install chromium`; without them the tests are
skipped and say why.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from repository import ROOT

from dedup.result import Cluster, Item, Link, Member, Report, Skipped, StoryGroup
from dedup.results.explanation import ComparedText, explain_texts
from dedup.results.html_data import Evidence
from dedup.settings import Settings
from dedup.views.html import html_report

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect  # waits: a view is drawn after the event that asks for it
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH")

REAL = [ROOT / "corpus", ROOT.parent / "shared" / "data" / "news_ru.jsonl"]

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]

ORIGINAL = (
    "Ёлку на площади Ленина зажгут 25 декабря, сообщила пресс-служба мэрии Заречного. "
    "В программе концерт и ярмарка. Движение перекроют с 17 до 22 часов."
)
COPY = (
    "Елку на площади Ленина зажгут 26 декабря, сообщила пресс-служба мэрии Заречного. "
    "В программе концерт и ярмарка. Об этом рассказал Иван Кузьмин."
)
EVILS = [
    "</script><script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "javascript:window.pwned=1",
    "javascript:window.pwned=1//https://example.org/",
    '"><svg onload=window.pwned=1>',
    "<!--<script>&lt;script&gt;window.pwned=1&lt;/script&gt;\u2028\u2029\u202e",
    "__proto__",
]


def small_report() -> tuple[Report, Evidence]:
    """Three clusters of one to three copies and one story group, all invented."""
    texts = {"a0": ORIGINAL, "a1": COPY, "a2": ORIGINAL, "a3": ORIGINAL[:80]}
    texts |= {
        "b0": "Мост через Светлую откроют в мае после ремонта опор.",
        "b1": "Мост откроют в мае.",
    }
    texts |= {"c0": "Хоккеисты выиграли третий матч подряд на своём льду."}
    texts |= {"c1": texts["c0"], "d0": "Победная серия хоккеистов достигла трёх встреч."}
    sources = {"0": "Вестник", "1": "Слободские новости", "2": "Городок", "3": "Городок"}
    items = [
        Item(
            item,
            "story",
            sources[item[1]],
            f"2024-12-{day:02}T10:0{item[1]}",
            f"Заметка {item}",
            "",
        )
        for day, item in enumerate(texts, 1)
    ]
    reprint, excerpt = ("reprint", 0.62, 0.8), ("excerpt", 0.3, 0.95)

    def cluster(name: str, *relations: tuple[str, float, float]) -> Cluster:
        kept = Member(f"{name}0", "kept", 1, 1)
        members = [Member(f"{name}{n}", *relation) for n, relation in enumerate(relations, 1)]
        return Cluster(f"{name}0", f"{name}0", [kept, *members])

    report = Report(
        schema="dedup.report/1",
        settings={"level": "stories", "shingle": 4},
        counts={"stories": 9, "clusters": 3, "kept": 4, "removed": 5, "story_groups": 1},
        items=items,
        clusters=[
            cluster("c", ("identical", 1, 1)),
            cluster("a", reprint, ("identical", 1, 1), excerpt),
            cluster("b", excerpt),
        ],
        story_groups=[StoryGroup("s1", ["c0", "d0"], [Link("c0", "d0", "story", 0.47)])],
        skipped=[Skipped("news.jsonl", 17, 'field "text" is missing')],
    )
    evidence = Evidence(
        texts=texts,
        rules={("a0", "a1"): "lightly_edited"},
        sentences={"lightly_edited": "One text, lightly edited."},
        sources={"Вестник": 4, "Слободские новости": 3, "Городок": 2},
        pair_scores=[(0.62, 0.8, "reprint"), (1.0, 1.0, "identical"), (0.3, 0.95, "excerpt")],
        thresholds={"jaccard": 0.6, "containment": 0.8},
        bands=42,
        rows=6,
    )
    return report, evidence


def planted_report() -> tuple[Report, Evidence]:
    """Strangers' tricks in every field."""
    ids = [f"{evil} {n}" for evil in EVILS for n in (0, 1, 2)]
    items = [Item(item, *["story", *[item[:-2]] * 4]) for item in ids]
    report = Report(
        schema="dedup.report/1",
        settings={evil: evil for evil in EVILS},
        counts={"stories": len(ids)},
        items=items,
        clusters=[
            Cluster(
                evil,
                f"{evil} 0",
                [Member(f"{evil} 0", "kept", 1, 1), Member(f"{evil} 1", "reprint", 0.9, 1)],
            )
            for evil in EVILS
        ],
        story_groups=[
            StoryGroup(
                evil, [f"{evil} 0", f"{evil} 2"], [Link(f"{evil} 0", f"{evil} 2", "story", 0.5)]
            )
            for evil in EVILS
        ],
        skipped=[Skipped(evil, 1, evil) for evil in EVILS],
    )
    evidence = Evidence(
        texts={item: f"{item[:-2]} {item[:-2]} {item[:-2]}" for item in ids},
        rules={(f"{evil} 0", f"{evil} 1"): evil for evil in EVILS},
        sentences={evil: evil for evil in EVILS},
        sources=dict.fromkeys(EVILS, 3),
        thresholds={},
    )
    return report, evidence


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a report; at the end of the test nothing may have gone wrong in the page."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="ru-RU")
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on(
        "console",
        lambda line: troubles.append(line.text) if line.type in ("error", "warning") else None,
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    path = tmp_path / "report.html"

    def open_report(report: Report | Path, evidence: Evidence | None = None) -> Any:
        if isinstance(report, Path):
            command = [sys.executable, "-c", "from dedup.cli import main; main()", "report"]
            command += [str(report), "--format", "html", "--output", str(path)]
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            assert done.returncode in (0, 3), done.stderr
        else:
            pieces = html_report(report, evidence or Evidence())
            path.write_text("".join(pieces), encoding="utf-8")
        page.goto(path.as_uri())
        return page

    yield open_report
    context.close()
    assert troubles == []
    own = {path.as_uri(), (tmp_path / "named.html").as_uri()}
    assert {url.split("#")[0] for url in asked if not url.startswith("blob:")} <= own


def expect_titles(page: Any, titles: list[str]) -> None:
    expect(page.locator(".row .title")).to_have_text(titles)


def test_overview_answers_what_an_owner_asks(opened: Any) -> None:
    page = opened(*small_report())
    expect(page.locator("h1").first).to_have_text("Of 9 items, 4 are kept and 5 removed.")
    page.locator("#overview h2", has_text="Skipped records").wait_for()
    headings = page.locator("#overview h2").all_text_contents()
    for heading in (
        "Most copied",
        "By source",
        "Who copies whom",
        "Over time",
        "How often near copies are found",
    ):
        assert heading in headings
    assert page.locator("svg[role=img][aria-label]").count() == 3
    page.get_by_role("button", name="containment").click()
    page.locator(".matrix button").first.click()
    expect(page.locator(".chip")).to_have_text("Вестник → Слободские новости ×")
    expect(page.locator(".row")).to_have_count(3)
    page.locator(".chip").click()
    expect(page.locator("#found")).to_have_text("3 clusters")


def test_filters_and_orders(opened: Any) -> None:
    page = opened(*small_report())
    page.keyboard.press("2")
    expect_titles(page, ["Заметка a0", "Заметка c0", "Заметка b0"])
    page.select_option("#sort", "oldest")
    expect_titles(page, ["Заметка a0", "Заметка b0", "Заметка c0"])
    page.select_option("#relation", "excerpt")
    expect_titles(page, ["Заметка a0", "Заметка b0"])
    page.select_option("#source", label="Городок (1)")
    expect_titles(page, ["Заметка a0"])
    page.get_by_role("button", name="Clear").click()
    page.fill("#high", "0.7")
    expect_titles(page, ["Заметка a0"])
    page.fill("#high", "")
    page.fill("#from", "2024-12-06")
    expect_titles(page, ["Заметка c0", "Заметка b0"])
    page.fill("#from", "")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("РЕМОНТА светлую")
    page.get_by_text("1 of 3 clusters").wait_for()
    expect_titles(page, ["Заметка b0"])


def test_opened_cluster_marks_what_is_shared_and_what_differs(opened: Any) -> None:
    page = opened(*small_report())
    page.locator(".largest a").first.click()
    page.locator(".column.b mark").first.wait_for()
    shared = page.locator(".column.b mark").all_text_contents()
    assert shared[0] == "Елку на площади Ленина зажгут"
    assert any("сообщила пресс-служба мэрии Заречного" in passage for passage in shared)
    expect(page.locator(".column.a mark").first).to_have_text("Ёлку на площади Ленина зажгут")
    assert "26" in page.locator(".column.b .own-number").all_text_contents()
    assert page.locator(".column.b .own-name").all_text_contents() == ["Иван", "Кузьмин"]
    assert "рассказал" in page.locator(".column.b .own-word").all_text_contents()
    assert "One text, lightly edited." in page.locator("#verdict").text_content()
    assert "Jaccard 0.62" in page.locator("#verdict").text_content()
    expect(page.locator(".timeline li")).to_have_count(4)


@pytest.mark.parametrize(("shingle", "marked"), [(2, 2), (4, 1), (5, 0)])
def test_a_passage_is_as_long_as_the_shingle_of_the_run(
    opened: Any, shingle: int, marked: int
) -> None:
    report, evidence = small_report()
    # Shared: a run of four words, and one of two.
    texts = {"b0": "раз два три четыре пять шесть семь", "b1": "раз два три четыре иной шесть семь"}
    changed = msgspec.structs.replace(report, settings={"shingle": shingle})
    page = opened(changed, msgspec.structs.replace(evidence, texts=evidence.texts | texts))
    page.evaluate("location.hash = '#clusters/b0'")
    page.locator(".column.b .text").wait_for()
    expect(page.locator(".column.b .text mark")).to_have_count(marked)


def test_story_group_opens_and_leads_to_its_cluster(opened: Any) -> None:
    page = opened(*small_report())
    page.keyboard.press("3")
    page.locator(".row").first.click()
    page.locator(".column.b .text").wait_for()
    expect(page.locator("#verdict")).to_contain_text("story")
    page.locator("a.copies").click()
    page.locator("#verdict .r-identical").wait_for()


def test_keys_alone_are_enough(opened: Any) -> None:
    page = opened(*small_report())
    for key in ("2", "j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.locator("#detail h2", has_text="Заметка a0").wait_for()
    page.keyboard.press("n")
    page.locator("#verdict .r-identical").wait_for()
    page.keyboard.press("j")
    page.locator("#detail h2", has_text="Заметка c0").wait_for()
    page.keyboard.press("Escape")
    page.locator("#detail .empty").wait_for()
    page.keyboard.press("t")
    expect(page.locator("html[data-theme=dark]")).to_have_count(1)


def test_only_rows_in_sight_are_drawn(opened: Any) -> None:
    report, evidence = small_report()
    many = [Cluster(f"x{n}", c.kept, c.members) for n in range(3334) for c in report.clusters]
    page = opened(
        Report(**{f: getattr(report, f) for f in report.__struct_fields__} | {"clusters": many}),
        evidence,
    )
    page.keyboard.press("2")
    expect(page.locator("#found")).to_have_text("10,002 clusters")
    assert page.locator(".row").count() < 30
    page.evaluate("document.getElementById('rows').scrollTop = 1e9")
    page.locator("#row-10001").wait_for()


def test_phone_shows_one_text_at_a_time_and_never_scrolls_sideways(opened: Any) -> None:
    page = opened(*small_report())
    page.set_viewport_size({"width": 390, "height": 844})
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not page.evaluate(wide)
    page.locator(".largest a").first.click()
    page.locator(".column.b mark").first.wait_for()
    expect(page.locator(".column.a")).to_be_hidden()
    page.get_by_role("button", name="Kept").click()
    expect(page.locator(".column.a")).to_be_visible()
    assert not page.evaluate(wide)
    page.get_by_role("button", name="Back to the list").click()
    expect(page.locator(".row").first).to_be_visible()


def test_labels_are_kept_in_the_browser_and_exported(opened: Any) -> None:
    page = opened(*small_report())
    page.evaluate("location.hash = '#clusters/a0'")
    page.locator(".review button").first.wait_for()
    page.get_by_role("button", name="Mark as wrong").click()
    page.keyboard.press("n")
    page.locator("#verdict .r-identical").wait_for()
    page.get_by_role("button", name="Right").click()
    expect(page.locator("#export-labels")).to_have_text("Export 2 labels")
    page.reload()
    page.evaluate("location.hash = '#clusters/a0'")
    expect(page.get_by_role("button", name="Mark as wrong")).to_have_attribute(
        "aria-pressed", "true"
    )
    with page.expect_download() as download:
        page.locator("#export-labels").click()
    assert Path(download.value.path()).read_text("utf-8") == "a,b,go\na0,a1,no\na0,a2,yes\n"
    page.get_by_role("button", name="Mark as wrong").click()
    expect(page.locator("#export-labels")).to_have_text("Export 1 label")
    page.keyboard.press("3")
    page.locator(".row").first.click()
    page.locator("#verdict .r-story").wait_for()
    page.get_by_role("button", name="Right").click()
    with page.expect_download() as download:
        page.locator("#export-labels").click()
    assert "c0,d0,no" in Path(download.value.path()).read_text("utf-8")


def test_the_filtered_list_is_exported(opened: Any) -> None:
    report, evidence = small_report()
    titled = [msgspec.structs.replace(item, title="=1+1") for item in report.items]
    page = opened(msgspec.structs.replace(report, items=titled), evidence)
    page.keyboard.press("2")
    page.select_option("#source", label="Городок (1)")
    with page.expect_download() as download:
        page.locator("#export-list").click()
    head, *rows = Path(download.value.path()).read_text("utf-8").splitlines()
    assert head == "cluster or group,kept,id,relation,score,source,published,title"
    assert {row.split(",")[0] for row in rows} == {"a0"}
    assert len(rows) == 4
    assert all(row.endswith(",'=1+1") for row in rows)


def test_a_pair_names_what_tells_it_apart(opened: Any) -> None:
    report, evidence = small_report()
    explained = explain_texts(
        ComparedText("a0", "", ORIGINAL), ComparedText("a1", "", COPY), Settings()
    )
    assert explained.slots
    assert explained.own_sentences
    page = opened(report, msgspec.structs.replace(evidence, explained={("a0", "a1"): explained}))
    page.keyboard.press("2")
    page.locator(".row", has_text="Заметка a0").click()
    page.locator(".column.b .text").wait_for()
    apart = page.locator(".apart")
    expect(apart).to_contain_text("number 25 against 26")
    for sentence in explained.own_sentences:
        expect(apart).to_contain_text(sentence)
    page.locator("#detail [data-item]").nth(2).click()
    expect(apart).to_have_count(0)


def test_one_source_has_no_charts_of_sources(opened: Any) -> None:
    report, evidence = small_report()
    one = [msgspec.structs.replace(item, source="Вестник") for item in report.items]
    page = opened(
        msgspec.structs.replace(report, items=one),
        msgspec.structs.replace(evidence, sources={"Вестник": 9}),
    )
    page.locator("#overview h2", has_text="Skipped records").wait_for()
    headings = page.locator("#overview h2").all_text_contents()
    assert not {"By source", "Who copies whom"} & set(headings)


def test_the_report_says_what_it_is_about(opened: Any, tmp_path: Path) -> None:
    report, evidence = small_report()
    page = opened(report, evidence)
    expect(page.locator("#about")).to_contain_text("published 1 Dec 2024 to")
    expect(page.locator("#about")).to_contain_text("report of ")
    path = tmp_path / "named.html"
    path.write_text("".join(html_report(report, evidence, "crawl & more")), "utf-8")
    page.goto(path.as_uri())
    expect(page.locator("#about")).to_contain_text("crawl & more · ")
    expect(page).to_have_title("crawl & more: 4 kept, 5 removed")
    page.goto((tmp_path / "report.html").as_uri())


def test_planted_script_does_not_run(opened: Any) -> None:
    page = opened(*planted_report())
    for part in ("#why", "#largest", ".matrix button"):
        page.locator(part).first.hover()
    for view in ("2", "3"):
        page.keyboard.press(view)
        expect(page.locator(".row")).to_have_count(len(EVILS))
        for row in range(len(EVILS)):
            page.locator(f"#row-{row}").click()
            page.locator(".column.b .text").wait_for()
            assert page.locator("#detail h2").first.text_content() in EVILS
            assert page.locator("main script, main img, main iframe, svg[onload]").count() == 0
            hrefs = page.evaluate("[...document.links].map(a => a.getAttribute('href'))")
            assert all(href.startswith(("#", "https://")) for href in hrefs)
    assert page.evaluate("window.pwned") is None


@pytest.mark.parametrize("source", REAL, ids=lambda source: source.name)
def test_report_of_real_files_filters_and_opens(opened: Any, source: Path) -> None:
    if not source.exists() or (source.is_dir() and not any(source.iterdir())):
        pytest.skip(f"{source.name} is not here")
    page = opened(source)
    page.locator(".largest a").first.click()
    page.locator(".column.b .text").wait_for()
    assert page.locator("mark[data-passage]").count() >= 2
    page.select_option("#relation", "excerpt")
    page.select_option("#sort", "weakest match")
    expect(page.locator("#found")).to_contain_text(" of ")
    page.locator(".row").first.click()
    page.locator(".column.b .text").wait_for()


def test_policy_refuses_a_script_that_is_not_the_reports_own(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    html = "".join(html_report(*small_report()))
    path.write_text(html.replace("</body>", "<script>window.pwned = 1</script></body>"), "utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    assert page.evaluate("window.pwned") is None
    expect(page.locator(".largest li")).to_have_count(3)
    page.close()
