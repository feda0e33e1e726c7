"""The form people enrol with: its questions and rules."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

from portal.tencent import wire

# The platform's two-valued numbers: 1 and 2, never 0 and 1.
FIRST, SECOND = 1, 2
# Kinds of answer.
SINGLE, MULTIPLE, TEXT = 1, 2, 3


class Special(IntEnum):
    """What a question asks for; the platform knows six kinds. Source: 64007."""

    NONE = 1
    PHONE = 2
    EMAIL = 3
    NAME = 4
    COMPANY = 5
    COMPANY_SIZE = 6


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the form; special ones bring their own title and type (1 single, 2 multiple, 3 text)."""

    special_type: int = Special.NONE
    is_required: bool = False
    question_title: str = ""
    question_type: int = TEXT
    options: tuple[str, ...] = ()


DEFAULT_QUESTIONS = (
    Question(Special.NAME, is_required=True),
    Question(Special.PHONE, is_required=True),
    Question(Special.COMPANY),
)


@dataclass(frozen=True, slots=True)
class EnrolmentConfig:
    """The form and its rules; None means "not said", no questions means none are asked."""

    approve_by_hand: bool | None = None
    questions: tuple[Question, ...] | None = None
    no_registration_needed_for_staff: bool | None = None
    enroll_number: int | None = None
    enroll_deadline: datetime | None = None
    enroll_push_type: tuple[int, ...] | None = None
    display_number_of_participants: int | None = None
    enroll_description: str | None = None
    cover_image: tuple[str, ...] | None = None


def read_config(row: wire.Row) -> EnrolmentConfig:
    """Return the form as an answer gives it. Source: 64009."""
    # Only a plain no means that none are asked: a form taken for empty would be written over.
    asked = wire.number(row, "is_collect_question") != FIRST
    return wire.read(
        EnrolmentConfig,
        row,
        approve_by_hand=wire.number(row, "approve_type") == SECOND,
        questions=tuple(map(_question, wire.rows(row, "question_list"))) if asked else (),
        # 64009 and 64007 number the push types differently: sent back as read, they would change meaning.
        enroll_push_type=None,
        enroll_description=wire.text(row, "enroll_description"),
        cover_image=tuple(map(wire.decoded, wire.texts(row, "cover_image"))),
    )


def config_body(config: EnrolmentConfig) -> dict[str, Any]:
    """Return the form as the platform takes it. Source: 64007."""
    body = wire.body(config)
    by_hand, questions = body.pop("approve_by_hand", None), body.pop("questions", None)
    if by_hand is not None:
        body["approve_type"] = SECOND if by_hand else FIRST
    if questions is not None:
        body["is_collect_question"] = SECOND if questions else FIRST
    if questions:
        body["question_list"] = [_question_body(each) for each in config.questions or ()]
    return body


def _question_body(question: Question) -> dict[str, Any]:
    required = {
        "special_type": int(question.special_type),
        "is_required": SECOND if question.is_required else FIRST,
        "question_type": question.question_type,
    }
    titled = {"question_title": question.question_title} if question.question_title else {}
    options = {"option_list": [{"content": each} for each in question.options]} if question.options else {}
    return required | titled | options


def _question(row: wire.Row) -> Question:
    required = wire.number(row, "is_required") == SECOND
    options = tuple(wire.text(option, "content") for option in wire.rows(row, "option_list"))
    special = wire.number(row, "special_type") or Special.NONE
    kind = wire.number(row, "question_type") or TEXT
    return wire.read(
        Question, row, is_required=required, options=options, special_type=special, question_type=kind
    )
