"""Errors, checks of the browser and closed doors are no copies of each other."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.text import walls
from dedup.text.walls import wall_rows

WALLS = [
    ("Just a moment...", "paper.example needs to review the security of your connection."),
    ("DDoS-Guard", "Checking your browser before accessing paper.example. Please wait 5 seconds."),
    ("404 Not Found", "nginx"),
    ("Paper", "The page you are looking for could not be found. Go to the front page."),
    ("", "403 Forbidden\nnginx/1.18"),
    ("Access Denied", "Reference #18.2d351ab8.1557333295.a4e16ab"),
    ("App", "You need to enable JavaScript to run this app."),
    ("451", "We cannot show this: unavailable due to legal reasons."),
    ("Листок", "Для работы сайта включите JavaScript в настройках браузера."),
    ("Ой!", "Подтвердите, что запросы отправляли вы, а не робот."),
    ("Листок", "Страница, которую вы ищете, не найдена. Перейдите на главную."),
    ("", "Доступ к запрашиваемому ресурсу закрыт по решению суда."),
    ("Листок", "Сторінку не знайдено"),
    ("Листче", "Страницата не е намерена."),
    ("Blatt", "Die Seite ist wegen Wartungsarbeiten nicht erreichbar."),
    ("Blatt", "Die angeforderte Seite wurde leider nicht gefunden."),
    ("Gazeta", "Strona o podanym adresie nie istnieje."),
    ("Noviny", "Stránka nebyla nalezena"),
    ("Journal", "Erreur 404 : cette page est introuvable."),
    ("Diario", "Página no encontrada"),
    ("Gazete", "Aradığınız sayfa bulunamadı."),
    ("Εφημερίδα", "Η σελίδα δεν βρέθηκε."),
    ("جريدة", "الصفحة المطلوبة غير موجودة"),
    ("Fair", "Before you go on. We and our 97 partners store data on your device to measure ads."),
    ("Ярмарка", "Мы и наши партнёры храним данные о вашем устройстве."),
    ("Markt", "Wir und unsere 97 Partner verwenden Kennungen, um Werbung auszuwählen."),
    ("Targ", "My i nasi partnerzy przechowujemy informacje na urządzeniu."),
    ("Trh", "My a naši 97 partneři ukládáme informace v zařízení."),
    ("日报", "您访问的页面不存在，请返回首页。"),
]
NEWS = [
    ("Сайт ведомства взломали", "Хакеры взломали сайт ведомства. Доступ к сайту был ограничен."),
    ("500 years of printing", "The museum shows 500 years of printing from Tuesday on."),
    ("Штангу в 500 килограммов подняли впервые", "Рекорд поставил Пётр Зимин: 500 килограммов."),
    ("Access denied to stadium", "Fans had no access to the stadium: the gates stayed closed."),
    ("Page turned", "The club has turned the page and found a new coach."),
    ("Straße gesperrt", "Wegen Bauarbeiten ist die Brücke bis Freitag gesperrt."),
    ("Robot finds a human", "A robot dog found a lost hiker on Sunday, the rescuers say."),
    ("Clinic opens", "“We and our partners built it in a year,” the mayor of Kelso said."),
    ("Больница открыта", "«Мы и наши партнёры построили её за год», — сказал мэр."),
    # Below the news.
    (
        "Ferry back in service",
        "The ferry to Kelso sails again from Monday, the harbour office said after repairs. "
        "We and our 97 partners store data on your device.",
    ),
    # Quoted in an article.
    (
        "Sites fail",
        "Readers saw the line “Bad gateway” for an hour. " + "The firm explained it. " * 40,
    ),
]


@pytest.mark.parametrize(("title", "text"), WALLS)
def test_a_wall_stands_in_no_comparison(title: str, text: str) -> None:
    assert wall_rows(pa.array([title]), pa.array([text])).tolist() == [True]


@pytest.mark.parametrize(
    ("pattern", "signs"),
    [
        *((pattern, walls._SIGNS) for pattern in (*walls._SENTENCES, *walls._CONSENT)),
        *((pattern, walls._LINE_SIGNS) for pattern in walls._LINES),
    ],
)
def test_a_sign_stands_in_each_match(pattern: str, signs: str) -> None:
    @settings(max_examples=40, deadline=None)
    @given(st.from_regex(re.compile(pattern), fullmatch=True))
    def holds(match: str) -> None:
        small = match.lower()
        assert any(sign in small for sign in (*signs.split("|"), *walls._ODD))

    holds()


def test_letters_that_are_taken_for_others_are_signs() -> None:
    letters = set("".join((*walls._SENTENCES, *walls._CONSENT, *walls._LINES)).lower())
    for code in range(0x30000):
        letter = chr(code)
        if letter.casefold() in letters and letter.lower() != letter.casefold():
            assert letter in walls._ODD
    assert wall_rows(pa.array([""]), pa.array(["Plea\u017fe enable java\u017fcript."])).all()


@pytest.mark.parametrize(("title", "text"), NEWS)
def test_news_is_no_wall(title: str, text: str) -> None:
    assert wall_rows(pa.array([title]), pa.array([text])).tolist() == [False]


def test_nothing_is_removed_for_a_wall() -> None:
    records = [
        {"id": f"{number}-{site}", "source": site, "title": title, "text": text}
        for number, (title, text) in enumerate(WALLS)
        for site in ("a.example", "b.example")
    ]
    with pytest.warns(dedup.InputWarning, match="too little text to compare"):
        report = dedup.report(records)
    assert report.counts["removed"] == report.counts["story_groups"] == 0
    assert report.counts["kept"] == len(records)
