"""What is set aside before comparing; all texts are invented."""

import random
import re
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dedup
from dedup.text import boilerplate, boilerplate_lines
from dedup.text.boilerplate import removed_boilerplate, strip_boilerplate
from dedup.text.boilerplate_marks import INNER_LINE
from dedup.text.boilerplate_rules import STAGES, BoilerplateRule
from dedup.text.lang import LANGUAGES
from dedup.text.markup import MARKS, TAG_MARKS, plain

STORY = "Мэр Заозёрска открыл мост через реку Тихую. Строили его три года."


def compared(text: str, title: str = "") -> str:
    return " ".join(strip_boilerplate(pa.array([text]), pa.array([title]))[0].as_py().split())


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("\n[Подробности](https://news.example/a?b=1)", " Подробности", "markdown link"),
        (" (https://news.example/a)", "", "link"),
        (" t.me/zaozersk_news", "", "link"),
        ("\n2020-05-02T10:17:51+03:00", "", "timestamp"),
        (" #мост #река2024", "", "hashtag"),
        (" @zaozersk", "", "hashtag"),
        (" ⚡️❗️", "", "emoji"),
        ("\nПодписаться | Прислать новость", "", "subscribe"),
        ("\nНочной Заозёрск. Подписаться", "", "subscribe line"),
        ("\n👉 Заозёрск Live. Подписаться", "", "subscribe line"),
        ("\nХотите знать всё первыми? Подписывайтесь на наш канал!", "", "subscribe line"),
        (" Подписывайтесь на нас в сети.", "", "subscribe"),
        (" Підписуйтесь на нас.", "", "subscribe"),
        ("\nRead more: The old bridge", "", "read more"),
        ("\nЧитайте также: Как чинили старый мост", "", "read more"),
        ("\nALSO READ: The old bridge", "", "read more"),
        (" Also Read - The old bridge", "", "read more"),
        ("\nRead MoreThe old bridge is gone", "", "read more, glued"),
        ("\nФото: пресс-служба мэрии", "", "credit"),
        ("\nИсточник: zaozersk.example", "", "credit"),
        ("\nАвтор: Пётр Лугин", "", "credit"),
        (" Сайт использует файлы cookie.", "", "cookie notice"),
        ("\nНашли ошибку? Выделите её и нажмите Ctrl+Enter.", "", "mistake notice"),
        (" Выделите фрагмент с опечаткой и нажмите Ctrl + Enter", "", "mistake notice"),
        ("\nРеклама. ООО «Кедр», ИНН 7700000000, erid: LjN8K", "", "ad notice"),
        ("\nerid: 2Vtzqw", "", "ad notice"),
        ("\n11:57, 2 ноября 2018", "", "time line"),
        (" Напомним, старый мост закрыли в марте.", "", "earlier"),
        (" Ранее сообщалось, что мост закрыт.", "", "earlier"),
    ],
)
def test_tail_is_set_aside(before: str, after: str, rule: str) -> None:
    assert compared(STORY + before) in (STORY + after, STORY[:-1] + after)
    assert rule in [name for name, _ in removed_boilerplate(STORY + before, "")]


@pytest.mark.parametrize(
    "dateline",
    [
        "ЗАОЗЁРСК, 3 мая. /ТАСС/. ",
        "Заозёрск. 3 мая. INTERFAX.RU - ",
        "НИЖНИЙ ЗАОЗЁРСК, 3 мая — РИА Новости. ",
        "ТАСС, 3 мая. ",
        "КИЕВ. 9 июля. УНН. ",
    ],
)
def test_dateline_is_set_aside(dateline: str) -> None:
    city = re.split("[.,]", dateline)[0]
    # The city stays if nothing else names it: it may be all that tells two events apart.
    named = city == "ТАСС" or city.casefold() == "заозёрск"
    assert compared(dateline + STORY) == STORY if named else f"{city} {STORY}"
    assert city == "ТАСС" or compared(f"{dateline}Сгорел склад.") == f"{city} Сгорел склад."


def test_markup_leaves_its_words() -> None:
    assert compared("**Мост** открыт, __наконец__.").replace(" ", "") == "Мостоткрыт,наконец."


def test_what_only_looks_like_a_rule_stays() -> None:
    for text in (
        STORY,
        "Источник в мэрии рассказал о мосте.",
        "Путин подписал закон о мостах.",
        "Фотографы снимали мост с утра.",
        "Реклама. Её на мосту не будет, решил совет.",
        "Нашли ошибку? Совет ждёт писем до мая.",
        "В Заозёрске 3 мая открыли мост.",
        "Температура +20 °C, курс 90 ₽, дом № 5.",
    ):
        assert compared(text) == text
        assert removed_boilerplate(text, "") == []


NEWS = [
    # A headline is the news, whatever it begins with.
    ("Источник: министр Иволгин уйдёт в отставку", "Об этом сообщил собеседник в правительстве."),
    ("Видео: лося спасли из проруби", "Спасатели работали два часа."),
    ("Photo: a seal on the runway at Porthaven", "Flights were held for an hour."),
    ("Джерело: міст закриють на рік", "Про це сказав голова громади."),
    ("Źródło: minister odejdzie z rządu", "Decyzja ma zapaść w piątek."),
    ("Подписаться на газету можно и по телефону", "Почта приняла первые заявки."),
    ("Ранее утром в Заозёрске сошёл трамвай", "Движение закрыто."),
    # So is what a text begins with.
    ("", "Источник: директор завода покинет пост до конца месяца.\nОб этом сказали в тресте."),
    ("", "Ранее утром в Заозёрске загорелся склад на улице Мира. Пожар тушат."),
    ("", "Earlier on Sunday a ferry ran aground off Porthaven. Nobody was hurt."),
    ("", "Раніше вдень у Заозерську зупинили трамваї. Лінію лагодять."),
    ("", "Wcześniej rano w Zaozersku zamknięto most. Trwa naprawa."),
    ("", "Напомним о себе, сказал тренер. Матч начнётся в семь."),
    (
        "",
        "Subscribe buttons must be as easy as cancel buttons, a court ruled. The firm will appeal.",
    ),
    ("", "Подписаться на «Заозёрские вести» теперь можно в любом отделении почты. Цена прежняя."),
    ("", "The firm lost money. Subscribers fell. Shares fell too."),
    # Cookies that one eats.
    ("", "Scouts in Milford sold 4,200 boxes of mint cookies in one weekend. A record."),
    ("", "A bakery in Easton recalled oat cookies on Monday. Two children were taken ill."),
    ("", "Пекарня раздала детям печенье cookies с орехами. Праздник длился день."),
    # Cities and capitals that only look like a dateline.
    ("", "Тверь, 3 мая. Пожар на складе потушили за час. Никто не пострадал."),
    ("", "КАЗАНЬ, 3 мая. Мост откроют к осени. Работы идут по плану."),
    # Hashtags and accounts as words of a sentence.
    ("", "В #Заозёрске завершился #марафон: первым стал #Кедров, ему вручили кубок."),
    ("", "Пост @kedrov о марафоне набрал тысячу отметок."),
    ("", "Суд признал, что функция (function) сайта нарушала закон."),
]


@pytest.mark.parametrize(("title", "text"), NEWS)
def test_the_news_is_not_set_aside(title: str, text: str) -> None:
    def words(given: str) -> list[str]:
        return [word for line in dedup.words(given.split("\n")) for word in line]

    assert words(compared(text, title)) == words(f"{title}\n{text}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{}: министр Иволгин уйдёт", "{}: директор Кедров придёт"),
        ("{} утром сгорел склад", "{} днём открыли мост"),
        ("{} on Sunday a ferry sank", "{} on Monday a bridge fell"),
        ("{} a mayor resigned", "{} a seal was found"),
    ],
)
@pytest.mark.parametrize("where", ["title", "text"])
def test_no_opening_makes_two_items_one(one: str, other: str, where: str) -> None:
    """Whatever stock phrase stands before the fact, the fact is compared."""
    openings = [
        phrase.capitalize()
        for language in LANGUAGES
        for phrases in (
            language.phrases.credit,
            language.phrases.earlier,
            language.phrases.subscribe,
        )
        for phrase in phrases
    ]
    for opening in openings:
        pair = [form.format(opening) for form in (one, other)]
        if where == "title":
            left = [compared("Подробности уточняются.", title) for title in pair]
        else:
            left = [compared(f"{text} в пятницу вечером.\nСтрока.") for text in pair]
        assert left[0] != left[1]


@pytest.mark.parametrize(
    "notice",
    [
        "Сайт использует файлы cookie.",
        "We use cookies to improve our website.",
        "This site uses cookies.",
        "By using our website you accept cookies.",
        "Ta strona używa plików cookies.",
        "Web používá soubory cookie.",
        "Сайт використовує файли cookie.",
        "Diese Website verwendet Cookies.",
        "Сайтът използва бисквитки.",
    ],
)
def test_cookie_notices_are_set_aside(notice: str) -> None:
    assert compared(f"{STORY} {notice}") in (STORY, STORY[:-1])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Кафе &laquo;Роща&raquo; &mdash; у моста", "Кафе «Роща» — у моста"),
        ("&#1052;&#1086;&#1089;&#1090; открыт", "Мост открыт"),
        ("AT&amp;amp;T &amp;quot;Hello&amp;quot;", 'AT&T "Hello"'),
        ("Мост открыт.\\nДвижение пошло.", "Мост открыт.\nДвижение пошло."),
        ("C:\\news\\new", "C:\\news\\new"),
        ("строи-\nтельство моста", "строительство моста"),
        ("con-\n  struction began", "construction began"),
        ("Санкт-\nПетербург", "Санкт-\nПетербург"),
        ("1\n00:00:00,000 --> 00:00:04,000\nМост открыт\n\n"
         "2\n00:00:04,000 --> 00:00:08,000\nв Заозёрске.\n", "Мост открыт в Заозёрске."),
        ("WEBVTT\n\n00:01.000 --> 00:04.000\nThe bridge\n\n00:04.000 --> 00:08.000\nis open.",
         "WEBVTT The bridge is open."),
        ("в #НижнемЗаозёрске и #новом_мосту", "в #Нижнем Заозёрске и #новом мосту"),
        ("Мост открыт. #новыйМост #река", "Мост открыт. #новый #Мост #река"),
        ("Губер\u00ad\nнатор и Bürger¬\nmeister", "Губернатор и Bürgermeister"),
        ("\\u041c\\u043e\\u0441\\u0442 \\u043e\\u0442крыт", "Мост открыт"),
        ("C:\\udead\\a", "C:\\udead\\a"),
        ("R&D, 5 < 6 && a-b", "R&D, 5 < 6 && a-b"),
    ],
)  # fmt: skip
def test_what_storage_has_added_is_taken_back(written: str, meant: str) -> None:
    assert plain(written) == meant
    both = [
        strip_boilerplate(pa.array([text]), pa.array([""]))[0].as_py() for text in (written, meant)
    ]
    assert dedup.words(both)[0] == dedup.words(both)[1]


@settings(deadline=None)
@given(st.text(alphabet='аб\n\\n&#;amp"<-> 0123:,.\u2010', max_size=60))
def test_only_texts_with_a_mark_are_changed_by_their_form(text: str) -> None:
    if not any(mark in text for mark in (*MARKS, *TAG_MARKS)):
        assert plain(text) == text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("открыт мост в #НижнийЗаозёрск", "открыт мост в #ВеликийЗаозёрск"),
        ("#НовыйКедровск остался без света", "#СтарыйКедровск остался без света"),
        ("The bridge is open in #new_haven", "The bridge is open in #new_harbour"),
        ("Мост открыт. #мост #Заозёрск", "Мост открыт. #мост #Кедровск"),
        ("Die Brücke ist offen.\n#Zaunstadt", "Die Brücke ist offen.\n#Kedernburg"),
    ],
)
def test_a_hashtag_that_is_a_name_counts(one: str, other: str) -> None:
    both = strip_boilerplate(pa.array([one, other]), pa.array(["", ""])).to_pylist()
    assert dedup.words(both)[0] != dedup.words(both)[1]


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("п`ять об`єктів", ["п`ять", "об`єктів"]),
        ("`код` и ``слово``, (`a`)", ["код", "и", "слово", "a"]),
        ("`Αθήνα` сегодня", ["αθήνα", "сегодня"]),
    ],
)
def test_a_grave_accent_within_a_word_is_its_apostrophe(written: str, words: list[str]) -> None:
    left = strip_boilerplate(pa.array([written]), pa.array([""]))[0].as_py()
    assert re.findall(r"[\w`]+", left.lower()) == words


def test_a_script_in_the_text_is_set_aside() -> None:
    code = (
        "(function(w,d){var s=d.createElement('script');s.src='//w.example/q.js';"
        "d.body.appendChild(s);})(window,document);"
    )
    assert compared(f"{STORY} {code}") == STORY
    assert compared(f"{code}\n{STORY}") == STORY
    assert compared(code, "Узнайте птицу по голосу") == "Узнайте птицу по голосу"


def test_title_repeated_by_the_body_counts_once() -> None:
    assert (
        compared("«Мост открыт». Строили долго.", "Мост открыт") == "«Мост открыт». Строили долго."
    )
    assert compared("Мост открыли. Строили долго.", "Мост открыт").startswith("Мост открыт Мост")
    assert removed_boilerplate("Мост открыт. Строили долго.", "Мост открыт") == [
        ("title repeated", "Мост открыт")
    ]


def test_an_item_never_becomes_empty() -> None:
    for text in ("https://news.example/a", "Подписаться", "#мост", "Напомним, мост закрыт."):
        assert compared(text) == text
        assert removed_boilerplate(text, "") == []


def test_rows_do_not_meet() -> None:
    texts = [STORY, STORY + " #мост", "", "Подписаться", STORY + "\nФото: мэрия"]
    titles = ["Мост", "", "", "Мост", ""]
    together = strip_boilerplate(pa.array(texts), pa.array(titles)).to_pylist()
    alone = [
        strip_boilerplate(pa.array([text]), pa.array([title]))[0].as_py()
        for text, title in zip(texts, titles, strict=True)
    ]
    assert together == alone
    assert strip_boilerplate(pa.array([], pa.string()), pa.array([], pa.string())).to_pylist() == []


PIECES = [
    "Мост открыт",
    "Ранее",
    "Напомним, что",
    "Подписаться",
    "на канал",
    "Фото: мэрия",
    "https://a.b/c",
    "[ссылка](https://a.b)",
    "**",
    "__",
    "#тег",
    "⚡️",
    "cookie",
    "11:57",
    "МОСКВА, 3 мая. /ТАСС/.",
    "Читайте также:",
    "Читать далее",
    "Image caption",
    "Сегодня, 9:15",
    "2020-05-02T10:17",
    "слово",
    ". ",
    "? ",
    "\n",
    " ",
    "»",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_explained_as_it_is_done(text: str) -> None:
    """What is kept and what `removed_boilerplate` names are all the letters of the text."""
    kept = strip_boilerplate(pa.array([text]), pa.array([""]))[0].as_py()
    taken = "".join(part for _, part in removed_boilerplate(text, ""))
    letters = sorted(filter(str.isalnum, text))
    assert sorted(filter(str.isalnum, kept + taken)) == letters
    rest = iter(text)
    assert all(letter in rest for letter in kept if letter.isalnum()), "kept in its order"


@settings(deadline=None)
@given(st.text(max_size=80), st.text(max_size=20))
def test_any_text_passes_and_nothing_is_added(text: str, title: str) -> None:
    (left,) = strip_boilerplate(pa.array([text]), pa.array([title])).to_pylist()
    letters = iter(f"{title}\n{text}" if title else text)
    assert all(letter in letters for letter in left if letter.isalnum())
    assert any(map(str.isalnum, left)) == any(map(str.isalnum, title + text))


def test_rule_names_are_unique() -> None:
    names = [rule.name for stage in STAGES for rule in stage]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", [rule for stage in STAGES for rule in stage], ids=lambda r: r.name)
def test_a_match_holds_a_mark_of_its_rule_and_no_line_feed(rule: BoilerplateRule) -> None:
    marks = [mark.encode() if isinstance(mark, str) else mark for mark in rule.marks]

    @settings(deadline=None)
    @given(st.from_regex(re.compile(rule.whole), fullmatch=True))
    def holds(match: str) -> None:
        assert any(mark in match.encode() for mark in marks)
        assert "\n" not in match.removesuffix("\n")  # which `$` may leave to the one that draws

    holds()


def test_rules_are_the_same_on_long_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond `LONG` another engine takes the rules."""
    draw = random.Random(1)
    texts = pa.array(["".join(draw.choices(PIECES, k=20)) for _ in range(300)])
    titles = pa.array([""] * len(texts))
    short = strip_boilerplate(texts, titles).to_pylist()
    monkeypatch.setattr(boilerplate_lines, "LONG", 0)
    assert strip_boilerplate(texts, titles).to_pylist() == short


@pytest.mark.parametrize(
    "rule", [r for stage in STAGES for r in stage if r.sentence], ids=lambda r: r.name
)
def test_sentences_behind_others_are_those_of_the_whole_pattern(rule: BoilerplateRule) -> None:
    """Behind the end of a sentence the pattern of a line's beginning serves."""
    applied = boilerplate_lines._Applied(np.uint32(1), rule)
    whole = re.compile(rule.later)
    pieces = [". ", "? ", '!" ', "… ", ".", " ", "Мост открыли", "\u00a0", "«", *rule.marks[:3]]
    match = st.from_regex(re.compile(rule.pattern))

    @settings(deadline=None)
    @given(st.lists(st.one_of(st.sampled_from(pieces), match), max_size=6).map("".join))
    def same(line: str) -> None:
        assert applied._less_later(line, 0) == whole.sub(" ", line)

    same()


def test_a_text_without_marks_loads_no_rules() -> None:
    script = (
        "import sys\n"
        "import pyarrow as pa\n"
        "from dedup.text.boilerplate import strip_boilerplate\n"
        "from dedup.text.boilerplate_marks import boilerplate_marks\n"
        "boilerplate_marks()\n"
        "rules = 'dedup.text.boilerplate_rules'\n"
        "for name in [name for name in sys.modules if name.startswith(rules)]:\n"
        "    del sys.modules[name]\n"
        "strip_boilerplate(pa.array(['The bridge is open.']), pa.array(['']))\n"
        "assert rules not in sys.modules\n"
        "strip_boilerplate(pa.array(['The bridge is open. Read more: Lund']), pa.array(['']))\n"
        "assert rules in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_many_lines_at_once_are_each_by_itself() -> None:
    draw = random.Random(2)
    marks = ["**", "__", "`", "``код`", "# ", "](", "[мост](https://a.example/b)", "www.a.example"]
    marks += ["2020-05-02T10:17:51+03:00", "⚡️❗️", "window.box=1;", "Image caption", "#мост #река"]
    pieces = [*marks, ". ", "!» ", " ", "(", "Мост открыли", "п`ять", "«", "\u00a0"]
    rules = [rule for stage in boilerplate_lines._stages() for rule in stage]
    at_once = [rule for rule in rules if rule.anywhere is not None]
    assert {"link", "markup", "emoji"} <= {rule.rule.name for rule in at_once}
    for rule in at_once:
        for _ in range(100):
            lines = ["".join(draw.choices(pieces, k=draw.randint(0, 6))) for _ in range(5)]
            each = [rule.less(line, INNER_LINE) for line in lines]
            assert rule.less_each(lines, [INNER_LINE] * len(lines)) == each


def test_usual_letters_are_letters() -> None:
    for code in (*range(0xD800), *range(0xE000, 0x20000)):
        letter = chr(code)
        usual = boilerplate._USUAL_LETTER.search(letter.encode())
        assert not usual or letter.isalnum()
        assert boilerplate._says(letter.encode()) == bool(re.match(r"[^\W_]", letter))
