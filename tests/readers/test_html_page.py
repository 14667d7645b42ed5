"""HTML pages: the article alone, what the page says of itself, and nothing that costs others."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.readers import chunks, parse_chunk, read
from dedup.readers.deadline import DeadlineExceeded, deadline
from dedup.readers.html_page import read_html
from dedup.readers.page import parse_page

TITLE = "Паром «Ладья» вернулся на реку Вёкшу"
PARAGRAPHS = [
    "Паром «Ладья» в среду снова перевёз через реку Вёкшу первые машины",
    "Зимой судно поставили в док: корпус пришлось варить заново, работа заняла девяносто дней",
    "Капитан Лидия Сомова сказала, что до открытия моста паром сделает около тысячи рейсов",
    "Билет для пешехода стоит сорок рублей, для легкового автомобиля двести десять",
    "Ночью переправа не работает, а последний рейс уходит с левого берега в одиннадцать.",
]
HEAD = f"""<title>{TITLE} | Речной листок</title>
<link rel="canonical" href="https://www.listok.example/a/77">
<meta property="og:site_name" content="Речной листок">
<meta property="og:title" content="{TITLE}">
<meta property="article:published_time" content="2024-06-19T08:30:00+05:00">"""
MENU = (
    '<div class="top"><a href="/">Речной листок</a><ul class="menu"><li><a href="/1">Город</a>'
    '<li><a href="/2">Река</a><li><a href="/3">Люди</a></ul></div>'
)
AFTER = """<aside class="related"><h3>По теме</h3><ul><li>Мост через Вёкшу сдвинули на метр</li>
<li>Щука съела блесну рыбнадзора</li></ul></aside>
<section id="comments" class="comments"><h4>Комментарии: 2</h4><div class="comment"><b>Тоня</b>
Наконец-то, а то в объезд два часа.</div><div class="comment"><b>Гость</b> Дорого.</div></section>
<footer><p>Речной листок, сетевое издание. Учредитель ООО «Берег».</p></footer>
<div style="DISPLAY : none">паром купить дёшево</div><div hidden>для машин поиска</div>
<div class="cookie-consent">Мы храним куки. Вы соглашаетесь, если читаете дальше.</div>"""


def page_of(
    paragraphs: list[str] = PARAGRAPHS, head: str = HEAD, before: str = MENU, after: str = AFTER
) -> str:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8">{head}</head><body>{before}'
        f"<h1>{TITLE}</h1><article>{body}</article>{after}</body></html>"
    )


def test_the_story_is_the_article_alone() -> None:
    page = read_html(page_of())
    assert page.title == TITLE
    assert page.text == "\n".join(PARAGRAPHS)
    assert not page.teasers


def test_a_page_tells_its_time_site_and_address() -> None:
    page = read_html(page_of())
    assert page.published == "2024-06-19T08:30:00+05:00"
    assert page.source == "Речной листок"
    assert page.url == "https://www.listok.example/a/77"


LD = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "before", "published"),
    [
        (LD.format('{"@type": "NewsArticle", "datePublished": "2024-06-19T08:30:00Z"}'), "",
         "2024-06-19T08:30:00Z"),
        (LD.format('{"@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"],'
                   ' "headline": "a\nb", "datePublished": "2024-06-19"}]}'), "", "2024-06-19"),
        # of one day the form that tells the hour
        (LD.format('{"@type": "Article", "datePublished": "2024-06-19"}')
         + '<meta name="pubdate" content="2024-06-19 08:30">', "", "2024-06-19T08:30"),
        ('<meta itemprop="datePublished" content="20240619T0830">', "", "2024-06-19T08:30"),
        ("", '<time datetime="2024-06-19T08:30+05:00">утром</time>', "2024-06-19T08:30+05:00"),
        ("", "<time>19 июня 2024, 08:30</time>", "2024-06-19T08:30"),
        ("", '<div class="article-date">19.06.2024 08:30</div>', "2024-06-19T08:30"),
        ("", '<span class="post-date">June 19, 2024</span>', "2024-06-19"),
        # what is changed later, is coming, or is no time, says nothing
        ('<meta property="article:modified_time" content="2024-06-20T08:30">', "", ""),
        ("", '<div class="date">вчера</div><div class="update">20.06.2024</div>', ""),
        (LD.format('{"datePublished": '), "", ""),
    ],
)  # fmt: skip
def test_forms_of_the_time(head: str, before: str, published: str) -> None:
    assert read_html(page_of(head=head, before=before, after="")).published == published


@pytest.mark.parametrize(
    ("head", "source"),
    [
        (LD.format('{"@type": "NewsArticle", "publisher": {"name": "Речной листок"}}'),
         "Речной листок"),
        ('<meta name="application-name" content="Листок">', "Листок"),
        ('<link rel="canonical" href="https://www.listok.example/a/77">', "listok.example"),
        ('<meta property="og:url" content="http://listok.example/a/77">', "listok.example"),
        ('<link rel="canonical" href="/a/77">', ""),
        ('<link rel="canonical" href="http://[bad">', ""),
    ],
)  # fmt: skip
def test_the_source_is_the_name_of_the_site_or_its_host(head: str, source: str) -> None:
    assert read_html(page_of(head=head)).source == source


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>Снег &amp; лёд</title><p>Выпал снег.</p>", "Снег & лёд"),
        (f"<title>Листок</title><h1>{TITLE}</h1><p>Текст.</p>", TITLE),
        # a logo is no heading of the article
        (f"<title>{TITLE}</title><h1>Листок</h1><h1>{TITLE}</h1><p>Текст.</p>", TITLE),
        (f'<meta property="og:site_name" content="Листок"><title>{TITLE} — Листок</title>'
         "<h1>Листок</h1><p>Текст.</p>", TITLE),
        (f'<svg><title>Лупа</title></svg><title>{TITLE}</title><p>Текст.</p>', TITLE),
    ],
)  # fmt: skip
def test_titles(html: str, title: str) -> None:
    assert read_html(html).title == title


def test_one_article_on_several_sites_has_one_text() -> None:
    def links(word: str) -> str:
        return "".join(f"<div><a href='/{i}'>{word} номер {i} за день</a></div>" for i in range(30))

    texts = {
        read_html(page_of(head="", before="", after=after)).text
        for after in ("", links("Погода"), links("Хоккей"), AFTER)
    }
    assert texts == {"\n".join(PARAGRAPHS)}


@pytest.mark.parametrize(
    "heading",
    [
        "Новости по теме", "Читайте также:", "Читайте также по теме", "Read also",
        "Related stories", "Lesen Sie auch", "Lire aussi :", "Czytaj też", "Читайте також",
        "Прочетете още", "Das könnte Sie auch interessieren", "İLGİLİ HABERLER",
        "Bunları da okuyun", "Διαβάστε επίσης:", "ΔΕΙΤΕ ΑΚΟΜΑ", "اقرأ أيضاً", "أخبار ذات صلة",
        "相关阅读：", "延伸閱讀", "関連記事", "관련 기사", "Lees ook", "Läs också", "Les også",
        "Lue myös", "Kapcsolódó cikkek", "Citeşte şi", "Pročitajte još",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "box",
    [
        '<div class="inset"><div>{}</div><a href="/9">Мост через Вёкшу сдвинули на метр</a></div>',
        '<p><strong>{}</strong></p><ul><li><a href="/9">Мост через Вёкшу сдвинули на метр</a></ul>',
        '<p>{} <a href="/9">Мост через Вёкшу сдвинули на метр</a></p>',
    ],
)
def test_the_article_goes_on_behind_a_box_of_links(heading: str, box: str) -> None:
    html = page_of().replace(
        f"<p>{PARAGRAPHS[2]}</p>", box.format(heading) + f"<p>{PARAGRAPHS[2]}</p>"
    )
    assert read_html(html).text == "\n".join(PARAGRAPHS)


def test_a_sentence_that_begins_like_such_a_box_stays() -> None:
    text = 'Read also the rules, <a href="/r">all twelve pages</a> of them, said the captain.'
    html = page_of([PARAGRAPHS[0], text, *PARAGRAPHS[2:]])
    assert (
        "Read also the rules, all twelve pages of them, said the captain." in read_html(html).text
    )


@pytest.mark.parametrize("heading", ["Новости по теме", "Читайте также по теме:", "По теме"])
def test_page_text_goes_on_behind_a_box(heading: str) -> None:
    paragraphs = [f"{text}." for text in PARAGRAPHS[:4]]
    box = [f"{heading}\nМост через Вёкшу сдвинули на метр"]
    page = parse_page("\n\n".join([TITLE, *paragraphs[:2], *box, *paragraphs[2:]]))
    assert page.text == "\n".join(paragraphs)
    assert not page.teasers


def test_teasers_of_a_regional_page() -> None:
    teasers = (
        "<h3>Новости соседних регионов по теме</h3>"
        "<p>В Еловске паром ремонтируют второй год, сообщила мэрия.</p>"
        "<p>09:05 19.06.2024 Еловские вести - Еловск</p>"
        "<p>Переправу у села Броды закрыли из-за низкой воды.</p>"
        "<p>23:40 18.06.2024 Броды-Инфо - Броды</p>"
    )
    page = read_html(page_of(after=teasers))
    assert page.text == "\n".join(PARAGRAPHS)
    assert [(one.source, one.published) for one in page.teasers] == [
        ("Еловские вести", "2024-06-19T09:05"),
        ("Броды-Инфо", "2024-06-18T23:40"),
    ]


@pytest.mark.parametrize(
    "page",
    [
        f"<head><title>{TITLE}</title><body><div id=root></div>",
        f"<head><title>{TITLE}</title><body><noscript>Turn on JavaScript.</noscript><div></div>",
        f"<head><meta property='og:title' content='{TITLE}'><body><script>load()</script>",
        f"<head><title>{TITLE}</title><frameset><frame src=a.html></frameset>",
    ],
)
def test_a_page_whose_text_a_script_loads_holds_none(tmp_path: Path, page: str) -> None:
    (tmp_path / "a.html").write_text(f"<!DOCTYPE html><html>{page}</html>", "utf-8")
    (parsed,) = read([tmp_path / "a.html"])
    assert not len(parsed.items)
    assert parsed.skipped[0].reason == "the page holds no text"


def test_the_text_of_such_a_page_is_that_of_its_data() -> None:
    text = ". ".join(PARAGRAPHS)
    data = f'{{"@type": "NewsArticle", "headline": "{TITLE}", "articleBody": "{text}"}}'
    head = f'{HEAD}<script type="application/ld+json">{data}</script>'
    page = read_html(f"<html><head>{head}</head><body><div id=root></div></body></html>")
    assert (page.title, page.text) == (TITLE, text)


@pytest.mark.parametrize(
    ("refresh", "body", "reads"),
    [
        ("0; url=https://listok.example/b", "Страница переехала. Перейти", False),
        ("5;URL='/b'", "", False),
        ("0, url=/b", "You will be sent on.", False),
        ("300", "Паром вернулся на реку.", True),
        ("300; url=/b", "Паром вернулся на реку.", True),
        ("0; url=/b", "".join(f"<p>{text}</p>" for text in 3 * PARAGRAPHS), True),
    ],
)
def test_a_page_that_sends_the_reader_on_is_named(
    tmp_path: Path, refresh: str, body: str, reads: bool
) -> None:
    head = f'<meta charset=utf-8><meta http-equiv="Refresh" content="{refresh}">'
    (tmp_path / "a.html").write_text(
        f"<html><head>{head}</head><body>{body}</body></html>", "utf-8"
    )
    (parsed,) = read([tmp_path / "a.html"])
    assert len(parsed.items) == reads
    if not reads:
        assert "only sends the reader on to" in parsed.skipped[0].reason


def test_what_amp_shows_beside_an_article_is_left_out() -> None:
    ad = '<amp-ad type="x"><div fallback>Реклама сапог</div></amp-ad>'
    before = "<amp-sidebar><ul><li>Город<li>Река</ul></amp-sidebar>"
    after = "<amp-consent><div>Мы храним куки</div></amp-consent>"
    plain, amp = page_of(), page_of(before=before, after=ad + after)
    amp = amp.replace("</p><p>", f"</p>{ad}<p>", 1)
    assert read_html(amp).text == read_html(plain).text


def test_text_that_a_script_shows_later_is_read() -> None:
    body = "".join(f"<p>{text}. {text}.</p>" for text in PARAGRAPHS)
    page = read_html(f'<h1>{TITLE}</h1><div style="display:none">{body}</div>')
    assert PARAGRAPHS[3] in page.text


# What costs only itself


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000 + "x",
        "<p>text " + "<b>" * 200_000 + "x",
        "<" * 400_000,
        "<a " * 200_000,
        "<a " + " ".join(f"a{i}=b" for i in range(100_000)) + ">x</a>",
        "<!--" * 100_000,
        "<p>" + "[a](" * 200_000,
        "<table><tr><td>" * 50_000,
        "<script>" * 100_000,
        "<p>a" + " " * 1_000_000 + "b",
        "<p>" + "&amp;" * 200_000,
        "<title>" + "| - " * 100_000 + "</title><p>x",
        LD.format('{"a":' * 50_000),
        "<span class='date'>" * 200 + "1" * 100_000,
        "<h3>По теме</h3>" * 3_000,
        "<p>Новости по теме\n" * 3_000,
    ],
    ids=range(16),
)
def test_no_markup_takes_long(html: str) -> None:
    with deadline(30):  # all take less than a second; the worst took minutes
        read_html(html)


def test_what_lies_behind_deep_nesting_is_read() -> None:
    html = "<div>" * 400 + "x" + "</div>" * 400 + f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>"
    assert PARAGRAPHS[1] in read_html(html).text


def test_a_deadline_ends_work_in_any_thread() -> None:
    outcome: list[str] = []

    def work() -> None:
        try:
            with deadline(0.05):
                while True:
                    time.sleep(0.001)
        except DeadlineExceeded:
            outcome.append("ended")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)
    assert outcome == ["ended"]
    with deadline(60):
        pass


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError("odd"), "the page cannot be read (ValueError: odd)"),
        (RecursionError("deep"), "the page cannot be read (RecursionError: deep)"),
        (DeadlineExceeded(), "the page takes more than 30 seconds to read"),
    ],
)
def test_a_page_that_fails_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, reason: str
) -> None:
    def failing(html: str, url: str) -> object:
        if "роковая" in html:
            raise error
        return read_html(html, url)

    monkeypatch.setattr("dedup.readers.pages.read_html", failing)
    (tmp_path / "a.html").write_text(page_of(["роковая страница"]), "utf-8")
    (tmp_path / "b.html").write_text(page_of(), "utf-8")
    (parsed,) = read([tmp_path])
    assert parsed.items["id"].to_pylist() == [str(tmp_path / "b.html")]
    assert [str(one) for one in parsed.skipped] == [f"{tmp_path / 'a.html'}:1: {reason}"]


TAGS = "html head body div p article section aside ul li table tr td a b span h1 h2 br script title"
PIECES = st.one_of(
    st.sampled_from([f"<{tag}>" for tag in TAGS.split()] + [f"</{tag}>" for tag in TAGS.split()]),
    st.sampled_from(
        ['<a href="/x">', "<div hidden>", '<p style="display:none">', "<!--", "-->", "<![CDATA[",
         "<meta charset=x>", '<meta property="og:title" content="', LD.format("{"), "&nbsp;",
         "&#0;", "&#xd800;", "\x00", "\ufffe", "<", ">", '"', "По теме", "Read also", "10:00",
         " 01.02.2025 Газета - Псков", "Выпал снег и встал лёд на реке. " * 5]
    ),
    st.text(max_size=12),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=60))
def test_any_markup_is_read_or_named(pieces: list[str]) -> None:
    page = read_html("".join(pieces))
    assert all(isinstance(value, str) for value in (page.title, page.text, page.published))
    assert all(teaser.text for teaser in page.teasers)


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_mutated_page_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(page_of().encode())
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(content) - 1))
        kind = data.draw(st.sampled_from("fdc"))
        if kind == "f":
            content[at] = data.draw(st.integers(0, 255))
        elif kind == "d":
            del content[at : at + data.draw(st.integers(1, 200))]
        else:
            content[at:at] = content[data.draw(st.integers(0, at)) : at][:300]
    path = tmp_path_factory.mktemp("page") / "a.html"
    path.write_bytes(content)
    (parsed,) = map(parse_chunk, chunks([path]))
    assert len(parsed.items) + len(parsed.skipped) == 1
