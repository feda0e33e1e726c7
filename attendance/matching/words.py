"""What the codes of reasons mean: English source sentences, which pages and exports translate."""

from collections.abc import Callable, Mapping

from attendance.matching.model import Key, Reason, Tier

Translate = Callable[[str], str]


def _(text: str) -> str:
    """Mark a sentence for the message catalogue; translating is left to whoever shows it."""
    return text


KEYS: Mapping[str, str] = {
    Key.TAG: _("exclusive link"),
    Key.ENROLL_ID: _("registration"),
    Key.USERID: _("enterprise account"),
    Key.OPEN_ID: _("authorised account"),
    Key.MS_OPEN_ID: _("meeting identity looked up beforehand"),
    Key.PSTN: _("telephone number called from"),
    Key.APP_PHONE: _("phone given in the meeting"),
    Key.PHONE_HASH: _("phone of the account"),
    Key.REMEMBERED: _("earlier confirmed decision"),
    Key.NAME: _("displayed name"),
    Key.HUMAN: _("decision of a colleague"),
}

TIERS: Mapping[str, str] = {
    Tier.CERTAIN: _("certain"),
    Tier.LIKELY: _("likely"),
    Tier.CONFLICT: _("conflict"),
    Tier.NONE: _("walk-in"),
    Tier.IGNORED: _("ignored"),
}

SENTENCES: Mapping[str, str] = {
    # What humans said
    "human_confirmed": _("A colleague confirmed this person."),
    "human_ignored": _("A colleague set this participant aside."),
    "human_unlisted": _("A colleague said that this participant is not on the list."),
    "rejected_before": _("The %(key)s names somebody whom a colleague ruled out."),
    "rejected_name": _("The name fits somebody whom a colleague ruled out."),
    # Strong keys
    "key_agrees": _("The %(key)s is this person's, and nobody else's."),
    "key_names_other": _("The %(key)s names somebody else."),
    "key_differs": _("The %(key)s is not the one on the list."),
    "keys_missing": _("The participant came without: %(keys)s."),
    "keys_disagree": _("These name different people: %(keys)s. Was a link forwarded?"),
    "key_of_several_people": _("The %(key)s belongs to %(people)d people on the list, so it proves nothing."),
    "key_of_several_arrivals": _("%(arrivals)d participants share this %(key)s, so it proves nothing."),
    "name_agrees": _("The displayed name contains the person's name."),
    "name_of_other": _("The displayed name is that of somebody else on the list (%(said)s)."),
    "name_of_stranger": _("The displayed name is that of somebody who is not on the list (%(said)s)."),
    # Names
    "name_exact": _("The displayed name is the person's name (%(said)s)."),
    "name_titled": _("The displayed name is the person's name with a title or place (%(said)s)."),
    "name_part": _("The displayed name contains the person's name beside a company or place (%(said)s)."),
    "name_fragment": _("The person's name stands inside a longer text (%(said)s)."),
    "name_pinyin": _("The displayed name is the person's name in other letters (%(said)s)."),
    "name_initials": _("The displayed name could be the person's initials (%(said)s)."),
    "name_homophone": _("The displayed name sounds like the person's name (%(said)s)."),
    "name_typo": _("The displayed name differs from the person's name in one character (%(said)s)."),
    "name_given": _("The displayed name is the person's given name (%(said)s)."),
    "name_phone": _("The displayed name names nobody, but ends in digits (%(said)s)."),
    "name_surname": _("The displayed name is the person's surname with a form of address (%(said)s)."),
    # Beside the name
    "company_agrees": _("The displayed company agrees (%(said)s, listed as %(company)s)."),
    "company_differs": _("The displayed company is another (%(said)s, listed as %(company)s)."),
    "company_unlike": _("What stands beside the name (%(said)s) does not look like the company (%(company)s)."),
    "place_agrees": _("The displayed place agrees (%(said)s)."),
    "place_differs": _("The displayed place is another (%(said)s, listed as %(place)s)."),
    "title_agrees": _("The displayed title agrees (%(said)s)."),
    "phone_agrees": _("The displayed phone ends like the person's (%(tail)s)."),
    "number_agrees": _("The displayed phone number agrees (%(head)s****%(tail)s)."),
    "number_differs": _("The displayed phone number is another (%(head)s****%(tail)s)."),
    "phone_differs": _("The displayed digits (%(said)s) are not the end of the person's phone (%(tail)s)."),
    # What was to be expected, and others who could be meant
    "shows_the_same": _("It shows the same as a device this person was found by already."),
    "shows_another": _("It shows something else than the devices this person was found by already."),
    "comes_without": _("Measured in this meeting: how often people come without what the list has of them (%(keys)s)."),
    "comes_by_name": _("Measured in this meeting: how often people come of whom the list has no key."),
    "base_rate": _("Before anything was seen: how likely this person comes, against how many strangers come."),
    "rivals": _("Others could be meant, or could be this person."),
    # Why a name did not decide
    "names_only_propose": _("Under the strict policy a name only proposes."),
    "not_sure_enough": _("The name is not sure enough to decide."),
    "several_carry_it": _("%(people)d people on the list carry this name."),
    "also_shown_by_others": _("Other participants could be the same person."),
    "already_here": _("This person was already found in the meeting; this may be a second device."),
    "stands_in": _("Somebody may sit in for this person (%(said)s)."),
    "two_people": _("The name says two people (%(said)s)."),
    "crowd": _("The name fits %(people)d people on the list, too many to propose."),
    "more_candidates": _("%(more)d further people would fit."),
    # Nobody
    "device_name": _("The displayed name is that of a device, not of a person."),
    "too_unlikely": _("Somebody of the list could be meant, but a stranger is far likelier."),
    "nobody_listed": _("Nobody on the list fits."),
    "is_host": _("The participant is a host and not on the list."),
    "is_staff": _("The participant is own staff and not on the list."),
    "robot": _("The participant is a recording or note-taking robot."),
}


def sentence(reason: Reason, translate: Translate = _) -> str:
    """Put a reason into words: its sentence translated, then filled with its parameters.

    Shape: `translate` is gettext or anything like it; keys named in the parameters are translated too.
    Raises: KeyError for a code that has no sentence.
    """
    params = {name: _worded(name, value, translate) for name, value in reason.params}
    return translate(SENTENCES[reason.code]) % params


def _worded(name: str, value: str | int | float, translate: Translate) -> str | int | float:
    """Put keys into words; leave every other parameter as it is."""
    if name == "key":
        return translate(KEYS[str(value)])
    if name == "keys":
        return translate(_(", ")).join(translate(KEYS[key]) for key in str(value).split(","))
    return value
