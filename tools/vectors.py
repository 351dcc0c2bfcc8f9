"""Take the word vectors out of the package `ja_ginza` and write them small enough to ship.

    python tools/vectors.py PACKAGES OUT    # PACKAGES: the folder that ja_ginza was unpacked to

The package (MIT; its vectors come from chiVe, Apache-2.0) keeps spaCy's files. spaCy excludes
both of our environments' dependencies, so its files are read here directly:

    vectors       NumPy array, 20,000 × 300, single precision
    key2row       MessagePack map: 64-bit hash of a word → row
    strings.json  the words

OUT receives `keys.npy` (sorted 64-bit keys of folded words), `rows.npy` (their rows), `table.npy`
(half precision, rows of length one). The same package gives the same bytes.
"""

import argparse
import hashlib
import json
import unicodedata
from pathlib import Path

import numpy as np

_MASK = (1 << 64) - 1
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("packages", type=Path)
    arguments.add_argument("out", type=Path)
    options = arguments.parse_args()
    extract(find_vocabulary(options.packages), options.out)


def find_vocabulary(packages: Path) -> Path:
    """Return the folder of the vocabulary, whatever the package's version."""
    (found,) = packages.glob("ja_ginza/ja_ginza-*/vocab")
    return found


def extract(vocabulary: Path, out: Path) -> None:
    """Write the three arrays."""
    table = np.load(vocabulary / "vectors", allow_pickle=False).astype(np.float32)
    lengths = np.linalg.norm(table, axis=1, keepdims=True)
    words = json.loads((vocabulary / "strings.json").read_text(encoding="utf-8"))
    rows = rows_by_folded_word(words, read_map((vocabulary / "key2row").read_bytes()))
    keys = np.array([key_of(word) for word in rows], dtype=np.uint64)
    order = np.argsort(keys)
    out.mkdir(parents=True, exist_ok=True)
    np.save(out / "keys.npy", keys[order])
    np.save(out / "rows.npy", np.array(list(rows.values()), dtype=np.uint16)[order])
    np.save(out / "table.npy", (table / np.maximum(lengths, 1e-9)).astype(np.float16))


def rows_by_folded_word(words: list[str], rows: dict[int, int]) -> dict[str, int]:
    """Map folded words to rows; a word that is written so itself wins over one folded to it."""
    known = [(word, rows[number]) for word in words if (number := spacy_hash(word)) in rows]
    found = {word: row for word, row in known if word == fold(word)}
    for word, row in known:
        found.setdefault(fold(word), row)
    return found


def fold(word: str) -> str:
    """Return what `kit.text.fold` makes of a word: width, case and katakana folded."""
    return unicodedata.normalize("NFKC", word).casefold().translate(_KATAKANA_TO_HIRAGANA)


def key_of(word: str) -> int:
    """Return the 64-bit key of a folded word; the readers compute the same."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")


def read_map(data: bytes) -> dict[int, int]:
    """Read a MessagePack map of unsigned integers (the format's `map 32`, and no other)."""
    if data[0] != 0xDF:
        raise ValueError("key2row is not a MessagePack map of the expected size")
    numbers, position = [], 5
    for _ in range(2 * int.from_bytes(data[1:5], "big")):
        size = {0xCC: 1, 0xCD: 2, 0xCE: 4, 0xCF: 8}.get(data[position], 0)
        if size:
            numbers.append(int.from_bytes(data[position + 1 : position + 1 + size], "big"))
        else:
            numbers.append(data[position])
        position += 1 + size
    return dict(zip(numbers[::2], numbers[1::2], strict=True))


def spacy_hash(word: str) -> int:
    """Return spaCy's number of a string: MurmurHash64A with seed 1 (Appleby, public domain)."""
    data = word.encode("utf-8", "surrogatepass")
    factor = 0xC6A4A7935BD1E995
    value = 1 ^ (len(data) * factor & _MASK)
    whole = len(data) // 8 * 8
    for start in range(0, whole, 8):
        part = int.from_bytes(data[start : start + 8], "little") * factor & _MASK
        value = (value ^ ((part ^ (part >> 47)) * factor & _MASK)) * factor & _MASK
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor & _MASK
    value = (value ^ (value >> 47)) * factor & _MASK
    return value ^ (value >> 47)


if __name__ == "__main__":
    main()
