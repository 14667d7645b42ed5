"""gaoya (Rust) on all cores: bulk insert, bulk query, its own tokeniser and word 3-grams.

128 hashes of 32 bits; it chooses 32 bands of 4 for the threshold itself. It answers those whose
estimated Jaccard is at the threshold or above.
"""

from __future__ import annotations

from gaoya.minhash import MinHashStringIndex

from corpus import SHINGLE, THRESHOLD, arguments, stories, tell, write


def main() -> None:
    args = arguments()
    names, texts = map(list, zip(*stories(args.corpus), strict=True))
    index = MinHashStringIndex(
        hash_size=32,
        jaccard_threshold=THRESHOLD,
        num_bands=None,
        band_size=None,
        num_hashes=128,
        analyzer="word",
        lowercase=True,
        ngram_range=(SHINGLE, SHINGLE),
        id_container="smallvec",  # the quickest where nothing is removed
    )
    index.par_bulk_insert_docs(list(range(len(texts))), texts)
    answers = index.par_bulk_query(texts)
    found = ((names[i], names[j]) for j, row in enumerate(answers) for i in row if i < j)
    tell(pairs=write(args.found, found), kind="pairs")


if __name__ == "__main__":
    main()
