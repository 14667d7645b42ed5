"""datatrove's MinHash pipeline: signatures, buckets, clusters, two workers on this machine.

Its default bands (14 of 8, 64-bit hashes, as in FineWeb), word 3-grams, its tokeniser for Russian
(spaCy). It shards by file, so the corpus is first split in two. Joins transitively, unverified.
"""

from __future__ import annotations

import struct
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.dedup import MinhashDedupSignature
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
)
from datatrove.pipeline.readers import JsonlReader
from datatrove.utils.typeshelper import Languages

from corpus import SHINGLE, arguments, stars, stories, tell, write

WORKERS = 2


def adapt(self: Any, data: dict[str, Any], path: str, place: int | str) -> dict[str, Any]:
    return {"text": data["title"] + "\n" + data["text"], "id": data["id"], "metadata": {}}


def split(corpus: str, folder: Path) -> None:
    folder.mkdir()
    lines = Path(corpus).read_bytes().splitlines(keepends=True)
    half = -(-len(lines) // WORKERS)
    for i in range(WORKERS):
        (folder / f"{i}.jsonl").write_bytes(b"".join(lines[i * half : (i + 1) * half]))


def main() -> None:
    args = arguments()
    config = MinhashConfig(n_grams=SHINGLE)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        split(args.corpus, folder / "in")
        reader = JsonlReader(f"{folder}/in", adapter=adapt)
        signing = MinhashDedupSignature(f"{folder}/sign", config, language=Languages.russian)
        bucketing = MinhashDedupBuckets(f"{folder}/sign", f"{folder}/buckets", config=config)
        clustering = MinhashDedupCluster(
            f"{folder}/buckets", f"{folder}/out", config=config, save_cluster_id=True
        )
        for step, tasks in (
            ([reader, signing], WORKERS),
            ([bucketing], config.num_buckets),
            ([clustering], 1),
        ):
            LocalPipelineExecutor(
                step, tasks=tasks, workers=min(tasks, WORKERS), logging_dir=f"{folder}/log{tasks}"
            ).run()
        names = [story for story, _ in stories(args.corpus)]
        half = -(-len(names) // WORKERS)
        groups = defaultdict(list)
        for rank in range(WORKERS):
            path = folder / "out" / f"{rank:06d}.clusters"
            rows = path.read_bytes() if path.exists() else b""
            for place, cluster in struct.iter_unpack("<II", rows):
                groups[cluster].append(names[rank * half + place])
    tell(pairs=write(args.found, stars(groups.values())), kind="clusters")


if __name__ == "__main__":
    main()
