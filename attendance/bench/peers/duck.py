"""DuckDB: names, pinyin and companies joined in SQL, with a score made by hand."""

import duckdb
import pandas

from attendance.bench.answers import Answer, Participant, participants
from attendance.bench.peers.columns import company_core, letters, name_pinyin
from attendance.bench.peers.exact import NOBODY, by_keys, by_name, folded, said
from attendance.bench.rooms import Room

SQL = """
WITH hits AS (
    SELECT s.who, l.line, s.shown, l.company, 3.0 AS points FROM said s JOIN listed l ON s.text = l.name
    UNION ALL
    SELECT s.who, l.line, s.shown, l.company, 2.0 FROM said s JOIN listed l ON s.text = l.pinyin
    UNION ALL
    SELECT s.who, l.line, s.shown, l.company, 2.0 FROM said s JOIN listed l ON s.text = l.turned
    UNION ALL
    SELECT s.who, l.line, s.shown, l.company, 1.2 FROM said s JOIN listed l
    ON left(s.text, 2) = left(l.name, 2) AND length(s.text) = length(l.name) AND length(l.name) = 3 AND s.text <> l.name
    UNION ALL
    SELECT s.who, l.line, s.shown, l.company, 1.2 FROM said s JOIN listed l
    ON left(s.text, 1) = left(l.name, 1) AND right(s.text, 1) = right(l.name, 1) AND length(s.text) = length(l.name)
    AND length(l.name) = 3 AND s.text <> l.name
), scored AS (
    SELECT who, line, max(points + CASE WHEN company <> '' AND contains(shown, company) THEN 1.5 ELSE 0 END) AS score
    FROM hits GROUP BY who, line
), ranked AS (
    SELECT who, line, score, count(*) OVER (PARTITION BY who, score) AS equal,
           row_number() OVER (PARTITION BY who ORDER BY score DESC, line) AS rank,
           count(*) OVER (PARTITION BY line, score) AS claimed
    FROM scored
)
SELECT who, line, score - 1.0 * (equal - 1) - 0.5 * least(claimed - 1, 2) FROM ranked WHERE rank = 1
"""


def run(room: Room, listed: pandas.DataFrame) -> list[Answer]:
    """Decide by keys first, then by the row with the highest score; equals take points away."""
    came = participants(room)
    keyed = by_keys(room, came)
    rest = [(at, one) for at, (key, one) in enumerate(zip(keyed, came, strict=True)) if key.row is None]
    shown = _said(rest)
    with duckdb.connect() as base:
        base.register("listed", listed)
        base.register("said", shown)
        found = {who: by_name(at, float(score) / 10) for who, at, score in base.execute(SQL).fetchall()}
    return [key if key.row is not None else found.get(at, NOBODY) for at, key in enumerate(keyed)]


def columns(room: Room) -> pandas.DataFrame:
    """Make the columns of the list."""
    rows = [
        (at, folded(row.name), *name_pinyin(row.name), company_core(row.company)) for at, row in enumerate(room.rows)
    ]
    return pandas.DataFrame(rows, columns=["line", "name", "pinyin", "turned", "company"])


def _said(came: list[tuple[int, Participant]]) -> pandas.DataFrame:
    rows = []
    for at, one in came:
        shown = folded(" ".join(one.names))
        texts = {*said(one), *map(letters, one.names)} - {""}
        rows += [(at, text, shown) for text in sorted(texts) if len(text) > 1]
    return pandas.DataFrame(rows, columns=["who", "text", "shown"])
