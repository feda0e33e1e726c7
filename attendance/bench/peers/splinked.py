"""Splink: names, pinyin and companies compared by a probabilistic model, trained by EM or on the truth."""

import pandas
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_level_library as levels
from splink import comparison_library as comparisons

from attendance.bench.answers import Answer, Participant, participants
from attendance.bench.peers.columns import company_core, letters, name_pinyin, whole_name
from attendance.bench.peers.exact import NOBODY, by_keys, by_name, folded
from attendance.bench.rooms import Room

COLUMNS = ["unique_id", "name", "pinyin", "core", "shown", "label"]
NAME_OR_PINYIN = [block_on("name"), block_on("pinyin")]
ALIKE = [block_on("substr(name, 1, 2)"), block_on("substr(name, 1, 1)", "substr(name, 3, 1)")]
COMPANY = """(core_r <> '' AND contains(shown_l, core_r)) OR (core_l <> '' AND contains(shown_r, core_l))"""
SEED = 1


def by_em(room: Room, listed: pandas.DataFrame) -> list[Answer]:
    """Train without labels, as its tutorial does."""
    return _run(room, listed, labelled=False)


def by_labels(room: Room, listed: pandas.DataFrame) -> list[Answer]:
    """Train on the truth."""
    return _run(room, listed, labelled=True)


def _run(room: Room, listed: pandas.DataFrame, *, labelled: bool) -> list[Answer]:
    came = participants(room)
    keyed = by_keys(room, came)
    rest = [(at, one) for at, (key, one) in enumerate(zip(keyed, came, strict=True)) if key.row is None]
    api = DuckDBAPI()
    tables = [api.register(listed, dataset_display_name="listed"),
              api.register(_shown(room, rest), dataset_display_name="shown")]  # fmt: skip
    linker = Linker(tables, _settings(), log_level=None)
    _train(linker, labelled=labelled)
    pairs = linker.inference.predict(threshold_match_probability=0.001).as_pandas_dataframe()
    found = _best(pairs)
    return [key if key.row is not None else found.get(at, NOBODY) for at, key in enumerate(keyed)]


def _settings() -> SettingsCreator:
    company = comparisons.CustomComparison(output_column_name="company", comparison_levels=[
        levels.CustomLevel(COMPANY, "company said"), levels.ElseLevel(),
    ])  # fmt: skip
    name = comparisons.LevenshteinAtThresholds("name", 1).configure(term_frequency_adjustments=True)
    return SettingsCreator(
        link_type="link_only", comparisons=[name, comparisons.ExactMatch("pinyin"), company],
        blocking_rules_to_generate_predictions=[*NAME_OR_PINYIN, *ALIKE],
    )  # fmt: skip


def _train(linker: Linker, *, labelled: bool) -> None:
    linker.training.estimate_probability_two_random_records_match([block_on("name")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=SEED)
    if labelled:
        linker.training.estimate_m_from_label_column("label")
        return
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("pinyin"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))


def _best(pairs: pandas.DataFrame) -> dict[int, Answer]:
    """Give the likeliest row of each participant; of equals the first, with half the probability."""
    turned = pairs["unique_id_l"].str.startswith("s")
    shown = pairs["unique_id_l"].where(turned, pairs["unique_id_r"])
    listed = pairs["unique_id_r"].where(turned, pairs["unique_id_l"])
    rows = zip(shown, pairs["match_probability"], listed, strict=True)
    best: dict[int, tuple[float, int]] = {}
    for who, chance, row in rows:
        at, former = int(who[1:]), best.get(int(who[1:]), (0.0, -1))
        if chance == former[0]:
            best[at] = (chance / 2, min(former[1], int(row[1:])))
        elif chance > former[0]:
            best[at] = (chance, int(row[1:]))
    return {at: by_name(row, chance) for at, (chance, row) in best.items()}


def columns(room: Room) -> pandas.DataFrame:
    """Make the columns of the list."""
    rows = [(f"l{at}", folded(row.name), name_pinyin(row.name)[0], company_core(row.company), "", f"l{at}")
            for at, row in enumerate(room.rows)]  # fmt: skip
    return pandas.DataFrame(rows, columns=COLUMNS)


def _shown(room: Room, came: list[tuple[int, Participant]]) -> pandas.DataFrame:
    rows = []
    for at, one in came:
        text, name = " ".join(one.names), whole_name(one)
        truth = room.truth.get(one.who)
        label = f"l{truth.rows[0]}" if truth and truth.rows else f"s{at}"
        pinyin = name_pinyin(name)[0] if name else letters(text) or None
        rows.append((f"s{at}", name or folded(text) or None, pinyin, "", folded(text), label))
    return pandas.DataFrame(rows, columns=COLUMNS)
