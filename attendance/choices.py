"""What may be said of a participant, and what makes no sense."""

from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from attendance import splits
from attendance.models import Decision, Match, Participant
from meetings.models import ExpectedPerson, Occurrence

Verb = Decision.Verb
WITH_PERSON = (Verb.CONFIRM, Verb.ASSIGN, Verb.TOGETHER)
WITHOUT_PERSON = (Verb.IGNORE, Verb.SAME, Verb.SPLIT)

FAULTS = {
    "needs_person": _("Choose the person first."),
    "needs_people": _("Choose at least two people who were on this device."),
    "takes_no_person": _("To ignore a participant needs no person."),
    "not_on_list": _("This person is not on the list of the meeting (any more)."),
    "same_needs_other": _("Choose another participant of this meeting."),
    "split_needs_both": _("Choose a moment with visits before and after it."),
    "nothing_to_decide": _("There is nothing to decide."),
}


class NotDecidable(ValueError):
    """A decision that makes no sense; `code` is a key of FAULTS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """Say what is wrong, in the reader's language."""
        return str(FAULTS[self.code])


class Choice(NamedTuple):
    """One thing to decide: of whom, what, and about which person of the list.

    `also` are further people on the same device, `same_as` is the participant this one is a further device of, `border`
    the moment that splits their visits, `seen` the decision the reader saw standing (0 for none); None does not ask.
    """

    participant: Participant
    verb: str
    person: ExpectedPerson | None = None
    also: tuple[ExpectedPerson, ...] = ()
    same_as: Participant | None = None
    seen: int | None = None
    border: int | None = None

    @property
    def content(self) -> tuple[object, ...]:
        """Give what is said, to compare it with what was said before."""
        also = tuple(sorted(person.pk for person in self.also))
        same_as = self.same_as.ms_open_id if self.same_as else ""
        return (self.verb, self.person and self.person.pk, also, same_as, self.border)


def check(choice: Choice, occurrence: Occurrence) -> None:
    """Refuse what makes no sense in an occurrence. Raises: NotDecidable."""
    verb, meant = choice.verb, [person for person in (choice.person, *choice.also) if person]
    if choice.participant.occurrence_id != occurrence.pk:
        raise NotDecidable("nothing_to_decide")
    if verb in WITH_PERSON and choice.person is None:
        raise NotDecidable("needs_person")
    if (verb == Verb.TOGETHER) != (len({person.pk for person in meant}) > 1):
        raise NotDecidable("needs_people")
    if verb in WITHOUT_PERSON and meant:
        raise NotDecidable("takes_no_person")
    if any(person.meeting_id != occurrence.meeting_id or person.removed_at is not None for person in meant):
        raise NotDecidable("not_on_list")
    if (verb == Verb.SPLIT) != (choice.border is not None):
        raise NotDecidable("nothing_to_decide")
    if choice.border is not None and not splits.divides(choice.participant, choice.border):
        raise NotDecidable("split_needs_both")
    if (verb == Verb.SAME) != (choice.same_as is not None) or not _may_be_same(choice):
        raise NotDecidable("same_needs_other")


def _may_be_same(choice: Choice) -> bool:
    """Tell whether a participant can be the further device of the other: not its own, nor that of its own further one."""
    other = choice.same_as
    if other is None:
        return True
    if other.pk == choice.participant.pk or other.occurrence_id != choice.participant.occurrence_id:
        return False
    owner = Match.objects.filter(run__current=True, run__occurrence=other.occurrence_id, participant=other)
    return not owner.filter(same_as=choice.participant).exists()
