"""Build `readings.tsv` and `traditional.tsv` from pypinyin and opencc-python-reimplemented.

Run by hand after a new release of either: `python portal/names/data/build.py` with both installed; see
README.md.
"""

import json
import unicodedata
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

HERE = Path(__file__).parent
FIRST, LAST = 0x4E00, 0x9FFF
MOST_READINGS = 3
# Characters that names keep: 干 is another one, and 乾 stays 乾 in simplified names too.
KEPT = frozenset("乾")


def plain(reading: str) -> str:
    """Strip the tone of a pinyin reading and spell ü as v."""
    marked = unicodedata.normalize("NFD", reading).replace("u\u0308", "v")
    return "".join(letter for letter in marked if "a" <= letter <= "z")


def traditional() -> dict[str, str]:
    """Read opencc's table of traditional characters, one simplified character each."""
    table = (files("opencc") / "dictionary" / "TSCharacters.txt").read_text("utf-8")
    pairs = (line.split() for line in table.splitlines() if line.strip())
    return {old: new[0] for old, *new in pairs if old != new[0] and len(old) == len(new[0]) == 1 and old not in KEPT}


def readings(folded: dict[str, str]) -> dict[str, tuple[list[str], list[str]]]:
    """Group the characters by syllable: those it is the first and a further reading of."""
    source = json.loads((files("pypinyin") / "pinyin_dict.json").read_text("utf-8"))
    groups: dict[str, tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
    for code, spoken in source.items():
        character = chr(int(code))
        if not FIRST <= int(code) <= LAST or character in folded:
            continue
        distinct = [syllable for syllable in dict.fromkeys(map(plain, spoken.split(","))) if syllable]
        for place, syllable in enumerate(distinct[:MOST_READINGS]):
            groups[syllable][place > 0].append(character)
    return groups


def main() -> None:
    """Write both tables next to this script."""
    folded = traditional()
    columns = ("".join(folded), "".join(folded.values()))
    (HERE / "traditional.tsv").write_text("\n".join(columns) + "\n", "utf-8")
    groups = sorted(readings(folded).items())
    lines = (f"{syllable}\t{''.join(first)}\t{''.join(more)}\n" for syllable, (first, more) in groups)
    (HERE / "readings.tsv").write_text("".join(lines), "utf-8")


if __name__ == "__main__":
    main()
