"""Boxes inside an article that send the reader to other articles: taken out of the tree.

A box is a heading («Читайте также», "Read also") and links. The article goes on after it.
"""

from __future__ import annotations

import re
from itertools import islice

from lxml.html import HtmlElement

from dedup.readers.html_tree import drop

_HEADINGS = (
    # Russian, Ukrainian, Belarusian, Bulgarian, Serbian
    r"(?:читайте|читать|смотрите|смотреть|слушайте)(?: также| ещ[её]| далее| по теме| подробнее)*",
    r"(?:ещ[её] |другие |главные |последние |все )*(?:новости|материалы|публикации|статьи|сюжеты)?"
    r"(?: соседних| других)?(?: регионов)? ?по(?: этой| данной)? теме",
    r"(?:вам )?(?:может быть|также может быть) интересно|что ещ[её] почитать|не пропустите",
    r"похожие (?:статьи|новости)|связанные (?:новости|материалы)|подробнее|подробности",
    r"ранее(?: по теме)?|(?:читайте|дивіться) (?:також|ще)(?: за темою)?|(?:новини )?за темою",
    r"більше (?:новин )?за темою|чытайце таксама|(?:прочетете|вижте|четете) (?:още|също)",
    r"още по темата|свързани (?:новини|статии)|прочитајте (?:још|и)|повезане вести",
    # English
    r"(?:read|see|watch) (?:also|more|next|this)|also read|more on this(?: story)?",
    r"related(?: (?:stories|articles|news|coverage|content|topics|posts))?",
    r"more (?:stories|from [\w ]{2,30})|recommended(?: reading| for you)?|what to read next",
    r"you (?:may|might) also (?:like|be interested in)|don'?t miss",
    # German, French, Spanish, Italian, Portuguese
    r"(?:lesen sie|lies|sehen sie) (?:auch|mehr|dazu|hierzu)(?: dazu)?|mehr zum thema|passend dazu",
    r"auch interessant|das könnte sie (?:auch )?interessieren|weitere (?:artikel|themen|meldungen)",
    r"(?:à )?lire (?:aussi|également)|(?:à )?voir aussi|sur le même sujet|noticias relacionadas",
    r"(?:lea|lee|ver|te puede) (?:también|además|interesar)|leggi anche|vedi anche",
    r"articoli correlati|leia (?:também|mais)|veja também|saiba mais",
    # Polish, Czech, Slovak, Slovene, Turkish
    r"(?:czytaj|zobacz|przeczytaj) (?:też|także|również|więcej)|powiązane artykuły",
    r"(?:čtěte|přečtěte si) (?:také|také|více|i)|související(?: články)?",
    r"prečítajte si (?:aj|tiež)|(?:preberite|berite) (?:tudi|še)",
    r"ilgili (?:haber(?:ler)?|içerikler)|ayrıca (?:okuyun|bakınız)|bunlar[ıi] da oku(?:yun)?",
    r"ilginizi çekebilir|benzer haberler|pročitajte (?:i|još|više)|povezane vijesti",
    # Dutch, Swedish, Danish, Norwegian, Finnish, Hungarian, Romanian
    r"lees (?:ook|meer|verder)|läs (?:också|även|mer)|læs (?:også|mere)|les (?:også|mer)",
    r"lue (?:myös|lisää)|kapcsolódó(?: cikkek)?|ezt is olvas(?:sa|d)|olvassa el(?: ezt)? is",
    r"cite[sșş]te (?:[sșş]i|mai mult)|citi[tțţ]i (?:[sșş]i|mai mult)|pe aceea[sșş]i tem[ăa]",
    # Greek, Arabic
    r"διαβ[άα]στε (?:επ[ίι]σης|ακ[όο]μ[αη]|περισσ[όο]τερα)|δε[ίι]τε (?:επ[ίι]σης|ακ[όο]μ[αη])",
    r"σχετικ[άα] (?:[άα]ρθρα|θ[έε]ματα)",
    r"(?:اقرأ|شاهد|طالع) (?:أيض[اً]+|المزيد)|(?:مواضيع|أخبار|مقالات) ذات صلة",
    # Chinese, Japanese, Korean
    r"(?:相关|延伸|推荐|更多|相關|推薦)(?:阅读|新闻|报道|文章|链接|推荐|閱讀|新聞|報導|連結)|猜你喜欢",
    r"関連(?:記事|ニュース)|あわせて読みたい|おすすめ(?:記事)?|관련 ?(?:기사|뉴스)",
)
_HEADING = re.compile(rf"[\W_]*(?:{'|'.join(_HEADINGS)})[\W_]*", re.IGNORECASE)
_LONGEST_HEADING = 60
#: A box holds a few links; a larger element is a page, or all of its menu.
_LONGEST_BOX = 2000
#: A page has a few; each is looked for in all of the elements around its heading.
_MOST_BOXES = 100
_BLOCKS = frozenset(
    (
        "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer",
        "h1", "h2", "h3", "h4", "h5", "h6", "header", "li", "main", "nav", "ol", "p", "pre",
        "section", "table", "tbody", "td", "tr", "ul",
    )
)  # fmt: skip
_ROOTS = frozenset(("html", "body", "main", "article"))


def drop_related_boxes(tree: HtmlElement) -> None:
    """Takes the boxes out of the tree of a page."""
    headings = filter(_is_heading, tree.iter())
    for heading in list(islice(headings, _MOST_BOXES)):
        if heading.getroottree().getroot() is tree:
            _drop_box(_block_of(heading))


def is_related_heading(line: str) -> bool:
    """Is this line the heading of such a box?"""
    return len(line) <= _LONGEST_HEADING and _HEADING.fullmatch(line) is not None


def _is_heading(element: HtmlElement) -> bool:
    text = element.text
    return (
        isinstance(element.tag, str)
        and element.tag != "a"
        and bool(text)
        and len(text) <= 2 * _LONGEST_HEADING
        and is_related_heading(" ".join(text.split()))
    )


def _block_of(element: HtmlElement) -> HtmlElement:
    while element.tag not in _BLOCKS:
        above = element.getparent()
        if above is None or above.tag in _ROOTS:
            break
        element = above
    return element


def _drop_box(block: HtmlElement) -> None:
    """Takes out the largest element around a heading that holds links only besides it."""
    if not _is_box(block):
        return
    while (above := block.getparent()) is not None and above.tag not in _ROOTS and _is_box(above):
        block = above
    if not block.xpath("boolean(.//a)"):
        # The heading alone: the links stand beside it.
        while not (block.tail or "").strip():
            beside = block.getnext()
            if beside is None or not _is_links(beside):
                break
            drop(beside)
    drop(block)


def _is_box(element: HtmlElement) -> bool:
    """Besides the words of its links, does the element hold the heading only?"""
    whole = str(element.xpath("string()"))
    return len(whole) <= _LONGEST_BOX and is_related_heading(_unlinked(element))


def _is_links(element: HtmlElement) -> bool:
    whole = str(element.xpath("string()"))
    linked = bool(element.xpath("boolean(self::a or .//a)"))
    return linked and len(whole) <= _LONGEST_BOX and not re.search(r"\w", _unlinked(element))


def _unlinked(element: HtmlElement) -> str:
    parts = element.xpath(".//text()[not(ancestor::a)]") if element.tag != "a" else []
    return " ".join(" ".join(parts).split())
