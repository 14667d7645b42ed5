"""Kinds of pairs that an editor judged: may one of the two be removed? All texts are invented."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest

import dedup


class Text(NamedTuple):
    """One text: when and where it was published, its title and body."""

    published: str
    source: str
    title: str
    body: str


class Judged(NamedTuple):
    """A kind of pair in one language, and whether one of the two may go."""

    kind: str
    language: str
    may_go: bool
    a: Text
    b: Text


MORNING, NOON, NEXT_DAY = "2025-03-10T08:00:00Z", "2025-03-10T12:00:00Z", "2025-03-11T20:00:00Z"

TABLE_HEAD = (
    "Velmark central bank weekly return, week ended March 5, in millions. "
    "Free reserves 644 vs 1337. Borrowings 680 vs 425. Seasonal loans 81 vs 56. "
    "Extended loans 299 vs 265. Excess reserves 1025 vs 1497. Adjusted reserves 55250 vs 55366. "
)
TABLE_LATER = (
    "Borrowings on the last day 614 vs 745. Float 511 vs 831. Balances 2101 vs 2168. "
    "Currency in circulation 206490 vs 207009. Treasury deposits 4208 vs 4271. "
    "The bank publishes the return every Thursday after the close of the exchange in Velmark. "
)

JUDGED = (
    Judged(
        "a table whose figures the longer has not yet",
        "en",
        False,
        Text(
            MORNING,
            "Velmark Wire",
            "",
            TABLE_HEAD + "Required reserves not available. "
            "Total reserves not available. Monetary base not available. " + TABLE_LATER,
        ),
        Text(
            NOON,
            "Velmark Wire",
            "",
            TABLE_HEAD + "Required reserves 55513 vs 56208. "
            "Total reserves 56538 vs 57705. Monetary base 244199 vs 244925.",
        ),
    ),
    Judged(
        "the payout of another fund in the same table",
        "en",
        False,
        Text(
            MORNING,
            "Velmark Wire",
            "FUNDSTONE GROWTH TAX-FREE SETS PAYOUT",
            "Monthly div 7.1 cts vs 7.1 cts prior. Payable March 31. Note: Fundstone Growth "
            "Tax-Free Fund.",
        ),
        Text(
            NOON,
            "Velmark Wire",
            "FUNDSTONE HIGH-INCOME TAX-FREE SETS PAYOUT",
            "Monthly div 7.1 cts vs 7.1 cts prior. Payable March 31. Note: Fundstone "
            "High-Income Growth Tax-Free Fund.",
        ),
    ),
    Judged(
        "another count in a longer report",
        "ru",
        False,
        Text(
            MORNING,
            "Вести Заречья",
            "",
            "Ещё три беспилотника, летевших на Заозёрск, сбиты в районах Луговое и Каменка. "
            "На месте падения обломков работают специалисты экстренных служб.",
        ),
        Text(
            MORNING.replace("08:00", "08:20"),
            "Заозёрск сегодня",
            "",
            "Около 17 беспилотников, летевших на Заозёрск, сбиты в районах Луговое, Сосновка "
            "и Каменка. На месте падения обломков работают специалисты экстренных служб. В "
            "аэропорту введён план «Ковёр», задержаны рейсы на вылет и на прилёт. Атака "
            "продолжается, сообщил губернатор.",
        ),
    ),
    Judged(
        "another count in a longer report",
        "uk",
        False,
        Text(
            MORNING,
            "Вісті Зарічья",
            "",
            "Ще три безпілотники, що летіли на Озерськ, збито в районах Лугове та Кам'янка. "
            "На місці падіння уламків працюють фахівці екстрених служб.",
        ),
        Text(
            MORNING.replace("08:00", "08:20"),
            "Озерськ сьогодні",
            "",
            "Близько 17 безпілотників, що летіли на Озерськ, збито в районах Лугове, Соснівка "
            "та Кам'янка. На місці падіння уламків працюють фахівці екстрених служб. В "
            "аеропорту затримано рейси на виліт і на приліт. Атака триває, повідомив голова "
            "області.",
        ),
    ),
    Judged(
        "another count in a longer report",
        "pl",
        False,
        Text(
            MORNING,
            "Kurier Zalesia",
            "",
            "Trzy drony lecące w stronę Zalesia zestrzelono w gminach Dolna i Kamionka. "
            "Na miejscu upadku szczątków pracują służby ratunkowe.",
        ),
        Text(
            MORNING.replace("08:00", "08:20"),
            "Zalesie Dziś",
            "",
            "Około 17 dronów lecących w stronę Zalesia zestrzelono w gminach Dolna, Sosnowa i "
            "Kamionka. Na miejscu upadku szczątków pracują służby ratunkowe. Na lotnisku "
            "wstrzymano starty i lądowania. Atak trwa, poinformował wojewoda.",
        ),
    ),
    Judged(
        "the next day's strike of the same source",
        "ru",
        False,
        Text(
            MORNING,
            "Вести Заречья",
            "",
            "Самолёты ВВС Борвега нанесли серию ударов по колонне бронетехники на трассе "
            "Луговое - Каменка, сорвав её наступление, сообщил агентству источник в штабе.",
        ),
        Text(
            NEXT_DAY,
            "Вести Заречья",
            "",
            "Самолёты ВВС Борвега нанесли серию ударов по колонне бронетехники на севере "
            "провинции Алданд, которая шла на соединение с другими отрядами. Об этом агентству "
            "сообщил источник в штабе. На кадрах, которые публикует агентство, видно, как колонна "
            "бронетехники остановилась у моста и загорелась.",
        ),
    ),
    Judged(
        "the next day's strike of the same source",
        "cs",
        False,
        Text(
            MORNING,
            "Zálesí Zprávy",
            "",
            "Letectvo Borvegu provedlo sérii úderů na kolonu obrněných vozidel na silnici "
            "Dolní - Kamenka a zastavilo její postup, řekl agentuře zdroj ze štábu.",
        ),
        Text(
            NEXT_DAY,
            "Zálesí Zprávy",
            "",
            "Letectvo Borvegu provedlo sérii úderů na kolonu obrněných vozidel na severu "
            "provincie Aldand, která se měla spojit s dalšími oddíly. Agentuře to řekl zdroj ze "
            "štábu. Na záběrech, které agentura zveřejnila, je vidět, jak kolona zastavila u mostu "
            "a začala hořet.",
        ),
    ),
    Judged(
        "a flash and the table that holds its figures",
        "en",
        True,
        Text(
            MORNING,
            "Velmark Wire",
            "",
            "Harrow Oil 1986 pretax profit 105.9 mln crowns vs 79.6 mln.",
        ),
        Text(
            NOON,
            "Velmark Wire",
            "HARROW OIL PROFIT CLIMBS",
            "Year 1986. Shr 33.5 crowns vs 34.2. Harrow Oil 1986 "
            "pretax profit 105.9 mln crowns vs 79.6 mln. Net profit 56 mln vs 52.1 mln. "
            "Turnover 1.32 billion vs 1.46 billion.",
        ),
    ),
    Judged(
        "the same alert elsewhere, reworded within the hour",
        "ru",
        True,
        Text(
            MORNING,
            "Вести Заречья",
            "",
            "В аэропорту Заозёрска сняты все временные ограничения на приём и выпуск "
            "самолётов, сообщили в управлении авиации.",
        ),
        Text(
            MORNING.replace("08:00", "08:20"),
            "Заозёрск сегодня",
            "",
            "В аэропорту Заозёрска сняты временные ограничения на приём и выпуск самолётов, "
            "сообщили в управлении авиации. На запасные аэродромы ушли 36 рейсов.",
        ),
    ),
)


@pytest.mark.parametrize("case", JUDGED, ids=lambda case: f"{case.kind}, {case.language}")
@pytest.mark.parametrize("turned", [False, True])
def test_an_editor_would_sign(tmp_path: Path, case: Judged, turned: bool) -> None:
    rows = [
        {"id": name, "published": text.published, "source": text.source}
        | {"title": text.title, "text": text.body}
        for name, text in (("a", case.a), ("b", case.b))
    ]
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows[:: -1 if turned else 1]))
    removed = dedup.report([path]).counts["removed"]
    assert removed == int(case.may_go)
