"""Writes the reference: commands from the command line itself, functions from their docstrings.

    python docs/_build/reference.py

A test holds the files of the repository to what this writes, so no option is without its page.
"""

from __future__ import annotations

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import typer

import dedup
from dedup.cli.app import COMMANDS, EXIT_CODES, build_app
from dedup.text.lang import LANGUAGES

sys.path.insert(0, str(Path(__file__).parent))

from schemas import OBJECTS, ROWS, schemas

DOCS = Path(__file__).parents[1]

#: Result classes that the reference of the library lists, in the order of a reader's needs.
RESULTS = (
    "result.Report", "result.Cluster", "result.Member", "result.StoryGroup", "result.Link",
    "result.Item", "result.Pair", "result.Skipped", "results.explanation.Explanation",
    "results.explanation.Side", "results.showing.Shown", "results.showing.ShownMember",
    "results.evaluation.Evaluation", "results.evaluation.JudgedLabel",
    "results.evaluation.CurvePoint", "store.result.Update", "store.result.Match",
    "store.result.Info", "store.result.Forgotten",
)  # fmt: skip


def pages() -> dict[str, str]:
    """Every generated file, by its path in docs/."""
    made = {"reference/commands.md": commands(), "reference/python.md": library()}
    made["reference/outputs.md"] = outputs()
    made["reference/languages.md"] = languages()
    for name, schema in schemas().items():
        text = json.dumps(schema, indent=2, ensure_ascii=False)
        made[f"schema/{name}.json"] = text + "\n"
    made["changelog.md"] = (DOCS.parent / "CHANGELOG.md").read_text("utf-8")
    return made


def commands() -> str:
    """The page of all commands."""
    app: Any = typer.main.get_command(build_app())
    parts = [
        "# Commands",
        "`dedup COMMAND --help` prints the same texts. Standard output carries results only; "
        "progress, warnings and errors go to standard error.",
        EXIT_CODES,
        "Times are written as `90s`, `30m`, `72h`, `30d` or `4w`.",
        "`dedup --version` prints the versions of the program, its index and its rules, and whether "
        "its inner loops are compiled. `dedup --install-completion` installs completion for your "
        "shell; `dedup --show-completion` prints it. `python -m dedup` is the same as `dedup`.",
    ]
    for words, *_ in COMMANDS:
        command = app
        for word in words.split():
            command = command.commands[word]
        parts += command_section(words, command)
    return "\n\n".join(parts) + "\n"


def command_section(words: str, command: Any) -> Iterator[str]:
    """The heading, text, options and examples of one command."""
    yield f"## dedup {words}"
    yield from _paragraphs(command.help or "")
    context = typer.Context(command, info_name=f"dedup {words}")
    for title, rows in command.sections(context).items():
        if title == "Help":
            continue
        lines = [f"| {title} | |", "| --- | --- |"]
        for written, text, _ in rows:
            written = re.sub(r"<([a-z|]+)>$", r"\1", written)
            written = re.sub(r" <list\[str\]>| <str>", "", written).replace("|", "\\|")
            text = text.replace("[required]", "*Required.*").replace("|", "\\|")
            lines.append(f"| `{written}` | {text} |")
        yield "\n".join(lines)
    examples = "\n".join(command.callback.examples)
    yield f"```sh\n{examples}\n```"


def library() -> str:
    """The page of the public functions and classes."""
    parts = [
        "# Python",
        "Everything is imported from `dedup`. What a command does, one function does; it returns "
        "the object whose JSON the command prints. Errors are subclasses of `dedup.DedupError`; "
        "their text says what to do.",
    ]
    functions = [name for name in dedup.__all__ if inspect.isfunction(getattr(dedup, name))]
    for name in functions:
        parts += function_section(f"dedup.{name}", getattr(dedup, name))
    for name in ("Settings", "ReadOptions", "Budget", "Store"):
        kind = getattr(dedup, name)
        parts += [f"## dedup.{name}", *_paragraphs(inspect.getdoc(kind) or "")]
        if name == "Settings":
            parts.append(fields_table(kind))
        if name != "Store":
            continue
        parts.append(f"```python\ndedup.Store{_signature(kind.__init__)}\n```")
        for method, function in inspect.getmembers(kind, inspect.isfunction):
            if not method.startswith("_"):
                parts += function_section(f"Store.{method}", function, "###")
    parts.append("## Results")
    for path in RESULTS:
        module, _, name = path.rpartition(".")
        kind = getattr(importlib.import_module(f"dedup.{module}"), name)
        parts += [f"### {name}", *_paragraphs(inspect.getdoc(kind) or ""), fields_table(kind)]
    errors = inspect.getdoc(importlib.import_module("dedup.errors")) or ""
    parts += ["## Errors", f"```text\n{errors}\n```"]
    return "\n\n".join(parts) + "\n"


def function_section(name: str, function: Any, level: str = "##") -> Iterator[str]:
    """The heading, signature and docstring of a function."""
    yield f"{level} {name}"
    yield f"```python\n{name}{_signature(function)}\n```"
    yield from _paragraphs(inspect.getdoc(function) or "")


def fields_table(kind: Any) -> str:
    """The fields of a result class and their types."""
    lines = ["| field | type |", "| --- | --- |"]
    for name in kind.__struct_fields__:
        annotation = str(inspect.get_annotations(kind).get(name) or _inherited(kind, name))
        lines.append(f"| `{name}` | `{annotation}` |".replace(" | None", " or None"))
    return "\n".join(lines)


def _inherited(kind: Any, name: str) -> str:
    found = [base.__annotations__.get(name) for base in kind.__mro__ if name in vars(base).get(
        "__annotations__", {})]  # fmt: skip
    return str(found[0]) if found else ""


def _signature(function: Any) -> str:
    text = str(inspect.signature(function)).replace("''", '""')
    text = text.replace("'", "").replace("(self, ", "(")
    text = text.replace("(self)", "()")
    text = re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", text)
    if len(text) <= 80:
        return text
    inner, _, after = text[1:].rpartition(")")
    depth, pieces, piece = 0, [], ""
    for letter in inner:
        depth += (letter in "[(") - (letter in "])")
        if letter == "," and not depth:
            pieces.append(piece.strip())
            piece = ""
        else:
            piece += letter
    pieces.append(piece.strip())
    return "(\n" + "".join(f"    {piece},\n" for piece in pieces) + f"){after}"


def outputs() -> str:
    """The page of the outputs and their schemas."""
    lines = ["| output | JSON Schema |", "| --- | --- |"]
    for name, (what, _) in {**OBJECTS, **ROWS}.items():
        lines.append(f"| {what} | [{name}.json](../schema/{name}.json) |")
    parts = [
        "# Outputs",
        "Every machine-readable output has a JSON Schema. The tests hold real outputs to them. A "
        "missing text is an empty string; a missing score is `null` in JSON and empty in CSV. "
        "Scores are between 0 and 1, rounded to four digits. CSV and Parquet have the columns of "
        "the JSON lines, in the same order. In CSV a cell that a spreadsheet would take for a "
        "formula begins with an apostrophe.",
        "\n".join(lines),
        "Names of fields and columns are a contract: they change only with a new number in "
        "`schema` (`dedup.report/1`).",
    ]
    return "\n\n".join(parts) + "\n"


def languages() -> str:
    """The page of what is known of each language."""
    lines = [
        "| language | months, days | number words | units | pairs of opposite outcomes | "
        "stock phrases |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for one in LANGUAGES:
        dates = "yes" if one.months and one.weekdays else "no"
        numbers = sum(len(forms.split()) for forms in one.numbers.values())
        phrases = sum(len(getattr(one.phrases, field.name)) for field in fields(one.phrases))
        lines.append(
            f"| {one.name} (`{one.code}`) | {dates} | {numbers} | {len(one.units)} | "
            f"{len(one.outcomes)} | {phrases} |"
        )
    parts = [
        "# Languages",
        "What dedup knows of each language. Words, shared runs and scores need no such knowledge; "
        "these tables tell dates and numbers apart that are written in words, opposite outcomes of "
        "one affair (*missing* and *found*), and lines that speak of the site and not of the news.",
        "\n".join(lines),
        "To add a language, write a module like those in `dedup/text/lang/` and list it there.",
    ]
    return "\n\n".join(parts) + "\n"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", inspect.cleandoc(text)):
        if paragraph.startswith("- "):
            entries = re.split(r"\n(?=- )", paragraph)
            yield "\n".join(" ".join(entry.split()) for entry in entries)
        elif re.search(r"^\s{2,}\S|^\S+ {2,}\S", paragraph, re.M):
            yield f"```text\n{paragraph}\n```"
        else:
            yield " ".join(paragraph.split())


def main() -> None:
    """Write all pages."""
    for name, text in pages().items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
