"""Lines that a source repeats are learned, and texts of one story teach nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import dedup
from dedup.errors import InputWarning
from dedup.pipeline.learning import less_learned, source_hashes
from dedup.pipeline.prepare import ItemWords, derive
from dedup.pipeline.repeated_lines import (
    MAX_LINE,
    MIN_TEXTS,
    counts_of,
    line_keys,
    lines_of,
    member,
    once_each,
    support_of,
    support_rows,
    supporting,
)
from dedup.text.words import TITLE

NEWS = {
    "ru": [
        "Сгорел сарай на Лесной, никто не пострадал.",
        "Лось вышел к школе, уроки отменили.",
        "Открыт пляж на озере Круглом, вода тёплая.",
        "Трамвай сошёл с рельсов у вокзала, движение стоит.",
        "Хор из Заозёрска взял первый приз в столице.",
        "Пекарня на Садовой дарит булки детям.",
    ],
    "en": [
        "A barn burned down on Mill Lane, nobody hurt.",
        "A moose came to the school, lessons cancelled.",
        "The beach at Round Lake is open again.",
        "A tram left its rails by the station.",
        "The Porthaven choir won first prize abroad.",
        "A bakery gives buns to children on Friday.",
    ],
    "pl": [
        "Spłonęła szopa na Leśnej, nikt nie ucierpiał.",
        "Łoś podszedł pod szkołę, lekcje odwołano.",
        "Plaża nad Okrągłym znów otwarta.",
        "Tramwaj wypadł z szyn przy dworcu.",
        "Chór z Zaozierska zdobył pierwszą nagrodę.",
        "Piekarnia rozdaje bułki dzieciom w piątek.",
    ],
}
FOOTERS = {
    "ru": "Ждём ваши письма круглосуточно: почта, телефон и бот редакции. Мнение авторов может не "
    "совпадать с мнением редакции. Перепечатка только с согласия издания. Газета выходит с "
    "1931 года, учредитель совет района, тираж две тысячи, печать типографии в областном центре. "
    "Возрастное ограничение двенадцать плюс, все права принадлежат их владельцам навсегда.",
    "en": "Our newsroom is open day and night: write, call or send a pigeon. The views of writers "
    "are theirs alone. No part of this page may be copied without leave of the publisher. Printed "
    "weekly since 1931 at the old mill in Porthaven by friends of the harbour, for whom we thank "
    "our readers, our carriers and the lighthouse keeper, who has never missed an issue yet.",
    "pl": "Redakcja czeka na listy przez całą dobę: poczta, telefon i bot. Poglądy autorów nie "
    "muszą być poglądami redakcji. Przedruk tylko za zgodą wydawcy. Gazeta ukazuje się od 1931 "
    "roku, nakład dwa tysiące, druk w miejskiej drukarni przy starym młynie nad rzeką, wszystkie "
    "prawa należą do ich właścicieli i nikt ich nie może przenieść na nikogo innego bez zgody.",
}


def derived(texts: list[str], titles: list[str] | None = None) -> ItemWords:
    columns = [pa.array(values, pa.string()) for values in (titles or [""] * len(texts), texts)]
    return derive(*columns, np.full(len(texts), np.nan), None)[0]


def learned(words: ItemWords) -> np.ndarray:
    lines = lines_of(words)
    keys = line_keys(lines, np.repeat(source_hashes(["Заря"]), len(words.starts) - 1))
    distinct, counts = counts_of([once_each(keys, lines)])
    repeated = member(keys, distinct[counts >= MIN_TEXTS]) & (lines.sizes <= MAX_LINE)
    found, support = support_of([support_rows(keys, lines, *supporting(words, lines, repeated))])
    return found[support >= MIN_TEXTS]


def left(words: ItemWords) -> list[int]:
    """Words that are left of each text."""
    items = len(words.starts) - 1
    sources = np.repeat(source_hashes(["Заря"]), items)
    kept = less_learned(words, sources, np.ones(items, np.bool_), learned(words))
    return np.diff(kept.starts).tolist()


@pytest.mark.parametrize("language", NEWS)
@pytest.mark.parametrize("at", ["under", "over"])
def test_a_footer_larger_than_the_news_is_learned(language: str, at: str) -> None:
    footer = FOOTERS[language]
    parts = [(news, footer) if at == "under" else (footer, news) for news in NEWS[language]]
    texts = ["\n".join(part) for part in parts]
    assert left(derived(texts)) == [len(words) for words in dedup.words(NEWS[language])]


@pytest.mark.parametrize("language", NEWS)
def test_none_of_a_channel_with_a_long_footer_is_removed(language: str, tmp_path: Path) -> None:
    rows = [
        {"id": f"n{row}", "source": "Заря", "published": f"2025-05-{row + 10}T06:00:00Z",
         "text": f"{news}\n{FOOTERS[language]}"}
        for row, news in enumerate(NEWS[language])
    ]  # fmt: skip
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    assert dedup.report([path]).counts["removed"] == 0


def test_versions_of_one_story_teach_nothing() -> None:
    body = FOOTERS["ru"].replace(". ", ".\n")
    texts = [f"{news}\n{body}" for news in NEWS["ru"]]
    assert not len(learned(derived(texts)))  # more lines than a footer has
    same = [f"{NEWS['ru'][0]} {version}\n{FOOTERS['ru']}" for version in range(6)]
    assert not len(learned(derived(same)))  # one news in nearly the same words


def test_copies_support_a_line_once() -> None:
    one = f"{NEWS['ru'][0]}\n{FOOTERS['ru']}"
    assert not len(learned(derived([one] * 9)))
    long = "\n".join([*NEWS["ru"] * 3, "Заря, Заозёрск"])
    assert not len(learned(derived([long] * 9)))


def test_a_title_that_a_source_repeats_is_learned() -> None:
    titles = ["Коротко о главном за день"] * 6
    words = derived(NEWS["ru"], titles)
    assert left(words) == [len(found) for found in dedup.words(NEWS["ru"])]


def test_of_a_text_that_holds_nothing_else_nothing_is_left(tmp_path: Path) -> None:
    wall = FOOTERS["ru"]
    texts = [*(f"{news}\n{wall}" for news in NEWS["ru"]), wall, wall]
    assert left(derived(texts))[-2:] == [0, 0]


def test_a_title_without_its_body_is_compared_with_nothing() -> None:
    script = "(function(w,d){w.box=w.box||[];w.box.push('quiz-7');})(window,document);"
    words = derived(
        [script, NEWS["ru"][0], "Мост открыт"], ["Узнайте птицу", "Пожар", "Мост открыт"]
    )
    marks = [words.flags[a:b] for a, b in zip(words.starts, words.starts[1:], strict=False)]
    assert [len(flags) for flags in marks] == [0, 8, 2]
    assert [int((flags & TITLE > 0).sum()) for flags in marks] == [0, 1, 2]
    # The same where what is left behind the title is a wall that the source repeats.
    wall = [FOOTERS["ru"]] * 6
    found = derived(wall, NEWS["ru"])
    kept = less_learned(
        found, np.repeat(source_hashes(["Заря"]), 6), np.ones(6, np.bool_), learned(found)
    )
    assert np.diff(kept.starts).tolist() == [0] * 6


def test_lost_bodies_are_counted_by_source(tmp_path: Path) -> None:
    script = "(function(w,d){w.box=w.box||[];w.box.push('quiz-7');})(window,document);"
    rows = [
        {"id": f"q{row}", "source": "Вечерний Заозёрск", "title": title, "text": script}
        for row, title in enumerate(("Узнайте птицу по голосу", "Что вы помните из химии"))
    ]
    long = f"{' '.join(NEWS['ru'])} {script}"
    rows.append({"id": "long", "source": "Заря", "title": "Мост откроют", "text": long})
    path = tmp_path / "news.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    with pytest.warns(InputWarning, match=r"2 items have too little text .*Вечерний Заозёрск 2\)"):
        pairs = dedup.pairs([path])
    assert not pairs
