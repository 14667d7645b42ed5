"""Normalisation: two typings of one text become one text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.text.codepoints import from_strings
from dedup.text.normalise import clean, fold
from dedup.text.spelling import in_one_writing
from dedup.text.words import tokenise


def words(text: str) -> list[int]:
    """The words of a text as they are compared, as hashes."""
    batch = clean(from_strings([text]))
    return in_one_writing(tokenise(batch), batch).hashes.tolist()


@pytest.mark.parametrize(
    ("given_text", "compared"),
    [
        ("Ёлка", "елка"),
        ("пере\u00adнос", "перенос"),
        ("нуле\u200bвой", "нулевой"),
        ("и\u0306", "й"),  # composed, never stripped
        ("ї\u0306".replace("\u0306", ""), "ї"),
        ("за\u0301мок", "замок"),
        ("5\u00a0рублей\u202fи", "5 рублей и"),
        ("Mосквa", "москва"),  # Latin M and a
        ("COVIDом iPhone", "covidом iphone"),  # V, D, h, n look like no Cyrillic letter
        ("Ctrl и c", "ctrl и c"),  # no Cyrillic letter in the word: stays Latin
        ("a\x00б\x1bв", "a б в"),
        ("Нοвοсти Ποчтa", "новости почта"),  # Greek omicron, Greek and Latin look-alikes
        ("раypal", "paypal"),  # Cyrillic look-alikes in an English word
        ("Укрaїнa i Бiлорусь", "україна i білорусь"),
        ("ПЕРВЫЙ-Ⅻ ﬁn 𝐍𝐞𝐰𝐬 Ｎｅｗｓ ２５", "первый-xii fin news news 25"),
        ("п'ять п’ять пʼять п´ять", "пять пять пять пять"),
        ("сям'я сям’я", "сямя сямя"),
        ("don’t donʼt", "don't don't"),
        ("кто‑то, кто−то", "кто-то, кто-то"),
        ("STRASSE Straße", "strasse strasse"),
        ("İSTANBUL Istanbul ıstanbul i̇stanbul", "istanbul istanbul istanbul istanbul"),
        ("ΑΘΗΝΑ Αθήνα ΟΔΟΣ οδός", "αθηνα αθηνα οδοσ οδοσ"),
        ("كِتَابٌ كتـــاب ﻛﺘﺎﺏ أحمد احمد", "كتاب كتاب كتاب احمد احمد"),
        ("שָׁלוֹם שלום שׁלוֹם", "שלום שלום שלום"),
        ("қазақ тілі Қазақ тiлi", "қазақ тілі қазақ тілі"),
        ("ｶﾞｲﾄﾞ ガイド", "ガイド ガイド"),
        ("٢٠٢٥ २०२५", "2025 2025"),
        ("știri țară ştiri ţară", "ştiri ţară ştiri ţară"),  # Romanian, comma or cedilla
        ("12,4 и 12.4; 10:00, 10.00", "12.4 и 12.4; 10.00, 10.00"),
        ("да, 5, нет: 6", "да, 5, нет: 6"),
        ("", ""),
    ],
)
def test_typings(given_text: str, compared: str) -> None:
    assert dedup.normalise([given_text, given_text]) == [compared, compared]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("вырос на 12,4 процента", "вырос на 12.4%"),
        ("3,7 миллиарда рублей", "3.7 млрд руб."),
        ("up 5 percent to 3 million dollars", "up 5 pct to 3 mln dlrs"),
        ("wzrost o 5 procent", "wzrost o 5%"),
        ("cena 3 miliony korun", "cena 3 mil. Kč"),
        ("зростання на 7 відсотків", "зростання на 7%"),
        ("откроется 3 мая", "откроется 03.05"),
        ("откроется 3 мая 2025", "откроется 03.05.2025"),
        ("откроется 3 мая 2025", "откроется 2025-05-03"),
        ("dnia 3 maja", "dnia 03.05"),
        ("в 9:05 и в 10:00", "в 9.05 и в 10.00"),
        ("выделил 1 250 000 рублей", "выделил 1250000 рублей"),
        ("выделил 1 250 000 рублей", "выделил 1\u00a0250\u00a0000 руб."),
        ("a grant of 1,250,000 pounds", "a grant of 1250000 pounds"),
        ("ein Zuschuss von 1.250.000 Euro", "ein Zuschuss von 1250000 Euro"),
        ("4,200 boxes", "4 200 boxes"),
    ],
)
def test_numbers_units_and_dates_are_of_one_writing(one: str, other: str) -> None:
    assert words(one) == words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("курс 97,6", "курс 976"),
        ("3 мая", "5 марта"),
        ("5 рублей", "5 долларов"),
        ("мин и макс", "минут и макс"),  # no number beside it
        ("индекс 12.05", "индекс 12 мая"),  # may be any number
        ("32.05.2025", "32 мая 2025"),
        ("в 2020 100 человек", "в 2020100 человек"),
        ("5 000, 7", "5 0007"),
        ("0.125", "0125"),
        ("10, 200", "10200"),
    ],
)
def test_other_numbers_stay_other(one: str, other: str) -> None:
    assert words(one) != words(other)


CYRILLIC = "Градско веће Љубовије усвојило је у уторак одлуку да се џеп реке затвори. Њих је пет."
LATIN = "Gradsko veće Ljubovije usvojilo je u utorak odluku da se džep reke zatvori. Njih je pet."


def test_serbian_is_one_language_in_two_scripts() -> None:
    assert dedup.normalise([CYRILLIC]) == dedup.normalise([LATIN])
    # A Russian text that names a Serb, and a Macedonian one, stay as they are.
    russian = "Новак Ђокович выиграл этот турнир ещё в мае"
    macedonian = "Ќе се затвори џадето, рече ѓаконот"
    for text in (russian, macedonian):
        assert dedup.normalise([text]) == [text.lower().replace("ё", "е")]


SCRIPTS = [
    "马罗比镇议会周二投票决定关闭停车场",
    "町議会は火曜日に駐車場の閉鎖を決めた",
    "สภาเมืองมีมติปิดลานจอดรถริมแม่น้ำ",
    "ក្រុមប្រឹក្សាក្រុងបានសម្រេចបិទចំណតរថយន្ត",
    "ສະພາເມືອງຕັດສິນໃຈປິດບ່ອນຈອດລົດ",
    "မြို့တော်ကောင်စီက ကားရပ်နားကွင်းကို ပိတ်လိုက်သည်",
]


@pytest.mark.parametrize("text", SCRIPTS)
def test_letters_of_scripts_without_spaces_are_compared_two_by_two(text: str) -> None:
    found = words(text)
    assert len(found) > len(text) / 4
    # An edit at one place leaves the words of all others.
    edited = words(text[:6] + text[7:])
    assert len(set(found) & set(edited)) >= len(set(found)) - 4
    # Punctuation and line breaks do not change the words beside them but at the line's end.
    assert words(text[:5] + "，" + text[5:]) == found or "\u0300" <= text[5] <= "\u109f"
    assert dedup.words(["ab " + text])[0][0] == "ab"


def test_public_words_stay_those_of_razdel() -> None:
    assert dedup.words(["日本語 12%"]) == [["日本語", "12"]]


@settings(deadline=None)
@given(st.lists(st.text(), max_size=5))
def test_cleaning_is_the_same_alone_and_among_others(texts: list[str]) -> None:
    together = clean(from_strings(texts)).strings()
    assert together == [clean(from_strings([text])).strings()[0] for text in texts]


@settings(deadline=None)
@given(st.text(st.characters(codec="utf-8")))
def test_canonically_equal_texts_become_equal(text: str) -> None:
    composed, decomposed = (
        fold(clean(from_strings([unicodedata.normalize(form, text)]))).strings()
        for form in ("NFC", "NFD")
    )
    assert composed == decomposed


def test_a_text_that_would_be_all_set_aside_stays() -> None:
    assert dedup.words(dedup.normalise(["#новости"])) == [["новости"]]
