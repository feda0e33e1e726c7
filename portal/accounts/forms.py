"""What people enter about their account, their enterprise's app and its members."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from portal.accounts.enterprise import Keys, KeysRefused
from portal.accounts.models import Membership, Organisation

REFUSALS = {
    "wrong_secret_id": _("Tencent Meeting does not know this SecretId together with this AppId and SdkId."),
    "wrong_secret_key": _("The SecretKey does not fit the SecretId."),
    "wrong_sdk_id": _("This app has an SdkId; please enter it."),
    "wrong_operator_userid": _("Tencent Meeting does not know this userid in the enterprise."),
    "other_enterprise": _("This app belongs to another enterprise than you: it does not know you."),
    "personal": _("A personal account has no enterprise app."),
    "invited": _("Only a colleague who belongs to this enterprise can prove that the app belongs to it."),
    "address": _("The app accepts calls from listed addresses only; add the address of this portal to its list."),
    "permission": _("The app lacks the permission to look up users; grant it in the app's console."),
    "refused": _("Tencent Meeting refused the check. Please compare every value with the app's console."),
    "try_again": _("Tencent Meeting did not answer. Nothing was saved; please try again."),
}


# They travel in a header and a signature, which take nothing else.
PLAIN = RegexValidator(r"\A[!-~]+\Z")


def exactly(length: int) -> RegexValidator:
    """Ask for letters and digits of a documented length (third platform file, 1.1)."""
    message = _("These are %(length)d letters and digits.") % {"length": length}
    return RegexValidator(rf"\A[A-Za-z0-9]{{{length}}}\Z", message)


def digits(label: str, **more: object) -> forms.CharField:
    """Make a field for one of the platform's numeric ids."""
    validator = RegexValidator(r"\A[0-9]{1,40}\Z", _("This is a number."))
    return forms.CharField(label=label, max_length=40, validators=[validator], **more)


class SecretInput(forms.TextInput):
    """Takes a secret and never gives it back, not even when the form has to be sent again."""

    def format_value(self, value: object) -> None:
        return None


class CredentialForm(forms.Form):
    """The keys of the enterprise's own app; they are written once and never shown again."""

    app_id = digits(_("AppId"), help_text=_("The enterprise id in the app's console."))
    sdk_id = digits(_("SdkId"), required=False)
    secret_id = forms.CharField(label=_("SecretId"), max_length=200, validators=[PLAIN])
    secret_key = forms.CharField(label=_("SecretKey"), max_length=200, validators=[PLAIN], widget=SecretInput)
    operator_userid = forms.CharField(
        label=_("Operator userid"),
        max_length=100,
        help_text=_("An administrator's userid: the portal acts in their name where a meeting's creator is unknown."),
    )
    webhook_token = forms.CharField(
        label=_("Webhook token"),
        required=False,
        validators=[exactly(25)],
        widget=SecretInput,
        help_text=_("From the app's event subscription; without it the portal hears nothing while a meeting runs."),
    )
    webhook_aes_key = forms.CharField(
        label=_("Webhook EncodingAESKey"), required=False, validators=[exactly(43)], widget=SecretInput
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            each.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}

    def keys(self) -> Keys:
        """Give what was entered."""
        return Keys(**self.cleaned_data)

    def refuse(self, refusal: KeysRefused) -> None:
        """Put the platform's refusal beside the field it speaks of."""
        self.add_error(refusal.field or None, REFUSALS[refusal.code])


class RoleForm(forms.Form):
    """A role in the organisation."""

    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, widget=forms.RadioSelect)


class PolicyForm(forms.Form):
    """Whether a displayed name may decide, and how people do."""

    policy = forms.ChoiceField(
        label=_("Matching policy"),
        choices=Organisation.Policy,
        widget=forms.RadioSelect,
        help_text=_("It counts for results computed from now on; final results keep theirs."),
    )
    four_eyes = forms.BooleanField(
        label=_("Four eyes: a second person confirms every decision"),
        required=False,
        help_text=_("Whoever decides a doubtful match only proposes; it counts once a colleague or compliance confirms it."),
    )
    memory_days = forms.IntegerField(
        label=_("Days a decision is remembered in later meetings"),
        required=False,
        min_value=0,
        max_value=3650,
        help_text=_("0 means that no decision is used in other meetings."),
    )


class JoinForm(forms.Form):
    """The code of an invitation, however it was copied."""

    code = forms.CharField(label=_("Invitation code"), max_length=60)

    def clean_code(self) -> str:
        return "".join(filter(str.isalnum, self.cleaned_data["code"])).upper()
