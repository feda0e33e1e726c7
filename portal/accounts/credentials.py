"""Which credential speaks: picks one that may make a call, and may make it for this meeting."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.accounts import budget, tokens
from portal.accounts.models import EnterpriseCredential, Installation, Organisation, User
from portal.accounts.wire import session
from portal.tencent import directory
from portal.tencent.auth import KeyCredential, OAuthCredential
from portal.tencent.capabilities import CAPABILITIES, why_not
from portal.tencent.client import Client
from portal.tencent.errors import GrantGone

MADE_BY_GRANT = "oauth"

REASONS = {
    "frozen": _("The organisation is frozen: its last connection was ended."),
    "keys_only": _("Tencent Meeting allows this with the enterprise credential only."),
    "oauth_only": _("Tencent Meeting allows this with a person's own connection only."),
    "made_elsewhere": _("The meeting was not made through a connection here; it needs the enterprise credential."),
    "no_grant": _("The person the meeting belongs to is not connected here, and there is no enterprise credential."),
    "connect_again": _("The person the meeting belongs to must sign in again to connect."),
    "scope": _("The permission for this was not granted: sign in again and allow it."),
    "no_keys": _("An administrator must enter the enterprise credential first."),
    "keys_not_for_this": _("The enterprise credential may not be used for meetings made with a person's connection."),
    "creator_unknown": _("The enterprise credential does not know the person who made the meeting."),
}


class NoCredential(Exception):
    """No credential at hand may make this call for this meeting; `reason` is a key of REASONS."""

    code = "no_credential"

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    @property
    def sentence(self) -> str:
        """What is missing, in the reader's language."""
        return str(REASONS[self.reason])


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a meeting comes from: `kind` is oauth, keys or elsewhere; the ids are its creator's, as far as known."""

    kind: str
    creator_open_id: str = ""
    creator_userid: str = ""


class GrantClient(Client):
    """A client with a person's grant; a token found dead is renewed once, and the call made again."""

    def __init__(self, installation: Installation, **settings_of_client: Any) -> None:
        super().__init__(_oauth(installation), **settings_of_client)
        self._installation = installation

    def _call(self, *where: Any, **how: Any) -> Any:
        # A dead token is refused at the gate, so even a write without a key may be made again.
        try:
            return super()._call(*where, **how)
        except GrantGone as error:
            if not error.refreshable:
                tokens.lose(self._installation)
                raise
        self._installation = tokens.renew(self._installation)
        self.credential = _oauth(self._installation)
        return super()._call(*where, **how)


def client_for(
    call: str, *, organisation: Organisation, operator: User | None = None, origin: Origin | None = None
) -> Client:
    """Give a client that may make the call; a person's grant is preferred where both kinds may and learn the same.

    `origin` says whose meeting the call is about: its creator's grant is used. Without it the call is the operator's
    own. Call it outside a transaction: it may have to refresh a token.
    Raises: NoCredential with the reason, TryAgain; KeyError for a call nobody knows.
    """
    if organisation.is_frozen:
        raise NoCredential("frozen")
    if CAPABILITIES[call].keys_say_more:
        with suppress(NoCredential):
            return _by_keys(call, organisation, operator, origin)
    try:
        return _by_grant(call, organisation, operator, origin)
    except NoCredential as no_grant:
        try:
            return _by_keys(call, organisation, operator, origin)
        except NoCredential as no_keys:
            useless = no_grant.reason in ("keys_only", "made_elsewhere")
            raise (no_keys if useless else no_grant) from None


def grant_client(installation: Installation) -> Client:
    """Give a client with exactly this grant. Call it outside a transaction. Raises: GrantGone, TryAgain."""
    allowance = budget.of_user(installation.sdk_id, installation.open_id)
    return GrantClient(tokens.fresh(installation), budget=allowance, **_house())


def key_client(credential: EnterpriseCredential, userid: str = "") -> Client:
    """Give a client with the enterprise credential, acting as this person or as the operator entered with it."""
    keys = KeyCredential(
        app_id=credential.app_id,
        sdk_id=credential.sdk_id,
        secret_id=credential.secret_id,
        secret_key=credential.secret_key,
        operator=userid or credential.operator_userid,
    )
    return Client(keys, budget=budget.of_app(keys.app_id, keys.sdk_id, keys.operator), **_house())


def keys_of(organisation: Organisation) -> EnterpriseCredential | None:
    """Give the organisation's enterprise credential, if one was entered."""
    return EnterpriseCredential.objects.filter(organisation=organisation).first()


def userid_of(credential: EnterpriseCredential, open_id: str) -> str:
    """Give the enterprise userid of somebody who connected here, asking the platform the first time; else empty."""
    mine = Installation.objects.filter(organisation=credential.organisation_id, open_id=open_id)
    installation = mine.first()
    if installation is None or installation.userid:
        return installation.userid if installation else ""
    found = directory.open_ids_to_userids(
        key_client(credential), sdk_id=installation.sdk_id, open_ids=[open_id]
    ).get(open_id, "")
    mine.update(userid=found)
    return found


def _by_grant(call: str, organisation: Organisation, operator: User | None, origin: Origin | None) -> Client:
    if reason := why_not(call, "oauth"):
        raise NoCredential(reason)
    if CAPABILITIES[call].of_meeting and origin and origin.kind != MADE_BY_GRANT:
        raise NoCredential("made_elsewhere")
    whose = Q(open_id=origin.creator_open_id) if origin else Q(user=operator)
    installation = organisation.installations.filter(whose).first()
    if installation is None:
        raise NoCredential("no_grant")
    if reason := why_not(call, "oauth", installation.scopes):
        raise NoCredential(reason)
    try:
        return grant_client(installation)
    except GrantGone:
        raise NoCredential("connect_again") from None


def _by_keys(call: str, organisation: Organisation, operator: User | None, origin: Origin | None) -> Client:
    if reason := why_not(call, "key"):
        raise NoCredential(reason)
    credential = keys_of(organisation)
    if credential is None:
        raise NoCredential("no_keys")
    return key_client(credential, _acting_userid(credential, operator, origin))


def _acting_userid(credential: EnterpriseCredential, operator: User | None, origin: Origin | None) -> str:
    """Say as whom the enterprise credential acts; empty for the operator entered with it."""
    if origin is None:
        return _own_userid(credential, operator) if operator else ""
    if origin.kind != MADE_BY_GRANT:
        return origin.creator_userid
    if not settings.TENCENT_KEYS_MAY_USE_OAUTH_MEETINGS:
        raise NoCredential("keys_not_for_this")
    userid = origin.creator_userid or userid_of(credential, origin.creator_open_id)
    if not userid:
        raise NoCredential("creator_unknown")
    return userid


def _own_userid(credential: EnterpriseCredential, operator: User) -> str:
    """Give the operator's own userid: nobody acts in the name of the one entered with the credential."""
    userid = userid_of(credential, operator.open_id)
    if not userid:
        raise NoCredential("creator_unknown")
    return userid


def _oauth(installation: Installation) -> OAuthCredential:
    return OAuthCredential(access_token=installation.access_token, open_id=installation.open_id)


def _house() -> dict[str, Any]:
    return {
        "api_url": settings.TENCENT_API_URL,
        "session": session(),
        "timeout": (3.05, settings.TENCENT_TIMEOUT),
    }
