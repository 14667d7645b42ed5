"""text-dedup's MinHash command on all cores, then the clusters it dumps.

Faster hashing (xxh3, 32 bits) than its default; otherwise its own settings. It compares one
column, so titles are left out. What it joins it joins transitively, unverified.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from corpus import SHINGLE, THRESHOLD, arguments, stars, stories, tell, write


def main() -> None:
    args = arguments()
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "text_dedup.minhash", "--path", "json"]
        command += ["--data_files", args.corpus, "--split", "train", "--column", "text"]
        command += ["--ngram", str(SHINGLE), "--threshold", str(THRESHOLD), "--min_length", "1"]
        command += ["--hash_func", "xxh3", "--hash_bits", "32", "--num_proc", "2"]
        command += ["--cache_dir", f"{folder}/cache", "--output", f"{folder}/out", "--debug"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with (Path(folder) / "out" / "uf.pkl").open("rb") as dumped:
            roots = pickle.load(dumped)
    names = [name for name, _ in stories(args.corpus)]
    parent = roots if isinstance(roots, dict) else roots.parent
    groups = defaultdict(list)
    for member in sorted(parent):
        root = member
        while parent[root] != root:
            root = parent[root]
        groups[root].append(names[member])
    tell(pairs=write(args.found, stars(groups.values())), kind="clusters")


if __name__ == "__main__":
    main()
