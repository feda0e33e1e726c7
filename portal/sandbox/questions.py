"""Questions of an enrolment form, checked and put into the platform's order."""

from typing import Any

from portal.sandbox.errors import Refusal

SINGLE, MULTIPLE, FREE_TEXT = 1, 2, 3
PLAIN = 1
SPECIAL_TITLES = {2: "手机号", 3: "邮箱", 4: "姓名", 5: "组织名称", 6: "组织规模"}
SIZE = 6
SIZES = ("1-50人", "51-200人", "201-1000人", "1000人以上")
MOST_TITLE, MOST_OPTIONS, MOST_OPTION = 40, 8, 40


def checked_questions(wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the questions, special ones first; raises 190004."""
    if not isinstance(wanted, list) or not all(isinstance(each, dict) for each in wanted):
        raise Refusal(190004, "question_list must be a list of objects")
    questions = [_question(each) for each in wanted]
    return sorted(questions, key=lambda each: each["special_type"] == PLAIN)


def _question(wanted: dict[str, Any]) -> dict[str, Any]:
    special = int(wanted.get("special_type", PLAIN))
    if wanted.get("is_required") not in (1, 2):
        raise Refusal(190004, "is_required must be 1 or 2")
    if special in SPECIAL_TITLES:
        # Title and type of a special question are the platform's own.
        kind, title = SINGLE if special == SIZE else FREE_TEXT, SPECIAL_TITLES[special]
    elif special == PLAIN:
        kind, title = int(wanted.get("question_type", 0)), str(wanted.get("question_title", ""))
    else:
        raise Refusal(190004, "special_type out of range")
    if kind not in (SINGLE, MULTIPLE, FREE_TEXT) or not 1 <= len(title) <= MOST_TITLE:
        raise Refusal(190004, "question_type or question_title is wrong")
    question = {
        "question_title": title, "question_type": kind, "is_required": wanted["is_required"],
        "special_type": special,
    }
    return question if kind == FREE_TEXT else question | {"option_list": _options(wanted, special)}


def _options(wanted: dict[str, Any], special: int) -> list[dict[str, str]]:
    if special == SIZE:
        return [{"content": size} for size in SIZES]
    options = [str(option.get("content", "")) for option in wanted.get("option_list") or []]
    good = all(1 <= len(option) <= MOST_OPTION for option in options)
    if not 1 <= len(options) <= MOST_OPTIONS or not good:
        raise Refusal(190004, "option_list takes 1 to 8 options of 1 to 40 characters")
    return [{"content": option} for option in options]
