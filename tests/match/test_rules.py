"""The relation of pairs, a test for each trap; all texts are invented."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.match.compare import compare, overlap_counts
from dedup.match.features import ComparedItems
from dedup.match.rules import (
    POLICY,
    RELATIONS,
    RULES,
    apply_rules,
    may_relate,
    surely_too_little,
)
from dedup.text import normalise
from dedup.text.boilerplate import strip_boilerplate
from dedup.text.codepoints import from_strings
from dedup.text.words import tokenise

REPORT = (
    "В Заозёрске после ремонта открыли мост через реку Тихую. Движение по нему было закрыто с "
    "прошлой осени, когда специалисты нашли трещины в двух опорах. Рабочие заменили опоры, "
    "уложили новое покрытие и поставили освещение. Как рассказал мэр города Пётр Лугин, ремонт "
    "обошёлся бюджету в 340 миллионов рублей, ещё 20 миллионов дал завод «Кедр». Первыми по "
    "мосту проехали автобусы, пешеходов пустили вечером. Жители Левобережья добирались до "
    "работы в объезд почти час, теперь дорога займёт десять минут. До конца года в городе "
    "обещают починить ещё две переправы, на улице Садовой и у старой мельницы."
)
OTHER = (
    "Театр кукол показал премьеру по сказкам северных народов. Зрители ждали её с весны, билеты "
    "раскупили за день. Художник Анна Речная сделала сорок кукол из бересты и войлока, каждая "
    "в рост ребёнка. Музыку для спектакля записали в деревнях на берегу Белого моря. Режиссёр "
    "говорит, что взрослым здесь будет не менее интересно, чем детям, потому что в сказках "
    "много грусти. Спектакль будут играть по выходным до Нового года, затем поедут с ним по "
    "области, а летом покажут на празднике в столице вместе с театрами соседей."
)


pieces = st.lists(
    st.sampled_from(REPORT.replace(". ", ".|").split("|") + OTHER.replace(". ", ".|").split("|")),
    max_size=9,
).map(" ".join)


def relate(
    a: str,
    b: str,
    sources: tuple[str, str] = ("Заря", "Маяк"),
    days: float = 0.0,
    start: float = 18385.0,
) -> tuple[str, str]:
    """Relation and rule of two texts, published `days` apart; a first line is the title."""
    titles, texts = zip(
        *((t.split("\n", 1) if "\n" in t else ("", t)) for t in (a, b)), strict=True
    )
    compared = strip_boilerplate(pa.array(texts), pa.array(titles)).to_pylist()
    words = tokenise(normalise.clean(from_strings(compared)))
    items = ComparedItems(
        words.hashes,
        words.flags,
        words.starts,
        np.unique(np.array(sources), return_inverse=True)[1].astype(np.int64),
        np.array([start, start + days]),
    )
    relations, rules = apply_rules(compare(items, np.array([0, 1]), np.array([1, 0])))
    assert relations[0] == relations[1], "the order of a pair must not count"
    assert rules[0] == rules[1]
    return RELATIONS[relations[0]], POLICY[rules[0]].name


def relation(*given: Any, **more: Any) -> str:
    return relate(*given, **more)[0]


def test_same_words_are_identical() -> None:
    assert relation(REPORT, REPORT.upper().replace(".", " ;")) == "identical"


def test_light_edit_is_a_reprint() -> None:
    edited = REPORT.replace("Рабочие", "Строители").replace("Как рассказал", "По словам")
    assert relation(REPORT, edited) == "reprint"


def test_dateline_credit_and_tail_do_not_count() -> None:
    dressed = (
        "Мост открыт\nЗАОЗЁРСК, 3 мая. /ТАСС/. "
        + REPORT
        + " Напомним, мост построили ещё до войны.\nФото: Иван Кедрин\nПодписаться на «Маяк»"
    )
    assert relation(f"Мост открыт\n{REPORT}", dressed) == "identical"


def test_revised_toll_is_a_reprint() -> None:
    story = (
        "На шахте «Глубокая» в посёлке Дальнем обрушился свод, погибли {} человек. Под завалом "
        "искали пропавших 48 спасателей из трёх районов. Как сообщил начальник отряда Олег "
        "Рудин, смена спустилась в 6 утра, свод упал на глубине 320 метров. Семьям обещали по 1 "
        "миллиону рублей. Шахту закрыли до конца проверки, на ней работали 900 человек."
    )
    assert relation(story.format(7), story.format(9), days=0.3) == "reprint"


def test_every_sentence_lightly_reworded_is_a_reprint() -> None:
    first = (
        "Учёные Заозёрского университета нашли способ очищать воду скорлупой кедровых орехов. "
        "Скорлупу прокаливают без воздуха, после чего она удерживает соли металлов. Опыты шли "
        "два года на трёх озёрах области. По словам профессора Веры Лесной, один килограмм "
        "порошка очищает 400 литров воды. Установку испытают на заводе «Кедр» уже весной."
    )
    second = (
        "Учёные из Заозёрского университета нашли новый способ очищать воду скорлупой кедровых "
        "орехов. Скорлупу прокаливают без воздуха, и она удерживает соли металлов. Опыты шли "
        "почти два года на трёх озёрах области. Один килограмм порошка, по словам профессора "
        "Веры Лесной, очищает 400 литров воды. Установку весной испытают на заводе «Кедр»."
    )
    assert relation(first, second) == "reprint"


def test_interview_transcribed_twice_is_a_reprint() -> None:
    first = (
        "Тренер «Кедра» о матче\n— Мы долго не могли открыть счёт, потому что соперник закрылся "
        "всей командой у ворот. Во втором тайме я выпустил двух нападающих, и стало легче. "
        "Вратарь сыграл отлично, без него мы бы проиграли. Молодые ребята выходят на поле без "
        "страха, и это меня радует больше всего. Впереди две игры дома, надо отдохнуть."
    )
    second = (
        "Рудин: без вратаря мы бы проиграли\n— Долго не могли открыть счёт, соперник закрылся "
        "всей командой у ворот. Во втором тайме выпустил двух нападающих, и стало легче. "
        "Вратарь отлично сыграл, без него мы бы проиграли. Молодые ребята выходят на поле без "
        "страха, и это радует меня больше всего. Впереди две игры дома, надо нам отдохнуть."
    )
    assert relation(first, second) == "reprint"


def test_obituary_with_another_earlier_line_is_a_reprint() -> None:
    obituary = (
        "Умер актёр Глеб Озёров\nНародный артист Глеб Озёров умер на 81-м году жизни. О смерти "
        "сообщил Театр драмы, где он служил с 1967 года. Озёров сыграл больше ста ролей, зрители "
        "знали его по фильму «Паром». Прощание пройдёт в четверг."
    )
    a = obituary + " Ранее умер режиссёр «Парома» Илья Ветров, с которым он дружил полвека."
    b = obituary + " Напомним, в марте театр потерял актрису Майю Долину и двух осветителей."
    assert relation(a, b) in ("reprint", "identical")


def test_story_within_a_digest_is_an_excerpt() -> None:
    assert relation(REPORT, OTHER + " " + REPORT, days=2.0) == "excerpt"


def test_one_line_within_a_digest_of_the_source_is_an_excerpt() -> None:
    line = "Биологи насчитали на Тихой вдвое больше выдр, чем десять лет назад, говорится в отчёте."
    assert relation(line, OTHER + "\n" + line, sources=("Заря", "Заря"), days=4.0) == "excerpt"


@pytest.mark.parametrize("length", [130, 187, 250])
@pytest.mark.parametrize("before", ["", "Фото: Иван Кедрин\n", "Мост открыт\n", "Вид с реки. "])
def test_teaser_cut_from_a_story_is_an_excerpt(before: str, length: int) -> None:
    teaser = before + REPORT[:length]
    assert relation("Мост открыт\n" + REPORT, teaser, days=9.0) == "excerpt"


def test_teaser_under_another_title_than_the_reprint_is_an_excerpt() -> None:
    title = "Завод «Кедр» помог городу вернуть дорогу домой жителям дальних улиц и садов"
    teaser = f"Архивный снимок\n{title}\n{REPORT[:120]}"
    assert relation("Мост открыт\n" + REPORT, teaser) == "excerpt"


def test_few_numbers_of_a_teaser_make_no_form_of_a_long_story() -> None:
    teaser = "19:17 02.05.2020 18 65\n" + REPORT[:150]
    assert relation(REPORT + " " + OTHER + " Телефоны 211, 212, 213, 214.", teaser) == "excerpt"


def test_note_on_another_player_is_no_excerpt() -> None:
    form = (
        "Клуб «Кедр» заключил контракт с нападающим по имени {}. Об этом сообщает пресс-служба "
        "«Кедра». Контракт {}-летнего игрока рассчитан до 30 апреля 2021 года."
    )
    note, story = form.format("Фёдор Малых", 29), form.format("Ян Дубинь", 31) + " " + OTHER
    assert relation(note, story) == "overlap"


def test_teaser_cut_within_a_number_is_an_excerpt() -> None:
    story = "Бюджет Заозёрска на ремонт моста через реку Тихую вырос за год до 340 млн. " + REPORT
    assert relation(story, story[: story.index("340") + 2] + " ") == "excerpt"


def test_teaser_on_two_pages() -> None:
    assert relation(REPORT[:160], REPORT[:205]) in ("reprint", "excerpt")


def test_notice_whose_words_only_stand_scattered_in_a_long_story_is_no_excerpt() -> None:
    notice = (
        "Рабочие починят мост через реку Тихую, движение по нему закрыто до вечера. В городе после "
        "ремонта обещают новое покрытие и освещение, рассказал мэр Пётр Лугин"
    )
    assert relation(notice, REPORT + " " + OTHER) == "none"
    assert relation(notice, OTHER + " " + notice + " " + REPORT) == "excerpt"


def test_two_papers_on_one_event_are_no_form_though_their_figures_differ() -> None:
    shared = (
        "В Заозёрске после ремонта открыли мост через реку Тихую, сообщил мэр города Пётр Лугин. "
        "Первыми по мосту проехали автобусы, пешеходов пустили вечером. До конца года обещают "
        "починить ещё две переправы. "
    )
    first = shared + (
        "Ремонт обошёлся бюджету в 340 млн руб, 20 млн добавил завод «Кедр», заменены 14 опор и 96 "
        "балок, уложено 5400 кв. м покрытия, говорится в сводке для печати, объезд отменён."
    )
    second = shared + (
        "На работы ушло 340,5 миллиона рублей и 20,2 миллиона от завода «Кедр». Строители "
        "поставили 14-ю и последнюю из опор, 96-ю балку и покрыли асфальтом 0,54 гектара, сказано "
        "в сводке мэрии."
    )
    assert relation(first, second, days=0.2) == "overlap"
    assert relation(first, second, days=1.5) == "template"
    assert relation(first, second, sources=("Заря", "Заря"), days=0.2) == "template"
    assert relation(first, second, days=float("nan")) == "template"


def test_long_shared_background_is_an_overlap() -> None:
    first = "Бургомистр Кремс подал в отставку. " + OTHER[:280] + " " + REPORT
    second = "Преемником Кремса назван казначей. " + OTHER[-290:] + " " + REPORT
    assert relation(first, second) == "overlap"


def test_new_report_of_one_source_with_old_background_is_an_overlap() -> None:
    cut = REPORT.index("До конца года")
    first = "Мост закроют на неделю из-за паводка, сообщила мэрия. " + REPORT[:cut]
    second = "Третью переправу тоже начали чинить. По ней пойдут трамваи. " + REPORT[200:]
    assert relation(first, second, sources=("Заря", "Заря"), days=16.0) in ("overlap", "template")


def test_next_report_of_one_source_within_hours_is_an_overlap() -> None:
    background = REPORT[: REPORT.index("Первыми по мосту")]
    first = (
        "Мост закроют на неделю из-за паводка, сообщила утром дежурная служба. Вода поднялась "
        "выше отметки «жёлтая» и грозит настилу, лодки стоят наготове у причала. " + background
    )
    second = (
        "Бургомистр Кремс назначен смотрителем переправ, указ подписан при полном совете. Прежний "
        "смотритель уехал лечиться на юг, его дом достанется школе рисования. " + background
    )
    for sources in (("Заря", "Заря"), ("Заря", "Маяк")):
        assert relation(first, second, sources, 0.1) == "overlap"
        assert relation(first, second + OTHER, sources, 0.1) in ("overlap", "none")


def test_longer_text_with_a_passage_of_its_own_is_no_reprint() -> None:
    passage = " ".join(OTHER.split()[:32])
    assert relation(REPORT, REPORT + " " + " ".join(OTHER.split()[:4])) == "reprint"
    assert relation(REPORT, REPORT + " " + passage) == "excerpt"


def test_cookie_notice_of_800_words_joins_nothing() -> None:
    rng = np.random.default_rng(0)
    notice = " ".join(f"пункт{n}" for n in rng.integers(0, 10_000, 800))
    assert relation(notice + " " + REPORT, notice + " " + OTHER) in ("overlap", "none")
    assert relation(notice + " " + REPORT[:450], notice + " " + OTHER) in ("overlap", "none")


def test_posts_of_which_a_third_is_a_subscribe_line_are_unrelated() -> None:
    line = (
        "\n[Ночной Заозёрск. Подписаться](https://t.me/+abc) | [Прислать новость](https://t.me/x)"
    )
    a, b = "На Садовой сгорел гараж, никто не пострадал." + line, "В парке открыли каток." + line
    assert relation(a, b) == "none"


def test_exchange_rates_of_two_days_are_a_template() -> None:
    form = (
        "Котировки на эту минуту. Курс доллара на вечер на бирже Заозёрска составляет {} рубля. "
        "Курс евро на вечер на бирже составляет {} рубля. Унция золота стоит {} долларов. "
        "Бочка нефти на торгах стоит {} доллара."
    )
    a, b = form.format("97,6", "103,9", 2615, "71,6"), form.format("96,5", "104,6", 2692, "74")
    assert relation(a, b, days=1.0) == "template"
    assert relation(a, b, days=0.0) == "template"


def test_rate_alone_of_two_days_is_a_template() -> None:
    form = "Официальный курс доллара на сегодня, объявил банк Заозёрска, составляет {} рубля."
    assert relation(form.format("97,61"), form.format("98,12"), days=1.0) == "template"


def test_weather_of_two_days_is_a_template() -> None:
    form = (
        "Синоптики рассказали о погоде в Заозёрске на {} мая. По данным метеостанции на "
        "мельнице, день будет {}. Ветер переменных направлений, слабый, ночью туман у реки. "
        "Давление около 745 миллиметров. Водителей на мосту просят быть внимательнее и держать "
        "дистанцию. "
        "В Левобережье возможен {}, у озера {}."
    )
    first = form.format(3, "солнечным и тёплым, без осадков", "ветер", "сухо")
    second = form.format(4, "пасмурным, местами с грозой", "град", "прохладнее обычного")
    assert relate(first, second, days=1.0) == ("template", "other day")


def test_alert_a_month_later_is_a_template() -> None:
    alert = "В аэропорту Заозёрска введён план «Заслон», рейсы на вылет и прилёт задержаны."
    assert relation(alert, alert, ("Заря", "Заря"), days=30.0) == "template"
    assert relation(alert, alert, ("Заря", "Маяк"), days=0.01) == "identical"


def test_count_in_letters_is_a_template() -> None:
    form = "Ещё {}, летевших на Заозёрск, сбиты над рекой Тихой. Спасатели работают на месте."
    a, b = form.format("три воздушных змея"), form.format("восемь воздушных змеев")
    assert relation(a, b, days=0.02) == "template"


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("шесть человек", "6 человек"),
        ("10 тыс. деревьев", "10 000 деревьев"),
        ("10,000 деревьев", "10 тысяч деревьев"),
        ("2,5 тысячи домов", "2500 домов"),
        ("12 млн руб.", "12 миллионов рублей"),
    ],
)
def test_one_number_spelled_in_two_ways_is_one_number(a: str, b: str) -> None:
    form = "Из-за паводка на реке Тихой пострадали {}, вода уходит, сообщила мэрия Заозёрска."
    assert relation(form.format(a), form.format(b), days=0.1) == "reprint"
    other = "Паводок на реке Тихой: без света {}, вода уходит, мэрия Заозёрска ждёт насосы."
    assert relation(other.format("19 тысяч домов"), other.format("20 000 домов")) == "template"


def test_alerts_that_differ_in_place_are_a_template() -> None:
    form = "Пожар в жилом доме в {} потушен, пострадавших нет, жильцы вернулись в квартиры."
    assert relate(form.format("Твери"), form.format("Туле")) == ("template", "other names")


def test_who_reports_is_not_a_place() -> None:
    a = "Завод «Кедр» остановит печь на ремонт, сообщил источник в дирекции, пишет ТАСС."
    b = "Завод «Кедр» остановит печь на ремонт, сообщил источник в дирекции, — СМИ."
    assert relation(a, b) == "reprint"


def test_two_notices_of_one_source_are_a_template() -> None:
    a = "Прямо сейчас горит склад у старой мельницы, движение по Садовой перекрыто."
    b = "Публикуем съёмку пожара на складе у старой мельницы, движение по Садовой перекрыто."
    assert relation(a, b, ("Заря", "Заря"), days=0.01) == "template"


def test_schedules_of_two_weekends_stay_apart() -> None:
    def schedule(day: int, names: str) -> str:
        return f"Куда пойти {day} ноября. " + " ".join(
            f"Выставка {name} в парке." for name in names
        )

    first, second = schedule(9, "абвгдежзик"), schedule(23, "лмнопрстик")
    assert relation(first, second, ("Заря", "Заря"), days=14.0) in ("template", "overlap", "none")


def test_nothing_in_common() -> None:
    assert relation(REPORT, OTHER) == "none"
    assert relation("", REPORT) == "none"
    assert relation("", "") == "none"


@given(pieces, pieces)
@settings(deadline=None, max_examples=40)
def test_what_is_not_worth_a_look_is_unrelated(a: str, b: str) -> None:
    words = tokenise(from_strings([a, b]))
    left, right = np.array([0]), np.array([1])
    if not may_relate(overlap_counts(words.hashes, words.starts, left, right))[0]:
        assert relation(a, b) == "none"


@given(pieces, pieces, st.booleans(), st.sampled_from([0.0, 0.01, 30.0, float("nan")]))
@settings(deadline=None, max_examples=100)
def test_what_surely_shares_too_little_is_unrelated(
    a: str, b: str, same: bool, days: float
) -> None:
    words = tokenise(from_strings([a, b]))
    overlap = overlap_counts(words.hashes, words.starts, np.array([0]), np.array([1]))
    short, long = np.sort(np.diff(words.starts))
    if surely_too_little(overlap, np.array([short]), np.array([long]))[0]:
        assert relation(a, b, ("Заря", "Заря" if same else "Маяк"), days) == "none"


def test_every_rule_says_why() -> None:
    assert list(RULES) == [rule.name for rule in POLICY]
    assert all(says[0].isupper() and says.endswith(".") for says in RULES.values())


@given(pieces, pieces, st.booleans(), st.sampled_from([0.0, 1.0, 30.0, float("nan")]))
@settings(deadline=None, max_examples=60)
def test_symmetric_and_alone(a: str, b: str, same: bool, days: float) -> None:
    sources = ("Заря", "Заря" if same else "Маяк")
    assert relation(a, b, sources, days) == relation(b, a, sources[::-1], days)
    if a == b and a and not days > 2:
        assert relation(a, b, sources, days) in ("identical", "none")
