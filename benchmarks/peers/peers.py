"""dedup and its peers on the same files, one after the other, on the same machine.

    python -m benchmarks.peers.peers                        # 200,000 stories, about 20 minutes
    python -m benchmarks.peers.peers --n 5000 --only gaoya rensa

Each peer gets a virtual environment of its own under --cache and runs from a driver in
benchmarks/peers/; one that does not install or does not run is listed with the reason. Results go
to benchmarks/results/peers-DATE.json; `python -m benchmarks.peers.table`
writes them into docs/explanation/figures.md.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.lib import harness
from benchmarks.lib.generate import generate
from benchmarks.lib.oracle import exact_pairs, shingles

HERE = Path(__file__).parent
LEVELS = ("copies", "excerpts", "stories")


@dataclass(frozen=True)
class Peer:
    """A peer: what to install, which driver to run, and what a reader has to know about it."""

    name: str
    packages: tuple[str, ...]
    driver: str
    options: tuple[str, ...] = ()
    slow: bool = False  # too slow for all stories; runs on --slow-n of them
    unusable: str = ""

    @property
    def environment(self) -> str:
        return self.driver.removesuffix(".py").removeprefix("with_")


PEERS = (
    Peer(
        "razdel + datasketch, item by item",
        ("datasketch==2.0.0", "razdel==0.5.0", "orjson"),
        "with_datasketch.py",
        ("--tokens=razdel",),
        slow=True,
    ),
    Peer(
        "regular expression + datasketch",
        ("datasketch==2.0.0", "razdel==0.5.0", "orjson"),
        "with_datasketch.py",
        ("--tokens=regex",),
        slow=True,
    ),
    Peer("gaoya", ("gaoya==0.2.2", "orjson"), "with_gaoya.py"),
    Peer("rensa", ("rensa==0.5.0", "orjson"), "with_rensa.py"),
    Peer("text-dedup", ("text-dedup==0.4.0", "orjson"), "with_text_dedup.py"),
    Peer(
        "datatrove",
        ("datatrove[io]==0.10.1", "spacy", "regex", "xxhash<4", "tokenizers", "nltk"),
        "with_datatrove.py",
    ),
    Peer(
        "semhash",
        ("semhash==0.5.0",),
        "",
        unusable="needs an embedding model, downloaded from the Hugging Face hub at first use",
    ),
)


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no output"


def install(peer: Peer, cache: Path) -> tuple[Path, str]:
    """(python of the peer's environment, reason why there is none)."""
    home = cache / peer.environment
    python = home / "bin" / "python"
    ready = home / "ready"
    wanted = " ".join(peer.packages)
    if not (ready.exists() and ready.read_text() == wanted):
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        got = subprocess.run(
            [str(python), "-m", "pip", "install", "-q", *peer.packages],
            capture_output=True,
            text=True,
        )
        if got.returncode:
            return python, "does not install: " + last_line(got.stderr)
        ready.write_text(wanted)
    return python, ""


def versions(python: Path, packages: tuple[str, ...]) -> dict[str, str]:
    got = subprocess.run(
        [str(python), "-m", "pip", "list", "--format", "json"], capture_output=True, text=True
    )
    names = {p.split("[")[0].split("=")[0].split("<")[0].lower() for p in packages}
    listed = json.loads(got.stdout or "[]")
    return {row["name"]: row["version"] for row in listed if row["name"].lower() in names}


def truth_of(corpus: Path) -> Path:
    """Exact pairs of a real corpus in the form of the generator's truth (for recall only)."""
    records = harness.rows(corpus)
    sets = [shingles(f"{r.get('title', '')}\n{r['text']}") for r in records]
    path = corpus.with_suffix(".truth.jsonl")
    with path.open("w", encoding="utf-8") as out:
        for (i, j), jaccard in exact_pairs(sets, harness.THRESHOLD).items():
            row = {"copy": records[j]["id"], "original": records[i]["id"], "jaccard3": jaccard}
            contained = len(sets[i] & sets[j]) / min(len(sets[i]), len(sets[j]))
            out.write(json.dumps(row | {"containment3": contained}) + "\n")
    return path


def below_half(found: Path, corpus: Path) -> dict[str, int]:
    """Reported pairs of a real corpus whose exact Jaccard is under 0.5, by relation."""
    texts = {r["id"]: f"{r.get('title', '')}\n{r['text']}" for r in harness.rows(corpus)}
    low: Counter[str] = Counter()
    for row in harness.rows(found):
        a, b = shingles(texts[row["a"]]), shingles(texts[row["b"]])
        if 2 * len(a & b) < len(a | b):
            low[row.get("relation", "pair")] += 1
    return dict(low)


def run(
    name: str,
    command: list[str],
    corpus: Path,
    truth: Path,
    generated: bool,
    limit: float,
    repeat: int = 1,
) -> dict[str, Any]:
    """One tool on one corpus: cost (the fastest of `repeat` runs), and what it found."""
    found = corpus.parent / "found.jsonl"
    stories = sum(1 for _ in corpus.open("rb"))
    best: harness.Cost | None = None
    for _ in range(repeat):
        found.unlink(missing_ok=True)
        harness.warm(corpus)
        cost = harness.measure([*command], corpus.parent, limit)
        if cost.code not in (0, 3) or not found.exists():
            reason = f"over {limit:.0f} s" if cost.code == -9 else last_line(cost.errors)
            return {"tool": name, "reason": reason, "code": cost.code}
        if best is None or cost.seconds < best.seconds:
            best = cost
    assert best is not None
    clusters = '"kind": "clusters"' in best.output
    verdict = harness.judge(found, truth, clusters)
    if not generated:
        # nobody planted anything in real texts: count pairs that are far from alike instead
        for key in [k for k in verdict if k.startswith("false")]:
            del verdict[key]
        verdict["below_half"] = below_half(found, corpus)
    rate = round(stories / best.seconds, 1)
    print(f"{name}: {stories:,} stories, {rate:,.0f}/s, {best.numbers()}", file=sys.stderr)
    shown = [os.path.relpath(c, HERE.parents[1]) if str(HERE) in c else c for c in command]
    shown = [Path(c).name if os.path.isabs(c) else c for c in shown]
    return {
        "tool": name,
        "stories": stories,
        "stories_per_second": rate,
        **best.numbers(),
        "answers": "clusters" if clusters else "pairs",
        **verdict,
        "command": " ".join(shown),
    }


def dedup_command(level: str, corpus: Path) -> list[str]:
    """`dedup pairs` as installed beside this Python."""
    program = Path(sys.executable).parent / "dedup"
    command = [str(program), "pairs", corpus.name, "--level", level]
    return [*command, "--format", "jsonl", "--output", "found.jsonl"]


def head(corpus: Path, n: int, path: Path) -> Path:
    with corpus.open("rb") as lines, path.open("wb") as out:
        for _, line in zip(range(n), lines, strict=False):
            out.write(line)
    return path


def compare(
    corpora: list[tuple[Path, Path, bool]],
    cache: Path,
    slow_n: int,
    only: list[str],
    limit: float,
    repeat: int,
) -> list[dict[str, Any]]:
    """Every tool on every corpus, tool by tool."""
    results = []
    for corpus, truth, generated in corpora:
        for level in LEVELS:
            if only and f"dedup-{level}" not in only:
                continue
            command = dedup_command(level, corpus)
            row = run(f"dedup --level {level}", command, corpus, truth, generated, limit, repeat)
            results.append(row | {"corpus": corpus.name, "versions": {"dedup": "this tree"}})
    for peer in PEERS:
        if only and peer.environment not in only and peer.name not in only:
            continue
        python, reason = (Path(), peer.unusable) if peer.unusable else install(peer, cache)
        if reason:
            results.append({"tool": peer.name, "corpus": "", "reason": reason})
            print(f"{peer.name}: {reason}", file=sys.stderr)
            continue
        known = versions(python, peer.packages)
        for corpus, truth, generated in corpora:
            used, told = corpus, truth
            if peer.slow and generated:
                used = head(corpus, slow_n, corpus.with_name("part.jsonl"))
                told = corpus.with_name("part.truth.jsonl")
                inside = {row["id"] for row in harness.rows(used)}
                kept = [row for row in harness.rows(truth) if row["copy"] in inside]
                told.write_text("".join(json.dumps(row) + "\n" for row in kept))
            driver = str(HERE / peer.driver)
            command = [str(python), driver, *peer.options, used.name, "found.jsonl"]
            row = run(peer.name, command, used, told, generated, limit, repeat)
            results.append(row | {"corpus": corpus.name, "versions": known})
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--n", type=int, default=200_000)
    parser.add_argument("--slow-n", type=int, default=20_000, help="stories for the slow peers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=1, help="runs per tool; the fastest counts")
    parser.add_argument("--limit", type=float, default=7200.0, help="seconds before a run is ended")
    parser.add_argument("--data", type=Path, help="folder with news_ru.jsonl")
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "dedup-benchmarks")
    parser.add_argument("--only", nargs="*", default=[], help="dedup-copies ... gaoya rensa ...")
    parser.add_argument("--results", type=Path, default=harness.RESULTS)
    args = parser.parse_args()
    data = args.data or HERE.parents[2] / "shared" / "data"
    args.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus, truth = folder / "news.jsonl", folder / "news.truth.jsonl"
        generate(args.n, args.seed, corpus, truth=truth)
        corpora = [(corpus, truth, True)]
        if (data / "news_ru.jsonl").exists():
            real = folder / "news_ru.jsonl"
            real.write_bytes((data / "news_ru.jsonl").read_bytes())
            corpora.append((real, truth_of(real), False))
        sizes = {c.name: c.stat().st_size for c, _, _ in corpora}
        results = compare(corpora, args.cache, args.slow_n, args.only, args.limit, args.repeat)
    told = {"n": args.n, "slow_n": args.slow_n, "seed": args.seed, "repeat": args.repeat}
    told |= {"threshold": harness.THRESHOLD, "shingle": 3, "bytes": sizes}
    path = harness.keep("peers", {"settings": told, "results": results}, args.results)
    print(path.name)


if __name__ == "__main__":
    main()
