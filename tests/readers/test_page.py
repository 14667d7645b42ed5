"""Pages: a story and its teasers apart, nothing lost but what the rules name."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.readers.credits import line_without_credits, without_credits
from dedup.readers.html import html_to_text
from dedup.readers.html_page import HtmlPage, read_html
from dedup.readers.page import Page, parse_page
from dedup.readers.page_teasers import PageTeaser

PAGE = """В Заречном открыли мост через Тихую

Движение по мосту через реку Тихую запустили утром 4 марта. Об этом сообщила мэрия. ads_code

Мост строили два года и сдали раньше срока.
Напомним, старую переправу закрыли ещё осенью. Подробнее об этом читайте в материале «Вестника».


Автор: Инна Ласточкина Фото: мэрия Заречного / Олег Бур

Новости соседних регионов по теме:

Паром через Тихую перестанет ходить с апреля, сообщили в порту.
09:05 04.03.2025 Вечерний порт - Н-ск - Ростов-на-Дону
Мост через Тихую Фото: © Олег Бур/ РИА "Заречье" Жители двух сёл впервые за век смогут дойти до
города пешком.
23:40 03.03.2025 Тихая-Инфо - Заречный

По теме
Рабочие разобрали опоры старой переправы и вывезли мусор.
Фото: штаб ГО - Речные вести   Фото: штаб ГО Начальник порта Пётр Гай рассказал о ремонте причалов,
Речные вести"""

TEASERS = [
    PageTeaser(
        "Паром через Тихую перестанет ходить с апреля, сообщили в порту.",
        "Вечерний порт - Н-ск",
        "Ростов-на-Дону",
        "2025-03-04T09:05",
    ),
    PageTeaser(
        "Жители двух сёл впервые за век смогут дойти до города пешком.",
        "Тихая-Инфо",
        "Заречный",
        "2025-03-03T23:40",
    ),
    PageTeaser("Рабочие разобрали опоры старой переправы и вывезли мусор.", "", "", ""),
    PageTeaser("Начальник порта Пётр Гай рассказал о ремонте причалов,", "Речные вести", "", ""),
]


def check(page: Page | HtmlPage) -> None:
    assert page.title == "В Заречном открыли мост через Тихую"
    assert " ".join(page.text.split()) == (
        "Движение по мосту через реку Тихую запустили утром 4 марта. Об этом сообщила мэрия. "
        "Мост строили два года и сдали раньше срока. "
        "Напомним, старую переправу закрыли ещё осенью."
    )
    assert page.teasers == TEASERS


def test_page() -> None:
    check(parse_page(PAGE))


def test_page_with_other_line_ends_and_spaces() -> None:
    check(parse_page("\ufeff" + PAGE.replace("\n", "\r\n")))
    check(parse_page(PAGE.replace(" ", "\xa0")))


def test_page_without_blank_lines() -> None:
    check(parse_page("\n".join(line for line in PAGE.split("\n") if line)))


@pytest.mark.parametrize("width", [60, 72, 90])
def test_wrapped_page(width: int) -> None:
    def wrap(line: str) -> str:
        rows, row = [], ""
        for word in line.split(" "):
            if row and len(row) + 1 + len(word) > width:
                rows.append(row)
                row = word
            else:
                row = f"{row} {word}" if row else word
        return "\n".join([*rows, row])

    page = PAGE.replace("до\nгорода", "до города")
    check(parse_page("\n".join(wrap(line) for line in page.split("\n"))))


def test_html_gives_the_page_of_its_text() -> None:
    paragraphs = "\n".join(
        f"<p>{line.replace('&', '&amp;').replace('«', '&laquo;')}</p>"
        for line in PAGE.split("\n")[1:]
    ).replace("до</p>\n<p>города", "до <b>города</b>")
    html = (
        "<!DOCTYPE html><html><head><title>Мост - Вестник</title><style>p {color: red}</style>"
        "<script>if (a < b) document.write('<p>x</p>')</script></head><body><div>Вестник</div>"
        "<nav><ul><li>Главная<li>Спорт</ul></nav><h1>В Заречном открыли мост через Тихую</h1>"
        f"{paragraphs}</body></html>"
    )
    check(read_html(html))
    check(parse_page(html_to_text(html)))


def test_html_without_heading_begins_with_its_title() -> None:
    html = "<title>Снег &amp; лёд</title><p>Выпал снег.<br>Встал лёд.</p>"
    assert html_to_text(html) == "Снег & лёд\nВыпал снег.\nВстал лёд.\n"


def test_html_with_an_unclosed_nav_keeps_its_text() -> None:
    assert html_to_text("<nav><p>Выпал снег.</p>") == "Выпал снег.\n"


@pytest.mark.parametrize(
    "heading",
    [
        "Новости соседних регионов по теме",
        "Новости других регионов по теме:",
        "Новости по теме",
        "Другие новости по теме:",
        "Ещё новости по теме",
        "Еще новости по теме :",
        "По теме",
        "ПО ТЕМЕ:",
    ],
)
def test_headings(heading: str) -> None:
    page = parse_page(f"Заглавие\n\nТекст статьи.\n\n{heading}\nАнонс.\n9:05 04.03.2025 А б - В")
    assert page == Page(
        "Заглавие", "Текст статьи.", [PageTeaser("Анонс.", "А б", "В", "2025-03-04T09:05")]
    )


def test_a_heading_inside_a_sentence_is_none() -> None:
    text = "Спор в суде\n\nСудья отклонил вопросы не по теме.\nНовости по теме: их ведут трое."
    page = parse_page(text)
    assert page.text == text.split("\n\n")[1]
    assert not page.teasers


def test_several_blocks_and_a_page_of_teasers_only() -> None:
    text = (
        "Новости по теме\nПервый анонс.\n10:00 01.02.2025 Газета - Псков\n"
        "Другие новости по теме:\n\nВторой анонс.\n\n11:30 01.02.2025 Газета\n"
    )
    page = parse_page(text)
    assert (page.title, page.text) == ("", "")
    assert page.teasers == [
        PageTeaser("Первый анонс.", "Газета", "Псков", "2025-02-01T10:00"),
        PageTeaser("Второй анонс.", "Газета", "", "2025-02-01T11:30"),
    ]


def test_plain_texts() -> None:
    assert parse_page("") == Page("", "", [])
    assert parse_page("Один абзац без заглавия.") == Page("", "Один абзац без заглавия.", [])
    assert parse_page("Заглавие\nТекст.") == Page("Заглавие", "Текст.", [])


@pytest.mark.parametrize(
    ("line", "source", "region"),
    [
        ("Бизнес Вести - Казань", "Бизнес Вести", "Казань"),
        ("АиФ-Юг - Ростов-на-Дону", "АиФ-Юг", "Ростов-на-Дону"),
        ("Деловой Юг - Экономика - Сочи", "Деловой Юг - Экономика", "Сочи"),
        ("Горы - Северная Осетия - Алания", "Горы", "Северная Осетия - Алания"),
        ("Новости Югры - ХМАО - Югра", "Новости Югры", "ХМАО - Югра"),
        ("Вести.Ру", "Вести.Ру", ""),
        ("Волна – Псков", "Волна", "Псков"),
    ],
)
def test_source_and_region(line: str, source: str, region: str) -> None:
    page = parse_page(f"Заглавие\n\nТекст.\n\nПо теме\nАнонс.\n10:00 01.02.2025 {line}")
    assert page.teasers == [PageTeaser("Анонс.", source, region, "2025-02-01T10:00")]


def test_stamps_in_odd_places() -> None:
    head = "Заглавие\n\nТекст.\n\nНовости по теме\n"
    glued = parse_page(f"{head}Анонс первый 10:00 01.02.2025 Волна - Псков")
    broken = parse_page(f"{head}Анонс первый\n10:00 01.02.2025\nВолна -\nПсков")
    assert glued.teasers == broken.teasers
    assert glued.teasers == [PageTeaser("Анонс первый", "Волна", "Псков", "2025-02-01T10:00")]
    no_day = parse_page(f"{head}Анонс.\n25:99 31.02.2025 Волна - Псков")
    assert no_day.teasers[0].published == "25:99 31.02.2025"


def test_teasers_without_times() -> None:
    text = (
        "Заглавие\n\nТекст статьи, который никуда не делся и достаточно длинен для строки.\n\n"
        "По теме\n"
        "Первый анонс кончается точкой и не называет источника.\n"
        "Второй анонс обрывается на запятой, как водится,\n\nРечные вести\n"
        "Третий называет и город.\nВолна - Псков\n"
        "Четвёртый обрывается без знака на слове Тихая\n"
        "Пятый тоже ничего не называет."
    )
    teasers = parse_page(text).teasers
    assert [(teaser.text.split()[0], teaser.source, teaser.region) for teaser in teasers] == [
        ("Первый", "", ""),
        ("Второй", "Речные вести", ""),
        ("Третий", "Волна", "Псков"),
        ("Четвёртый", "", ""),
        ("Пятый", "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        # a person is two names
        ("Фото: Иван Лапин Губернатор края открыл школу.", "Губернатор"),
        ("Фото: Иван Лапин В Заречном открыли школу.", "В Заречном"),
        ("Фото: Иван Лапин 12 мая в городе пройдёт забег.", "12 мая"),
        ("Фото: Иван Лапин «Волна» обыграла «Маяк».", "«Волна» обыграла"),
        ("Фото: Роман Вербин, «Вечерний порт» Ледоход начался.", "Ледоход"),
        ("Автор: Инна Орлик Фото: Иван Лапин Ледоход начался.", "Ледоход"),
        # an office takes its genitives along
        ("Фото: пресс-служба правительства Лесной области Жители смогут голосовать.", "Жители"),
        ("Фото: ГУ МЧС России по Лесной области В Заречном горел склад.", "В Заречном"),
        ("Фото: пресс-служба губернатора Петра Лаптева Движение по мосту открыто.", "Движение"),
        ("Фото: администрация города Лугова Ледоход начался.", "Ледоход"),
        ("Фото: зоопарк Нижнего Лугова У рысей появилось потомство.", "У рысей"),
        ("Фото: скриншот видео Водитель сбил лося.", "Водитель"),
        ("Фото: соцсети Лесные пожарные потушили баню.", "Лесные пожарные"),
        # agencies, sites and quoted names are complete
        ('Пётр Гай Фото: © Олег Бур/ РИА "Заречье" Новый мэр вступил в должность.', "Новый мэр"),
        ("Мост ночью Фото: foto.example.com Синоптики обещают дождь.", "Синоптики"),
        ("Фото: пресс-служба АО «Горсвет» Газ отключат в четверг.", "Газ"),
        ("Фото: Getty Images Новый вирус нашли в пробах.", "Новый вирус"),
        ("Фото: Олег Бур. Новая школа примет детей.", "Новая школа"),
        # a wide gap, a bracket, no colon
        ("Мост через Тихую Фото: МЧС   Олег Бур стал чемпионом.", "Олег Бур стал"),
        ("Мост открыт (фото: Олег Бур), движение пошло.", "Мост открыт , движение"),
        ("Фото из открытых источников В Лугове построят завод.", "В Лугове"),
        # what repeats is a caption, with a credit or without
        ("Мост через Тихую - Речные вести   Мост через Тихую Мэр перерезал ленту.", "Мэр"),
        ("Фото: штаб ГО - Речные вести Фото: штаб ГО Причал закрыт.", "Причал закрыт."),
        # a sentence before a credit is text
        ("Мэр открыл мост. Фото: мэрия Заречного", "Мэр открыл мост."),
    ],
)
def test_credits_end_where_the_sentence_begins(text: str, kept: str) -> None:
    assert without_credits(text).startswith(kept)


@pytest.mark.parametrize(
    "text",
    [
        "Фото победителей покажут в музее.",
        "Выставка «Фото: вчера и сегодня» открылась в музее.",
        "Жители прислали фото: на нём видна яма.",
        "Фото — главное увлечение пенсионера.",
        "Фото: жители вышли на субботник и убрали двор.",
        "Автор книги рассказал о фото и видео.",
        "Видео с места аварии изучает полиция.",
    ],
)
def test_the_word_photo_in_a_sentence_stays(text: str) -> None:
    assert without_credits(text) == text
    assert line_without_credits(text) == text


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Автор: Инна Ласточкина Фото: Zarechny Press / Oleg Bur", ""),
        ("Фото: пресс-служба штаба", ""),
        ("Фото: © Олег Бур", ""),
        ("© Фото: ИД «Заречная правда» / архив", ""),
        ("Фото: ледоход у моста, 1941 год / из фондов музея", ""),
        ("Текст: Инна Ласточкина", ""),
        ("Мэр Пётр Гай и гости на мосту Фото: Олег Бур", ""),
        ("Мост открыли. Фото: Олег Бур", "Мост открыли."),
        ("Фото: Олег Бур Мост открыли утром.", "Мост открыли утром."),
    ],
)
def test_credit_lines_of_the_body(line: str, kept: str) -> None:
    assert line_without_credits(line) == kept


@pytest.mark.parametrize(
    "tail",
    [
        "Подробнее об этом читайте в материале «Вестника».",
        "Подробнее о мосте читайте на сайте Reka.Info.",
        "Подробности читайте здесь.",
        "Подробнее — в материале Reka.Info.",
        "Читайте также: В порту починили кран",
        "Читать далее",
        "Подробнее...",
    ],
)
def test_read_more_tails(tail: str) -> None:
    page = parse_page(f"Заглавие\n\nМост открыт. {tail}\n\n{tail}\nЕщё абзац.")
    assert page.text == "Мост открыт.\nЕщё абзац."


def test_read_more_in_a_sentence_stays() -> None:
    text = "Подробнее о планах рассказал мэр. Дети стали подробнее читать карты."
    assert parse_page(f"Заглавие\n\n{text}").text == text


def test_ad_residue() -> None:
    body = "Первый. ads_code Второй ads_code, третий.\n\nads_code\n[ads_code_2]\nКонец."
    text = f"Заглавие ads_code\n\n{body}"
    page = parse_page(text)
    assert (page.title, page.text) == ("Заглавие", "Первый. Второй, третий.\nКонец.")


WORDS = st.sampled_from(("мост", "река", "Тихая", "Заречный", "12", "«Волна»", "и,", "на"))
SENTENCES = st.lists(WORDS, min_size=1, max_size=40).map(lambda words: " ".join(words) + ".")


@given(st.lists(st.one_of(st.just(""), SENTENCES), max_size=12))
def test_no_body_line_is_lost(lines: list[str]) -> None:
    page = parse_page("\n".join(lines))
    assert f"{page.title} {page.text}".split() == " ".join(lines).split()
    assert not page.teasers


PIECES = st.one_of(
    st.sampled_from(
        ("Фото: ", "Автор: ", "©", "/", ",", "(", ")", "«", "»", '"', "Иван ", "мэрия ")
    ),
    st.sampled_from(("По теме\n", "Новости по теме:\n", "10:00 01.02.2025 ", "А - Б", "ads_code")),
    st.sampled_from(
        ("\n", "\n\n", "\r\n", "   ", "\xa0", "12", "№", ".", "-", "Подробнее читайте ")
    ),
    st.sampled_from(("<p>", "<nav>", "</nav>", "<![if", "<!--", "-->", "&amp;", "<h1", "<?", ">")),
)


@given(
    st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=40),
    st.booleans(),
)
def test_never_raises_and_leaves_no_residue(pieces: list[str], html: bool) -> None:
    page = read_html("".join(pieces)) if html else parse_page("".join(pieces))
    assert all(teaser.text for teaser in page.teasers)


@given(
    st.lists(SENTENCES, min_size=1, max_size=6),
    st.sampled_from(["Фото: Олег Бур ", "Мост ночью Фото: © Олег Бур/ РИА «Заречье» ", ""]),
)
def test_teasers_keep_their_words(sentences: list[str], caption: str) -> None:
    sentences = [f"Вчера {sentence}" for sentence in sentences]
    block = "".join(f"{caption}{text}\n10:00 01.02.2025 Волна - Псков\n" for text in sentences)
    page = parse_page(f"Заглавие\n\nТекст.\n\nНовости по теме\n{block}")
    assert [teaser.text for teaser in page.teasers] == sentences
