"""Reads displayed names, pinyin and organisations; pure, knows nothing of lists or meetings."""

from portal.names.fold import fold, fold_all, is_han, letters
from portal.names.organisations import (
    Forms,
    abbreviates,
    agree,
    begins,
    forms,
    holds,
    is_place,
    is_title,
    is_unit,
    looks_organisational,
    only_kind,
    within,
)
from portal.names.peel import is_filler, peel
from portal.names.pinyin import (
    given_spellings,
    initials,
    is_pinyin,
    spellings,
    split,
    split_all,
    surname_spellings,
    syllables,
)
from portal.names.shown import Shown, looks_called, looks_named, read
from portal.names.tables import surnames

__all__ = [
    "Forms",
    "Shown",
    "abbreviates",
    "agree",
    "begins",
    "fold",
    "fold_all",
    "forms",
    "given_spellings",
    "holds",
    "initials",
    "is_filler",
    "is_han",
    "is_pinyin",
    "is_place",
    "is_title",
    "is_unit",
    "letters",
    "looks_called",
    "looks_named",
    "looks_organisational",
    "only_kind",
    "peel",
    "read",
    "spellings",
    "split",
    "split_all",
    "surname_spellings",
    "surnames",
    "syllables",
    "within",
]
