"""A quotation, figures or the entries of a list that only the shorter text has keep it.

The same addition in both texts, wherever it stands in the longer, lets the shorter one go. The
texts are invented.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import pytest

import dedup


class Report(NamedTuple):
    """A report in one language: what two papers share, what the longer adds, and by kind what one
    of them may say besides."""

    shared: str
    more: str
    additions: dict[str, str]


REPORTS = {
    "en": Report(
        "The council of Marlow decided on Monday to close the old swimming pool in October. The "
        "building, put up in 1968, needs a new roof and new pipes, for which there is no money. "
        "Clubs will move to the pool of the technical school across the river. ",
        "A study of the site is expected next spring. The land belongs to the county, which "
        "wants to build flats for nurses there. Trams will stop at the school until late in the "
        "evening, and the ticket office will sell joint passes.",
        {
            "quotation": "“My grandchildren learned to swim here and nobody asked us,” said a "
            "pensioner at the door.",
            "figures": "A season ticket there costs 84 pounds, children pay 31.",
            "list": "The clubs are Dolphin, Red Star, Neptune and Northern Masters.",
        },
    ),
    "ru": Report(
        "Совет Кедринска в понедельник решил закрыть в октябре старый бассейн. Зданию, которое "
        "построили в 1968 году, нужны новая крыша и новые трубы, а денег на них нет. Секции "
        "переедут в бассейн технического училища за рекой. ",
        "Обследование участка закончат весной. Земля принадлежит области, которая хочет построить "
        "там дома для медсестёр. Трамваи будут ходить к училищу до позднего вечера, а в кассе "
        "появятся общие абонементы.",
        {
            "quotation": "«Мои внуки научились здесь плавать, и никто нас не спросил», — сказала "
            "пенсионерка у входа.",
            "dash": "— Мои внуки научились здесь плавать, и никто нас не спросил, — сказала "
            "пенсионерка.",
            "figures": "Абонемент там стоит 8400 рублей, дети платят 3100.",
            "list": "Переезжают «Дельфин», «Красная звезда», «Нептун» и «Северяне».",
        },
    ),
    "pl": Report(
        "Rada miasta Borów zdecydowała w poniedziałek, że w październiku zamknie starą pływalnię. "
        "Budynek postawiony w 1968 roku wymaga nowego dachu i nowych rur, na co nie ma pieniędzy. "
        "Kluby przeniosą się na pływalnię technikum za rzeką. ",
        "Badania terenu zakończą się wiosną. Grunt należy do województwa, które chce tam zbudować "
        "mieszkania dla pielęgniarek. Tramwaje będą kursowały do szkoły do późnego wieczora, a "
        "kasa sprzeda wspólne karnety.",
        {
            "quotation": "„Moje wnuki nauczyły się tu pływać i nikt nas nie zapytał” – mówi "
            "emerytka spod wejścia.",
            "dash": "- Moje wnuki nauczyły się tu pływać i nikt nas nie zapytał, mówi emerytka.",
            "figures": "Karnet kosztuje tam 840 złotych, dzieci płacą 310.",
            "list": "Przenoszą się Delfin, Gwiazda, Neptun i Mewa Północ.",
        },
    ),
    "cs": Report(
        "Zastupitelé Horní Lhoty v pondělí rozhodli, že v říjnu zavřou starý bazén. Budova "
        "postavená v roce 1968 potřebuje novou střechu a nové potrubí, na což nejsou peníze. "
        "Oddíly se přestěhují do bazénu průmyslovky za řekou. ",
        "Průzkum pozemku skončí na jaře. Pozemek patří kraji, který tam chce postavit byty pro "
        "zdravotní sestry. Tramvaje budou ke škole jezdit do pozdního večera a pokladna nabídne "
        "společné permanentky.",
        {
            "quotation": "„Moji vnuci se tu naučili plavat a nikdo se nás neptal,“ řekla u vchodu "
            "důchodkyně.",
            "dash": "– Moji vnuci se tu naučili plavat a nikdo se nás neptal, řekla důchodkyně.",
            "figures": "Permanentka tam stojí 2840 korun, děti platí 1310.",
            "list": "Stěhují se Delfín, Hvězda, Neptun a Severní racek.",
        },
    ),
    "uk": Report(
        "Рада Кам'янки в понеділок вирішила закрити в жовтні старий басейн. Будівля, зведена 1968 "
        "року, потребує нового даху і нових труб, а грошей на них немає. Секції переїдуть до "
        "басейну технікуму за річкою. ",
        "Обстеження ділянки завершать навесні. Земля належить області, яка хоче збудувати там "
        "житло для медсестер. Трамваї ходитимуть до технікуму до пізнього вечора, а каса "
        "продаватиме спільні абонементи.",
        {
            "quotation": "«Мої онуки навчилися тут плавати, і ніхто нас не спитав», — сказала "
            "пенсіонерка біля входу.",
            "figures": "Абонемент там коштує 840 гривень, діти платять 310.",
            "list": "Переїжджають «Дельфін», «Зірка», «Нептун» і «Чайка».",
        },
    ),
    "bg": Report(
        "Общинският съвет на Дряново реши в понеделник да затвори през октомври стария басейн. "
        "Сградата, построена през 1968 година, има нужда от нов покрив и нови тръби, за които няма "
        "пари. Клубовете ще се преместят в басейна на техникума отвъд реката. ",
        "Проучването на терена ще приключи напролет. Земята е на областта, която иска да построи "
        "там жилища за медицински сестри. Трамваите ще вървят до училището до късно вечерта, а "
        "касата ще продава общи карти.",
        {
            "quotation": "„Внуците ми се научиха да плуват тук и никой не ни попита“, каза "
            "пенсионерка пред входа.",
            "figures": "Картата там струва 184 лева, децата плащат 71.",
            "list": "Местят се „Делфин“, „Звезда“, „Нептун“ и „Чайка“.",
        },
    ),
    # No module of `text.lang` knows this language.
    "fi": Report(
        "Marlovan valtuusto päätti maanantaina sulkea vanhan uimahallin lokakuussa. Vuonna 1968 "
        "rakennettu talo kaipaa uutta kattoa ja uusia putkia, joihin ei ole rahaa. Seurat "
        "siirtyvät ammattikoulun altaalle joen toiselle puolelle. ",
        "Tontin tutkimus valmistuu keväällä. Maa kuuluu läänille, joka haluaa rakentaa sinne "
        "asuntoja sairaanhoitajille. Raitiovaunut kulkevat koululle myöhään iltaan, ja kassa myy "
        "yhteisiä kortteja.",
        {
            "quotation": "”Lapsenlapseni oppivat täällä uimaan eikä kukaan kysynyt meiltä”, sanoi "
            "eläkeläinen ovella.",
            "figures": "Kausikortti maksaa siellä 184 euroa, lapset maksavat 71.",
            "list": "Mukana ovat Delfiini, Tähti, Neptunus ja Lokki.",
        },
    ),
}

CASES = [
    pytest.param(report, addition, id=f"{language}-{kind}")
    for language, report in REPORTS.items()
    for kind, addition in report.additions.items()
]


def removed(tmp_path: Path, short: str, long: str) -> int:
    path = tmp_path / "pair.jsonl"
    items = (
        {"id": "a", "source": "Morning", "published": "1996-06-11T08:00:00Z", "text": short},
        {"id": "b", "source": "Evening", "published": "1996-06-11T13:00:00Z", "text": long},
    )
    path.write_text("".join(json.dumps(item) + "\n" for item in items), "utf-8")
    return dedup.report([path], workers=1).counts["removed"]


@pytest.mark.parametrize(("report", "addition"), CASES)
def test_a_statement_of_its_own_keeps_the_shorter(
    tmp_path: Path, report: Report, addition: str
) -> None:
    assert removed(tmp_path, report.shared + addition, report.shared + report.more) == 0


@pytest.mark.parametrize(("report", "addition"), CASES)
def test_a_statement_that_both_have_does_not(tmp_path: Path, report: Report, addition: str) -> None:
    longer = report.shared + report.more + " " + addition
    assert removed(tmp_path, report.shared + addition, longer) == 1


@pytest.mark.parametrize("report", [pytest.param(REPORTS[name], id=name) for name in REPORTS])
def test_the_rest_is_removed(tmp_path: Path, report: Report) -> None:
    assert removed(tmp_path, report.shared, report.shared + report.more) == 1


#: A quotation of two sentences: the longer has both, or only the first.
SECOND_SENTENCES = {
    "en": ("“We have asked the court for more time. ", "Nobody expects a verdict before Easter,” "),
    "ru": ("«Мы попросили суд о переносе слушаний. ", "Решения до Пасхи никто не ждёт», — "),
    "pl": ("„Poprosiliśmy sąd o więcej czasu. ", "Wyroku przed Wielkanocą nikt nie oczekuje” – "),
    "cs": ("„Požádali jsme soud o více času. ", "Rozsudek před Velikonocemi nikdo nečeká,“ "),
    "uk": ("«Ми попросили суд про перенесення. ", "Рішення до Великодня ніхто не чекає», — "),
    "bg": ("„Поискахме от съда повече време. ", "Никой не очаква присъда преди Великден“, "),
}


@pytest.mark.parametrize("language", SECOND_SENTENCES)
def test_the_second_sentence_of_a_quotation(tmp_path: Path, language: str) -> None:
    report = REPORTS[language]
    first, second = SECOND_SENTENCES[language]
    end = " Kovács."
    shorter = report.shared + first + second + end
    assert removed(tmp_path, shorter, report.shared + first + second + end + report.more) == 1
    closed = first.rstrip() + second.rstrip(" —–-")[-1] + end
    assert removed(tmp_path, shorter, report.shared + closed + report.more) == 0
