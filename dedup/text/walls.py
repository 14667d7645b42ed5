"""Texts that are no news but what stands in its place: errors, checks of the browser, closed doors,
requests for consent.

A crawler stores them under the address of the news, and those of two articles are alike. Only short
texts are asked, and a text that is taken for a wall by mistake costs little: it is kept.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dedup.columns.arrow import text_bytes
from dedup.columns.built_tables import built_table
from dedup.columns.types import BoolArray
from dedup.text.mark_kernels import MarkTables
from dedup.text.prefilter import mark_tables, marked_lines

#: Walls are short, in characters; in a longer text such words are quoted.
_LONGEST = 700

#: What may stand around words. (Patterns are RE2's, to which letters beyond ASCII are no `\w`.)
_MARKS = "[ \t.,:!?…|–—-]*"

#: In a sentence.
_SENTENCES = (
    # English
    r"enable javascript|turn on javascript|javascript is (?:disabled|required|not enabled)",
    r"checking (?:your browser|if the site connection)",
    r"verif(?:y|ying) (?:that )?you are (?:a )?human",
    r"review the security of your connection|complete the security check",
    r"unusual traffic from your|requests from your (?:device|network) (?:look|are)",
    r"do(?:n.t| not) have permission to access|access to this (?:page|site) has been denied",
    r"access cannot be granted at this time|unavailable (?:due to|for) legal reasons",
    r"page (?:you \w+ (?:looking for|requested|for) )?(?:was not|could not be|can.t be) found",
    r"page cannot be found",
    r"page (?:not found|does(?:n.t| not) exist|no longer exists)|was not found on this server",
    r"bad gateway|gateway time-?out|service (?:temporarily )?unavailable|internal server error",
    r"error establishing a database|down for (?:scheduled )?maintenance|account has been suspended",
    # Russian, Ukrainian, Belarusian, Bulgarian
    r"(?:включите|включить|разрешите) (?:поддержку )?javascript|javascript (?:отключ|выключ)",
    r"(?:проверка|проверяем) (?:вашего |ваш )?браузера?|с вашего (?:устройства|адреса) похожи",
    r"подтвердите, что (?:вы не робот|запросы)",
    r"доступ к (?:запрашиваемо|данно|это)[^ ]+ [^ ]+ (?:закр|запр|огр)",
    r"страница(?:, которую вы [^ ]+)? (?:не найдена|не существует|была удалена)",
    r"запрашиваем(?:ая|ой|ую) (?:вами )?страниц|ошибка 40[34]|сайт временно недоступен",
    r"увімкніть javascript|сторінк[ау] не (?:знайден|існує)|підтвердіть, що ви не робот",
    r"помилка 404",
    r"старонка не знойдзена|включете javascript|страницата не (?:е|беше) намерена|грешка 404",
    # German, Polish, Czech, Slovak, Slovene
    r"javascript (?:zu aktivieren|aktivieren|ist deaktiviert)|aktivieren sie (?:bitte )?javascript",
    r"seite (?:wurde |konnte )?(?:leider )?nicht gefunden|wegen wartungsarbeiten|kein roboter",
    r"fehler 404",
    r"włącz(?:yć)? (?:obsługę )?javascript|nie znaleziono (?:podanej )?strony",
    r"nie jesteś robotem|błąd 404",
    r"strona (?:nie (?:istnieje|została znaleziona)|o podanym adresie nie istnieje)",
    r"(?:povolte|zapněte|zapnite|omogočite) (?:si )?javascript|nejste robot|chyba 404|napaka 404",
    r"stránka (?:nebyla nalezena|nenalezena|neexistuje|nebola nájdená)",
    r"strani ni (?:bilo )?mogoče najti",
    # French, Spanish, Italian, Portuguese
    r"activer javascript|page (?:est )?introuvable|page n.existe (?:pas|plus)|erreur 404",
    r"(?:active|activar|habilite|habilitar) javascript|página no (?:encontrada|existe)",
    r"abilitare? javascript|pagina non trovata|ative o javascript|página não (?:foi )?encontrada",
    # Turkish, Greek, Arabic
    r"sayfa bulunamadı|javascript[^ ]{0,5} etkinleştirin|robot olmadığınızı",
    r"σελίδα δεν (?:βρέθηκε|υπάρχει)|ενεργοποιήστε (?:την? |το )?javascript",
    r"الصفحة (?:المطلوبة )?غير موجودة|تفعيل (?:جافا|javascript)",
    # Chinese, Japanese, Korean
    r"页面不存在|頁面不存在|找不到(?:该|此|您访问的)?页面|访问过于频繁",
    r"(?:启用|开启|啟用) ?javascript",
    r"ページが見つかりません|javascript ?を有効|페이지를 찾을 수 없습니다",
)
#: A line by itself.
_LINES = (
    r"just a moment|attention required! \| cloudflare|ddos-guard|access denied|forbidden",
    r"(?:page )?not found|robot check|security check|are you a robot|you have been blocked",
    r"(?:error |ошибка |http )?(?:403|404|410|429|451|500|502|503|504)(?: error)?"
    rf"{_MARKS}(?:not found|forbidden|gone|too many requests|unavailable.{0, 40})?",
    r"доступ запрещ[её]н|страница не найдена",
)
#: At the beginning of a line: requests for consent. Further on they may stand below news.
_CONSENT = (
    r"store and(?:/or)? access information on (?:a|your) device",
    r"we,? and our (?:[0-9.,]+ )?partners (?:store|use|process|access|may)",
    r"мы и наши (?:[0-9 ]+)?партн[её]ры (?:хран|использу|обраб|собира)",
    r"ми (?:та|і|й) наші (?:[0-9 ]+)?партнери (?:збер|використ|обробл|збира)",
    r"ние и (?:нашите|[0-9]+ наши) партньори (?:съхран|използв|обраб|събир)",
    r"wir und unsere (?:[0-9.]+ )?(?:partner|drittanbieter) (?:speicher|verwend|nutz|verarbeit)",
    r"my (?:i|oraz) nasi (?:zaufani )?(?:[0-9 ]+)?partnerzy (?:przechow|przetwarz|wykorzyst|używa)",
    r"my a naši (?:[0-9 ]+)?partneři (?:uklád|zpracov|použív|využív)",
    r"mi in naši (?:[0-9.]+ )?partnerji (?:shranj|obdel|uporablj)",
    r"nous et nos (?:[0-9 ]+)?partenaires (?:stock|utilis|trait)",
    r"nosotros y nuestros (?:[0-9.]+ )?socios (?:almacen|utiliz|usa|trata)",
    r"noi e i nostri (?:[0-9.]+ )?partner (?:archiv|utilizz|tratt)",
)
#: One of these, or of the letters below, stands in whatever a pattern of `_SENTENCES` or `_CONSENT`
#: matches, in small letters.
_SIGNS = (
    " access information on | and our | exist| found| has been denied|"
    " have permission to access| legal reasons|access cannot be granted at this time|"
    "account has been suspended|aktivieren sie |bad gateway|chyba 404|"
    "complete the security check|erreur 404|error establishing a database|existe p|"
    "fehler 404|gateway time|if the site connection|internal server error|introuvable|"
    "istnieje|javascript|kein roboter|maintenance|napaka 404|nejste robot|nicht gefunden|"
    "nie znaleziono |noi e i nostri |nosotros y nuestros |nous et nos |pagina non trovata|"
    "partnerzy |requests from your |review the security of your connection|unavailable|"
    "unusual traffic from your|wegen wartungsarbeiten|wir und unsere |you are |"
    "your browser| etkinleştirin| партньори |błąd 404|mi in naši |mogoče najti|my a naši |"
    "nie jesteś robotem|página no e|página não |robot olmadığınızı|sayfa bulunamadı|"
    "stránka ne|została znaleziona|ενεργοποιήστε |σελίδα δεν |браузер|была удалена|"
    "грешка 404|доступ к |запрашиваем|мы и наши |не найдена|не существует|ошибка 40|"
    "партнери |подтвердите, что |помилка 404|підтвердіть, що ви не робот|с вашего |"
    "сайт временно недоступен|старонка не знойдзена|сторінк|страницата не |تفعيل |"
    "غير موجودة|ページが見つかりません|找不到|访问过于频繁|頁面不存在|页面不存在|"
    "페이지를 찾을 수 없습니다"
)
#: The same of `_LINES`.
_LINE_SIGNS = (
    "moment|attention|ddos|denied|forbidden|found|check|robot|blocked|403|404|410|429|451|500|"
    "502|503|504|доступ запрещ|не найдена"
)
#: RE2 takes these for other letters, and they have no other small ones.
_ODD = "\u0345\u1fbeſςϐϑϰϱϖϕϵµᲀᲁᲂᲃᲄᲅᲆᲇᲈ"
_LINE = rf"(?m)^{_MARKS}(?:{'|'.join(_LINES)}){_MARKS}$"
_WALL = rf"(?m){'|'.join(_SENTENCES)}|^.{{0,60}}(?:{'|'.join(_CONSENT)})"
#: What each of these holds. To count the characters before a request takes forty times as long.
_PERHAPS = "|".join((*_SENTENCES, *_CONSENT))


def wall_rows(titles: pa.Array, texts: pa.Array) -> BoolArray:
    """Which items are no more than a wall, bool [items]; `titles` and `texts` without nulls."""
    walls = np.zeros(len(texts), np.bool_)
    short = pc.less_equal(pc.binary_length(texts), 4 * _LONGEST).to_numpy(zero_copy_only=False)
    rows = np.flatnonzero(short)
    sizes = pc.utf8_length(texts.take(pa.array(rows))).to_numpy(zero_copy_only=False)
    rows = rows[sizes <= _LONGEST]
    if len(rows):
        places = pa.array(rows)
        whole = pc.binary_join_element_wise(titles.take(places), texts.take(places), "\n")
        near, lines = _signed(whole)
        for chosen, pattern in ((near, _PERHAPS), (near, _WALL), (lines, _LINE)):
            if chosen.any():
                chosen[chosen] = _matched(whole.filter(pa.array(chosen)), pattern)
        walls[rows] = near | lines
    return walls


def _signed(texts: pa.Array) -> tuple[BoolArray, BoolArray]:
    """Where one of `_SIGNS` stands, and where one of `_LINE_SIGNS`: bool [texts] twice. Most texts
    have none, and to set up the patterns takes longer than to look for these."""
    starts, data = text_bytes(pc.utf8_lower(texts))
    marked = marked_lines(data, starts, _signs())
    kinds = np.zeros(len(texts), np.uint32)
    np.bitwise_or.at(kinds, marked.text, marked.kinds)
    return (kinds & np.uint32(1)) > 0, (kinds & np.uint32(2)) > 0


@built_table(MarkTables._make)
def _signs() -> MarkTables:
    kinds = (_SIGNS, _LINE_SIGNS)
    return mark_tables([[sign.encode() for sign in (*of.split("|"), *_ODD)] for of in kinds])


def _matched(texts: pa.Array, pattern: str) -> BoolArray:
    """bool [texts]: where the pattern stands in the text, in whatever case."""
    matched = pc.match_substring_regex(texts, pattern, ignore_case=True)
    return np.array(matched.to_numpy(zero_copy_only=False), np.bool_)
